//! Reading the rows of the pages for operators.
//!
//! What lives here: one reader a type. What must not: statements.

use sqlx::{Error, FromRow};

use super::Columns;
use crate::store::rows::{CannedReply, Counted, Tagged};

impl<R: Columns> FromRow<'_, R> for CannedReply {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            body: row.text("body")?,
            domains: row.maybe_json("domains")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Counted {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self { conversation: row.id("conversation")?, count: row.int("count")? })
    }
}

impl<R: Columns> FromRow<'_, R> for Tagged {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self { conversation: row.id("conversation")?, tag: row.text("tag")?, created_at: row.time("created_at")? })
    }
}
