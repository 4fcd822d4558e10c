//! A chat that lives in memory, and its bridge.
//!
//! What lives here: threads, people, and what a test orders to go wrong. What must not: a rule of the house.
#![expect(clippy::unwrap_used, reason = "a chat that can't be used fails the test")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bridge_core::{
    Answer, Applied, Body, Bridge, BridgeError, Capabilities, ConnectionId, Cursor, DirectoryAnswer, DirectoryQuery,
    Finding, Found, HookRequest, HookResponse, IdempotencyKey, InboundSink, LinkCursor, Notice, Op, Outcome, Pace,
    Page, Person, RemoteChannel, RemoteMessage, RemoteThread, RemoteUser, ReplyHandle, Sent, Signal, Standing,
    StepState, Target,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::PATIENCE;

/// Decides what goes wrong with a call; `None` lets it be done.
type Rule = Box<dyn FnMut(&Target, &Op, &StepState) -> Option<Result<Outcome, BridgeError>> + Send>;

/// What stands in a thread.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) notice: Option<Notice>,
}

/// What a chat looks like.
#[derive(Default)]
pub(super) struct World {
    pub(super) threads: HashMap<String, Vec<Shown>>,
    /// Threads in the order of their opening.
    pub(super) opened: Vec<String>,
    /// Every call that came, whatever became of it, with its thread.
    pub(super) calls: Vec<(&'static str, Option<String>, StepState)>,
    pub(super) looks: Vec<Sent>,
    pub(super) answers: Vec<(String, Answer)>,
    pub(super) typing: Vec<String>,
    pub(super) archived: Vec<String>,
    pub(super) assignees: HashMap<String, Option<String>>,
    people: HashMap<String, Person>,
    next: u64,
    rule: Option<Rule>,
    found: Option<Result<Found, BridgeError>>,
}

impl World {
    pub(super) fn calls_of(&self, name: &str) -> usize {
        self.calls.iter().filter(|(called, ..)| *called == name).count()
    }

    pub(super) fn texts(&self, thread: &str) -> Vec<String> {
        self.threads.get(thread).into_iter().flatten().map(|shown| shown.text.clone()).collect()
    }

    /// The last words that were said to a person privately.
    pub(super) fn told(&self, user: &str) -> Option<&Answer> {
        self.answers.iter().rev().find(|(to, _)| to == user).map(|(_, answer)| answer)
    }

    fn take_id(&mut self) -> String {
        self.next += 1;
        // All of one length, so that they sort as they were given out.
        format!("{:06}", 100_000 + self.next)
    }
}

/// The chat and its bridge.
pub(super) struct Chat {
    connection: ConnectionId,
    capabilities: Capabilities,
    world: Mutex<World>,
    changed: watch::Sender<()>,
    frozen: watch::Sender<bool>,
}

impl Chat {
    pub(super) fn new(name: &str, archives: bool) -> Arc<Self> {
        Arc::new(Self::make(name, archives, None))
    }

    /// A chat that knows a key again for so long.
    pub(super) fn remembering(name: &str, idempotent_for: std::time::Duration) -> Arc<Self> {
        Arc::new(Self::make(name, false, Some(idempotent_for)))
    }

    fn make(name: &str, archives: bool, idempotent_for: Option<std::time::Duration>) -> Self {
        Self {
            connection: format!("chat.{name}").parse().unwrap(),
            capabilities: Capabilities {
                idempotent_for,
                longest_part: 1_000,
                pace: Pace { interval: std::time::Duration::from_millis(1), burst: 100 },
                note_prefixes: &[],
                shows_typing: true,
                archives,
                command_prefix: None,
            },
            world: Mutex::default(),
            changed: watch::Sender::new(()),
            frozen: watch::Sender::new(false),
        }
    }

    pub(super) fn channel(&self) -> RemoteChannel {
        RemoteChannel { connection: self.connection.clone(), id: "room".into() }
    }

    /// Somebody who may answer visitors.
    pub(super) fn join(&self, user: &str, name: &str, email: Option<&str>) {
        let person = Person {
            user: RemoteUser(user.into()),
            name: name.into(),
            email: email.map(str::to_owned),
            picture: None,
            standing: Standing::Operator,
        };
        self.change(|world| world.people.insert(user.into(), person));
    }

    /// From now on `rule` is asked before every call.
    pub(super) fn obey(
        &self,
        rule: impl FnMut(&Target, &Op, &StepState) -> Option<Result<Outcome, BridgeError>> + Send + 'static,
    ) {
        self.change(|world| world.rule = Some(Box::new(rule)));
    }

    /// What every look finds from now on.
    pub(super) fn let_find(&self, found: Found) {
        self.change(|world| world.found = Some(Ok(found)));
    }

    /// What every look fails with from now on.
    pub(super) fn let_no_look_succeed(&self, error: BridgeError) {
        self.change(|world| world.found = Some(Err(error)));
    }

    /// While frozen, no call comes back.
    pub(super) fn freeze(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock().unwrap())
    }

