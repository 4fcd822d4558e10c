//! The gateway's memory: connections, sessions, what each was sent, and the faults on events.
//!
//! What lives here: state that changes under the world's lock, so that every session sees events in one order.
//! What must not: sockets or waiting (see `connection`), payloads (see `ready`, `sight`).
//!
//! A session outlives its connection: whatever is dispatched meanwhile is kept for a RESUME until the session is
//! forgotten. Discord doesn't say how long that is; minutes have been seen.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::wire::{self, Ending};
use crate::discord::events::Outgoing;

/// Dispatches that are kept for one session; one that missed more can't be resumed.
const MOST_KEPT: usize = 20_000;

/// What a connection's task is told.
#[derive(Debug)]
pub(crate) enum Order {
    /// A frame, as JSON.
    Send(String),
    /// Op 9: the session is no longer this connection's; with `true` the client may resume it.
    Invalidate(bool),
    /// A close frame.
    Close(Ending),
    /// The connection is cut without a word.
    Cut,
}

/// A session as a test may see it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// The application whose bot identified.
    pub app_id: String,
    /// The intents that it asked for.
    pub intents: u64,
    /// The number of the last dispatch.
    pub seq: u64,
    /// The highest number that the client named in a heartbeat or a RESUME.
    pub acked_seq: u64,
    /// How many heartbeats came.
    pub heartbeats: u32,
    /// How often it was resumed.
    pub resumes: u32,
    /// A connection holds it now.
    pub connected: bool,
    /// The client asked for compressed payloads.
    pub compress: bool,
}

#[derive(Debug)]
struct Held {
    about: Session,
    kept: VecDeque<(u64, String)>,
    link: Option<u64>,
    /// When nobody holds it: when it is forgotten, in Unix microseconds.
    forget_at: i64,
}

/// Faults on events. Interactions are no events: they are neither held nor lost.
#[derive(Debug)]
pub(crate) struct EventFaults {
    pub(crate) copies: u32,
    pub(crate) holding: bool,
    pub(crate) held: Vec<Outgoing>,
    pub(crate) drop_next: u32,
    pub(crate) dropped: u32,
}

impl Default for EventFaults {
    fn default() -> Self {
        Self { copies: 1, holding: false, held: Vec::new(), drop_next: 0, dropped: 0 }
    }
}

impl EventFaults {
    /// What may go out now.
    pub(crate) fn gate(&mut self, out: Outgoing) -> Vec<Outgoing> {
        if self.drop_next > 0 {
            self.drop_next -= 1;
            self.dropped += 1;
            return Vec::new();
        }
        let mut copies = vec![out; usize::try_from(self.copies.max(1)).unwrap_or(1)];
        if self.holding {
            self.held.append(&mut copies);
        }
        copies
    }
}

/// How often things happened since the start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connections: u32,
    pub(crate) refused: u32,
    pub(crate) identifies: u32,
    pub(crate) resumes: u32,
}

/// What became of a RESUME.
#[derive(Debug)]
pub(crate) enum Resumed {
    /// The session goes on; whether its payloads are compressed.
    Yes { compress: bool },
    /// Op 9 with `false`.
    Unknown,
    /// Close 4007: a number that was never sent.
    InvalidSeq,
}

/// Every connection and session.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    links: BTreeMap<u64, mpsc::UnboundedSender<Order>>,
    sessions: BTreeMap<String, Held>,
    last_identify: BTreeMap<String, Instant>,
    next_link: u64,
    pub(crate) events: EventFaults,
    pub(crate) refuse: bool,
    pub(crate) counters: Counters,
    /// Who waits for the answer to an interaction, by its id.
    pub(crate) waiting: HashMap<String, oneshot::Sender<()>>,
}

impl Gateway {
    /// A connection begins.
    pub(crate) fn join(&mut self) -> (u64, mpsc::UnboundedReceiver<Order>) {
        let (orders, inbox) = mpsc::unbounded_channel();
        self.next_link += 1;
        self.counters.connections += 1;
        self.links.insert(self.next_link, orders);
        (self.next_link, inbox)
    }

    /// A connection ended; its session is kept until `forget_at` (Unix microseconds), or ends too.
    pub(crate) fn leave(&mut self, link: u64, forget_at: Option<i64>) {
        self.links.remove(&link);
        match forget_at {
            Some(at) => self.let_go(link, at),
            None => self.sessions.retain(|_, held| held.link != Some(link)),
        }
    }

    fn let_go(&mut self, link: u64, forget_at: i64) {
        for held in self.sessions.values_mut().filter(|held| held.link == Some(link)) {
            held.link = None;
            held.about.connected = false;
            held.forget_at = forget_at;
        }
    }

    /// Gives an order to every connection. Returns how many there are.
    pub(crate) fn order(&self, make: impl Fn() -> Order) -> usize {
        self.links.values().filter(|orders| orders.send(make()).is_ok()).count()
    }

