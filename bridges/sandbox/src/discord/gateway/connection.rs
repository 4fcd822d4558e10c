//! One gateway socket: hello, heartbeats, frames both ways, orders, and the end.
//!
//! What lives here: the connection's task and Discord's rules of a connection (its limits and close codes). What must
//! not: sessions and their order (see `sessions`), what IDENTIFY and RESUME do to the world (see `begin`).
//!
//! Heartbeats, the limit on payloads and the pause between IDENTIFYs run on real time, as a client's own timers do;
//! everything else runs on the sandbox's clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::sessions::Order;
use super::wire::{self, Ending, LARGEST, op};
use crate::discord::DiscordSandbox;

/// Payloads that a client may send in [`SEND_WINDOW`].
const MOST_SENDS: usize = 120;
const SEND_WINDOW: Duration = Duration::from_secs(60);
/// The least that a client may be late with a heartbeat. One and a half of a test's short interval would be over before
/// a client that looks at its timers twice a second had its turn; over Discord's own interval it plays no part.
const LEAST_GRACE: Duration = Duration::from_secs(1);
/// How long the server waits for the client's own close frame.
const LINGER: Duration = Duration::from_millis(500);

/// What follows from a frame or an order.
pub(super) enum Next {
    GoOn,
    Reply(String),
    End(Ending),
}

/// A connection and the session that it holds.
pub(super) struct Connection {
    pub(super) sandbox: DiscordSandbox,
    pub(super) link: u64,
    pub(super) session: Option<String>,
    pub(super) compress: bool,
    pub(super) version_ok: bool,
    last_beat: Instant,
    sends: VecDeque<Instant>,
}

/// How a connection ended, for its session: the code that either side gave, if any.
type Ended = Option<u16>;

impl Connection {
    /// Runs a socket from hello to its end.
    pub(super) async fn run(sandbox: DiscordSandbox, mut socket: WebSocket, version_ok: bool) {
        let (link, orders) = sandbox.change(|world| world.gateway.join());
        let mut it = Self {
            sandbox,
            link,
            session: None,
            compress: false,
            version_ok,
            last_beat: Instant::now(),
            sends: VecDeque::new(),
        };
        let ended = it.serve(&mut socket, orders).await;
        let keeps = ended.is_none_or(Ending::keeps_session);
        let forget_at = keeps.then(|| it.sandbox.0.clock.after(it.sandbox.0.resume_within));
        it.sandbox.change(|world| world.gateway.leave(link, forget_at));
    }

