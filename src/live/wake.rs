//! Wakes the workers after a commit.
//!
//! What lives here: one bell a worker. What must not: the work; a worker that misses a bell finds it by polling.

use std::sync::Arc;

use tokio::sync::Notify;

/// The workers' bells.
#[derive(Clone, Default)]
pub struct Wake {
    deliver: Arc<Notify>,
    intake: Arc<Notify>,
    cards: Arc<Notify>,
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
        self.cards.notify_one();
    }

    /// Waits for [`Wake::deliver`].
    pub async fn deliver_rung(&self) {
        self.deliver.notified().await;
    }

    /// Waits for [`Wake::intake`].
    pub async fn intake_rung(&self) {
        self.intake.notified().await;
    }

    /// Waits for [`Wake::cards`].
    pub async fn cards_rung(&self) {
        self.cards.notified().await;
    }
}
