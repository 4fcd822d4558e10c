//! From a row of either database to a value.
//!
//! What lives here: reading columns by name, and one reader a type. What must not: statements.

mod inbox;
mod search;
mod sign_in;
mod visitors;

use bridge_core::{Cursor, Micros, RemoteChannel, RemoteUser};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Error, FromRow, Row};
use uuid::Uuid;

use super::rows::{Channel, Identity, Intake, IntakeProgress, MessageMap, Outbox, OutboxProgress, StoredPicture};
use crate::model::{ClosedBy, Conversation, Event, Link, Message, Operator, OperatorId, Rating, Visitor};

/// A text that is none of the values that a column may hold.
#[derive(Debug, thiserror::Error)]
#[error("the row {} holds an unknown value", row.map_or_else(|| "without an id".to_owned(), |id| id.to_string()))]
struct BadValue {
    row: Option<Uuid>,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Columns by name, on either database.
pub(super) trait Columns: Row {
    fn maybe_uuid(&self, column: &str) -> Result<Option<Uuid>, Error>;
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, Error>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>, Error>;
    fn flag(&self, column: &str) -> Result<bool, Error>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>, Error>;
    fn uuid(&self, column: &str) -> Result<Uuid, Error>;
    fn int(&self, column: &str) -> Result<i64, Error>;
    fn text(&self, column: &str) -> Result<String, Error>;

    fn id<T: From<Uuid>>(&self, column: &str) -> Result<T, Error> {
        self.uuid(column).map(T::from)
    }

    fn maybe_id<T: From<Uuid>>(&self, column: &str) -> Result<Option<T>, Error> {
        Ok(self.maybe_uuid(column)?.map(T::from))
    }

    fn time(&self, column: &str) -> Result<Micros, Error> {
        self.int(column).map(Micros)
    }

    fn maybe_time(&self, column: &str) -> Result<Option<Micros>, Error> {
        Ok(self.maybe_int(column)?.map(Micros))
    }

    fn bad(&self, column: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        let row = self.uuid("id").ok();
        Error::ColumnDecode { index: column.to_owned(), source: Box::new(BadValue { row, source: source.into() }) }
    }

    /// An enum's word.
    fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, Error> {
        let word = self.text(column)?;
        T::deserialize(StrDeserializer::<WordError>::new(&word)).map_err(|error| self.bad(column, error))
    }

    /// An enum's word, or nothing.
    fn maybe_word<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        self.maybe_text(column)?.map(|_| self.word(column)).transpose()
    }

    /// A value in its text form.
    fn parsed<T>(&self, column: &str) -> Result<T, Error>
    where
        T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        self.text(column)?.parse().map_err(|error: T::Err| self.bad(column, error))
    }

    /// A value as JSON.
    fn maybe_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Error> {
        let Some(text) = self.maybe_text(column)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| self.bad(column, error))
    }
}

macro_rules! columns {
    ($($row:ty),+) => {$(
        impl Columns for $row {
            fn maybe_uuid(&self, column: &str) -> Result<Option<Uuid>, Error> {
                self.try_get(column)
            }

            fn maybe_int(&self, column: &str) -> Result<Option<i64>, Error> {
                self.try_get(column)
            }

            fn maybe_text(&self, column: &str) -> Result<Option<String>, Error> {
                self.try_get(column)
            }

            fn flag(&self, column: &str) -> Result<bool, Error> {
                self.try_get(column)
            }

            fn bytes(&self, column: &str) -> Result<Vec<u8>, Error> {
                self.try_get(column)
            }

            fn uuid(&self, column: &str) -> Result<Uuid, Error> {
                self.try_get(column)
            }

            fn int(&self, column: &str) -> Result<i64, Error> {
                self.try_get(column)
            }

            fn text(&self, column: &str) -> Result<String, Error> {
                self.try_get(column)
            }
        }
    )+};
}

columns!(SqliteRow, PgRow);

impl<R: Columns> FromRow<'_, R> for Channel {
    fn from_row(row: &R) -> Result<Self, Error> {
        let remote = RemoteChannel { connection: row.parsed("connection")?, id: row.text("remote_id")? };
        Ok(Self { id: row.id("id")?, remote, broken: row.maybe_text("broken")? })
    }
}

impl<R: Columns> FromRow<'_, R> for Visitor {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            domain: row.id("domain")?,
            name: row.maybe_text("name")?,
            email: row.maybe_text("email")?,
            email_verified: row.flag("email_verified")?,
            external_id: row.maybe_text("external_id")?,
            language: row.maybe_text("language")?,
            client: row.maybe_json("client")?,
            created_at: row.time("created_at")?,
            last_seen_at: row.time("last_seen_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Conversation {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            domain: row.id("domain")?,
            visitor: row.id("visitor")?,
            status: row.word("status")?,
            assignee: row.maybe_id("assignee")?,
            next_seq: row.int("next_seq")?,
            next_event: row.int("next_event")?,
            version: row.int("version")?,
            page: row.maybe_json("page")?,
            opened_at: row.time("opened_at")?,
            last_activity_at: row.time("last_activity_at")?,
            closed_at: row.maybe_time("closed_at")?,
            closed_by: closed_by(row)?,
            kind: row.word("kind")?,
            client: row.maybe_json("client")?,
            waiting_since: row.maybe_time("waiting_since")?,
            first_response_at: row.maybe_time("first_response_at")?,
            first_responder: row.maybe_id("first_responder")?,
            rating: rating(row)?,
            visitor_seen: row.int("visitor_seen")?,
            operators_seen: row.int("operators_seen")?,
        })
    }
}

