//! Conversations.
//!
//! What lives here: finding a conversation, and the next event's number. What must not: what may follow.

use crate::model::{Conversation, ConversationId, OperatorId, VisitorId};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// A conversation.
    CONVERSATION = ["SELECT * FROM conversation WHERE id = $1"];
    /// A visitor's open conversation; there is at most one.
    OPEN_CONVERSATION = ["SELECT * FROM conversation WHERE visitor = $1 AND status = 'open'"];
    /// The conversation that a visitor is in, or was in last.
    NEWEST_CONVERSATION = ["SELECT * FROM conversation WHERE visitor = $1
        ORDER BY (status = 'open') DESC, last_activity_at DESC, id DESC LIMIT 1"];
    /// What is open and in an operator's care.
    CONVERSATIONS_OF_ASSIGNEE = ["SELECT * FROM conversation WHERE assignee = $1 AND assignee IS NOT NULL
        AND status = 'open' ORDER BY id"];
    /// The number that a visitor's next event has.
    NEXT_EVENT = ["SELECT COALESCE(MAX(next_event), 1) FROM conversation WHERE visitor = $1"];
}

impl Store {
    /// A conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        on_db!(self.0.readers, CONVERSATION, [id.0], fetch_optional)
    }

    /// A visitor's open conversation; there is at most one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_conversation(&self, visitor: VisitorId) -> Result<Option<Conversation>, StoreError> {
        on_db!(self.0.readers, OPEN_CONVERSATION, [visitor.0], fetch_optional)
    }

    /// The conversation that a visitor is in: the open one, or else the one in which anything happened last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_conversation(&self, visitor: VisitorId) -> Result<Option<Conversation>, StoreError> {
        on_db!(self.0.readers, NEWEST_CONVERSATION, [visitor.0], fetch_optional)
    }

    /// The open conversations that are in an operator's care.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversations_of_assignee(&self, operator: OperatorId) -> Result<Vec<Conversation>, StoreError> {
        on_db!(self.0.readers, CONVERSATIONS_OF_ASSIGNEE, [operator.0], fetch_all)
    }

    /// The number that the visitor's next event has, over all their conversations; 1 where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_event(&self, visitor: VisitorId) -> Result<i64, StoreError> {
        let (next,): (i64,) = on_db!(self.0.readers, NEXT_EVENT, [visitor.0], fetch_one)?;
        Ok(next)
    }
}
