//! The change counter: everything a sandbox does bumps it, and whoever waits looks again at each bump.
//!
//! What lives here: the counter and the one way to wait on it. What must not: polling or sleeping.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// A version number that grows with every visible change. Cheap to clone; clones share the number.
#[derive(Clone, Debug)]
pub struct Changes(Arc<watch::Sender<u64>>);

/// A wait ended without seeing what it waited for.
#[derive(Debug, thiserror::Error)]
#[error("waited {within:?} for {what}, which did not happen")]
pub struct WaitedInVain {
    /// What was waited for, in the caller's words.
    pub what: String,
    /// How long, in real time.
    pub within: Duration,
}

impl Default for Changes {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Changes {
    /// Says that something changed.
    pub fn bump(&self) {
        self.0.send_modify(|version| *version += 1);
    }

    /// A receiver that wakes at every change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }

    /// Looks through `look` now and again after each change, until it gives something.
    ///
    /// # Errors
    /// [`WaitedInVain`] after `within` of real time.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        within: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> Result<T, WaitedInVain> {
        let mut versions = self.subscribe();
        let watching = async {
            loop {
                versions.mark_unchanged();
                if let Some(found) = look() {
                    return Some(found);
                }
                if versions.changed().await.is_err() {
                    return None;
                }
            }
        };
        match tokio::time::timeout(within, watching).await {
            Ok(Some(found)) => Ok(found),
            _ => Err(WaitedInVain { what: what.to_owned(), within }),
        }
    }
}
