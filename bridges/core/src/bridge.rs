//! The trait that every platform's crate implements, with the small types of its questions and answers.
//!
//! What lives here: [`Bridge`]. What must not: an implementation, or a default that hides a missing one (to know nothing of
//! who is at their desk hides nothing).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::error::BridgeError;
use crate::ids::{BridgeKind, ConnectionId, IdempotencyKey, Micros, RemoteChannel, RemoteThread, RemoteUser};
use crate::inbound::{Action, InboundSink, RemoteMessage, ReplyHandle};
use crate::op::{Found, Op, Outcome, Sent, StepState, Target};

/// One connection to one platform.
///
/// Every call is bounded in time by the bridge itself; the worker above adds no time-out of its own to a call that
/// changes something, because a call that is cut short has an unknown outcome.
#[async_trait]
pub trait Bridge: Send + Sync {
    /// Which platform.
    fn kind(&self) -> BridgeKind {
        self.connection().kind.clone()
    }

    /// Which connection.
    fn connection(&self) -> &ConnectionId;

    /// What the platform can do, and its limits.
    fn capabilities(&self) -> &Capabilities;

    /// Does `op`. The key names the work, not the attempt: where the platform can, two calls with one key leave one
    /// message. `step` is what the last [`Outcome::Continue`] gave, or the default.
    ///
    /// # Errors
    /// See [`BridgeError`]; only `Ambiguous` leaves the outcome open.
    async fn perform(
        &self,
        at: &Target,
        op: &Op,
        key: &IdempotencyKey,
        step: StepState,
    ) -> Result<Outcome, BridgeError>;

    /// Looks whether `op`, tried as `sent` says, was applied. A many-step operation of which only some steps were is
    /// `Yes` with an [`Outcome::Continue`].
    ///
    /// # Errors
    /// See [`BridgeError`]; nothing is changed by looking.
    async fn find(&self, at: &Target, op: &Op, key: &IdempotencyKey, sent: &Sent) -> Result<Found, BridgeError>;

    /// Which of these threads may hold something newer than their cursor. Cheap: a few reads a channel. Reading anew begins
    /// with it, so what is remembered of people is forgotten here: nobody told us what happened to them while we were deaf.
    ///
    /// # Errors
    /// See [`BridgeError`].
    async fn moved(&self, at: &RemoteChannel, links: &[LinkCursor]) -> Result<Vec<RemoteThread>, BridgeError>;

    /// The thread's messages after `from`, oldest first, and at most `lookback` before it (so that edits and deletions
    /// of late are seen). The card itself is left out.
    ///
    /// # Errors
    /// See [`BridgeError`]; `ThreadGone` when the thread is no longer there.
    async fn snapshot(
        &self,
        thread: &RemoteThread,
        from: &Cursor,
        lookback: u16,
    ) -> Result<Page<RemoteMessage>, BridgeError>;

    /// Listens until `stop`, reconnecting by itself. A connection that is fed by [`Bridge::hook`] only returns at once.
    ///
    /// # Errors
    /// Only what trying again can't mend (`Unauthorized`).
    async fn listen(&self, sink: Arc<dyn InboundSink>, stop: CancellationToken) -> Result<(), BridgeError>;

    /// Answers an HTTP request of the platform's. Gets the raw bytes, because signatures cover the unparsed body.
    async fn hook(&self, request: HookRequest, sink: &dyn InboundSink) -> HookResponse;

    /// Answers a person privately. Best effort, never stored.
    ///
    /// # Errors
    /// See [`BridgeError`]; the caller logs it and goes on.
    async fn respond(&self, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError>;

    /// Whether an answer sent there is seen by that one person alone; on some platforms colleagues can read it too.
    fn is_private(&self, to: &ReplyHandle) -> bool;

    /// Shows a passing sign in a thread. Best effort, never stored.
    ///
    /// # Errors
    /// See [`BridgeError`]; the caller ignores it.
    async fn signal(&self, thread: &RemoteThread, signal: Signal) -> Result<(), BridgeError>;

    /// The people who may speak for the team, look into this channel and are at their desk now. Asked about once a minute;
    /// what the platform limits is remembered by the bridge. A platform that doesn't tell keeps this answer.
    ///
    /// # Errors
    /// See [`BridgeError`]; the last answer holds for a while.
    async fn active_operators(&self, _channel: &RemoteChannel) -> Result<Active, BridgeError> {
        Ok(Active::Unknown)
    }

    /// Looks something up.
    ///
    /// # Errors
    /// See [`BridgeError`].
    async fn directory(&self, query: DirectoryQuery) -> Result<DirectoryAnswer, BridgeError>;

    /// Where a thread opens in a browser; `None` while the bridge can't tell. Asks nobody.
    fn thread_url(&self, _thread: &RemoteThread) -> Option<String> {
        None
    }

    /// Checks the whole connection (tokens, scopes, membership of `channels`) and names every fault with its fix.
    async fn diagnose(&self, channels: &[RemoteChannel]) -> Vec<Finding>;
}

/// What a platform can do, and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// For how long the same key surely leaves one message only; `None` when the platform promises nothing.
    pub idempotent_for: Option<Duration>,
    /// Most characters of one posted part.
    pub longest_part: usize,
    /// How fast messages may be posted in one channel.
    pub pace: Pace,
    /// Words at a reply's beginning that make it a note, besides the common ones.
    pub note_prefixes: &'static [&'static str],
    /// Whether [`Signal::Typing`] does anything.
    pub shows_typing: bool,
    /// Whether [`Op::Archive`] does anything; without it, nobody asks for one.
    pub archives: bool,
    /// What the platform's own commands begin with, where one that slips into the text is posted as a message: such a
    /// message is asked about, never sent.
    pub command_prefix: Option<char>,
}

