//! What is done with each frame of a socket.
//!
//! What lives here: storing before acknowledging, following the sockets' state, and restarting them in time. What must
//! not: connecting, which slack-morphism does.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bridge_core::{ConnectionId, InboundSink, ListenReport, Words};
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use slack_morphism::clients_manager::SlackSocketModeClientsManager;
use slack_morphism::{SlackSocketModeClientListener, SlackSocketModeWssClientId};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::directory::Directory;
use crate::identity::Identity;
use crate::message::text;
use crate::normalize::{self, Heard, Listener};
use crate::{Clock, SlackBridge, hook};

/// The longest that storing one event may take; Slack sends it again after three seconds, so an end of this wait loses
/// nothing.
const STORE_WITHIN: Duration = Duration::from_secs(10);
/// A socket that ended sooner than this after its greeting is opened again with growing pauses.
const SHORT_LIFE: Duration = Duration::from_secs(5);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// For how long Slack may still count a socket of ours that is gone.
const STILL_COUNTED: Duration = Duration::from_secs(60);

/// Errors in slack-morphism's form.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How the sockets are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// All work.
    Good,
    /// One at least works; one doesn't since so long.
    Lame(Duration),
    /// None works, since so long.
    Deaf(Duration),
}

/// One socket of ours.
#[derive(Debug, Clone, Copy)]
struct Socket {
    /// Which of its incarnations this is about.
    incarnation: u64,
    /// When its greeting came; `None` while it has none.
    greeted: Option<Instant>,
    /// Since when it is as it is.
    since: Instant,
    /// How many incarnations in a row were short-lived.
    short_lives: u32,
}

#[derive(Debug)]
struct State {
    sockets: BTreeMap<u32, Socket>,
    /// The last reason for silence that was told.
    told: Option<String>,
}

/// When sockets of ours ended, over all the lives of one bridge.
#[derive(Debug, Default)]
pub(crate) struct Ended(Mutex<Vec<Instant>>);

impl Ended {
    fn note(&self, sockets: usize) {
        let now = Instant::now();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(std::iter::repeat_n(now, sockets));
    }

    /// How many ended so recently that Slack may still count them.
    fn recent(&self) -> usize {
        let mut ended = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|ended| ended.elapsed() < STILL_COUNTED);
        ended.len()
    }
}

/// Hears the frames of one set of sockets.
pub(crate) struct Ears {
    connection: ConnectionId,
    words: Words,
    me: Identity,
    sink: Arc<dyn InboundSink>,
    clock: Clock,
    people: Arc<Directory>,
    manager: Weak<dyn SlackSocketModeClientsManager + Send + Sync>,
    state: Mutex<State>,
    ended: Arc<Ended>,
    /// Held while a socket is restarted, so that no new one slips in after the end.
    gate: tokio::sync::Mutex<()>,
    closed: CancellationToken,
    busy: TaskTracker,
}

