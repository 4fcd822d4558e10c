//! From a row to a visitor's browser session.
//!
//! What lives here: its reader. What must not: statements.

use sqlx::{Error, FromRow};

use super::Columns;
use crate::store::rows::Session;

impl<R: Columns> FromRow<'_, R> for Session {
    fn from_row(row: &R) -> Result<Self, Error> {
        let hash = row.bytes("token_hash")?;
        let token_hash = hash.try_into().map_err(|_| row.bad("token_hash", "it has not the length of a SHA-256"))?;
        Ok(Self { id: row.id("id")?, visitor: row.id("visitor")?, token_hash, created_at: row.time("created_at")? })
    }
}