    /// Waits until `look` sees what it looks for.
    pub(super) async fn until<T>(&self, what: &str, look: impl Fn(&World) -> Option<T>) -> T {
        let mut changed = self.changed.subscribe();
        let seen = async {
            loop {
                changed.mark_unchanged();
                if let Some(seen) = self.read(&look) {
                    return seen;
                }
                changed.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{}: {what} never came", self.connection))
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let changed = change(&mut self.world.lock().unwrap());
        self.changed.send_replace(());
        changed
    }

    async fn thawed(&self) {
        let mut frozen = self.frozen.subscribe();
        frozen.wait_for(|frozen| !frozen).await.unwrap();
    }

    /// The id that was given out last.
    pub(super) fn last_id(&self) -> String {
        self.read(|world| format!("{:06}", 100_000 + world.next))
    }

    /// A new message's id, for what a person writes.
    pub(super) fn take_id(&self) -> String {
        self.change(World::take_id)
    }

    fn apply(world: &mut World, at: &Target, op: &Op) -> Applied {
        let thread = at.thread.clone().unwrap_or_default();
        match op {
            Op::OpenThread(card) => {
                let id = world.take_id();
                world.opened.push(id.clone());
                world.threads.insert(id.clone(), Vec::new());
                world.assignees.insert(id.clone(), card.assignee.clone());
                Applied { id: Some(id.clone()), thread: Some(id) }
            }
            Op::Post(post) => {
                let (author, text) = (post.author.name.clone(), post.body.to_plain());
                Self::show(world, &thread, author, text, None)
            }
            Op::Notice(notice) => {
                Self::show(world, &thread, "Threadline".into(), notice.text.clone(), Some(notice.clone()))
            }
            Op::UpdateCard { id, card } => {
                world.assignees.insert(id.clone(), card.assignee.clone());
                Applied::default()
            }
            Op::Archive => {
                world.archived.push(thread);
                Applied::default()
            }
            Op::Edit { .. } | Op::Delete { .. } => Applied::default(),
        }
    }

    fn show(world: &mut World, thread: &str, author: String, text: String, notice: Option<Notice>) -> Applied {
        let id = world.take_id();
        let shown = Shown { id: id.clone(), author, text, notice };
        world.threads.entry(thread.to_owned()).or_default().push(shown);
        Applied { id: Some(id), thread: None }
    }
}

#[async_trait]
impl Bridge for Chat {
    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn perform(
        &self,
        at: &Target,
        op: &Op,
        _key: &IdempotencyKey,
        step: StepState,
    ) -> Result<Outcome, BridgeError> {
        self.change(|world| world.calls.push((op.name(), at.thread.clone(), step.clone())));
        self.thawed().await;
        self.change(|world| {
            let mut rule = world.rule.take();
            let ordered = rule.as_mut().and_then(|rule| rule(at, op, &step));
            world.rule = rule;
            ordered.unwrap_or_else(|| Ok(Outcome::Applied(Self::apply(world, at, op))))
        })
    }

    async fn find(&self, _: &Target, _: &Op, _: &IdempotencyKey, sent: &Sent) -> Result<Found, BridgeError> {
        self.change(|world| {
            world.looks.push(sent.clone());
            world.found.clone().unwrap_or(Ok(Found::No))
        })
    }

    async fn moved(&self, _: &RemoteChannel, _: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError> {
        Ok(Vec::new())
    }

    async fn snapshot(&self, _: &RemoteThread, _: &Cursor, _: u16) -> Result<Page<RemoteMessage>, BridgeError> {
        Ok(Page { items: Vec::new(), next: None })
    }

    async fn listen(&self, _: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError> {
        stop.cancelled().await;
        Ok(())
    }

    async fn hook(&self, _: HookRequest, _: &dyn InboundSink) -> HookResponse {
        HookResponse { status: 404, content_type: "text/plain", body: String::new() }
    }

    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
        let user = to.0.get("user").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        self.change(|world| world.answers.push((user, answer.clone())));
        Ok(())
    }

    fn is_private(&self, to: &ReplyHandle) -> bool {
        to.0.get("private") == Some(&serde_json::Value::Bool(true))
    }

    async fn signal(&self, thread: &RemoteThread, _: Signal) -> Result<(), BridgeError> {
        self.thawed().await;
        self.change(|world| world.typing.push(thread.id.clone()));
        Ok(())
    }

    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError> {
        Ok(match query {
            DirectoryQuery::Person(user) => {
                DirectoryAnswer::Person(self.read(|world| world.people.get(&user.0).cloned()))
            }
            DirectoryQuery::Teammate(_) => DirectoryAnswer::Person(None),
            DirectoryQuery::Message { .. } => DirectoryAnswer::Message(None),
            DirectoryQuery::Picture(_) => DirectoryAnswer::Picture(None),
        })
    }

    async fn diagnose(&self, _: &[RemoteChannel]) -> Vec<Finding> {
        Vec::new()
    }
}

/// Plain words as a message's body.
pub(super) fn words(text: &str) -> Body {
    Body::plain(text)
}
