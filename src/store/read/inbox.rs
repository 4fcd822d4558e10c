//! The inbox's lists: the conversations of a domain, the newest activity first, from a given place on.
//!
//! What lives here: one query a filter, each along an index of its own, so that no list is ever sorted. What must not: what a
//! conversation is shown with (that is [`super::inbox_extras`]).

use bridge_core::Micros;
use uuid::Uuid;

use crate::model::{Conversation, ConversationId, DomainId, OperatorId};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// A domain's conversations of a status that come after that place.
    INBOX_BY_STATUS = ["SELECT * FROM conversation WHERE domain = $1 AND status = $2 AND (last_activity_at, id) < ($3, $4)
        ORDER BY last_activity_at DESC, id DESC LIMIT $5"];
    /// A domain's open conversations in nobody's care that come after that place.
    INBOX_UNASSIGNED = {
        sqlite: "SELECT * FROM conversation INDEXED BY conversation_unassigned
            WHERE domain = $1 AND status = 'open' AND assignee IS NULL AND (last_activity_at, id) < ($2, $3)
            ORDER BY last_activity_at DESC, id DESC LIMIT $4",
        postgres: "SELECT * FROM conversation
            WHERE domain = $1 AND status = 'open' AND assignee IS NULL AND (last_activity_at, id) < ($2, $3)
            ORDER BY last_activity_at DESC, id DESC LIMIT $4"
    };
    /// A domain's open conversations in an operator's care that come after that place.
    INBOX_MINE = {
        sqlite: "SELECT * FROM conversation INDEXED BY conversation_mine
            WHERE assignee = $1 AND assignee IS NOT NULL AND domain = $2 AND status = 'open'
                AND (last_activity_at, id) < ($3, $4)
            ORDER BY last_activity_at DESC, id DESC LIMIT $5",
        postgres: "SELECT * FROM conversation
            WHERE assignee = $1 AND assignee IS NOT NULL AND domain = $2 AND status = 'open'
                AND (last_activity_at, id) < ($3, $4)
            ORDER BY last_activity_at DESC, id DESC LIMIT $5"
    };
    /// A domain's conversations that come after that place.
    INBOX_ALL = ["SELECT * FROM conversation WHERE domain = $1 AND (last_activity_at, id) < ($2, $3)
        ORDER BY last_activity_at DESC, id DESC LIMIT $4"];
    /// A visitor's conversations, but for one, the newest first.
    EARLIER_CONVERSATIONS = ["SELECT * FROM conversation WHERE visitor = $1 AND id <> $2 AND opened_at <= $3
        ORDER BY opened_at DESC LIMIT $4"];
}

/// Which conversations of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxFilter {
    /// Those that go on.
    Open,
    /// Those that go on and are in nobody's care.
    Unassigned,
    /// Those that go on and are in that operator's care.
    Mine(OperatorId),
    /// Those that are over.
    Closed,
    /// All of them.
    All,
}

/// A place in a list: before everything whose activity is older, or as old with a smaller id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityPlace {
    /// When anything was last said or done.
    pub at: Micros,
    /// In which conversation.
    pub id: ConversationId,
}

impl ActivityPlace {
    /// Before everything.
    pub const START: Self = Self { at: Micros(i64::MAX), id: ConversationId(Uuid::max()) };
}

impl Store {
    /// At most `limit` conversations of a domain that come after a place, the newest activity first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox(
        &self,
        domain: DomainId,
        filter: InboxFilter,
        after: ActivityPlace,
        limit: i64,
    ) -> Result<Vec<Conversation>, StoreError> {
        let (at, id) = (after.at.0, after.id.0);
        let readers = &self.0.readers;
        match filter {
            InboxFilter::Open => on_db!(*readers, INBOX_BY_STATUS, [domain.0, "open", at, id, limit], fetch_all),
            InboxFilter::Closed => on_db!(*readers, INBOX_BY_STATUS, [domain.0, "closed", at, id, limit], fetch_all),
            InboxFilter::Unassigned => on_db!(*readers, INBOX_UNASSIGNED, [domain.0, at, id, limit], fetch_all),
            InboxFilter::Mine(operator) => {
                on_db!(*readers, INBOX_MINE, [operator.0, domain.0, at, id, limit], fetch_all)
            }
            InboxFilter::All => on_db!(*readers, INBOX_ALL, [domain.0, at, id, limit], fetch_all),
        }
    }

    /// What else the visitor of a conversation had, begun no later than it, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn earlier_conversations(
        &self,
        conversation: &Conversation,
        limit: i64,
    ) -> Result<Vec<Conversation>, StoreError> {
        let (visitor, id, at) = (conversation.visitor.0, conversation.id.0, conversation.opened_at.0);
        on_db!(self.0.readers, EARLIER_CONVERSATIONS, [visitor, id, at, limit], fetch_all)
    }
}
