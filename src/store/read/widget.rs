//! What a visitor's browser begins with, and how far a visitor has read.
//!
//! What lives here: those queries. What must not: what they are for.

use crate::model::{Conversation, ConversationId, DomainId, Operator, VisitorId};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// All conversations of a visitor.
    CONVERSATIONS_OF_VISITOR = ["SELECT * FROM conversation WHERE visitor = $1 ORDER BY opened_at, id"];
    /// The operators who took care of a domain's latest conversations.
    LATELY_ACTIVE = ["SELECT o.* FROM operator o JOIN (
            SELECT c.assignee, MAX(c.last_activity_at) AS at FROM (
                SELECT assignee, last_activity_at FROM conversation WHERE domain = $1
                ORDER BY last_activity_at DESC, id DESC LIMIT 100) c
            WHERE c.assignee IS NOT NULL GROUP BY c.assignee) a ON a.assignee = o.id
        WHERE o.deactivated_at IS NULL ORDER BY a.at DESC, o.id LIMIT $2"];
    /// The last place among the messages that a visitor was told of up to an event.
    SEEN_SEQ = ["SELECT COALESCE(MAX(m.seq), 0) FROM (
            SELECT message FROM conversation_event
            WHERE conversation = $1 AND event_seq <= $2 AND audience = 'all' AND message IS NOT NULL
            ORDER BY event_seq DESC LIMIT 100) e
        JOIN message m ON m.id = e.message WHERE m.disposition = 'sent'"];
}

impl Store {
    /// All conversations of a visitor, the first one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversations_of_visitor(&self, visitor: VisitorId) -> Result<Vec<Conversation>, StoreError> {
        on_db!(self.0.readers, CONVERSATIONS_OF_VISITOR, [visitor.0], fetch_all)
    }

    /// The operators who took care of a domain's latest hundred conversations and may still sign in, the last one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lately_active(&self, domain: DomainId, limit: i64) -> Result<Vec<Operator>, StoreError> {
        on_db!(self.0.readers, LATELY_ACTIVE, [domain.0, limit], fetch_all)
    }

    /// The greatest `seq` of the messages in a conversation that a visitor knows who has seen everything up to that event;
    /// 0 where there is none. Only the last hundred events before it count, as whoever has seen those has seen the rest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen_seq(&self, conversation: ConversationId, event: i64) -> Result<i64, StoreError> {
        let (seq,): (i64,) = on_db!(self.0.readers, SEEN_SEQ, [conversation.0, event], fetch_one)?;
        Ok(seq)
    }
}
