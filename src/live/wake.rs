//! Wakes the workers after a commit.
//!
//! What lives here: one bell a worker. What must not: the work; a worker that misses a bell finds it by polling.

use std::sync::Arc;

use bridge_core::ConnectionId;
use dashmap::DashMap;
use tokio::sync::{Notify, watch};

/// The workers' bells.
#[derive(Clone, Default)]
pub struct Wake {
    deliver: Arc<Notify>,
    intake: Arc<Notify>,
    index: Arc<Notify>,
    /// Each connection has a worker of its own, and all of them hear this bell.
    cards: watch::Sender<()>,
    /// A bell a connection: who is at their desk there?
    desks: Arc<DashMap<ConnectionId, Arc<Notify>>>,
    team: Arc<Notify>,
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

    /// Something was said or changed that people will look for.
    pub fn index(&self) {
        self.index.notify_one();
    }

    /// Waits for [`Wake::index`].
    pub async fn index_rung(&self) {
        self.index.notified().await;
    }

    /// A card may want to show something else.
    pub fn cards(&self) {
        self.cards.send_replace(());
    }

    /// A connection or a channel works again, or somebody came or left: who is at their desk there?
    pub fn desks(&self, connection: &ConnectionId) {
        self.desks_bell(connection).notify_one();
    }

    /// Who the operators are, which domains they serve, or what they say may have changed.
    pub fn team(&self) {
        self.team.notify_one();
    }

    /// Waits for [`Wake::team`].
    pub async fn team_rung(&self) {
        self.team.notified().await;
    }

    /// Waits for [`Wake::desks`] of that connection.
    pub async fn desks_rung(&self, connection: &ConnectionId) {
        let bell = self.desks_bell(connection);
        bell.notified().await;
    }

    fn desks_bell(&self, connection: &ConnectionId) -> Arc<Notify> {
        self.desks.entry(connection.clone()).or_default().clone()
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
