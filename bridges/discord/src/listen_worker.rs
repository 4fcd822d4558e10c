//! Stores what was heard, one event after the other.
//!
//! What lives here: the order, the patience with a store that is away, and telling Discord in time that a press was heard.
//! What must not: a session, and what an event means (`normalize`).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{
    Answer, BridgeError, Inbound, InboundEvent, InboundSink, ListenReport, RemoteThread, RemoteUser, SinkError, Word,
};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::identity::Identity;
use crate::interactions::Waiting;
use crate::listen_queue::{Ears, Heard, Queues};
use crate::message::text;
use crate::normalize::{self, Listener, Spot};
use crate::{DiscordBridge, interactions, respond};

/// How long one event is tried again while the store is away, before it is left to catch-up.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first pause between two attempts; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest that storing one event may take.
const STORE_WITHIN: Duration = Duration::from_secs(10);

/// Stores events until the queue ends.
struct Worker<'a> {
    bridge: &'a DiscordBridge,
    me: &'a Identity,
    ears: &'a Ears,
    sink: &'a dyn InboundSink,
    /// Whose turn to be told has come.
    tell: mpsc::UnboundedSender<Arc<Waiting>>,
    /// How many events in a row could not be stored.
    missed: u64,
}

/// Works until the queues end.
pub(crate) async fn work(bridge: &DiscordBridge, me: &Identity, ears: &Ears, sink: &dyn InboundSink, queues: Queues) {
    let (tell, told) = mpsc::unbounded_channel();
    let Queues { mut heard, waiting } = queues;
    let storing = async {
        let mut worker = Worker { bridge, me, ears, sink, tell, missed: 0 };
        while let Some(event) = heard.recv().await {
            worker.handle(event).await;
        }
    };
    tokio::join!(storing, tell_in_time(bridge, waiting, told));
}

/// Tells Discord about each interaction when it is stored, or else when it is due.
async fn tell_in_time(
    bridge: &DiscordBridge,
    mut waiting: mpsc::UnboundedReceiver<Arc<Waiting>>,
    mut stored: mpsc::UnboundedReceiver<Arc<Waiting>>,
) {
    let mut telling = FuturesUnordered::new();
    let (mut more, mut more_stored) = (true, true);
    loop {
        let (one, when) = tokio::select! {
            Some(()) = telling.next(), if !telling.is_empty() => continue,
            one = waiting.recv(), if more => match one {
                Some(one) => {
                    bridge.waits().add(&one);
                    let due = one.due;
                    (one, due)
                }
                None => {
                    more = false;
                    continue;
                }
            },
            one = stored.recv(), if more_stored => match one {
                Some(one) => (one, Instant::now()),
                None => {
                    more_stored = false;
                    continue;
                }
            },
            else => return,
        };
        telling.push(async move {
            tokio::select! {
                () = tokio::time::sleep_until(when) => one.tell(bridge.caller(), bridge.waits()).await,
                () = one.settled() => {}
            }
        });
    }
}