/// A rate with short bursts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The steady distance between two messages.
    pub interval: Duration,
    /// How many may go at once after a quiet while; at least 1.
    pub burst: u32,
}

/// How far a thread was read: the platform's own position, in its own text form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// A linked thread and how far it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCursor {
    /// The thread's id in its channel.
    pub thread: String,
    /// How far it was read; empty when never.
    pub cursor: Cursor,
}

/// A piece of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// Ask again from here; `None` when nothing is left.
    pub next: Option<Cursor>,
}

/// An HTTP request of a platform's.
#[derive(Debug, Clone)]
pub struct HookRequest {
    /// The last part of the path (`events`).
    pub endpoint: String,
    /// The headers, names in lower case. Values that aren't text are left out.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Bytes,
    /// When it arrived.
    pub received_at: Micros,
}

impl HookRequest {
    /// The first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What we answer to a platform's HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body's type.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// A private answer to one person. Every click and command is answered with exactly one, so that a platform which shows
/// the person that it waits can stop.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Plain words. Empty where what happened can be seen anyway: a platform that shows that it waits stops, and says
    /// nothing.
    pub text: String,
    /// Buttons under them.
    pub buttons: Vec<AnswerButton>,
    /// Put it in the place of the private message whose button was pressed, where the platform can.
    pub replace: bool,
    /// An address behind the words that a press opens, with no preview of it. It may hold a secret.
    pub link: Option<String>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let link = self.link.as_ref().map(|_| "…");
        let mut shown = f.debug_struct("Answer");
        shown.field("text", &self.text).field("buttons", &self.buttons).field("replace", &self.replace);
        shown.field("link", &link).finish()
    }
}

impl Answer {
    /// Nothing to say: what happened can be seen.
    #[must_use]
    pub const fn done() -> Self {
        Self { text: String::new(), buttons: Vec::new(), replace: false, link: None }
    }

    /// Words without buttons.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), buttons: Vec::new(), replace: false, link: None }
    }

    /// The address, if it is one that may stand in a message as it is: http or https, and nothing in it that markup means
    /// something by.
    #[must_use]
    pub fn openable_link(&self) -> Option<&str> {
        let link = self.link.as_deref()?;
        let plain = link.len() <= 1_000
            && link
                .bytes()
                .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'|' | b'"' | b'`' | b'\\' | b'&'));
        ((link.starts_with("https://") || link.starts_with("http://")) && plain).then_some(link)
    }
}

/// A button under a private answer or a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerButton {
    /// What it says.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// A passing sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The visitor is typing.
    Typing,
}

/// Who of the team is at their desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Active {
    /// These, each with the standing of an operator; nobody, where it is empty.
    Known(Vec<Person>),
    /// The platform doesn't tell, or doesn't tell us.
    Unknown,
}

/// A question to a platform's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryQuery {
    /// Who is this person, and may they speak for the team?
    Person(RemoteUser),
    /// The teammate whom a typed name means (`@ada`, or the platform's own mention form).
    Teammate(String),
    /// One message as it stands now.
    Message {
        /// Its channel.
        channel: RemoteChannel,
        /// Its thread, if known.
        thread: Option<String>,
        /// Its id.
        id: String,
    },
    /// The bytes of a person's picture.
    Picture(RemoteUser),
}

/// The directory's answer, in the query's order of variants.
#[derive(Debug, Clone, PartialEq)]
pub enum DirectoryAnswer {
    /// To [`DirectoryQuery::Person`] and [`DirectoryQuery::Teammate`]; `None` when there is nobody like that.
    Person(Option<Person>),
    /// To [`DirectoryQuery::Message`]; `None` when it is gone.
    Message(Option<Box<RemoteMessage>>),
    /// To [`DirectoryQuery::Picture`]; `None` when there is none.
    Picture(Option<Picture>),
}

/// The bytes of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`; never a type that can hold a script.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// A person on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub user: RemoteUser,
    /// The name that their teammates see.
    pub name: String,
    /// Their e-mail address, where the platform tells and vouches for it.
    pub email: Option<String>,
    /// Changes when the picture changes; `None` when there is none.
    pub picture: Option<String>,
    /// Whether they may speak for the team.
    pub standing: Standing,
}

/// Whether a person may speak for the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// May answer visitors.
    Operator,
    /// A guest of the workspace.
    Guest,
    /// Of another organisation.
    Stranger,
    /// A full member, but not in the group that the settings name.
    NotInGroup,
    /// A bot or an integration.
    Bot,
    /// Switched off.
    Deactivated,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Fine,
    /// Works, but somebody should look.
    Warning,
    /// Does not work.
    Broken,
}

/// One line of a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// What was looked at (`slack.acme`, `slack.acme/C012AB`, `scope chat:write`).
    pub subject: String,
    /// What was found and, unless fine, how to mend it.
    pub message: String,
}
