//! What was heard and is not stored yet.
//!
//! What lives here: the bounded queue between a session and the worker, and what of an event goes into it. What must not:
//! reading an event (`normalize`), or storing one (`listen_worker`).
//!
//! A session can't wait: its heartbeat would. So what finds the queue full is left out, counted, and read again by catch-up.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bridge_core::{ConnectionId, InboundSink, ListenReport};
use serde_json::Value;
use serenity::model::event::Event;
use tokio::sync::mpsc;

use crate::gateway::Hears;
use crate::interactions::Waiting;
use crate::presence::Desks;

/// How many events wait at most.
const LONGEST: usize = 8_192;
/// How long it is silent after having complained about what it can't read.
const SILENCE: Duration = Duration::from_secs(60);

/// An event as it was heard.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Discord's name of its kind.
    pub(crate) kind: String,
    /// What it says.
    pub(crate) data: Value,
    /// Set where somebody waits for us.
    pub(crate) waiting: Option<Arc<Waiting>>,
}

/// The ends of the queues that the worker holds.
#[derive(Debug)]
pub(crate) struct Queues {
    pub(crate) heard: mpsc::Receiver<Heard>,
    pub(crate) waiting: mpsc::UnboundedReceiver<Arc<Waiting>>,
}

/// Hears sessions, one after the other.
pub(crate) struct Ears {
    connection: ConnectionId,
    sink: Arc<dyn InboundSink>,
    heard: Mutex<Option<mpsc::Sender<Heard>>>,
    waiting: Mutex<Option<mpsc::UnboundedSender<Arc<Waiting>>>>,
    /// How many events found no room, and were not told of yet.
    overflown: AtomicU64,
    /// Whether the present session was greeted.
    ready: AtomicBool,
    /// How often Discord began or took up a session.
    complained: Mutex<Option<Instant>>,
    desks: Arc<Desks>,
}

impl Ears {
    pub(crate) fn new(connection: &ConnectionId, sink: Arc<dyn InboundSink>, desks: Arc<Desks>) -> (Arc<Self>, Queues) {
        let (heard, heard_end) = mpsc::channel(LONGEST);
        let (waiting, waiting_end) = mpsc::unbounded_channel();
        let ears = Self {
            connection: connection.clone(),
            sink,
            heard: Mutex::new(Some(heard)),
            waiting: Mutex::new(Some(waiting)),
            overflown: AtomicU64::new(0),
            ready: AtomicBool::new(false),
            complained: Mutex::default(),
            desks,
        };
        (Arc::new(ears), Queues { heard: heard_end, waiting: waiting_end })
    }

    /// A new session begins.
    pub(crate) fn begin(&self) {
        self.ready.store(false, Ordering::SeqCst);
    }

