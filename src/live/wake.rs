//! Wakes the workers after a commit.
//!
//! What lives here: one bell a worker. What must not: the work; a worker that misses a bell finds it by polling.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// The workers' bells.
#[derive(Clone, Default)]
pub struct Wake {
    deliver: Arc<Notify>,
    intake: Arc<Notify>,
    /// Each connection has a worker of its own, and all of them hear this bell.
    cards: watch::Sender<()>,
}

impl Wake {
    /// There may be work towards a platform.
    pub fn deliver(&self) {
        self.deliver.notify_one();
    }

    /// There may be work from a platform.
    pub fn intake(&self) {
        self.intake.notify_one();
    }

    /// A card may want to show something else.
    pub fn cards(&self) {
        self.cards.send_replace(());
    }

    /// Waits for [`Wake::deliver`].
    pub async fn deliver_rung(&self) {
        self.deliver.notified().await;
    }

    /// Waits for [`Wake::intake`].
    pub async fn intake_rung(&self) {
        self.intake.notified().await;
    }

    /// Hears every [`Wake::cards`] from now on.
    #[must_use]
    pub fn cards_bell(&self) -> watch::Receiver<()> {
        self.cards.subscribe()
    }
}