    /// Runs until either side ends the connection. A frozen one reads and writes nothing, hello included.
    async fn serve(&mut self, socket: &mut WebSocket, mut orders: mpsc::UnboundedReceiver<Order>) -> Ended {
        let mut frozen = self.sandbox.0.frozen.subscribe();
        let stop = self.sandbox.0.stop.clone();
        let mut kept = VecDeque::new();
        let mut greeted = false;
        loop {
            if *frozen.borrow_and_update() {
                if !wait_frozen(&stop, &mut frozen, &mut orders, &mut kept).await {
                    return None;
                }
                self.last_beat = Instant::now();
                continue;
            }
            if !greeted {
                greeted = true;
                self.last_beat = Instant::now();
                if let Some(ended) = self.greet(socket).await {
                    return ended;
                }
            }
            if let Some(order) = kept.pop_front() {
                if let Some(ended) = self.obey(socket, order).await {
                    return ended;
                }
                continue;
            }
            let deadline = tokio::time::Instant::from_std(self.last_beat + patience(self.sandbox.0.heartbeat_interval));
            let ended = tokio::select! {
                biased;
                () = stop.cancelled() => Some(None),
                changed = frozen.changed() => if changed.is_ok() { None } else { Some(None) },
                order = orders.recv() => match order {
                    Some(order) => self.obey(socket, order).await,
                    None => Some(None),
                },
                frame = socket.recv() => self.hear(socket, frame).await,
                () = tokio::time::sleep_until(deadline) => Some(end(socket, Ending::TimedOut).await),
            };
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    async fn greet(&self, socket: &mut WebSocket) -> Option<Ended> {
        if !self.version_ok {
            return Some(end(socket, Ending::InvalidVersion).await);
        }
        let interval = u64::try_from(self.sandbox.0.heartbeat_interval.as_millis()).unwrap_or(u64::MAX);
        let hello = wire::payload(op::HELLO, &json!({"heartbeat_interval": interval, "_trace": ["[\"sandbox\"]"]}));
        socket.send(Message::text(hello)).await.is_err().then_some(None)
    }

    /// Does what was ordered; something when the connection is over.
    async fn obey(&mut self, socket: &mut WebSocket, order: Order) -> Option<Ended> {
        match order {
            Order::Send(frame) => socket.send(wire::encode(frame, self.compress)).await.is_err().then_some(None),
            Order::Invalidate(resumable) => {
                self.session = None;
                let frame = wire::payload(op::INVALID_SESSION, &json!(resumable));
                socket.send(Message::text(frame)).await.is_err().then_some(None)
            }
            Order::Close(ending) => Some(end(socket, ending).await),
            Order::Cut => Some(None),
        }
    }

    async fn hear(&mut self, socket: &mut WebSocket, frame: Option<Result<Message, axum::Error>>) -> Option<Ended> {
        let next = match frame {
            Some(Ok(Message::Text(text))) => self.heard(text.as_str()),
            Some(Ok(Message::Binary(_))) => Next::End(Ending::Decode),
            Some(Ok(Message::Close(close))) => return Some(close.map(|CloseFrame { code, .. }| code)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Next::GoOn,
            Some(Err(_)) | None => return Some(None),
        };
        match next {
            Next::GoOn => None,
            Next::Reply(text) => socket.send(Message::text(text)).await.is_err().then_some(None),
            Next::End(ending) => Some(end(socket, ending).await),
        }
    }

    fn heard(&mut self, text: &str) -> Next {
        if self.too_fast() {
            return Next::End(Ending::RateLimited);
        }
        let Some((opcode, data)) = read(text) else { return Next::End(Ending::Decode) };
        match opcode {
            op::HEARTBEAT => self.beat(&data),
            op::IDENTIFY if self.session.is_some() => Next::End(Ending::AlreadyAuthenticated),
            op::IDENTIFY => self.identify(&data),
            op::RESUME if self.session.is_some() => Next::End(Ending::AlreadyAuthenticated),
            op::RESUME => self.resume(&data),
            op::PRESENCE | op::VOICE_STATE | op::REQUEST_MEMBERS | op::REQUEST_SOUNDS if self.session.is_none() => {
                Next::End(Ending::NotAuthenticated)
            }
            op::REQUEST_MEMBERS => self.request_members(&data),
            // Voice and presences of bots change nothing that anybody here can see.
            op::PRESENCE | op::VOICE_STATE | op::REQUEST_SOUNDS => Next::GoOn,
            _ => Next::End(Ending::UnknownOpcode),
        }
    }

    fn beat(&mut self, data: &Value) -> Next {
        self.last_beat = Instant::now();
        if let Some(session) = &self.session {
            self.sandbox.change(|world| world.gateway.beat(session, data.as_u64()));
        }
        Next::Reply(wire::payload(op::ACK, &Value::Null))
    }

    fn too_fast(&mut self) -> bool {
        let now = Instant::now();
        while self.sends.front().is_some_and(|sent| now.duration_since(*sent) >= SEND_WINDOW) {
            self.sends.pop_front();
        }
        self.sends.push_back(now);
        self.sends.len() > MOST_SENDS
    }
}

/// How long after a heartbeat the next one must have come.
fn patience(interval: Duration) -> Duration {
    interval.mul_f64(1.5).max(interval + LEAST_GRACE)
}

/// Waits inside the freeze; false when the connection is over.
async fn wait_frozen(
    stop: &tokio_util::sync::CancellationToken,
    frozen: &mut watch::Receiver<bool>,
    orders: &mut mpsc::UnboundedReceiver<Order>,
    kept: &mut VecDeque<Order>,
) -> bool {
    tokio::select! {
        changed = frozen.changed() => changed.is_ok(),
        () = stop.cancelled() => false,
        order = orders.recv() => match order {
            None | Some(Order::Cut | Order::Close(_)) => false,
            Some(order) => {
                kept.push_back(order);
                true
            }
        },
    }
}

/// The opcode and the data of a client's payload.
fn read(text: &str) -> Option<(u64, Value)> {
    if text.len() > LARGEST {
        return None;
    }
    let mut payload: Value = serde_json::from_str(text).ok()?;
    Some((payload.get("op")?.as_u64()?, payload.get_mut("d").map(Value::take).unwrap_or_default()))
}

/// Sends the close frame and reads on for a moment: dropping a socket with unread bytes would reset the connection, and
/// the client might never see the code.
async fn end(socket: &mut WebSocket, ending: Ending) -> Ended {
    if socket.send(ending.frame()).await.is_ok() {
        let _ = tokio::time::timeout(LINGER, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
    Some(ending.code())
}
