//! The facts about who is there, and what follows from them.
//!
//! What lives here: plain data behind the board's lock. What must not: a clock; every change brings its moment.

use std::collections::{HashMap, HashSet};

use bridge_core::{ConnectionId, Micros};
use tokio::sync::watch;

use crate::model::presence::{self, HEARD_FOR, LEAVING_FOR, Monitor, RESTING_FOR, SPOKE_FOR, Signs};
use crate::model::{Availability, ChannelId, DomainId, OperatorId, Presence};

/// An operator who may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: OperatorId,
    /// What they say.
    pub availability: Availability,
    /// The domains that they serve.
    pub domains: HashSet<DomainId>,
}

/// One reading of who the operators are; later ones count more.
#[derive(Debug)]
pub struct TeamRead(u64);

/// How a domain stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether somebody can answer.
    pub online: bool,
    /// Since when it is so; `None` for a domain that isn't configured.
    pub since: Option<Micros>,
    /// Who can, by id.
    pub monitors: Vec<Monitor>,
}

/// The domains whose standing changed.
pub(super) struct Changed(pub(super) Vec<DomainId>);

#[derive(Default)]
pub(super) struct Board {
    domains: HashMap<DomainId, Domain>,
    connections: HashMap<ChannelId, ConnectionId>,
    heard: HashMap<ConnectionId, Micros>,
    broken: HashSet<ChannelId>,
    team: HashMap<OperatorId, (Member, Option<Micros>)>,
    /// How often somebody began to read who the operators are, and which of these reads the board shows.
    team_reads: u64,
    team_noted: u64,
    pages: HashMap<u64, Page>,
    next_page: u64,
    active: HashMap<ChannelId, Polled>,
    /// When somebody began to speak on a connection, and when they last did.
    spoke: HashMap<(OperatorId, ConnectionId), (Micros, Micros)>,
}

struct Domain {
    channels: Vec<ChannelId>,
    standing: Standing,
    sender: watch::Sender<Presence>,
}

struct Page {
    operator: OperatorId,
    /// Since when it counts as in use.
    since: Option<Micros>,
    /// When its use ended, while it still counts.
    rested: Option<Micros>,
    /// When it was closed.
    left: Option<Micros>,
}

impl Page {
    fn is_over(&self, now: Micros) -> bool {
        self.left.is_some_and(|left| now.since(left) >= LEAVING_FOR)
    }

    /// It counts no longer, once its use ended long enough ago.
    fn grow_old(&mut self, now: Micros) {
        if self.rested.is_some_and(|rested| now.since(rested) >= RESTING_FOR) {
            (self.since, self.rested) = (None, None);
        }
    }
}

/// What a platform said about a channel.
struct Polled {
    /// When it was asked.
    at: Micros,
    /// Since when each is active.
    who: HashMap<OperatorId, Micros>,
}

impl Board {
    pub(super) fn add_domain(
        &mut self,
        domain: DomainId,
        channels: impl IntoIterator<Item = (ChannelId, ConnectionId)>,
    ) {
        let mut ids = Vec::new();
        for (channel, connection) in channels {
            self.connections.insert(channel, connection);
            ids.push(channel);
        }
        let sender = watch::Sender::new(Presence { online: false });
        self.domains.insert(domain, Domain { channels: ids, standing: Standing::default(), sender });
    }

    pub(super) fn set_heard(&mut self, connection: &ConnectionId, since: Option<Micros>) {
        if let Some(since) = since {
            self.heard.insert(connection.clone(), since);
        } else {
            self.heard.remove(connection);
        }
    }

    pub(super) fn heard_since(&self, connection: &ConnectionId) -> Option<Micros> {
        self.heard.get(connection).copied()
    }

    pub(super) fn set_broken(&mut self, channel: ChannelId, broken: bool) {
        if broken {
            self.broken.insert(channel);
        } else {
            self.broken.remove(&channel);
        }
    }

    pub(super) const fn read_team(&mut self) -> TeamRead {
        self.team_reads += 1;
        TeamRead(self.team_reads)
    }

    pub(super) fn set_team(&mut self, read: TeamRead, team: Vec<Member>, now: Micros) {
        if read.0 < self.team_noted {
            return;
        }
        self.team_noted = read.0;
        let mut before = std::mem::take(&mut self.team);
        for member in team {
            let said = said_since(before.remove(&member.id).as_ref(), &member, now);
            self.team.insert(member.id, (member, said));
        }
    }

    pub(super) fn availability(&self, operator: OperatorId) -> Option<Availability> {
        self.team.get(&operator).map(|(member, _)| member.availability)
    }

    pub(super) fn open_page(&mut self, operator: OperatorId) -> u64 {
        self.next_page += 1;
        self.pages.insert(self.next_page, Page { operator, since: None, rested: None, left: None });
        self.next_page
    }

