//! What people see: messages and conversations with the names and pictures of those who took part.
//!
//! What lives here: looking names up for a set of rows. What must not: JSON.

use std::collections::HashMap;

use bridge_core::Speaker;

use super::{Service, ServiceError};
use crate::model::{ClosedBy, Conversation, Event, Message, Operator, OperatorId, VisitorId};

pub use crate::model::Author;

/// A message with its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// The message.
    pub message: Message,
    /// Whose words they are.
    pub author: Author,
}

/// A conversation with the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationView {
    /// The conversation.
    pub conversation: Conversation,
    /// Who closed it, if it is closed.
    pub closed_by: Option<Author>,
    /// Who takes care of it.
    pub assignee: Option<Author>,
}

/// What happened after a given event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The events, in order.
    pub events: Vec<Event>,
    /// Each message that they name, as it stands now; with `reset`, the snapshot.
    pub messages: Vec<MessageView>,
    /// The visitor's newest conversation as it stands now.
    pub conversation: Option<ConversationView>,
    /// Ask again with this.
    pub after: i64,
    /// Whether there is more to read at once.
    pub more: bool,
    /// Whether everything shown so far must be forgotten.
    pub reset: bool,
}

/// An operator as visitors see them.
#[must_use]
pub fn operator_author(operator: &Operator) -> Author {
    Author { kind: Speaker::Operator, name: Some(operator.name.clone()), picture: operator.picture }
}

fn bare(kind: Speaker) -> Author {
    Author { kind, name: None, picture: None }
}

impl Service {
    async fn operators_by_id(&self, ids: &[OperatorId]) -> Result<HashMap<OperatorId, Author>, ServiceError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let operators = self.store.operators(ids).await?;
        Ok(operators.iter().map(|operator| (operator.id, operator_author(operator))).collect())
    }

    /// Adds the authors to messages. A visitor's name is left out: visitors know who they are.
    pub(crate) async fn view_messages(&self, messages: Vec<Message>) -> Result<Vec<MessageView>, ServiceError> {
        let mut ids: Vec<OperatorId> = messages.iter().filter_map(|message| message.operator).collect();
        ids.sort_unstable();
        ids.dedup();
        let operators = self.operators_by_id(&ids).await?;
        let view = |message: Message| {
            let author =
                message.operator.and_then(|id| operators.get(&id).cloned()).unwrap_or_else(|| bare(message.speaker));
            MessageView { message, author }
        };
        Ok(messages.into_iter().map(view).collect())
    }

    /// Adds the people to a conversation.
    pub(crate) async fn view_conversation(&self, conversation: Conversation) -> Result<ConversationView, ServiceError> {
        let closer = match conversation.closed_by {
            Some(ClosedBy::Operator(id)) => Some(id),
            _ => None,
        };
        let ids: Vec<OperatorId> = conversation.assignee.into_iter().chain(closer).collect();
        let operators = self.operators_by_id(&ids).await?;
        let author = |id: OperatorId| operators.get(&id).cloned().unwrap_or_else(|| bare(Speaker::Operator));
        let closed_by = conversation.closed_by.map(|by| match by {
            ClosedBy::Visitor => bare(Speaker::Visitor),
            ClosedBy::System => bare(Speaker::System),
            ClosedBy::Operator(id) => author(id),
        });
        let assignee = conversation.assignee.map(author);
        Ok(ConversationView { conversation, closed_by, assignee })
    }

    /// The visitor's newest conversation, with its people.
    pub(crate) async fn view_newest(&self, visitor: VisitorId) -> Result<Option<ConversationView>, ServiceError> {
        match self.store.newest_conversation(visitor).await? {
            Some(conversation) => Ok(Some(self.view_conversation(conversation).await?)),
            None => Ok(None),
        }
    }
}
