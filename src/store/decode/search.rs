//! From a row of the search to a value.
//!
//! What lives here: one reader a type. What must not: statements.

use sqlx::{Error, FromRow};

use super::Columns;
use crate::store::rows::{Course, Part, Reach, Replies, Standing, Unsearched};

impl<R: Columns> FromRow<'_, R> for Unsearched {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self { conversation: FromRow::from_row(row)?, search_event: row.int("search_event")? })
    }
}

impl<R: Columns> FromRow<'_, R> for Replies {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self { conversation: row.id("conversation")?, operator: row.id("operator")?, replies: row.int("replies")? })
    }
}

impl<R: Columns> FromRow<'_, R> for Reach {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self { count: row.int("count")?, back_to: row.maybe_time("back_to")? })
    }
}

impl<R: Columns> FromRow<'_, R> for Course {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            opened_at: row.time("opened_at")?,
            first_response_at: row.maybe_time("first_response_at")?,
            first_responder: row.maybe_id("first_responder")?,
            closed_at: row.maybe_time("closed_at")?,
            assignee: row.maybe_id("assignee")?,
            rating: row.maybe_int("rating")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Part {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            operator: row.id("operator")?,
            conversations: row.int("conversations")?,
            replies: row.int("replies")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Standing {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            open: row.int("open")?,
            waiting: row.int("waiting")?,
            unassigned: row.int("unassigned")?,
            longest_wait_since: row.maybe_time("longest_wait_since")?,
        })
    }
}
