//! What the figures are made of.
//!
//! What lives here: the courses of conversations of a domain, over its indexes. What must not: medians and averages.

use bridge_core::Micros;

use crate::model::{Conversation, DomainId};
use crate::store::rows::{Course, Part, Standing};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// How a domain stands now.
    STANDING = {
        sqlite: "SELECT
        (SELECT COUNT(*) FROM conversation WHERE domain = $1 AND status = 'open') AS open,
        (SELECT COUNT(*) FROM conversation WHERE domain = $1 AND waiting_since IS NOT NULL) AS waiting,
        (SELECT COUNT(*) FROM conversation INDEXED BY conversation_unassigned
            WHERE domain = $1 AND status = 'open' AND assignee IS NULL) AS unassigned,
        (SELECT waiting_since FROM conversation WHERE domain = $1 AND waiting_since IS NOT NULL
            ORDER BY waiting_since LIMIT 1) AS longest_wait_since",
        postgres: "SELECT
        (SELECT COUNT(*) FROM conversation WHERE domain = $1 AND status = 'open') AS open,
        (SELECT COUNT(*) FROM conversation WHERE domain = $1 AND waiting_since IS NOT NULL) AS waiting,
        (SELECT COUNT(*) FROM conversation WHERE domain = $1 AND status = 'open' AND assignee IS NULL) AS unassigned,
        (SELECT waiting_since FROM conversation WHERE domain = $1 AND waiting_since IS NOT NULL
            ORDER BY waiting_since LIMIT 1) AS longest_wait_since"
    };
    /// The conversations of a domain that were closed and had anything happen last.
    RECENTLY_CLOSED = ["SELECT * FROM conversation WHERE domain = $1 AND status = 'closed'
        ORDER BY last_activity_at DESC, id DESC LIMIT $2"];
    /// The courses of the conversations that began in a time.
    COURSES = ["SELECT opened_at, first_response_at, first_responder, closed_at, assignee, rating FROM conversation
        WHERE domain = $1 AND opened_at >= $2 AND opened_at < $3"];
    /// Who answered in them.
    PARTS = {
        sqlite: "SELECT operator, COUNT(*) AS conversations, SUM(replies) AS replies FROM conversation_replies
            WHERE domain = $1 AND opened_at >= $2 AND opened_at < $3 AND replies > 0 GROUP BY operator",
        postgres: "SELECT operator, COUNT(*) AS conversations, SUM(replies)::bigint AS replies FROM conversation_replies
            WHERE domain = $1 AND opened_at >= $2 AND opened_at < $3 AND replies > 0 GROUP BY operator"
    };
    /// How many messages of a domain's conversations a platform refused, each once, and other work beside.
    UNDELIVERED_IN_DOMAIN = {
        sqlite: "SELECT COUNT(DISTINCT COALESCE(o.message, o.id)) FROM outbox o CROSS JOIN conversation c ON c.id = o.conversation
            WHERE o.state = 'undelivered' AND o.kind <> 'notice' AND c.domain = $1",
        postgres: "SELECT COUNT(DISTINCT COALESCE(o.message, o.id)) FROM outbox o JOIN conversation c ON c.id = o.conversation
            WHERE o.state = 'undelivered' AND o.kind <> 'notice' AND c.domain = $1"
    };
    /// Since when channels can't be used.
    BROKEN_SINCE = ["SELECT id, broken_since FROM channel WHERE broken_since IS NOT NULL"];
}

impl Store {
    /// How a domain stands now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(&self, domain: DomainId) -> Result<Standing, StoreError> {
        on_db!(self.0.readers, STANDING, [domain.0], fetch_one)
    }

    /// A domain's closed conversations, those first in which anything happened last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recently_closed(&self, domain: DomainId, limit: i64) -> Result<Vec<Conversation>, StoreError> {
        on_db!(self.0.readers, RECENTLY_CLOSED, [domain.0, limit], fetch_all)
    }

    /// The courses of a domain's conversations that began in this time, the second moment not included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn courses(&self, domain: DomainId, from: Micros, to: Micros) -> Result<Vec<Course>, StoreError> {
        on_db!(self.0.readers, COURSES, [domain.0, from.0, to.0], fetch_all)
    }

    /// Who answered in a domain's conversations that began in this time, as far as it was written down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn parts(&self, domain: DomainId, from: Micros, to: Micros) -> Result<Vec<Part>, StoreError> {
        on_db!(self.0.readers, PARTS, [domain.0, from.0, to.0], fetch_all)
    }

    /// How much work for a domain's conversations a platform refused, and nobody tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undelivered_in(&self, domain: DomainId) -> Result<i64, StoreError> {
        let (count,): (i64,) = on_db!(self.0.readers, UNDELIVERED_IN_DOMAIN, [domain.0], fetch_one)?;
        Ok(count)
    }

    /// Since when channels can't be used, those that can't.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn broken_since(&self) -> Result<Vec<(crate::model::ChannelId, Micros)>, StoreError> {
        let rows: Vec<(uuid::Uuid, i64)> = on_db!(self.0.readers, BROKEN_SINCE, [], fetch_all)?;
        Ok(rows.into_iter().map(|(id, since)| (id.into(), Micros(since))).collect())
    }
}
