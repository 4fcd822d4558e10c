//! Tells open streams that something changed.
//!
//! What lives here: one broadcast a visitor who is listened to, and the one to all pages of operators. What must not: the
//! changes themselves; a nudge only says "read the database again".

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::broadcast;

use super::team::{Team, TeamNudge, TeamSubscription};
use super::viewing::Viewing;
use crate::model::{Author, VisitorId};

/// How many nudges a slow stream may fall behind before it is told [`Nudge::Lagged`] instead.
const BACKLOG: usize = 64;

/// Why a stream should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nudge {
    /// There are new events: read the database.
    Events,
    /// An operator is typing.
    Typing(Author),
    /// The visitor's token is no longer good.
    Ended,
    /// Some nudges were missed: read the database.
    Lagged,
}

/// All open streams.
#[derive(Clone, Default)]
pub struct Hub {
    visitors: Arc<DashMap<VisitorId, broadcast::Sender<Nudge>>>,
    team: Team,
    viewing: Viewing,
}

impl Hub {
    /// Listens for a visitor's changes. Subscribe first, then read the database, so that nothing falls in between.
    #[must_use]
    pub fn subscribe(&self, visitor: VisitorId) -> Subscription {
        let receiver = self.visitors.entry(visitor).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe();
        Subscription { visitor, receiver: Some(receiver), hub: self.clone() }
    }

    /// Tells a visitor's streams to look. Nothing happens where nobody listens.
    pub fn nudge(&self, visitor: VisitorId, nudge: Nudge) {
        if let Some(sender) = self.visitors.get(&visitor) {
            // An error says that the last listener has just left, which is fine.
            let _ = sender.send(nudge);
        }
    }

    /// Listens for what concerns the operators, of all domains. Subscribe first, then read the database.
    #[must_use]
    pub fn subscribe_team(&self) -> TeamSubscription {
        self.team.subscribe()
    }

    /// Tells the operators' pages to look.
    pub fn tell_team(&self, nudge: TeamNudge) {
        self.team.tell(nudge);
    }

    /// Which operators have which conversation open.
    #[must_use]
    pub const fn viewing(&self) -> &Viewing {
        &self.viewing
    }

    /// Whether a visitor's browser is connected now.
    #[must_use]
    pub fn is_followed(&self, visitor: VisitorId) -> bool {
        self.visitors.contains_key(&visitor)
    }

    /// How many visitors are listened to.
    #[must_use]
    pub fn len(&self) -> usize {
        self.visitors.len()
    }

    /// Whether nobody listens.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.visitors.is_empty()
    }
}

/// One open stream.
pub struct Subscription {
    visitor: VisitorId,
    receiver: Option<broadcast::Receiver<Nudge>>,
    hub: Hub,
}

impl Subscription {
    /// Waits for the next nudge. May be dropped while waiting without losing one.
    pub async fn next(&mut self) -> Nudge {
        let Some(receiver) = self.receiver.as_mut() else {
            return std::future::pending().await;
        };
        match receiver.recv().await {
            Ok(nudge) => nudge,
            Err(broadcast::error::RecvError::Lagged(_)) => Nudge::Lagged,
            // The hub keeps the sender for as long as this subscription lives.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // The receiver goes first, so that the count tells whether anybody else is left.
        self.receiver = None;
        self.hub.visitors.remove_if(&self.visitor, |_, sender| sender.receiver_count() == 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn streams_are_told_and_forgotten_when_they_end() {
        let hub = Hub::default();
        let visitor = VisitorId(Uuid::from_u128(1));
        let mut first = hub.subscribe(visitor);
        let mut second = hub.subscribe(visitor);
        hub.nudge(VisitorId(Uuid::from_u128(2)), Nudge::Lagged);
        hub.nudge(visitor, Nudge::Events);
        assert_eq!((first.next().await, second.next().await), (Nudge::Events, Nudge::Events));
        drop(first);
        assert_eq!(hub.len(), 1);
        drop(second);
        assert!(hub.is_empty());
    }

    #[tokio::test]
    async fn a_slow_stream_is_told_that_it_missed_some() {
        let hub = Hub::default();
        let visitor = VisitorId(Uuid::from_u128(1));
        let mut stream = hub.subscribe(visitor);
        for _ in 0..=BACKLOG {
            hub.nudge(visitor, Nudge::Events);
        }
        assert_eq!(stream.next().await, Nudge::Lagged);
        assert_eq!(stream.next().await, Nudge::Events);
    }
}
