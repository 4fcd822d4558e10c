//! Whether an operator can answer now, for each domain.
//!
//! What lives here: the facts in memory and the answer that follows from them. What must not: the rule itself (that is
//! [`crate::model::presence`]).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use bridge_core::{ConnectionId, Micros};
use tokio::sync::watch;

use crate::model::{ChannelId, DomainId, Presence, presence};

/// What is known, and who watches.
#[derive(Clone, Default)]
pub struct PresenceBoard {
    // A std mutex: held for a few look-ups, never across an await.
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    domains: HashMap<DomainId, (Vec<ChannelId>, watch::Sender<Presence>)>,
    connections: HashMap<ChannelId, ConnectionId>,
    heard: HashMap<ConnectionId, Micros>,
    broken: HashSet<ChannelId>,
}

impl PresenceBoard {
    /// Adds a domain with its channels and each channel's connection.
    pub fn add_domain(&self, domain: DomainId, channels: impl IntoIterator<Item = (ChannelId, ConnectionId)>) {
        self.change(|inner| {
            let mut ids = Vec::new();
            for (channel, connection) in channels {
                inner.connections.insert(channel, connection);
                ids.push(channel);
            }
            inner.domains.insert(domain, (ids, watch::Sender::new(Presence { online: false })));
        });
    }

    /// Notes since when a connection's events arrive, or that they don't.
    pub fn set_heard(&self, connection: &ConnectionId, since: Option<Micros>) {
        self.change(|inner| {
            if let Some(since) = since {
                inner.heard.insert(connection.clone(), since);
            } else {
                inner.heard.remove(connection);
            }
        });
    }

    /// Since when a connection's events arrive; `None` while they don't.
    #[must_use]
    pub fn heard_since(&self, connection: &ConnectionId) -> Option<Micros> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).heard.get(connection).copied()
    }

    /// Notes whether a channel can't be used.
    pub fn set_broken(&self, channel: ChannelId, broken: bool) {
        self.change(|inner| {
            if broken {
                inner.broken.insert(channel);
            } else {
                inner.broken.remove(&channel);
            }
        });
    }

    /// Follows a domain's presence; a domain that nobody knows is offline for ever.
    #[must_use]
    pub fn watch(&self, domain: DomainId) -> watch::Receiver<Presence> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        match inner.domains.get(&domain) {
            Some((_, sender)) => sender.subscribe(),
            None => watch::Sender::new(Presence { online: false }).subscribe(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut inner);
        for (channels, sender) in inner.domains.values() {
            let heard = channels.iter().map(|channel| {
                !inner.broken.contains(channel)
                    && inner.connections.get(channel).is_some_and(|connection| inner.heard.contains_key(connection))
            });
            let now = presence::presence(heard);
            sender.send_if_modified(|old| std::mem::replace(old, now) != now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_domain_is_online_while_a_channel_of_its_is_heard_and_whole() {
        let board = PresenceBoard::default();
        let (domain, channel) = (DomainId(Uuid::from_u128(1)), ChannelId(Uuid::from_u128(2)));
        let connection: ConnectionId = "chat.acme".parse().unwrap();
        board.add_domain(domain, [(channel, connection.clone())]);
        let watch = board.watch(domain);
        assert!(!watch.borrow().online);
        board.set_heard(&connection, Some(Micros(1)));
        assert!(watch.borrow().online);
        board.set_broken(channel, true);
        assert!(!watch.borrow().online);
        board.set_broken(channel, false);
        board.set_heard(&connection, None);
        assert!(!watch.borrow().online);
    }
}
