//! A sandbox with a bridge to it, and a sink that remembers what it was given.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bridge_core::testing::words;
use bridge_core::{
    Applied, Body, Bridge, BridgeError, Card, CardPage, CardStatus, ConnectionId, Email, Found, IdempotencyKey,
    Inbound, InboundEvent, InboundSink, ListenReport, Micros, Notice, Op, Outcome, Post, PostAuthor, RemoteChannel,
    RemoteMessage, RemoteThread, RemoteUser, Sent, SinkError, Speaker, StepState, Target,
};
use bridge_discord::{DiscordBridge, DiscordSettings, Role};
use bridge_sandbox::discord::{DiscordOptions, DiscordSandbox, Seed};
use bridge_sandbox::serve::Serving;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The longest that anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const CHANNEL: &str = "700000000000000101";
pub(crate) const BLOG: &str = "700000000000000102";
pub(crate) const FORUM: &str = "700000000000000104";
pub(crate) const SUPPORT: &str = "700000000000000201";
pub(crate) const MINA: &str = "700000000000000301";
pub(crate) const JONAS: &str = "700000000000000302";
pub(crate) const PRIYA: &str = "700000000000000303";
pub(crate) const TOM: &str = "700000000000000304";
pub(crate) const BOT: &str = "700000000000000401";
pub(crate) const TOKEN: &str = "NzAwMDAwMDAwMDAwMDAwNDAx.TLINE.stand-in-for-a-bot-token";

/// What a sink was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) inbound: Vec<Inbound>,
    pub(crate) reports: Vec<ListenReport>,
    pub(crate) typing: Vec<(RemoteThread, RemoteUser)>,
}

/// Remembers everything; can be made to refuse, to panic, and to take its time.
#[derive(Debug)]
pub(crate) struct Sink {
    told: watch::Sender<Told>,
    pub(crate) refuse_next: AtomicUsize,
    pub(crate) panic_next: AtomicBool,
    refused: Mutex<Vec<String>>,
    /// Closed while nothing may be taken.
    gate: tokio::sync::Semaphore,
}