    pub(super) fn set_page_active(&mut self, page: u64, active: bool, now: Micros) {
        if let Some(page) = self.pages.get_mut(&page) {
            if active {
                (page.since, page.rested) = (page.since.or(Some(now)), None);
            } else if page.since.is_some() {
                page.rested = page.rested.or(Some(now));
            }
        }
    }

    /// A page that was in use counts a little longer: it may only be loaded anew.
    pub(super) fn close_page(&mut self, page: u64, now: Micros) {
        match self.pages.get_mut(&page) {
            Some(page) if page.since.is_some() => page.left = Some(now),
            _ => {
                self.pages.remove(&page);
            }
        }
    }

    pub(super) fn set_active(&mut self, channel: ChannelId, active: Option<Vec<OperatorId>>, asked: Micros) {
        let Some(active) = active else {
            self.active.remove(&channel);
            return;
        };
        let before = self.active.remove(&channel).map(|polled| polled.who).unwrap_or_default();
        let since = |who: &OperatorId| before.get(who).copied().unwrap_or(asked);
        let who = active.into_iter().map(|who| (who, since(&who))).collect();
        self.active.insert(channel, Polled { at: asked, who });
    }

    pub(super) fn note_spoke(&mut self, operator: OperatorId, connection: &ConnectionId, now: Micros) {
        let times = self.spoke.entry((operator, connection.clone())).or_insert((now, now));
        times.1 = now;
    }

    pub(super) fn tick(&mut self, now: Micros) {
        self.pages.retain(|_, page| !page.is_over(now));
        self.pages.values_mut().for_each(|page| page.grow_old(now));
        self.spoke.retain(|_, (_, last)| now.since(*last) < SPOKE_FOR);
        self.active.retain(|_, polled| now.since(polled.at) < HEARD_FOR);
    }

    pub(super) fn watch(&self, domain: DomainId) -> watch::Receiver<Presence> {
        match self.domains.get(&domain) {
            Some(domain) => domain.sender.subscribe(),
            None => watch::Sender::new(Presence { online: false }).subscribe(),
        }
    }

    pub(super) fn standing(&self, domain: DomainId) -> Standing {
        self.domains.get(&domain).map(|domain| domain.standing.clone()).unwrap_or_default()
    }

    /// Works out how every domain stands, and tells those who watch.
    pub(super) fn settle(&mut self, now: Micros) -> Changed {
        let now_standing: Vec<(DomainId, Vec<Monitor>)> =
            self.domains.iter().map(|(id, domain)| (*id, self.monitors(*id, domain))).collect();
        let mut changed = Vec::new();
        for (id, monitors) in now_standing {
            let Some(domain) = self.domains.get_mut(&id) else { continue };
            let presence = presence::presence(&monitors);
            let standing = &mut domain.standing;
            if standing.since.is_none() || standing.online != presence.online {
                standing.online = presence.online;
                standing.since = Some(now);
            } else if standing.monitors == monitors {
                continue;
            }
            standing.monitors = monitors;
            changed.push(id);
            domain.sender.send_if_modified(|old| std::mem::replace(old, presence) != presence);
        }
        Changed(changed)
    }

    fn monitors(&self, id: DomainId, domain: &Domain) -> Vec<Monitor> {
        let serving = self.team.values().filter(|(member, _)| member.domains.contains(&id));
        let mut monitors: Vec<Monitor> =
            serving.filter_map(|(member, said)| presence::monitor(&self.signs(member, *said, domain))).collect();
        monitors.sort_unstable_by_key(|monitor| monitor.operator);
        monitors
    }

    fn signs(&self, member: &Member, said_since: Option<Micros>, domain: &Domain) -> Signs {
        let pages = self.pages.values().filter(|page| page.operator == member.id);
        let usable = domain.channels.iter().filter(|channel| !self.broken.contains(channel));
        let mut active = Vec::new();
        for channel in usable {
            let Some(connection) = self.connections.get(channel) else { continue };
            if self.heard.contains_key(connection)
                && let Some(since) = self.active_since(member.id, *channel, connection)
            {
                active.push((connection.kind.clone(), since));
            }
        }
        Signs {
            operator: member.id,
            availability: member.availability,
            said_since,
            page_since: pages.filter_map(|page| page.since).min(),
            active,
        }
    }

    /// The platform's word counts, unless they spoke after it was given.
    fn active_since(&self, operator: OperatorId, channel: ChannelId, connection: &ConnectionId) -> Option<Micros> {
        let polled = self.active.get(&channel);
        if let Some(since) = polled.and_then(|polled| polled.who.get(&operator)) {
            return Some(*since);
        }
        let (first, last) = self.spoke.get(&(operator, connection.clone()))?;
        polled.is_none_or(|polled| *last > polled.at).then_some(*first)
    }
}

fn said_since(before: Option<&(Member, Option<Micros>)>, member: &Member, now: Micros) -> Option<Micros> {
    match before {
        Some((known, since)) if known.availability == member.availability => *since,
        Some(_) => Some(now),
        // Said before we started.
        None => None,
    }
}
