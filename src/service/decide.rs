//! Read, decide, commit; and again when somebody else was faster.
//!
//! What lives here: the loop. What must not: any decision.

use super::draft::Draft;
use super::{Service, ServiceError};
use crate::store::{CommitError, Write};

/// How often a decision is taken again after a conflict. Each conflict means that somebody else's write went through, so
/// this many in a row need this many others in one conversation at once.
const ATTEMPTS: usize = 64;

/// What was decided.
pub(crate) enum Decision<T> {
    /// Nothing needs to be written.
    Nothing(T),
    /// This needs to be written, and then those concerned told.
    Write(Box<Draft>, T),
    /// This needs to be written; nobody needs to be told.
    Quietly(Write, T),
}

impl<T> Decision<T> {
    pub(crate) fn write(draft: Draft, value: T) -> Self {
        Self::Write(Box::new(draft), value)
    }
}

impl Service {
    /// Takes a decision and commits it, again after each conflict; then tells streams and workers.
    pub(crate) async fn decide<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, ServiceError>
    where
        F: Future<Output = Result<Decision<T>, ServiceError>>,
    {
        for _ in 0..ATTEMPTS {
            let (committed, value, told) = match attempt().await? {
                Decision::Nothing(value) => return Ok(value),
                Decision::Quietly(write, value) => (self.store.commit(write).await, value, None),
                Decision::Write(draft, value) => {
                    let (write, told) = draft.finish();
                    (self.store.commit(write).await, value, Some(told))
                }
            };
            match committed {
                Ok(()) => {
                    if let Some(told) = told {
                        told.tell(self);
                    }
                    return Ok(value);
                }
                Err(CommitError::Conflict) => {}
                Err(error @ CommitError::Unavailable(_)) => return Err(error.into()),
            }
        }
        Err(ServiceError::Unavailable("too many people changed the same conversation at once".into()))
    }
}
