//! The message.
//!
//! What lives here: what a message is and who may see it. What must not: how it is formatted on a platform.

use bridge_core::{Body, Micros, Speaker};
use serde::{Deserialize, Serialize};

use super::event::Audience;
use super::ids::{ChannelId, ConversationId, MessageId, OperatorId, VisitorId};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Said to everybody in the conversation.
    Sent,
    /// For operators only, by its writer's wish, or because the conversation was closed.
    Note,
    /// For operators only until its writer says that the visitor shall have it.
    Held,
}

/// A message in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its place in the conversation's order.
    pub seq: i64,
    /// Whose words.
    pub speaker: Speaker,
    /// Which visitor, where it is a visitor's.
    pub visitor: Option<VisitorId>,
    /// Which operator, where it is an operator's.
    pub operator: Option<OperatorId>,
    /// What became of it.
    pub disposition: Disposition,
    /// The words without formatting; empty once removed.
    pub body: String,
    /// The words with formatting, where plain words don't say all of it.
    pub rich: Option<Body>,
    /// The visitor's own key for it.
    pub client_key: Option<String>,
    /// The channel that it was written in, where it was written on a platform.
    pub origin: Option<ChannelId>,
    /// When it was written.
    pub created_at: Micros,
    /// When its words last changed.
    pub edited_at: Option<Micros>,
    /// When it was removed.
    pub removed_at: Option<Micros>,
    /// Grows with each change of its words; what a platform shows is compared with it.
    pub version: i64,
}

impl Message {
    /// Who may see it.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self.disposition {
            Disposition::Sent => Audience::All,
            Disposition::Note | Disposition::Held => Audience::Operators,
        }
    }

    /// Its words as a tree.
    #[must_use]
    pub fn to_body(&self) -> Body {
        self.rich.clone().unwrap_or_else(|| Body::plain(&self.body))
    }

    /// Gives it other words.
    pub fn set_body(&mut self, body: &Body) {
        self.body = body.to_plain();
        self.rich = if body.is_plain() { None } else { Some(body.clone()) };
        self.version += 1;
    }
}
