//! Whether an operator can answer now, for each domain.
//!
//! What lives here: the facts in memory, who watches, and telling them. What must not: the rule itself (that is
//! [`crate::model::presence`]), and asking platforms (a worker does).

mod board;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bridge_core::{ConnectionId, Micros};
use tokio::sync::watch;

use super::{Hub, TeamNudge};
use crate::clock::Clock;
use crate::model::{Availability, ChannelId, DomainId, OperatorId, Presence};
use board::{Board, Changed};
pub use board::{Member, Standing, TeamRead};

/// What is known, and who watches. Cheap to clone.
#[derive(Clone)]
pub struct PresenceBoard {
    // A std mutex: held for a few look-ups, never across an await.
    board: Arc<Mutex<Board>>,
    clock: Clock,
    hub: Hub,
}

impl Default for PresenceBoard {
    fn default() -> Self {
        Self::new(Clock::system(), Hub::default())
    }
}

impl PresenceBoard {
    /// A board that tells the operators' pages of that hub.
    #[must_use]
    pub fn new(clock: Clock, hub: Hub) -> Self {
        Self { board: Arc::default(), clock, hub }
    }

    /// Adds a domain with its channels and each channel's connection.
    pub fn add_domain(&self, domain: DomainId, channels: impl IntoIterator<Item = (ChannelId, ConnectionId)>) {
        self.change(|board, _| board.add_domain(domain, channels));
    }

    /// Notes since when a connection's events arrive, or that they don't.
    pub fn set_heard(&self, connection: &ConnectionId, since: Option<Micros>) {
        self.change(|board, _| board.set_heard(connection, since));
    }

    /// Since when a connection's events arrive; `None` while they don't.
    #[must_use]
    pub fn heard_since(&self, connection: &ConnectionId) -> Option<Micros> {
        self.board().heard_since(connection)
    }

    /// Notes whether a channel can't be used.
    pub fn set_broken(&self, channel: ChannelId, broken: bool) {
        self.change(|board, _| board.set_broken(channel, broken));
    }

    /// Begins to read who the operators are.
    #[must_use]
    pub fn read_team(&self) -> TeamRead {
        self.board().read_team()
    }

    /// Notes who the operators are: everybody who may answer, with the domains that they serve. Where somebody began to read
    /// later and was faster, nothing is noted: what they read is newer.
    pub fn set_team(&self, read: TeamRead, team: Vec<Member>) {
        self.change(|board, now| board.set_team(read, team, now));
    }

    /// What an operator says, as far as it is known here.
    #[must_use]
    pub fn availability(&self, operator: OperatorId) -> Option<Availability> {
        self.board().availability(operator)
    }

    /// A page of an operator's is open, until the guard is dropped. It isn't in use before it says so.
    #[must_use]
    pub fn open_page(&self, operator: OperatorId) -> OpenPage {
        let page = self.board().open_page(operator);
        OpenPage { board: self.clone(), page }
    }

    /// Notes which operators a platform says are active in a channel; `None` where it can't tell. Whoever speaks after the
    /// platform was `asked` is there, whatever it says.
    pub fn set_active(&self, channel: ChannelId, active: Option<Vec<OperatorId>>, asked: Micros) {
        self.change(|board, _| board.set_active(channel, active, asked));
    }

    /// An operator wrote, pressed or commanded on a platform.
    pub fn note_spoke(&self, operator: OperatorId, connection: &ConnectionId) {
        self.change(|board, now| board.note_spoke(operator, connection, now));
    }

    /// Lets what has become too old count no more.
    pub fn tick(&self) {
        self.change(Board::tick);
    }

    /// Follows a domain's presence; a domain that nobody knows is offline for ever.
    #[must_use]
    pub fn watch(&self, domain: DomainId) -> watch::Receiver<Presence> {
        self.board().watch(domain)
    }

    /// How a domain stands: whether somebody can answer, since when, and who.
    #[must_use]
    pub fn standing(&self, domain: DomainId) -> Standing {
        self.board().standing(domain)
    }

    /// The operators who can answer on any of these domains.
    #[must_use]
    pub fn present(&self, domains: &[DomainId]) -> Vec<OperatorId> {
        let board = self.board();
        let mut found: Vec<OperatorId> = domains
            .iter()
            .flat_map(|domain| board.standing(*domain).monitors)
            .map(|monitor| monitor.operator)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the board and works out what follows; the operators' pages are told after the lock is given back.
    fn change(&self, change: impl FnOnce(&mut Board, Micros)) {
        let now = self.clock.now();
        let Changed(domains) = {
            let mut board = self.board();
            change(&mut board, now);
            board.settle(now)
        };
        for domain in domains {
            self.hub.tell_team(TeamNudge::Domain(domain));
        }
    }
}

/// An operator's open page.
pub struct OpenPage {
    board: PresenceBoard,
    page: u64,
}

impl OpenPage {
    /// Says whether the page is in use: it is seen, and somebody moved in it lately.
    pub fn set_active(&self, active: bool) {
        self.board.change(|board, now| board.set_page_active(self.page, active, now));
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        self.board.change(|board, now| board.close_page(self.page, now));
    }
}

#[cfg(test)]
mod tests;
