//! The database: the only place with SQL.
//!
//! What lives here: opening, migrating, reading, and the one writer, for SQLite and PostgreSQL alike. What must not: rules.
//! Services read, decide, and hand a [`Write`] to [`Store::commit`].

mod decode;
mod error;
mod open;
mod read;
pub mod rows;
mod sql;
pub mod write;
mod writer;

use std::sync::Arc;

pub use error::{CommitError, StoreError};
pub use open::Options;
pub use read::DomainCounts;
pub use read::inbox::{ActivityPlace, InboxFilter};
pub use rows::{
    Account, ApiKey, AuditEntry, CannedReply, Channel, Counted, Identity, Intake, IntakeProgress, IntakeState,
    LoginLink, MessageMap, OperatorSession, Outbox, OutboxKind, OutboxProgress, OutboxState, Session, StoredPicture,
    Tagged,
};
pub use rows::{Course, Part, Reach, Replies, SearchTerm, Standing, Stretch, Unsearched};
pub use sql::Sql;
pub use write::{AnswerCount, Change, Desk, Guard, Recognition, SearchChange, SignIn, Write};

use open::Claim;
use sql::Pool;
use writer::Writers;

/// The database of one process. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    /// The database's name without its password.
    name: String,
    readers: Pool,
    /// For the writers, and for the few statements that need no batch.
    writing: Pool,
    writers: Writers,
    /// Keeps every other process away.
    claim: Claim,
}

impl Store {
    /// Makes a write, together with whatever else waits, and returns once it is on disk.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when a guard does not hold or a unique key is taken: nothing was made; read and decide
    /// again. [`CommitError::Unavailable`] when the database can't be reached or refuses.
    pub async fn commit(&self, write: Write) -> Result<(), CommitError> {
        self.0.writers.commit(write).await
    }

    /// The database's name for people, without its password.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Makes what waits, and lets go of the database. Whatever is asked of any clone afterwards is an error.
    pub async fn close(&self) {
        self.0.writers.close().await;
        self.0.close_pools().await;
        self.0.claim.release().await;
    }

    /// Every statement that the store ever runs, for the test that prepares each on both databases.
    pub fn statements() -> impl Iterator<Item = Sql> {
        open::all().copied().chain(read::statements()).chain(writer::statements())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.0.name).finish()
    }
}
