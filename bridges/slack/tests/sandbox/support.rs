//! A sandbox with a bridge to it, and a sink that remembers what it was given.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bridge_core::testing::words;
use bridge_core::{
    Applied, Block, Body, Bridge, BridgeError, Card, CardPage, CardStatus, ConnectionId, Email, Found, IdempotencyKey,
    Inbound, InboundEvent, InboundSink, Inline, ListenReport, Micros, Notice, Op, Outcome, Post, PostAuthor,
    RemoteChannel, RemoteMessage, RemoteThread, RemoteUser, Sent, SinkError, Speaker, StepState, Target,
};
use bridge_sandbox::serve::Serving;
use bridge_sandbox::slack::{Seed, SlackOptions, SlackSandbox};
use bridge_slack::{MethodPaces, SlackBridge, SlackSettings, Transport};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The longest that anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const CHANNEL: &str = "C0SHOP";
pub(crate) const APP: &str = "ATLINE";

/// What a sink was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) inbound: Vec<Inbound>,
    pub(crate) reports: Vec<ListenReport>,
}

/// Remembers everything; can be made to refuse.
#[derive(Debug)]
pub(crate) struct Sink {
    told: watch::Sender<Told>,
    pub(crate) refuse_next: AtomicUsize,
    pub(crate) panic_next: AtomicBool,
    refused: Mutex<Vec<String>>,
}

impl Sink {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            told: watch::Sender::new(Told::default()),
            refuse_next: AtomicUsize::new(0),
            panic_next: AtomicBool::new(false),
            refused: Mutex::default(),
        })
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

    /// Waits until so many sockets were greeted.
    pub(crate) async fn connected(&self, times: usize) {
        self.wait(&format!("{times} connections"), |told| {
            let count = told.reports.iter().filter(|report| **report == ListenReport::Connected).count();
            (count >= times).then_some(())
        })
        .await;
    }
}

#[async_trait]
impl InboundSink for Sink {
    async fn accept(&self, inbound: Inbound) -> Result<(), SinkError> {
        assert!(!self.panic_next.swap(false, Ordering::SeqCst), "the sink panics, as it was told to");
        let refused = self.refuse_next.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if refused.is_ok() {
            self.refused.lock().unwrap().push(inbound.dedupe_key);
            return Err(SinkError("the disk is full".into()));
        }
        self.told.send_modify(|told| told.inbound.push(inbound));
        Ok(())
    }

    fn typing(&self, _thread: &RemoteThread, _user: &RemoteUser) {}

    fn report(&self, _connection: &ConnectionId, report: ListenReport) {
        self.told.send_modify(|told| told.reports.push(report));
    }
}

/// A sandbox and the bridge to it.
pub(crate) struct Setup {
    pub(crate) sandbox: SlackSandbox,
    pub(crate) bridge: Arc<SlackBridge>,
    _serving: Serving,
}

/// The demo's world, which waits patiently for acknowledgements.
pub(crate) fn options(seed: Seed) -> SlackOptions {
    SlackOptions { ack_within: PATIENCE, ..SlackOptions::seeded(seed) }
}

pub(crate) fn settings(sandbox: &SlackSandbox, transport: Transport) -> SlackSettings {
    let mut settings = SlackSettings::new(connection(), "xoxb-TLINE".into(), transport, words("en"));
    settings.api_url = sandbox.api_url();
    settings.method_paces = MethodPaces::unlimited();
    settings.call_timeout = PATIENCE;
    settings.settle = Duration::ZERO;
    settings
}

pub(crate) fn socket() -> Transport {
    Transport::Socket { app_token: "xapp-1-ATLINE".into() }
}

/// A bridge with the sandbox's clock.
pub(crate) fn bridge(sandbox: &SlackSandbox, settings: SlackSettings) -> Arc<SlackBridge> {
    let clock = sandbox.clock().clone();
    Arc::new(SlackBridge::new(settings, Arc::new(move || Micros(clock.now_micros()))).unwrap())
}

impl Setup {
    pub(crate) async fn new() -> Self {
        Self::with(options(Seed::demo()), |_| {}).await
    }

    pub(crate) async fn with(options: SlackOptions, change: impl FnOnce(&mut SlackSettings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (sandbox, serving) = SlackSandbox::serve(listener, options).unwrap();
        let mut settings = settings(&sandbox, socket());
        change(&mut settings);
        let bridge = bridge(&sandbox, settings);
        Self { sandbox, bridge, _serving: serving }
    }

    pub(crate) async fn perform(&self, at: &Target, op: &Op, key: u128) -> Result<Outcome, BridgeError> {
        self.bridge.perform(at, op, &IdempotencyKey::from_bits(key), StepState::default()).await
    }

    pub(crate) async fn find(&self, at: &Target, op: &Op, key: u128, sent_at: Micros) -> Found {
        self.bridge
            .find(at, op, &IdempotencyKey::from_bits(key), &Sent { at: sent_at, taken: Vec::new() })
            .await
            .unwrap()
    }

    /// Does `op` and gives the message's id.
    pub(crate) async fn apply(&self, at: &Target, op: &Op, key: u128) -> String {
        let Outcome::Applied(Applied { id, .. }) = self.perform(at, op, key).await.unwrap() else {
            panic!("not applied")
        };
        id.unwrap()
    }

    /// Opens a thread and gives its id.
    pub(crate) async fn open(&self, key: u128) -> String {
        self.apply(&in_channel(), &Op::OpenThread(card()), key).await
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

pub(crate) fn listen(bridge: &Arc<SlackBridge>, sink: &Arc<Sink>) -> Listening {
    let stop = CancellationToken::new();
    let (bridge, sink, token) = (bridge.clone(), sink.clone(), stop.clone());
    Listening { task: tokio::spawn(async move { bridge.listen(sink, token).await }), stop }
}

impl Listening {
    /// Stops it and gives how it ended.
    pub(crate) async fn stop(self) -> Result<(), BridgeError> {
        self.stop.cancel();
        self.ended().await
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(self) -> Result<(), BridgeError> {
        tokio::time::timeout(PATIENCE, self.task).await.expect("listening to end").unwrap()
    }
}

pub(crate) fn connection() -> ConnectionId {
    "slack.acme".parse().unwrap()
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

pub(crate) fn paragraph(children: Vec<Inline>) -> Body {
    Body { blocks: vec![Block::Paragraph { children }] }
}