impl Worker<'_> {
    async fn handle(&mut self, heard: Heard) {
        let Heard { kind, data, waiting } = heard;
        normalize::teach(self.bridge.threads(), &kind, &data);
        self.bridge.people().learn(&kind, &data);
        if kind.starts_with("GUILD_ROLE_") {
            self.bridge.people().forget_all();
            self.bridge.forget_home().await;
        }
        if let Some(waiting) = &waiting {
            // Before anybody can answer it.
            self.bridge.waits().add(waiting);
        }
        match self.read(&kind, &data).await {
            Ok(events) => {
                for event in events {
                    self.store(event).await;
                }
            }
            Err(error) => {
                let what = "it could not be told in which channel an event belongs";
                tracing::warn!(connection = %self.bridge.id(), error = %error, "{what}; it is read again");
                self.miss(format!("{what}: {error}"));
            }
        }
        if let Some(waiting) = waiting {
            let _ = self.tell.send(waiting);
        }
        let overflown = self.ears.overflown();
        if overflown > 0 {
            self.miss(format!("{overflown} events came faster than they could be stored"));
        }
    }

    fn miss(&self, why: String) {
        self.sink.report(self.bridge.id(), ListenReport::Missed { why });
    }

    /// Reads an event; asks where a thread belongs, if that isn't known.
    async fn read(&self, kind: &str, data: &Value) -> Result<Vec<Inbound>, BridgeError> {
        let listener = Listener { connection: self.bridge.id(), me: self.me, now: self.bridge.now() };
        // Who somebody is has nothing to do with a channel.
        if kind == "INTERACTION_CREATE"
            && let Some(command) = interactions::team_command(&listener, data)
        {
            return Ok(vec![command]);
        }
        let Some(id) = normalize::needs(kind, data) else {
            return Ok(normalize::other_event(&listener, kind, data).into_iter().collect());
        };
        let known = match self.bridge.threads().known(id) {
            Some(known) => known,
            // Nothing of it is stored, so nobody needs to be asked.
            None if kind == "TYPING_START" => return Ok(Vec::new()),
            None => self.bridge.threads().resolve(self.bridge.caller(), id).await?,
        };
        let Some(spot) = Spot::of(id, &known) else { return Ok(Vec::new()) };
        match kind {
            "TYPING_START" => {
                self.typing(&listener, spot, data);
                Ok(Vec::new())
            }
            "INTERACTION_CREATE" => Ok(interactions::read(&listener, data, Some(spot)).into_iter().collect()),
            _ => Ok(normalize::message_event(&listener, kind, data, spot)),
        }
    }

    fn typing(&self, listener: &Listener<'_>, spot: Spot<'_>, data: &Value) {
        if let Some(thread) = spot.thread
            && let Some(user) = text(data, "user_id").filter(|user| *user != self.me.user)
        {
            let thread = RemoteThread { channel: listener.channel(spot.channel), id: thread.to_owned() };
            self.sink.typing(&thread, &RemoteUser(user.to_owned()));
        }
    }

    /// Stores one event, and tries again for a while where the store is away. After one was given up, the next are tried
    /// once only, until the store is back.
    async fn store(&mut self, event: Inbound) {
        let begun = Instant::now();
        let patience = if self.missed > 0 { Duration::ZERO } else { PATIENCE };
        let mut pause = FIRST_PAUSE;
        loop {
            let Err(error) = self.accept(event.clone()).await else {
                if std::mem::take(&mut self.missed) > 0 {
                    self.miss("the store is back after some events could not be stored".to_owned());
                }
                return;
            };
            if begun.elapsed() + pause > patience {
                self.give_up(&event, &error).await;
                return;
            }
            tracing::warn!(connection = %self.bridge.id(), event = event.dedupe_key, error = %error, "an event could not be stored; trying again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    async fn accept(&self, event: Inbound) -> Result<(), SinkError> {
        let accepting = AssertUnwindSafe(self.sink.accept(event)).catch_unwind();
        match tokio::time::timeout(STORE_WITHIN, accepting).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(SinkError("storing it panicked".to_owned())),
            Err(_) => Err(SinkError(format!("storing it took over {} s", STORE_WITHIN.as_secs()))),
        }
    }

    async fn give_up(&mut self, event: &Inbound, error: &SinkError) {
        self.missed = self.missed.saturating_add(1);
        tracing::error!(connection = %self.bridge.id(), event = event.dedupe_key, error = %error, "an event is given up; catch-up reads it again");
        if self.missed == 1 {
            self.miss(error.to_string());
        }
        // Nobody reads a press again: whoever pressed must know.
        let reply = match &event.event {
            InboundEvent::Click(click) => Some(&click.reply),
            InboundEvent::TeamCommand(command) => Some(&command.reply),
            _ => None,
        };
        if let Some(reply) = reply {
            let answering = async {
                if let Ok(crate::handle::Handle::Interaction { token, .. }) = crate::handle::Handle::read(reply) {
                    self.bridge.waits().settled(&token).await;
                }
                let words = self.bridge.words().text(Word::NotTaken);
                respond::respond(self.bridge, reply, &Answer::text(words)).await
            };
            if let Ok(Err(error)) = tokio::time::timeout(STORE_WITHIN, answering).await {
                tracing::warn!(connection = %self.bridge.id(), error = %error, "whoever pressed could not be told that it was lost");
            }
        }
    }
}