    /// Whether the present session was greeted.
    pub(crate) fn was_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }

    /// Nothing is heard any more; what is in the queue is still worked on.
    pub(crate) fn close(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// How many events found no room since this was last asked.
    pub(crate) fn overflown(&self) -> u64 {
        self.overflown.swap(0, Ordering::SeqCst)
    }

    fn put(&self, kind: &str, data: Value) {
        let waiting = if kind == "INTERACTION_CREATE" { Waiting::read(&data) } else { None };
        if let Some(waiting) = &waiting
            && let Some(queue) = &*self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
        {
            let _ = queue.send(waiting.clone());
        }
        let queue = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = &*queue
            && queue.try_send(Heard { kind: kind.to_owned(), data, waiting }).is_err()
        {
            self.overflown.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn complain(&self, kind: &str) {
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        if complained.is_none_or(|at| at.elapsed() >= SILENCE) {
            *complained = Some(Instant::now());
            tracing::warn!(
                connection = %self.connection,
                event.kind = kind,
                "an event {kind} of Discord's has a form that serenity doesn't know; it is read as it came"
            );
        }
    }
}

impl Hears for Ears {
    fn hear(&self, event: &Event) {
        // Passing signs, and in a big server many: they are noted here, and no queue is filled with them.
        if self.desks.hear(event) {
            self.sink.report(&self.connection, ListenReport::DesksChanged);
        }
        match event {
            Event::Ready(_) => {
                self.ready.store(true, Ordering::SeqCst);
                tracing::info!(connection = %self.connection, "a session with Discord's gateway has begun");
                self.sink.report(&self.connection, ListenReport::Connected);
            }
            Event::Resumed(_) => {
                tracing::info!(
                    connection = %self.connection,
                    "the connection to Discord's gateway was cut and the session is taken up again; nothing was missed"
                );
                self.sink.report(&self.connection, ListenReport::Connected);
            }
            Event::Unknown(unknown) if is_wanted(&unknown.kind) => {
                self.complain(&unknown.kind);
                self.put(&unknown.kind, unknown.value.clone());
            }
            _ if is_read(event) => match serde_json::to_value(event) {
                Ok(mut told) => {
                    let mut data = told.get_mut("d").map(Value::take).unwrap_or_default();
                    if let Event::InteractionCreate(created) = event {
                        // serenity reads it and doesn't write it again.
                        data["type"] = u8::from(created.interaction.kind()).into();
                    }
                    if let Some(kind) = told.get("t").and_then(Value::as_str) {
                        self.put(kind, data);
                    }
                }
                Err(_) => {
                    self.overflown.fetch_add(1, Ordering::SeqCst);
                }
            },
            _ => {}
        }
    }
}

const fn is_read(event: &Event) -> bool {
    matches!(
        event,
        Event::MessageCreate(_)
            | Event::MessageUpdate(_)
            | Event::MessageDelete(_)
            | Event::MessageDeleteBulk(_)
            | Event::ThreadCreate(_)
            | Event::ThreadUpdate(_)
            | Event::ThreadDelete(_)
            | Event::ThreadListSync(_)
            | Event::GuildCreate(_)
            | Event::GuildDelete(_)
            | Event::GuildRoleCreate(_)
            | Event::GuildRoleUpdate(_)
            | Event::GuildRoleDelete(_)
            | Event::ChannelCreate(_)
            | Event::ChannelUpdate(_)
            | Event::ChannelDelete(_)
            | Event::TypingStart(_)
            | Event::InteractionCreate(_)
    )
}

fn is_wanted(kind: &str) -> bool {
    ["MESSAGE_", "THREAD_", "GUILD_", "CHANNEL_", "TYPING_START", "INTERACTION_CREATE"]
        .iter()
        .any(|wanted| kind.starts_with(wanted))
        && !kind.contains("REACTION")
        && !kind.contains("POLL")
        && !kind.contains("MEMBER")
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use bridge_core::{Inbound, RemoteThread, RemoteUser, SinkError};
    use serde_json::json;

    use super::*;

    struct Nowhere;

    #[async_trait]
    impl InboundSink for Nowhere {
        async fn accept(&self, _inbound: Inbound) -> Result<(), SinkError> {
            Ok(())
        }

        fn typing(&self, _thread: &RemoteThread, _user: &RemoteUser) {}

        fn report(&self, _connection: &ConnectionId, _report: ListenReport) {}
    }

    fn ears() -> (Arc<Ears>, Queues) {
        Ears::new(&"discord.play".parse().unwrap(), Arc::new(Nowhere), Arc::default())
    }

    fn event(kind: &str, data: &Value) -> Event {
        serde_json::from_value(json!({"t": kind, "d": data})).unwrap()
    }

    #[test]
    fn what_serenity_cant_read_is_heard_as_it_came() {
        let (ears, mut queues) = ears();
        let odd = json!({"id": 5, "channel_id": [], "content": "words"});
        ears.hear(&event("MESSAGE_CREATE", &odd));
        let heard = queues.heard.try_recv().unwrap();
        assert_eq!((heard.kind.as_str(), heard.data), ("MESSAGE_CREATE", odd));
    }

    #[test]
    fn what_serenity_reads_keeps_what_we_need() {
        let (ears, mut queues) = ears();
        let message = json!({
            "id": "175928847299117063", "channel_id": "900", "guild_id": "1", "type": 0, "content": "hello", "nonce": "k",
            "author": {"id": "301", "username": "mina", "discriminator": "0", "global_name": "Mina", "avatar": null},
            "member": {"roles": ["201"], "nick": "M", "joined_at": "2016-04-30T11:19:25.796000+00:00", "deaf": false, "mute": false},
            "timestamp": "2016-04-30T11:18:25.796000+00:00", "edited_timestamp": null, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false,
        });
        ears.hear(&event("MESSAGE_CREATE", &message));
        let heard = queues.heard.try_recv().unwrap().data;
        for path in ["/id", "/channel_id", "/content", "/nonce", "/author/id", "/author/global_name", "/member/nick"] {
            assert_eq!(heard.pointer(path), message.pointer(path), "{path}");
        }
        assert_eq!(heard["member"]["roles"], json!(["201"]));
        assert_eq!(heard["type"], json!(0));
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let (ears, _queues) = ears();
        let gone = json!({"id": "5", "channel_id": "6"});
        for _ in 0..LONGEST + 3 {
            ears.hear(&event("MESSAGE_DELETE", &gone));
        }
        assert_eq!((ears.overflown(), ears.overflown()), (3, 0));
    }
}
