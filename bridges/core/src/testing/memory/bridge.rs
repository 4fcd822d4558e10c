//! The bridge: between our contract and the platform's calls.
//!
//! What lives here: [`MemoryBridge`], one short function for each thing that a bridge does. What must not: memory of its
//! own. Keys, steps and cursors rest with the platform or with whoever calls, so that a restart loses nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::platform::{Account, BOT, Event, Message, PAGE, Platform, Refusal};
use super::{markup, render};
use crate::bridge::{
    Active, Answer, Bridge, Capabilities, Cursor, DirectoryAnswer, DirectoryQuery, Finding, HookRequest, HookResponse,
    LinkCursor, Pace, Page, Person, Severity, Signal, Standing,
};
use crate::error::{BridgeError, Scope};
use crate::ids::{BridgeKind, ConnectionId, IdempotencyKey, Micros, RemoteChannel, RemoteThread, RemoteUser};
use crate::inbound::{
    Click, Inbound, InboundEvent, InboundSink, ListenReport, RemoteAuthor, RemoteMessage, ReplyHandle, TeamCommand,
    Wish,
};
use crate::op::{Applied, Found, Op, Outcome, Sent, StepState, Target};

/// The word before the dot in `memory.test`.
pub const KIND: BridgeKind = BridgeKind::constant("memory");

/// The pause before a cut line is opened again, or an event that was refused is told again.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection to a [`Platform`].
#[derive(Debug)]
pub struct MemoryBridge {
    connection: ConnectionId,
    capabilities: Capabilities,
    platform: Platform,
}

impl MemoryBridge {
    /// A bridge that remembers nothing yet.
    #[must_use]
    pub fn new(platform: Platform) -> Self {
        let capabilities = Capabilities {
            idempotent_for: None,
            // The platform takes 2,000 characters, and escaping can double them.
            longest_part: 900,
            pace: Pace { interval: Duration::from_millis(1), burst: 100 },
            note_prefixes: &[],
            shows_typing: false,
            archives: true,
            command_prefix: None,
        };
        Self { connection: ConnectionId { kind: KIND, name: "test".to_owned() }, capabilities, platform }
    }

    fn post(&self, mut message: Message, thread: Option<&str>, key: &IdempotencyKey) -> Result<String, BridgeError> {
        message.author = BOT.to_owned();
        message.thread = thread.map(str::to_owned);
        message.tag = Some(key.to_string());
        self.platform.post(message).map_err(writing)
    }

    /// Two calls: the card, then the thread. After the first one its outcome is written down by whoever called.
    fn open(&self, card: &crate::op::Card, key: &IdempotencyKey, step: &StepState) -> Result<Outcome, BridgeError> {
        let Some(posted) = step.0.get("card").and_then(|card| card.as_str()) else {
            let posted = self.post(render::card(card), None, key)?;
            return Ok(Outcome::Continue(StepState(json!({ "card": posted }))));
        };
        match self.platform.open_thread(posted) {
            // An earlier try got through, and its answer didn't.
            Ok(()) | Err(Refusal::Twice) => {
                Ok(Outcome::Applied(Applied { id: Some(posted.to_owned()), thread: Some(posted.to_owned()) }))
            }
            // Somebody deleted the card in between: begin again.
            Err(Refusal::NoSuch) => Ok(Outcome::Continue(StepState::default())),
            Err(refusal) => Err(writing(refusal)),
        }
    }

    fn redraw(&self, id: &str, shown: Message) -> Result<(), BridgeError> {
        self.platform.edit(id, shown.text, shown.buttons).map_err(|refusal| match refusal {
            Refusal::NoSuch => BridgeError::Rejected { why: "the message was deleted".to_owned() },
            other => writing(other),
        })
    }

    /// The message of ours with this tag.
    fn tagged(&self, thread: Option<&str>, key: &IdempotencyKey) -> Result<Option<Message>, BridgeError> {
        let tag = key.to_string();
        let mut from = String::new();
        loop {
            let page = self.platform.after(thread, &from).map_err(reading)?;
            let Some(last) = page.last() else { return Ok(None) };
            from.clone_from(&last.id);
            if let Some(found) = page.into_iter().find(|it| it.author == BOT && it.tag.as_ref() == Some(&tag)) {
                return Ok(Some(found));
            }
        }
    }

    fn channel(&self) -> RemoteChannel {
        RemoteChannel { connection: self.connection.clone(), id: super::platform::CHANNEL.to_owned() }
    }

    fn message(&self, message: Message) -> RemoteMessage {
        let author = match message.author.as_str() {
            BOT => RemoteAuthor::Ourselves,
            "rota" => RemoteAuthor::Bot(message.author.clone()),
            person => RemoteAuthor::Person(RemoteUser(person.to_owned())),
        };
        let mut body = markup::read(&message.text);
        RemoteMessage {
            channel: self.channel(),
            key: message.tag.filter(|_| author == RemoteAuthor::Ourselves).and_then(|tag| tag.parse().ok()),
            edited_at: message.edited.filter(|_| author != RemoteAuthor::Ourselves).map(Micros),
            mentions: markup::mentions(&mut body),
            reply: ReplyHandle(json!({ "user": message.author })),
            thread: message.thread,
            id: message.id,
            at: Micros(message.at),
            files: Vec::new(),
            author,
            body,
        }
    }

