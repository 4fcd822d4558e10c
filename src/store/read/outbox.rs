//! The work towards platforms.
//!
//! What lives here: which rows are at the head of their lanes and due. What must not: how they are worked on.

use bridge_core::Micros;

use super::maybe_time;
use crate::model::{ChannelId, LinkId, MessageId, OutboxId};
use crate::store::sql::{on_db, sql};
use crate::store::{Outbox, Store, StoreError};

sql! {
    /// A piece of work.
    OUTBOX = ["SELECT * FROM outbox WHERE id = $1"];
    /// The due heads of lanes, up to so many a channel. The texts differ in how a row looks up rows of its own.
    HEADS = {
        sqlite: "SELECT o.* FROM channel c JOIN outbox o ON o.id IN (
                SELECT x.id FROM outbox x
                WHERE x.channel = c.id AND x.state IN ('pending', 'sending', 'unknown')
                    AND ((x.state <> 'sending' AND x.due_at <= $1)
                        OR (x.state = 'sending' AND COALESCE(x.lease_until, 0) < $1))
                    AND NOT EXISTS (
                        SELECT 1 FROM outbox e
                        WHERE e.link = x.link AND e.lane_seq < x.lane_seq
                            AND e.state IN ('pending', 'sending', 'unknown'))
                ORDER BY (x.kind = 'open_thread'), x.due_at LIMIT $2)
            WHERE c.broken IS NULL
            ORDER BY (o.kind = 'open_thread'), o.due_at, o.id",
        postgres: "SELECT o.* FROM channel c CROSS JOIN LATERAL (
                SELECT x.* FROM outbox x
                WHERE x.channel = c.id AND x.state IN ('pending', 'sending', 'unknown')
                    AND ((x.state <> 'sending' AND x.due_at <= $1)
                        OR (x.state = 'sending' AND COALESCE(x.lease_until, 0) < $1))
                    AND NOT EXISTS (
                        SELECT 1 FROM outbox e
                        WHERE e.link = x.link AND e.lane_seq < x.lane_seq
                            AND e.state IN ('pending', 'sending', 'unknown'))
                ORDER BY (x.kind = 'open_thread'), x.due_at LIMIT $2) o
            WHERE c.broken IS NULL
            ORDER BY (o.kind = 'open_thread'), o.due_at, o.id"
    };
    /// When a head that is not due yet will be.
    NEXT_OUTBOX_DUE = ["SELECT MIN(CASE WHEN o.state = 'sending' THEN COALESCE(o.lease_until, 0) + 1 ELSE o.due_at END)
        FROM outbox o JOIN channel c ON c.id = o.channel
        WHERE o.state IN ('pending', 'sending', 'unknown') AND c.broken IS NULL
            AND CASE WHEN o.state = 'sending' THEN COALESCE(o.lease_until, 0) + 1 ELSE o.due_at END > $1
            AND NOT EXISTS (
                SELECT 1 FROM outbox e
                WHERE e.link = o.link AND e.lane_seq < o.lane_seq AND e.state IN ('pending', 'sending', 'unknown'))"];
    /// What was handed to a platform and not written down since. The list of states is what the index is known by.
    SENDING_OUTBOX = ["SELECT * FROM outbox WHERE state IN ('pending', 'sending', 'unknown') AND state = 'sending'
        ORDER BY id"];
    /// A thread that was asked for in a channel, or has come a step of its way, while its id is not written down yet.
    OPENING_THREAD = ["SELECT * FROM outbox WHERE state IN ('pending', 'sending', 'unknown')
        AND (state <> 'pending' OR step IS NOT NULL) AND kind = 'open_thread' AND channel = $1 LIMIT 1"];
    /// A lane's unfinished rows.
    UNFINISHED_OUTBOX = ["SELECT * FROM outbox WHERE link = $1 AND state IN ('pending', 'sending', 'unknown')
        ORDER BY lane_seq"];
    /// The work about a message.
    OUTBOX_OF_MESSAGE = ["SELECT * FROM outbox WHERE message = $1 ORDER BY link, lane_seq"];
}

impl Store {
    /// A piece of work towards a platform.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox(&self, id: OutboxId) -> Result<Option<Outbox>, StoreError> {
        on_db!(self.0.readers, OUTBOX, [id.0], fetch_optional)
    }

    /// What can be worked on now: of each lane the first unfinished row, if it is due, or if it is being sent and its lease
    /// has run out. Up to `limit` a channel, none of a broken one; new threads come after everything else, so that a flood of
    /// them keeps nobody waiting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heads(&self, now: Micros, limit: i64) -> Result<Vec<Outbox>, StoreError> {
        on_db!(self.0.readers, HEADS, [now.0, limit], fetch_all)
    }

    /// When something that is not due yet will join [`Store::heads`]; `None` where nothing will by itself. What is due
    /// already does not count: it waits for its channel's pace, not for the time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_outbox_due(&self, now: Micros) -> Result<Option<Micros>, StoreError> {
        on_db!(self.0.readers, NEXT_OUTBOX_DUE, [now.0], fetch_one).map(maybe_time)
    }

    /// What was handed to a platform and not written down since, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sending_outbox(&self) -> Result<Vec<Outbox>, StoreError> {
        on_db!(self.0.readers, SENDING_OUTBOX, [], fetch_all)
    }

    /// Whether a thread was asked for in a channel, and may be there, while its id is not written down yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_opening_thread(&self, channel: ChannelId) -> Result<bool, StoreError> {
        let opening: Option<Outbox> = on_db!(self.0.readers, OPENING_THREAD, [channel.0], fetch_optional)?;
        Ok(opening.is_some())
    }

    /// A lane's rows that are neither done nor given up, in its order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unfinished_outbox(&self, link: LinkId) -> Result<Vec<Outbox>, StoreError> {
        on_db!(self.0.readers, UNFINISHED_OUTBOX, [link.0], fetch_all)
    }

    /// All work about a message, by lane and order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_of_message(&self, message: MessageId) -> Result<Vec<Outbox>, StoreError> {
        on_db!(self.0.readers, OUTBOX_OF_MESSAGE, [message.0], fetch_all)
    }
}
