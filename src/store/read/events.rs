//! The events that browsers follow.
//!
//! What lives here: reading them in order. What must not: how they travel.

use bridge_core::Micros;

use crate::model::{Audience, ConversationId, Event, VisitorId};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// A visitor's events after one of them.
    EVENTS_AFTER = ["SELECT * FROM conversation_event
        WHERE visitor = $1 AND event_seq > $2 AND ($3 OR audience = 'all')
        ORDER BY event_seq LIMIT $4"];
    /// The number of a visitor's last event.
    LAST_EVENT = ["SELECT COALESCE(MAX(event_seq), 0) FROM conversation_event WHERE visitor = $1"];
    /// The last time before a moment that a conversation was opened, closed or opened again.
    LAST_TURN = ["SELECT * FROM conversation_event
        WHERE conversation = $1 AND at <= $2
            AND kind IN ('conversation_opened', 'conversation_closed', 'conversation_reopened')
        ORDER BY event_seq DESC LIMIT 1"];
}

impl Store {
    /// The events after number `after` that this audience may see, over all of the visitor's conversations, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_after(
        &self,
        visitor: VisitorId,
        audience: Audience,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Event>, StoreError> {
        let inside = audience == Audience::Operators;
        on_db!(self.0.readers, EVENTS_AFTER, [visitor.0, after, inside, limit], fetch_all)
    }

    /// The number of the visitor's last event, whoever may see it; 0 where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_event(&self, visitor: VisitorId) -> Result<i64, StoreError> {
        let (last,): (i64,) = on_db!(self.0.readers, LAST_EVENT, [visitor.0], fetch_one)?;
        Ok(last)
    }

    /// The last event up to `at` that opened, closed or reopened a conversation; `None` before it began.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_turn(&self, conversation: ConversationId, at: Micros) -> Result<Option<Event>, StoreError> {
        on_db!(self.0.readers, LAST_TURN, [conversation.0, at.0], fetch_optional)
    }
}