    /// From the platform's events to ours; `None` for what is no news.
    fn normalize(&self, number: u64, event: Event) -> Option<Inbound> {
        let place = |message: &Message| message.thread.clone().unwrap_or_else(|| message.id.clone());
        let (thread, event) = match event {
            Event::Said(message) => (place(&message), InboundEvent::Message(self.message(message))),
            // Our own edits are none.
            Event::Edited(message) if message.author == BOT => return None,
            Event::Edited(message) => (place(&message), InboundEvent::Edited(self.message(message))),
            Event::Deleted { message: Message { id, thread, .. }, at } => {
                let lane = thread.clone().unwrap_or_else(|| id.clone());
                (lane, InboundEvent::Deleted { channel: self.channel(), thread, id, at: Micros(at) })
            }
            Event::Pressed { user, message, button, at } => {
                let click = Click {
                    channel: self.channel(),
                    // A card's button belongs to the thread under it.
                    thread: Some(place(&message)),
                    reply: ReplyHandle(json!({ "user": user })),
                    user: RemoteUser(user),
                    action: render::action(&button)?,
                    at: Micros(at),
                };
                (place(&message), InboundEvent::Click(click))
            }
            Event::Commanded { user, word, at } => {
                let reply = ReplyHandle(json!({ "user": user }));
                let command =
                    TeamCommand { user: RemoteUser(user.clone()), wish: Wish::parse(&word)?, at: Micros(at), reply };
                // It belongs to no thread; what one person says of themselves keeps its order.
                (format!("command/{user}"), InboundEvent::TeamCommand(command))
            }
        };
        let lane = RemoteThread { channel: self.channel(), id: thread }.lane();
        Some(Inbound { connection: self.connection.clone(), dedupe_key: number.to_string(), lane, event })
    }

    /// Hears until the line is cut.
    async fn hear(&self, sink: &dyn InboundSink) -> Refusal {
        loop {
            let (number, event) = match self.platform.next_event().await {
                Ok(told) => told,
                Err(refusal) => return refusal,
            };
            if let Some(inbound) = self.normalize(number, event)
                && sink.accept(inbound).await.is_err()
            {
                // Not acknowledged, so the platform tells it again.
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            self.platform.acknowledge(number);
        }
    }

    fn person(account: Account) -> Person {
        let standing = match (account.bot, account.support) {
            (true, _) => Standing::Bot,
            (false, true) => Standing::Operator,
            (false, false) => Standing::NotInGroup,
        };
        Person { user: RemoteUser(account.id), name: account.name, email: None, picture: None, standing }
    }
}

/// What a refusal means where something is changed.
fn writing(refusal: Refusal) -> BridgeError {
    match refusal {
        Refusal::Away => BridgeError::Transient { why: "nobody answers".to_owned() },
        Refusal::Lost => BridgeError::Ambiguous { why: "the line broke before the answer".to_owned() },
        Refusal::Wait(after) => BridgeError::RateLimited { after, scope: Scope::Channel },
        Refusal::BadToken => {
            BridgeError::Unauthorized { why: "the token is worth nothing; make a new one in the settings".to_owned() }
        }
        Refusal::NoChannel => {
            BridgeError::ChannelBroken { why: "the channel is closed; open it, or name another one".to_owned() }
        }
        Refusal::NoSuch => BridgeError::ThreadGone,
        Refusal::Twice | Refusal::TooLong => BridgeError::Rejected { why: "the platform doesn't take it".to_owned() },
    }
}

/// The same where nothing is: a lost answer leaves no doubt.
fn reading(refusal: Refusal) -> BridgeError {
    match writing(refusal) {
        BridgeError::Ambiguous { why } => BridgeError::Transient { why },
        other => other,
    }
}

#[async_trait]
impl Bridge for MemoryBridge {
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
        key: &IdempotencyKey,
        step: StepState,
    ) -> Result<Outcome, BridgeError> {
        let thread = at.thread.as_deref();
        let id = match op {
            Op::OpenThread(card) => return self.open(card, key, &step),
            Op::Post(post) => Some(self.post(render::post(post), thread, key)?),
            Op::Notice(notice) => Some(self.post(render::notice(notice), thread, key)?),
            Op::Edit { id, post } => {
                self.redraw(id, render::post(post))?;
                Some(id.clone())
            }
            Op::UpdateCard { id, card } => {
                self.redraw(id, render::card(card))?;
                Some(id.clone())
            }
            Op::Delete { id } => match self.platform.delete(id) {
                // Gone already is gone.
                Ok(()) | Err(Refusal::NoSuch) => Some(id.clone()),
                Err(refusal) => return Err(writing(refusal)),
            },
            Op::Archive => {
                self.platform.archive(thread.unwrap_or_default()).map_err(writing)?;
                None
            }
        };
        Ok(Outcome::Applied(Applied { id, thread: None }))
    }