fn rating<R: Columns>(row: &R) -> Result<Option<Rating>, Error> {
    let Some(stars) = row.maybe_int("rating")? else { return Ok(None) };
    Ok(Some(Rating { stars, comment: row.maybe_text("rating_comment")?, at: row.time("rated_at")? }))
}

fn closed_by<R: Columns>(row: &R) -> Result<Option<ClosedBy>, Error> {
    let operator = row.maybe_id::<OperatorId>("closed_by_operator")?;
    match (row.maybe_text("closed_by")?.as_deref(), operator) {
        (None, None) => Ok(None),
        (Some("visitor"), None) => Ok(Some(ClosedBy::Visitor)),
        (Some("system"), None) => Ok(Some(ClosedBy::System)),
        (Some("operator"), Some(operator)) => Ok(Some(ClosedBy::Operator(operator))),
        _ => Err(row.bad("closed_by", "who closed it and `closed_by_operator` don't go together")),
    }
}

impl<R: Columns> FromRow<'_, R> for Message {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            conversation: row.id("conversation")?,
            seq: row.int("seq")?,
            speaker: row.word("speaker")?,
            visitor: row.maybe_id("visitor")?,
            operator: row.maybe_id("operator")?,
            disposition: row.word("disposition")?,
            body: row.text("body")?,
            rich: row.maybe_json("rich")?,
            client_key: row.maybe_text("client_key")?,
            origin: row.maybe_id("origin")?,
            created_at: row.time("created_at")?,
            edited_at: row.maybe_time("edited_at")?,
            removed_at: row.maybe_time("removed_at")?,
            version: row.int("version")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Event {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            visitor: row.id("visitor")?,
            event_seq: row.int("event_seq")?,
            conversation: row.id("conversation")?,
            audience: row.word("audience")?,
            kind: row.word("kind")?,
            message: row.maybe_id("message")?,
            at: row.time("at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Link {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            conversation: row.id("conversation")?,
            channel: row.id("channel")?,
            generation: row.int("generation")?,
            state: row.word("state")?,
            remote_thread: row.maybe_text("remote_thread")?,
            card: row.maybe_text("card")?,
            next_lane_seq: row.int("next_lane_seq")?,
            cursor: Cursor(row.text("cursor")?),
            card_wanted: row.int("card_wanted")?,
            card_shown: row.int("card_shown")?,
            card_due_at: row.time("card_due_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for MessageMap {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            link: row.id("link")?,
            channel: row.id("channel")?,
            remote_id: row.text("remote_id")?,
            remote_part: row.int("remote_part")?,
            message: row.maybe_id("message")?,
            local_part: row.maybe_int("local_part")?,
            version: row.int("version")?,
            remote_edited_at: row.maybe_time("remote_edited_at")?,
            removed_at: row.maybe_time("removed_at")?,
            created_at: row.time("created_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Outbox {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            link: row.id("link")?,
            conversation: row.id("conversation")?,
            channel: row.id("channel")?,
            lane_seq: row.int("lane_seq")?,
            kind: row.word("kind")?,
            message: row.maybe_id("message")?,
            part: row.int("part")?,
            payload: row.text("payload")?,
            delayed: row.flag("delayed")?,
            broadcast: row.flag("broadcast")?,
            created_at: row.time("created_at")?,
            progress: OutboxProgress {
                state: row.word("state")?,
                attempts: row.int("attempts")?,
                due_at: row.time("due_at")?,
                lease_until: row.maybe_time("lease_until")?,
                sent_at: row.maybe_time("sent_at")?,
                step: row.maybe_text("step")?,
                error: row.maybe_text("error")?,
            },
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Intake {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            connection: row.parsed("connection")?,
            dedupe_key: row.text("dedupe_key")?,
            lane: row.text("lane")?,
            payload: row.maybe_text("payload")?,
            received_at: row.time("received_at")?,
            progress: IntakeProgress {
                state: row.word("state")?,
                attempts: row.int("attempts")?,
                due_at: row.time("due_at")?,
                error: row.maybe_text("error")?,
                done_at: row.maybe_time("done_at")?,
            },
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Operator {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            email: row.maybe_text("email")?,
            picture: row.maybe_id("picture")?,
            picture_source: row.maybe_text("picture_source")?,
            created_at: row.time("created_at")?,
            own_profile: row.flag("own_profile")?,
            role: row.maybe_word("role")?,
            domains: row.maybe_json("domains")?,
            availability: row.word("availability")?,
            deactivated_at: row.maybe_time("deactivated_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for Identity {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            operator: row.id("operator")?,
            connection: row.parsed("connection")?,
            user: RemoteUser(row.text("user")?),
            created_at: row.time("created_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for StoredPicture {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            content_type: row.text("content_type")?,
            bytes: row.bytes("bytes")?,
            created_at: row.time("created_at")?,
        })
    }
}
