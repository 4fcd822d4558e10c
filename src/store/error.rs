//! What can go wrong with the database.
//!
//! What lives here: the two error enums. What must not: passwords; a database is named by [`super::open`]'s cleaned name.

/// Why the store can't do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database isn't there, or doesn't let us in.
    #[error("can't open the database `{database}`: {what}")]
    CannotOpen {
        /// Which, without its password.
        database: String,
        /// What is wrong and how to put it right.
        what: String,
        /// What the system said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Another process has it.
    #[error(
        "the database `{database}` is in use by another Threadline process: stop that one first, or give this one a \
         database of its own"
    )]
    InUse {
        /// Which, without its password.
        database: String,
    },
    /// The schema can't be brought up to date.
    #[error("can't bring the schema of the database `{database}` up to date; is it a newer Threadline's?")]
    Migration {
        /// Which, without its password.
        database: String,
        /// What went wrong.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// The process that has it is of another version.
    #[error("the database `{database}` is in use by a Threadline whose version is {what}")]
    OtherSchema {
        /// Which, without its password.
        database: String,
        /// Older or newer, and what to do.
        what: &'static str,
    },
    /// A statement failed.
    #[error("the database failed at `{statement}`")]
    Query {
        /// The statement's name in our source.
        statement: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// A row holds something that no version of this program writes.
    #[error("a row read by `{statement}` holds something unreadable in column `{column}`")]
    Corrupt {
        /// The statement's name in our source.
        statement: &'static str,
        /// The column.
        column: String,
        /// The row's id, if it has one, and what is wrong.
        #[source]
        source: sqlx::Error,
    },
    /// [`super::Store::close`] was called.
    #[error("the database is closed, because the process is stopping")]
    Closed,
}

impl StoreError {
    /// Gives a failure of sqlx's its name.
    pub(super) fn at(statement: &'static str, source: sqlx::Error) -> Self {
        match source {
            sqlx::Error::ColumnDecode { ref index, .. } => {
                Self::Corrupt { statement, column: index.trim_matches('"').to_owned(), source }
            }
            source => Self::Query { statement, source },
        }
    }
}

/// Why a write was not made. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A guard did not hold any more, or a row is there already: read again and decide again.
    #[error("somebody else was quicker")]
    Conflict,
    /// The database can't be reached, or refused. After a broken connection the write may have been made after all; the
    /// guards and unique keys of a repeated write find out.
    #[error("the database can't take this now")]
    Unavailable(#[source] StoreError),
}
