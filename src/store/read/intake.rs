//! The work from platforms.
//!
//! What lives here: which rows are at the head of their lanes and due, and the erasing of old keys. What must not: how rows are
//! worked on.

use bridge_core::{ConnectionId, Micros};

use super::maybe_time;
use crate::model::IntakeId;
use crate::store::sql::{on_db, sql};
use crate::store::{Intake, Store, StoreError};

/// How many rows are erased at once; between two such sets others may write.
const ERASE: i64 = 1_000;

sql! {
    /// A piece of work.
    INTAKE = ["SELECT * FROM intake WHERE id = $1"];
    /// The due heads of lanes.
    INTAKE_HEADS = ["SELECT i.* FROM intake i
        WHERE i.state = 'pending' AND i.due_at <= $1 AND NOT EXISTS (
            SELECT 1 FROM intake e
            WHERE e.state = 'pending' AND e.connection = i.connection AND e.lane = i.lane AND e.id < i.id)
        ORDER BY i.id LIMIT $2"];
    /// When a head that is not due yet will be.
    NEXT_INTAKE_DUE = ["SELECT MIN(i.due_at) FROM intake i
        WHERE i.state = 'pending' AND i.due_at > $1 AND NOT EXISTS (
            SELECT 1 FROM intake e
            WHERE e.state = 'pending' AND e.connection = i.connection AND e.lane = i.lane AND e.id < i.id)"];
    /// The first pending row of a lane.
    PENDING_IN_LANE = ["SELECT * FROM intake WHERE state = 'pending' AND connection = $1 AND lane = $2 ORDER BY id LIMIT 1"];
    /// Erases some rows that were finished long ago.
    ERASE_INTAKE = ["DELETE FROM intake WHERE id IN (
        SELECT id FROM intake WHERE state IN ('done', 'failed') AND done_at < $1 LIMIT $2)"];
}

impl Store {
    /// A piece of work from a platform.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn intake(&self, id: IntakeId) -> Result<Option<Intake>, StoreError> {
        on_db!(self.0.readers, INTAKE, [id.0], fetch_optional)
    }

    /// What can be worked on now: of each lane of a connection the first pending row, if it is due; in the order of arrival.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn intake_heads(&self, now: Micros, limit: i64) -> Result<Vec<Intake>, StoreError> {
        on_db!(self.0.readers, INTAKE_HEADS, [now.0, limit], fetch_all)
    }

    /// When something that is not due yet will join [`Store::intake_heads`]; `None` where nothing will by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_intake_due(&self, now: Micros) -> Result<Option<Micros>, StoreError> {
        on_db!(self.0.readers, NEXT_INTAKE_DUE, [now.0], fetch_one).map(maybe_time)
    }

    /// Whether something in a lane is still to be worked on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_lane_pending(&self, connection: &ConnectionId, lane: &str) -> Result<bool, StoreError> {
        let connection = connection.to_string();
        let first: Option<Intake> = on_db!(self.0.readers, PENDING_IN_LANE, [&connection, lane], fetch_optional)?;
        Ok(first.is_some())
    }

    /// Erases what was finished before that time, keys included, and says how many rows that were.
    ///
    /// # Errors
    /// When the database fails; what was erased until then stays erased.
    pub async fn erase_intake(&self, before: Micros) -> Result<u64, StoreError> {
        let mut erased = 0;
        loop {
            let rows = on_db!(self.0.writing, ERASE_INTAKE, [before.0, ERASE], execute)?;
            erased += rows;
            if rows < ERASE.unsigned_abs() {
                return Ok(erased);
            }
        }
    }
}
