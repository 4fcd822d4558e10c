//! What was done.
//!
//! What lives here: reading it. What must not: changing it, which nobody does.

use crate::model::AuditId;
use crate::store::rows::AuditEntry;
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// The newest entries.
    AUDIT = ["SELECT * FROM audit ORDER BY id DESC LIMIT $1"];
    /// Those before an entry.
    AUDIT_BEFORE = ["SELECT * FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2"];
    /// The last time that something of a kind was done to somebody.
    AUDIT_LAST = ["SELECT * FROM audit WHERE subject = $1 AND action = $2 ORDER BY id DESC LIMIT 1"];
}

impl Store {
    /// What was done, the newest first; ids grow with time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, before: Option<AuditId>, limit: i64) -> Result<Vec<AuditEntry>, StoreError> {
        match before {
            Some(before) => on_db!(self.0.readers, AUDIT_BEFORE, [before.0, limit], fetch_all),
            None => on_db!(self.0.readers, AUDIT, [limit], fetch_all),
        }
    }

    /// The last time that something of a kind was done to somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_done(&self, subject: &str, action: &str) -> Result<Option<AuditEntry>, StoreError> {
        on_db!(self.0.readers, AUDIT_LAST, [subject, action], fetch_optional)
    }
}