    /// Ends the sessions of an application, and their connections with this code.
    pub(crate) fn expel(&mut self, app: &str, ending: Ending) {
        for held in self.sessions.values().filter(|held| held.about.app_id == app) {
            if let Some(orders) = held.link.and_then(|link| self.links.get(&link)) {
                let _ = orders.send(Order::Close(ending));
            }
        }
        self.sessions.retain(|_, held| held.about.app_id != app);
    }

    /// Op 9 for every session. Returns how many were told.
    pub(crate) fn invalidate(&mut self, resumable: bool, forget_at: i64) -> usize {
        let links: Vec<u64> = self.sessions.values().filter_map(|held| held.link).collect();
        let told = links.iter().filter_map(|link| self.links.get(link));
        let told = told.filter(|orders| orders.send(Order::Invalidate(resumable)).is_ok()).count();
        if resumable {
            links.into_iter().for_each(|link| self.let_go(link, forget_at));
        } else {
            self.sessions.clear();
        }
        told
    }

    /// One IDENTIFY within `every` is allowed (`max_concurrency` 1); false when this one came too early.
    pub(crate) fn in_time(&mut self, app: &str, every: Duration) -> bool {
        let now = Instant::now();
        let early = self.last_identify.get(app).is_some_and(|last| now.duration_since(*last) < every);
        if !early {
            self.last_identify.insert(app.to_owned(), now);
        }
        !early
    }

    /// A session begins on this connection.
    pub(crate) fn begin(&mut self, link: u64, id: &str, app_id: &str, intents: u64, compress: bool) {
        let about = Session {
            id: id.to_owned(),
            app_id: app_id.to_owned(),
            intents,
            seq: 0,
            acked_seq: 0,
            heartbeats: 0,
            resumes: 0,
            connected: true,
            compress,
        };
        let held = Held { about, kept: VecDeque::new(), link: Some(link), forget_at: i64::MAX };
        self.sessions.insert(id.to_owned(), held);
    }

    /// A session goes on over this connection: what it missed is sent again, then RESUMED. Another connection that still
    /// seems to hold it is ended.
    pub(crate) fn resume(&mut self, link: u64, id: &str, app_id: &str, seq: u64, now: i64) -> Resumed {
        self.sessions.retain(|_, held| held.link.is_some() || held.forget_at > now);
        let Some(held) = self.sessions.get_mut(id).filter(|held| held.about.app_id == app_id) else {
            return Resumed::Unknown;
        };
        if seq > held.about.seq {
            self.sessions.remove(id);
            return Resumed::InvalidSeq;
        }
        if held.kept.front().map_or(held.about.seq, |(first, _)| first - 1) > seq {
            self.sessions.remove(id);
            return Resumed::Unknown;
        }
        let old = held.link.replace(link).filter(|old| *old != link);
        held.about.connected = true;
        held.about.resumes += 1;
        held.forget_at = i64::MAX;
        held.heard(seq);
        let compress = held.about.compress;
        if let Some(orders) = self.links.get(&link) {
            for (_, frame) in &held.kept {
                let _ = orders.send(Order::Send(frame.clone()));
            }
        }
        if let Some(orders) = old.and_then(|old| self.links.get(&old)) {
            let _ = orders.send(Order::Close(Ending::Other(4000)));
        }
        self.counters.resumes += 1;
        self.push(id, "RESUMED", &serde_json::json!({"_trace": ["[\"sandbox\"]"]}));
        Resumed::Yes { compress }
    }

    /// Dispatches to one session: numbered, kept, and sent when a connection holds it.
    pub(crate) fn push(&mut self, id: &str, name: &str, data: &Value) {
        let Some(held) = self.sessions.get_mut(id) else { return };
        held.about.seq += 1;
        let frame = wire::dispatch(name, held.about.seq, data);
        if let Some(orders) = held.link.and_then(|link| self.links.get(&link)) {
            let _ = orders.send(Order::Send(frame.clone()));
        }
        held.kept.push_back((held.about.seq, frame));
        if held.kept.len() > MOST_KEPT {
            held.kept.pop_front();
        }
    }

    /// A heartbeat came with the last number that the client saw.
    pub(crate) fn beat(&mut self, id: &str, seq: Option<u64>) {
        if let Some(held) = self.sessions.get_mut(id) {
            held.about.heartbeats += 1;
            if let Some(seq) = seq.filter(|seq| *seq <= held.about.seq) {
                held.heard(seq);
            }
        }
    }

    /// Forgets every session that no connection holds. Returns how many.
    pub(crate) fn forget_dropped(&mut self) -> usize {
        let before = self.sessions.len();
        self.sessions.retain(|_, held| held.link.is_some());
        before - self.sessions.len()
    }

    /// Every session that isn't forgotten, connected or not.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values().map(|held| &held.about)
    }
}

impl Held {
    /// The client has seen everything up to here: it needn't be kept for a RESUME.
    fn heard(&mut self, seq: u64) {
        self.about.acked_seq = self.about.acked_seq.max(seq);
        while self.kept.front().is_some_and(|(kept, _)| *kept <= seq) {
            self.kept.pop_front();
        }
    }
}
