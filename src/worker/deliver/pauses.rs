//! What has to wait because a platform asked to go slower.
//!
//! What lives here: until when a connection, a channel, or the opening of threads in it rests. What must not: a single
//! lane's wait (its row's due time says it), and our own pace ([`super::pace`]).

use std::hash::Hash;

use bridge_core::{ConnectionId, Micros, RemoteChannel, Scope};
use dashmap::DashMap;

use crate::model::ChannelId;

/// All pauses.
#[derive(Default)]
pub(super) struct Pauses {
    connections: DashMap<ConnectionId, Micros>,
    channels: DashMap<ChannelId, Micros>,
    openings: DashMap<ChannelId, Micros>,
}

impl Pauses {
    /// Lets what `scope` speaks of rest. A pause that is there is only ever made longer.
    pub(super) fn rest(&self, channel: ChannelId, remote: &RemoteChannel, scope: Scope, until: Micros) {
        match scope {
            Scope::Connection => prolong(&self.connections, remote.connection.clone(), until),
            Scope::Channel => prolong(&self.channels, channel, until),
            Scope::Opening => prolong(&self.openings, channel, until),
            Scope::Thread => {}
        }
    }

    /// Until when nothing may be done in a channel; `None` where it may.
    pub(super) fn of_channel(&self, channel: ChannelId, connection: &ConnectionId, now: Micros) -> Option<Micros> {
        still(&self.channels, &channel, now).max(still(&self.connections, connection, now))
    }

    /// Until when no thread may be opened in a channel; `None` where one may.
    pub(super) fn of_openings(&self, channel: ChannelId, now: Micros) -> Option<Micros> {
        still(&self.openings, &channel, now)
    }
}

fn prolong<K: Eq + Hash>(pauses: &DashMap<K, Micros>, of: K, until: Micros) {
    let mut pause = pauses.entry(of).or_insert(until);
    *pause = until.max(*pause);
}

fn still<K: Eq + Hash>(pauses: &DashMap<K, Micros>, of: &K, now: Micros) -> Option<Micros> {
    pauses.get(of).map(|until| *until).filter(|until| *until > now)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Micros = Micros(1_000);
    const THEN: Micros = Micros(2_000);

    fn paused_by(scope: Scope) -> [Option<Micros>; 5] {
        let pauses = Pauses::default();
        let (one, other) = (ChannelId(Uuid::from_u128(1)), ChannelId(Uuid::from_u128(2)));
        let remote: RemoteChannel = "chat.one/1".parse().unwrap();
        let elsewhere: ConnectionId = "chat.two".parse().unwrap();
        pauses.rest(one, &remote, scope, THEN);
        pauses.rest(one, &remote, scope, Micros(1_500));
        assert_eq!(pauses.of_channel(one, &remote.connection, THEN), None, "it ends");
        assert_eq!(pauses.of_openings(one, THEN), None, "it ends");
        [
            pauses.of_channel(one, &remote.connection, NOW),
            pauses.of_openings(one, NOW),
            pauses.of_channel(other, &remote.connection, NOW),
            pauses.of_openings(other, NOW),
            pauses.of_channel(other, &elsewhere, NOW),
        ]
    }

    #[test]
    fn only_what_was_spoken_of_rests() {
        assert_eq!(paused_by(Scope::Connection), [Some(THEN), None, Some(THEN), None, None]);
        assert_eq!(paused_by(Scope::Channel), [Some(THEN), None, None, None, None]);
        assert_eq!(paused_by(Scope::Opening), [None, Some(THEN), None, None, None]);
        assert_eq!(paused_by(Scope::Thread), [None; 5]);
    }
}