    async fn find(&self, at: &Target, op: &Op, key: &IdempotencyKey, _sent: &Sent) -> Result<Found, BridgeError> {
        let found = match op {
            Op::OpenThread(_) => self.tagged(None, key)?,
            Op::Post(_) | Op::Notice(_) => self.tagged(at.thread.as_deref(), key)?,
            // Done twice they leave what they leave when done once.
            Op::Edit { .. } | Op::Delete { .. } | Op::UpdateCard { .. } | Op::Archive => None,
        };
        let Some(Message { id, .. }) = found else { return Ok(Found::No) };
        if !matches!(op, Op::OpenThread(_)) {
            return Ok(Found::Yes(Outcome::Applied(Applied { id: Some(id), thread: None })));
        }
        let opened = self.platform.threads().map_err(reading)?.contains_key(&id);
        Ok(Found::Yes(if opened {
            Outcome::Applied(Applied { thread: Some(id.clone()), id: Some(id) })
        } else {
            Outcome::Continue(StepState(json!({ "card": id })))
        }))
    }

    async fn moved(&self, at: &RemoteChannel, links: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError> {
        let latest = self.platform.threads().map_err(reading)?;
        // A thread that isn't listed is gone; reading it tells.
        let moved = links.iter().filter(|link| latest.get(&link.thread) != Some(&link.cursor.0));
        Ok(moved.map(|link| RemoteThread { channel: at.clone(), id: link.thread.clone() }).collect())
    }

    async fn snapshot(
        &self,
        thread: &RemoteThread,
        from: &Cursor,
        lookback: u16,
    ) -> Result<Page<RemoteMessage>, BridgeError> {
        let before = self.platform.up_to(&thread.id, &from.0, usize::from(lookback)).map_err(reading)?;
        let after = self.platform.after(Some(&thread.id), &from.0).map_err(reading)?;
        let next = after.last().filter(|_| after.len() == PAGE).map(|last| Cursor(last.id.clone()));
        let items = before.into_iter().chain(after).map(|message| self.message(message)).collect();
        Ok(Page { items, next })
    }

    async fn listen(&self, sink: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError> {
        let listening = async {
            loop {
                let why = match self.platform.connect() {
                    Ok(()) => {
                        sink.report(&self.connection, ListenReport::Connected);
                        self.hear(&*sink).await
                    }
                    Err(refusal @ Refusal::BadToken) => return Err(writing(refusal)),
                    Err(refusal) => refusal,
                };
                let report = ListenReport::Disconnected { why: writing(why).to_string() };
                sink.report(&self.connection, report);
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            ended = listening => ended,
            () = stop.cancelled() => Ok(()),
        }
    }

    async fn hook(&self, _request: HookRequest, _sink: &dyn InboundSink) -> HookResponse {
        HookResponse { status: 404, content_type: "text/plain", body: "nothing is told by HTTP".to_owned() }
    }

    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
        let user = to.0.get("user").and_then(|user| user.as_str()).unwrap_or_default();
        if answer.text.is_empty() {
            return Ok(());
        }
        let words = match answer.openable_link() {
            Some(link) => format!("{}\n{link}", answer.text),
            None => answer.text.clone(),
        };
        self.platform.whisper(user, &words).map_err(writing)
    }

    fn is_private(&self, _to: &ReplyHandle) -> bool {
        true
    }

    async fn signal(&self, _thread: &RemoteThread, _signal: Signal) -> Result<(), BridgeError> {
        Ok(())
    }

    async fn active_operators(&self, _channel: &RemoteChannel) -> Result<Active, BridgeError> {
        let accounts = self.platform.accounts().map_err(reading)?.into_iter();
        let there = accounts.filter(|account| account.there).map(Self::person);
        Ok(Active::Known(there.filter(|person| person.standing == Standing::Operator).collect()))
    }

    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError> {
        let mut accounts = self.platform.accounts().map_err(reading)?.into_iter();
        Ok(match query {
            DirectoryQuery::Person(user) => {
                DirectoryAnswer::Person(accounts.find(|it| it.id == user.0).map(Self::person))
            }
            DirectoryQuery::Teammate(typed) => {
                let name = typed.trim().trim_start_matches('@').to_lowercase();
                DirectoryAnswer::Person(accounts.find(|it| it.name.to_lowercase() == name).map(Self::person))
            }
            DirectoryQuery::Message { thread, id, .. } => {
                let found = self.platform.up_to(thread.as_deref().unwrap_or_default(), &id, 1);
                let found = found.map_err(reading)?.pop().filter(|it| it.id == id);
                DirectoryAnswer::Message(found.map(|it| Box::new(self.message(it))))
            }
            DirectoryQuery::Picture(_) => DirectoryAnswer::Picture(None),
        })
    }

    async fn diagnose(&self, channels: &[RemoteChannel]) -> Vec<Finding> {
        let checked = self.platform.threads().map_err(reading);
        let finding = |channel: &RemoteChannel| Finding {
            severity: if checked.is_ok() { Severity::Fine } else { Severity::Broken },
            subject: channel.to_string(),
            message: checked.as_ref().map_or_else(ToString::to_string, |_| "can be used".to_owned()),
        };
        channels.iter().map(finding).collect()
    }
}