impl Sink {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            told: watch::Sender::new(Told::default()),
            refuse_next: AtomicUsize::new(0),
            panic_next: AtomicBool::new(false),
            refused: Mutex::default(),
            gate: tokio::sync::Semaphore::new(1),
        })
    }

    /// Takes nothing until the guard is dropped.
    pub(crate) async fn hold(&self) -> tokio::sync::SemaphorePermit<'_> {
        self.gate.acquire().await.unwrap()
    }

    /// The keys that were refused.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap().clone()
    }

    pub(crate) fn told(&self) -> Told {
        self.told.borrow().clone()
    }

    /// Waits until `look` finds something.
    pub(crate) async fn wait<T>(&self, what: &str, mut look: impl FnMut(&Told) -> Option<T>) -> T {
        let mut told = self.told.subscribe();
        let watching = async {
            loop {
                let found = look(&told.borrow_and_update());
                if let Some(found) = found {
                    return found;
                }
                told.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, watching).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}; told so far: {:#?}", self.told()),
        }
    }

    /// Waits for an event.
    pub(crate) async fn event<T>(&self, what: &str, mut look: impl FnMut(&Inbound) -> Option<T>) -> T {
        self.wait(what, |told| told.inbound.iter().find_map(&mut look)).await
    }

    /// Waits for the message with this id.
    pub(crate) async fn message(&self, id: &str) -> RemoteMessage {
        self.event(&format!("message {id}"), |inbound| match &inbound.event {
            InboundEvent::Message(message) if message.id == id => Some(message.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until it was said so often that events arrive.
    pub(crate) async fn connected(&self, times: usize) {
        self.wait(&format!("{times} connections"), |told| {
            let count = told.reports.iter().filter(|report| **report == ListenReport::Connected).count();
            (count >= times).then_some(())
        })
        .await;
    }

    /// Waits until it is said that nothing arrives, for a reason that has these words.
    pub(crate) async fn disconnected(&self, words: &str) -> String {
        self.wait(&format!("the reason \"{words}\""), |told| {
            told.reports.iter().find_map(|report| match report {
                ListenReport::Disconnected { why } if why.contains(words) => Some(why.clone()),
                _ => None,
            })
        })
        .await
    }
}

#[async_trait]
impl InboundSink for Sink {
    async fn accept(&self, inbound: Inbound) -> Result<(), SinkError> {
        let _open = self.gate.acquire().await.unwrap();
        assert!(!self.panic_next.swap(false, Ordering::SeqCst), "the sink panics, as it was told to");
        let refused = self.refuse_next.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if refused.is_ok() {
            self.refused.lock().unwrap().push(inbound.dedupe_key);
            return Err(SinkError("the disk is full".into()));
        }
        self.told.send_modify(|told| told.inbound.push(inbound));
        Ok(())
    }

    fn typing(&self, thread: &RemoteThread, user: &RemoteUser) {
        self.told.send_modify(|told| told.typing.push((thread.clone(), user.clone())));
    }

    fn report(&self, _connection: &ConnectionId, report: ListenReport) {
        self.told.send_modify(|told| told.reports.push(report));
    }
}

/// A sandbox and the bridge to it.
pub(crate) struct Setup {
    pub(crate) sandbox: DiscordSandbox,
    pub(crate) bridge: Arc<DiscordBridge>,
    pub(crate) _serving: Serving,
}

/// The demo's world, in which sessions may begin one right after the other, and people wait patiently for an answer to what
/// they press.
pub(crate) fn options(seed: Seed) -> DiscordOptions {
    DiscordOptions { identify_every: Duration::ZERO, ack_within: PATIENCE, ..DiscordOptions::seeded(seed) }
}

pub(crate) fn settings(sandbox: &DiscordSandbox) -> DiscordSettings {
    let mut settings = DiscordSettings::new(connection(), TOKEN.into(), Role::Name("Support".into()), words("en"));
    settings.api_url = sandbox.api_url();
    settings.call_timeout = PATIENCE;
    settings.settle = Duration::ZERO;
    settings.gateway.identify_interval = Duration::ZERO;
    settings.gateway.first_pause = Duration::from_millis(50);
    settings.gateway.longest_pause = Duration::from_millis(500);
    settings
}

/// A bridge with the sandbox's clock.
pub(crate) fn bridge(sandbox: &DiscordSandbox, settings: DiscordSettings) -> Arc<DiscordBridge> {
    let clock = sandbox.clock().clone();
    Arc::new(DiscordBridge::new(settings, Arc::new(move || Micros(clock.now_micros()))).unwrap())
}

impl Setup {
    pub(crate) async fn new() -> Self {
        Self::with(options(Seed::demo()), |_| {}).await
    }

    pub(crate) async fn with(options: DiscordOptions, change: impl FnOnce(&mut DiscordSettings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (sandbox, serving) = DiscordSandbox::serve(listener, options).unwrap();
        let mut settings = settings(&sandbox);
        change(&mut settings);
        let bridge = bridge(&sandbox, settings);
        Self { sandbox, bridge, _serving: serving }
    }

    /// The same world with a new bridge, which remembers nothing.
    pub(crate) fn again(self) -> Self {
        Self { bridge: bridge(&self.sandbox, settings(&self.sandbox)), ..self }
    }

    /// Does one step of `op`.
    pub(crate) async fn perform(&self, at: &Target, op: &Op, key: u128) -> Result<Outcome, BridgeError> {
        self.bridge.perform(at, op, &IdempotencyKey::from_bits(key), StepState::default()).await
    }

    pub(crate) async fn find(&self, at: &Target, op: &Op, key: u128, sent_at: Micros) -> Found {
        self.bridge
            .find(at, op, &IdempotencyKey::from_bits(key), &Sent { at: sent_at, taken: Vec::new() })
            .await
            .unwrap()
    }

    /// Does all steps of `op` and gives what it left.
    pub(crate) async fn applied(&self, at: &Target, op: &Op, key: u128) -> Applied {
        let mut step = StepState::default();
        for _ in 0..10 {
            match self.bridge.perform(at, op, &IdempotencyKey::from_bits(key), step).await.unwrap() {
                Outcome::Applied(applied) => return applied,
                Outcome::Continue(next) => step = next,
                other => panic!("not applied: {other:?}"),
            }
        }
        panic!("never applied")
    }

    /// Does all steps of `op` and gives the message's id.
    pub(crate) async fn apply(&self, at: &Target, op: &Op, key: u128) -> String {
        self.applied(at, op, key).await.id.unwrap()
    }

    /// Opens a thread and gives its id, which is the card's too.
    pub(crate) async fn open(&self, key: u128) -> String {
        self.applied(&in_channel(), &Op::OpenThread(card()), key).await.thread.unwrap()
    }

    /// Listens until dropped.
    pub(crate) fn listen(&self, sink: &Arc<Sink>) -> Listening {
        listen(&self.bridge, sink)
    }
}

/// A listening bridge; ends with the value.
pub(crate) struct Listening {
    stop: CancellationToken,
    task: JoinHandle<Result<(), BridgeError>>,
}

pub(crate) fn listen(bridge: &Arc<DiscordBridge>, sink: &Arc<Sink>) -> Listening {
    let stop = CancellationToken::new();
    let (bridge, sink, token) = (bridge.clone(), sink.clone(), stop.clone());
    Listening { task: tokio::spawn(async move { bridge.listen(sink, token).await }), stop }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Listening {
    /// Stops it and gives how it ended.
    pub(crate) async fn stop(self) -> Result<(), BridgeError> {
        self.stop.cancel();
        self.ended().await
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(mut self) -> Result<(), BridgeError> {
        tokio::time::timeout(PATIENCE, &mut self.task).await.expect("listening to end").unwrap()
    }
}

pub(crate) fn connection() -> ConnectionId {
    "discord.play".parse().unwrap()
}

pub(crate) fn channel() -> RemoteChannel {
    RemoteChannel { connection: connection(), id: CHANNEL.into() }
}

pub(crate) fn in_channel() -> Target {
    Target { channel: channel(), thread: None, words: words("en") }
}

pub(crate) fn in_thread(thread: &str) -> Target {
    Target { channel: channel(), thread: Some(thread.into()), words: words("en") }
}

pub(crate) fn in_forum() -> Target {
    Target { channel: RemoteChannel { connection: connection(), id: FORUM.into() }, thread: None, words: words("en") }
}

pub(crate) fn thread(id: &str) -> RemoteThread {
    RemoteThread { channel: channel(), id: id.into() }
}

pub(crate) fn card() -> Card {
    Card {
        visitor: "Ada Lovelace".into(),
        email: Some(Email { address: "ada@shop.example".into(), verified: false }),
        domain: "shop.example".into(),
        page: Some(CardPage { title: "Prices".into(), url: "https://shop.example/prices".into() }),
        status: CardStatus::Open,
        assignee: None,
        continued: false,
        form: false,
        earlier: None,
    }
}

pub(crate) fn post(text: &str) -> Post {
    Post {
        author: PostAuthor { speaker: Speaker::Visitor, name: "Ada".into(), picture: None },
        body: Body::plain(text),
        part: 0,
        broadcast: false,
        delayed_from: None,
    }
}

pub(crate) fn notice(text: &str) -> Notice {
    Notice { text: text.into(), mention: None, broadcast: false, buttons: vec![] }
}
