//! A relay as one writes it in an afternoon, and what it breaks.
//!
//! It posts without keys, looks for nothing, and tells the platform that it has an event before it has it. Everything else
//! it does as the example does. If a check that it ought to fail passes, that check demands nothing.

use std::sync::Arc;

use async_trait::async_trait;
use bridge_core::testing::memory::{MemoryBridge, MemoryStand, Platform};
use bridge_core::testing::{self, CHECKS};
use bridge_core::{
    Active, Answer, Bridge, BridgeError, Capabilities, ConnectionId, Cursor, DirectoryAnswer, DirectoryQuery, Finding,
    Found, HookRequest, HookResponse, IdempotencyKey, Inbound, InboundEvent, InboundSink, LinkCursor, ListenReport, Op,
    Outcome, Page, RemoteChannel, RemoteMessage, RemoteThread, RemoteUser, ReplyHandle, Sent, Signal, SinkError,
    StepState, Target,
};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_util::sync::CancellationToken;

static POSTED: AtomicU64 = AtomicU64::new(1);

struct Naive(MemoryBridge);

/// Has every event, whatever becomes of it.
struct Hasty(Arc<dyn InboundSink>);

#[async_trait]
impl InboundSink for Hasty {
    async fn accept(&self, mut inbound: Inbound) -> Result<(), SinkError> {
        if let InboundEvent::Message(message) = &mut inbound.event {
            message.key = None;
        }
        let _ = self.0.accept(inbound).await;
        Ok(())
    }

    fn typing(&self, thread: &RemoteThread, user: &RemoteUser) {
        self.0.typing(thread, user);
    }

    fn report(&self, connection: &ConnectionId, report: ListenReport) {
        self.0.report(connection, report);
    }
}

#[async_trait]
impl Bridge for Naive {
    fn connection(&self) -> &ConnectionId {
        self.0.connection()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn perform(&self, at: &Target, op: &Op, _: &IdempotencyKey, _: StepState) -> Result<Outcome, BridgeError> {
        // A key that nobody has ever seen, and nobody will see again, is none.
        let key = IdempotencyKey::from_bits(u128::from(POSTED.fetch_add(1, Ordering::Relaxed)));
        let mut outcome = self.0.perform(at, op, &key, StepState::default()).await?;
        while let Outcome::Continue(step) = outcome {
            outcome = self.0.perform(at, op, &key, step).await?;
        }
        Ok(outcome)
    }

    async fn find(&self, _: &Target, _: &Op, _: &IdempotencyKey, _: &Sent) -> Result<Found, BridgeError> {
        Ok(Found::No)
    }

    async fn moved(&self, at: &RemoteChannel, links: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError> {
        self.0.moved(at, links).await
    }

    async fn snapshot(&self, at: &RemoteThread, from: &Cursor, back: u16) -> Result<Page<RemoteMessage>, BridgeError> {
        self.0.snapshot(at, from, back).await
    }

    async fn listen(&self, sink: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError> {
        self.0.listen(Arc::new(Hasty(sink)), stop).await
    }

    async fn hook(&self, request: HookRequest, sink: &dyn InboundSink) -> HookResponse {
        self.0.hook(request, sink).await
    }

    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
        self.0.respond(to, answer).await
    }

    fn is_private(&self, to: &ReplyHandle) -> bool {
        self.0.is_private(to)
    }

    async fn signal(&self, thread: &RemoteThread, signal: Signal) -> Result<(), BridgeError> {
        self.0.signal(thread, signal).await
    }

    async fn active_operators(&self, channel: &RemoteChannel) -> Result<Active, BridgeError> {
        self.0.active_operators(channel).await
    }

    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError> {
        self.0.directory(query).await
    }

    async fn diagnose(&self, channels: &[RemoteChannel]) -> Vec<Finding> {
        self.0.diagnose(channels).await
    }
}

fn naive(platform: Platform) -> Arc<dyn Bridge> {
    Arc::new(Naive(MemoryBridge::new(platform)))
}

/// What it breaks, and how a user would notice.
pub(crate) const BREAKS: &[(&str, &str)] = &[
    ("a_lost_answer_opens_one_thread", "a visitor has two threads, one of them without an answer"),
    ("a_lost_answer_seen_late_opens_one_thread", "the same, after an outage"),
    ("a_lost_answer_leaves_one_message", "operators read everything twice when the line is bad"),
    ("a_lost_answer_seen_late_leaves_one_message", "the same, after an outage"),
    ("equal_words_are_two_messages", "of two messages that say “ok” there are three"),
    ("another_instance_knows_what_was_posted", "after a restart everything under way is posted again"),
    ("a_refused_event_is_not_lost", "an answer that came while the database was away reaches nobody, in silence"),
];

#[tokio::test]
async fn a_naive_relay_fails_where_it_should() {
    let mut failed = Vec::new();
    for check in CHECKS {
        if testing::run(check.name, &MemoryStand::with(naive)).await.is_err() {
            failed.push(check.name);
        }
    }
    assert_eq!(failed, BREAKS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_failed_check_says_what_was_demanded_and_what_was_seen() {
    let failed = testing::run("a_lost_answer_leaves_one_message", &MemoryStand::with(naive)).await.unwrap_err();
    let text = failed.to_string();
    for words in ["demanded: a post or a notice whose answer is lost", "because:", "“is it lost?” is there 2 times"]
    {
        assert!(text.contains(words), "{words} is missing in: {text}");
    }
    let unknown = testing::run("no_such_check", &MemoryStand::new()).await.unwrap_err();
    assert_eq!(unknown.to_string(), "there is no check named no_such_check");
}
