//! What goes out to apps: sockets, waiting acknowledgements, and the faults on events.
//!
//! What lives here: the state of every app's connections, changed under the world's lock so that order is kept.
//! What must not: waiting; the tasks that wait live in `delivery`, `socket` and `hooks`.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::ids;
use crate::order::ReleaseOrder;

/// Most sockets that one app may hold.
pub const MOST_SOCKETS: usize = 10;

/// What kind of thing is handed to an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Event,
    Interaction,
    Command,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "events_api",
            Self::Interaction => "interactive",
            Self::Command => "slash_commands",
        }
    }
}

/// Something on its way to an app.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) app_id: String,
    pub(crate) kind: Kind,
    /// `event_id` or `trigger_id`.
    pub(crate) key: String,
    /// For the log, such as `message/message_changed`.
    pub(crate) about: String,
    pub(crate) payload: Value,
    /// Told how it ended: the answer's body, or `None` when nobody acknowledged.
    pub(crate) done: Option<oneshot::Sender<Option<Value>>>,
    /// Stays the same over redeliveries.
    pub(crate) envelope_id: String,
}

impl Outgoing {
    pub(crate) fn new(app_id: &str, kind: Kind, key: &str, about: String, payload: Value) -> Self {
        Self {
            app_id: app_id.to_owned(),
            kind,
            key: key.to_owned(),
            about,
            payload,
            done: None,
            envelope_id: ids::uuid(),
        }
    }

    /// The same event once more, in an envelope of its own.
    pub(crate) fn again(&self) -> Self {
        Self::new(&self.app_id, self.kind, &self.key, self.about.clone(), self.payload.clone())
    }

    fn frame(&self, attempt: u32, reason: &str) -> String {
        let mut envelope = json!({
            "envelope_id": self.envelope_id, "type": self.kind.as_str(), "payload": self.payload,
            "accepts_response_payload": self.kind != Kind::Event,
        });
        if self.kind == Kind::Event {
            envelope["retry_attempt"] = json!(attempt);
            envelope["retry_reason"] = json!(reason);
        }
        envelope.to_string()
    }
}

/// What a socket's task is told.
#[derive(Debug)]
pub(crate) enum Order {
    Send(String),
    /// Slack's `disconnect` message, then a close.
    Disconnect(String),
    /// A clean close.
    Close,
    /// The connection is cut without a word.
    Cut,
}

#[derive(Debug)]
struct Socket {
    id: u64,
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug, Default)]
struct Hub {
    sockets: Vec<Socket>,
    turn: usize,
}

/// Faults on events, for sockets and HTTP alike.
#[derive(Debug)]
pub(crate) struct EventFaults {
    /// Each event is sent this many times.
    pub(crate) copies: u32,
    /// Events are kept back until released.
    pub(crate) holding: bool,
    pub(crate) held: Vec<Outgoing>,
    /// The next events are lost without a trace.
    pub(crate) drop_next: u32,
    pub(crate) dropped: u32,
}

impl Default for EventFaults {
    fn default() -> Self {
        Self { copies: 1, holding: false, held: Vec::new(), drop_next: 0, dropped: 0 }
    }
}

/// Every app's connections.
#[derive(Debug, Default)]
pub(crate) struct Net {
    hubs: BTreeMap<String, Hub>,
    waiting: HashMap<String, (u64, oneshot::Sender<Option<Value>>)>,
    pub(crate) tickets: HashMap<String, String>,
    pub(crate) lanes: HashMap<String, mpsc::UnboundedSender<Outgoing>>,
    pub(crate) events: EventFaults,
    pub(crate) refuse_sockets: bool,
    pub(crate) refused: u32,
    next_socket: u64,
}

impl Net {
    /// Adds a socket; `None` when the app already holds as many as Slack allows.
    pub(crate) fn join(&mut self, app: &str) -> Option<(u64, usize, mpsc::UnboundedReceiver<Order>)> {
        let hub = self.hubs.entry(app.to_owned()).or_default();
        if hub.sockets.len() >= MOST_SOCKETS {
            return None;
        }
        self.next_socket += 1;
        let (orders, inbox) = mpsc::unbounded_channel();
        hub.sockets.push(Socket { id: self.next_socket, orders });
        Some((self.next_socket, hub.sockets.len(), inbox))
    }

    /// Forgets a socket; what waited on it fails at once.
    pub(crate) fn leave(&mut self, app: &str, socket: u64) {
        if let Some(hub) = self.hubs.get_mut(app) {
            hub.sockets.retain(|known| known.id != socket);
        }
        self.waiting.retain(|_, (on, _)| *on != socket);
    }

    /// How many sockets an app holds.
    pub(crate) fn sockets(&self, app: &str) -> usize {
        self.hubs.get(app).map_or(0, |hub| hub.sockets.len())
    }

    /// Gives an order to every socket of an app, or of all.
    pub(crate) fn order(&self, app: Option<&str>, make: impl Fn() -> Order) -> usize {
        let chosen = self.hubs.iter().filter(|(id, _)| app.is_none_or(|app| app == *id));
        chosen.flat_map(|(_, hub)| &hub.sockets).filter(|socket| socket.orders.send(make()).is_ok()).count()
    }

    /// Hands an envelope to the next socket in turn. `None` when there is none.
    pub(crate) fn send(
        &mut self,
        out: &Outgoing,
        attempt: u32,
        reason: &str,
    ) -> Option<oneshot::Receiver<Option<Value>>> {
        let hub = self.hubs.get_mut(&out.app_id)?;
        for _ in 0..hub.sockets.len() {
            hub.turn = (hub.turn + 1) % hub.sockets.len();
            let socket = hub.sockets.get(hub.turn)?;
            if socket.orders.send(Order::Send(out.frame(attempt, reason))).is_ok() {
                let (ack, wait) = oneshot::channel();
                self.waiting.insert(out.envelope_id.clone(), (socket.id, ack));
                return Some(wait);
            }
        }
        None
    }

    /// An acknowledgement came.
    pub(crate) fn acknowledge(&mut self, envelope_id: &str, payload: Option<Value>) {
        if let Some((_, ack)) = self.waiting.remove(envelope_id) {
            let _ = ack.send(payload);
        }
    }

    /// Applies the faults on events: what may go out now.
    pub(crate) fn gate(&mut self, out: Outgoing) -> Vec<Outgoing> {
        if out.kind != Kind::Event {
            return vec![out];
        }
        let faults = &mut self.events;
        if faults.drop_next > 0 {
            faults.drop_next = faults.drop_next.saturating_sub(1);
            faults.dropped += 1;
            return Vec::new();
        }
        let mut copies: Vec<Outgoing> = (1..faults.copies).map(|_| out.again()).collect();
        copies.insert(0, out);
        if faults.holding {
            faults.held.append(&mut copies);
            return Vec::new();
        }
        copies
    }

    /// Takes what was held, in the asked order, and stops holding.
    pub(crate) fn release(&mut self, order: ReleaseOrder) -> Vec<Outgoing> {
        self.events.holding = false;
        let mut held = std::mem::take(&mut self.events.held);
        order.arrange(&mut held);
        held
    }
}