impl Ears {
    pub(crate) fn new(
        bridge: &SlackBridge,
        me: Identity,
        sink: Arc<dyn InboundSink>,
        sockets: usize,
        manager: Weak<dyn SlackSocketModeClientsManager + Send + Sync>,
    ) -> Self {
        let now = Instant::now();
        let socket = Socket { incarnation: 0, greeted: None, since: now, short_lives: 0 };
        let sockets = (0_u32..).take(sockets).map(|index| (index, socket)).collect();
        Self {
            connection: bridge.id().clone(),
            words: bridge.words(),
            me,
            sink,
            clock: bridge.clock.clone(),
            people: bridge.people().clone(),
            manager,
            state: Mutex::new(State { sockets, told: None }),
            ended: bridge.ended.clone(),
            gate: tokio::sync::Mutex::new(()),
            closed: CancellationToken::new(),
            busy: TaskTracker::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the sockets are doing.
    pub(crate) fn health(&self) -> Health {
        let state = self.state();
        let silent = state.sockets.values().filter(|socket| socket.greeted.is_none());
        let since = |socket: &Socket| socket.since.elapsed();
        let silent: Vec<Duration> = silent.map(since).collect();
        if silent.is_empty() {
            Health::Good
        } else if silent.len() < state.sockets.len() {
            Health::Lame(silent.into_iter().max().unwrap_or_default())
        } else {
            Health::Deaf(silent.into_iter().min().unwrap_or_default())
        }
    }

    /// Says why nothing is heard, once for each reason.
    pub(crate) fn complain(&self, why: &str) {
        let mut state = self.state();
        if state.told.as_deref() != Some(why) {
            state.told = Some(why.to_owned());
            drop(state);
            self.sink.report(&self.connection, ListenReport::Disconnected { why: why.to_owned() });
        }
    }

    /// Ends all sockets; none comes after this.
    pub(crate) async fn close(&self) {
        self.closed.cancel();
        self.ended.note(self.state().sockets.values().filter(|socket| socket.greeted.is_some()).count());
        let _gate = self.gate.lock().await;
        if let Some(manager) = self.manager.upgrade() {
            manager.shutdown().await;
        }
        self.busy.close();
    }

    /// Waits until no frame is being worked on.
    pub(crate) async fn drained(&self) {
        self.busy.wait().await;
    }

    fn greeted(&self, id: &SlackSocketModeWssClientId, frame: &Value) {
        let foreign = {
            let mut state = self.state();
            state.told = None;
            if let Some(socket) = state.sockets.get_mut(&id.initial_index) {
                let now = Instant::now();
                *socket = Socket { incarnation: id.reconnected, greeted: Some(now), since: now, ..*socket };
            }
            let counted = frame.get("num_connections").and_then(Value::as_u64).unwrap_or(0);
            usize::try_from(counted).unwrap_or(0).saturating_sub(state.sockets.len() + self.ended.recent())
        };
        tracing::info!(connection = %self.connection, socket = id.initial_index, "a socket to Slack is open");
        self.sink.report(&self.connection, ListenReport::Connected);
        if foreign > 0 {
            self.sink.report(&self.connection, ListenReport::ForeignListeners { count: foreign });
        }
    }

    /// A socket has ended or is about to. Opens it again: at once, or after a pause where it keeps ending.
    async fn restart(&self, id: &SlackSocketModeWssClientId, why: &str) {
        let (pause, silent) = {
            let mut state = self.state();
            let Some(socket) = state.sockets.get_mut(&id.initial_index) else { return };
            if socket.greeted.is_some() && socket.incarnation != id.reconnected {
                // Late news of a socket that has a successor already.
                return;
            }
            let lived = socket.greeted.map(|greeted| greeted.elapsed()).unwrap_or_default();
            let short_lives = if lived < SHORT_LIFE { socket.short_lives.saturating_add(1) } else { 0 };
            let was_greeted = socket.greeted.is_some();
            let since = if was_greeted { Instant::now() } else { socket.since };
            *socket = Socket { incarnation: socket.incarnation, greeted: None, since, short_lives };
            if was_greeted {
                self.ended.note(1);
            }
            let silent = was_greeted && state.sockets.values().all(|socket| socket.greeted.is_none());
            (pause_after(short_lives), silent)
        };
        tracing::info!(connection = %self.connection, socket = id.initial_index, why, "a socket to Slack has ended");
        if silent && !self.closed.is_cancelled() {
            self.complain(why);
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.closed.cancelled() => return,
        }
        let _gate = self.gate.lock().await;
        if !self.closed.is_cancelled()
            && let Some(manager) = self.manager.upgrade()
        {
            manager.restart_client(id).await;
        }
    }

    /// Stores what an envelope holds.
    async fn store(&self, kind: &str, payload: &Value) -> Stored {
        let work = async {
            let listener = Listener { connection: &self.connection, me: &self.me, now: (self.clock)() };
            let heard = match kind {
                "events_api" => normalize::event(&listener, payload),
                "slash_commands" => normalize::command(&listener, payload),
                _ => normalize::interaction(&listener, payload),
            };
            match heard {
                Heard::Nothing => Ok(Stored::NothingToStore),
                Heard::Stale(stale) => {
                    self.people.forget(&stale);
                    Ok(Stored::NothingToStore)
                }
                Heard::Event(inbound) => self.sink.accept(*inbound).await.map(|()| Stored::Yes),
            }
        };
        // A panic would leave the socket open and deaf: it must end here.
        let guarded = AssertUnwindSafe(tokio::time::timeout(STORE_WITHIN, work)).catch_unwind();
        let why = match guarded.await {
            Ok(Ok(Ok(stored))) => return stored,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(_)) => "storing it took too long".to_owned(),
            Err(_) => "storing it panicked".to_owned(),
        };
        tracing::warn!(connection = %self.connection, "an event was not stored, so Slack will send it again: {why}");
        Stored::No
    }
}

/// What became of an envelope.
enum Stored {
    /// It is made durable.
    Yes,
    /// There is nothing in it for us.
    NothingToStore,
    /// Slack must send it again.
    No,
}

/// None after one short life (a cut line is opened again at once), then growing.
fn pause_after(short_lives: u32) -> Duration {
    match short_lives {
        0 | 1 => Duration::ZERO,
        more => Duration::from_millis(500).saturating_mul(1 << more.min(10)).min(LONGEST_PAUSE),
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Ears {
    async fn on_message(&self, id: &SlackSocketModeWssClientId, frame: String) -> Option<String> {
        let _busy = self.busy.token();
        if self.closed.is_cancelled() {
            return None;
        }
        let Ok(frame) = serde_json::from_str::<Value>(&frame) else {
            tracing::warn!(connection = %self.connection, "a frame of Slack's is no JSON");
            return None;
        };
        let envelope = text(&frame, "envelope_id");
        let ack = || envelope.map(|id| json!({ "envelope_id": id }).to_string());
        match text(&frame, "type") {
            Some("hello") => {
                self.greeted(id, &frame);
                None
            }
            Some("disconnect") => {
                let reason = text(&frame, "reason").unwrap_or("no reason given");
                self.restart(id, &format!("Slack ends the socket: {reason}")).await;
                None
            }
            Some(kind @ ("events_api" | "interactive" | "slash_commands")) => {
                match self.store(kind, frame.get("payload").unwrap_or(&Value::Null)).await {
                    Stored::No => None,
                    Stored::NothingToStore if kind == "slash_commands" => {
                        let help = hook::help_payload(self.words);
                        envelope.map(|id| json!({ "envelope_id": id, "payload": help }).to_string())
                    }
                    Stored::Yes | Stored::NothingToStore => ack(),
                }
            }
            _ => ack(),
        }
    }

    async fn on_error(&self, error: BoxError) {
        tracing::debug!(connection = %self.connection, "a socket to Slack reports: {error}");
    }

    async fn on_disconnect(&self, id: &SlackSocketModeWssClientId) {
        self.restart(id, "the socket to Slack broke").await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_line_is_opened_at_once_and_a_refusing_slack_is_left_in_peace() {
        let pauses: Vec<u64> = [0, 1, 2, 3, 6, 7, u32::MAX].iter().map(|lives| pause_after(*lives).as_secs()).collect();
        assert_eq!(pauses, [0, 0, 2, 4, 30, 30, 30]);
    }
}
