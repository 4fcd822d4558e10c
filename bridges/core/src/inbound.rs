//! What a platform tells us, after `normalize`.
//!
//! What lives here: events in one shape for every platform, and the sink that makes them durable. What must not: raw
//! vendor payloads, and any decision about what an event means for a conversation.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::error::SinkError;
use crate::ids::{ConnectionId, IdempotencyKey, Micros, RemoteChannel, RemoteThread, RemoteUser};

/// One event from a platform, with the key under which it is kept only once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// The connection that heard it.
    pub connection: ConnectionId,
    /// Unique within the connection; the same event told twice has the same key.
    pub dedupe_key: String,
    /// Events of one lane are worked on in the order of their arrival; a thread is a lane.
    pub lane: String,
    /// What happened.
    pub event: InboundEvent,
}

/// What happened on the platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InboundEvent {
    /// A message was written. Our own echo comes this way too, with [`RemoteMessage::key`] set.
    Message(RemoteMessage),
    /// A person edited a message; `edited_at` is set.
    Edited(RemoteMessage),
    /// A message was deleted.
    Deleted {
        /// Where it was.
        channel: RemoteChannel,
        /// The thread, when the platform says.
        thread: Option<String>,
        /// The message's id.
        id: String,
        /// When the platform says that it happened.
        at: Micros,
    },
    /// A person pressed a button of ours, or used a shortcut.
    Click(Click),
    /// A person gave a command of ours that concerns themselves and no conversation.
    TeamCommand(TeamCommand),
    /// Something happened that `normalize` could not read; it is resolved by reading the message again.
    Unreadable {
        /// Where it was.
        channel: RemoteChannel,
        /// The thread, when it could be told.
        thread: Option<String>,
        /// The message's id.
        id: String,
    },
    /// The channel can't be used any more (archived, deleted, the bot was removed).
    ChannelBroken {
        /// Which.
        channel: RemoteChannel,
        /// The reason and the fix.
        why: String,
    },
    /// The channel can be used again.
    ChannelRestored {
        /// Which.
        channel: RemoteChannel,
    },
    /// The whole connection can't be used any more (uninstalled, token revoked).
    ConnectionBroken {
        /// The reason and the fix.
        why: String,
    },
}

/// A message as it stands on the platform now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoteMessage {
    /// Where it is.
    pub channel: RemoteChannel,
    /// The thread that it is in; `None` for a message directly in the channel (a card is one).
    pub thread: Option<String>,
    /// The platform's id, unique within the channel.
    pub id: String,
    /// When it was written, by the platform's clock.
    pub at: Micros,
    /// When it was last edited by a person; link previews and reply counts don't count.
    pub edited_at: Option<Micros>,
    /// Who wrote it.
    pub author: RemoteAuthor,
    /// What it says.
    pub body: Body,
    /// Teammates or groups that it calls by name.
    pub mentions: Vec<RemoteUser>,
    /// Files that hang on it.
    pub files: Vec<RemoteFile>,
    /// Our own key, when we wrote it.
    pub key: Option<IdempotencyKey>,
    /// Where a private answer to its author can be sent.
    pub reply: ReplyHandle,
}

impl RemoteMessage {
    /// The thread that it is in, with its channel.
    #[must_use]
    pub fn remote_thread(&self) -> Option<RemoteThread> {
        self.thread.as_ref().map(|id| RemoteThread { channel: self.channel.clone(), id: id.clone() })
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum RemoteAuthor {
    /// A person, by the platform's id.
    Person(RemoteUser),
    /// Another bot or an integration.
    Bot(String),
    /// This connection's own bot.
    Ourselves,
    /// The platform itself (joins, topic changes): never content.
    Platform,
}

/// A file that hangs on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFile {
    /// The platform's id of the file.
    pub id: String,
    /// Its name, as the author sees it.
    pub name: String,
    /// Its size in bytes, when the platform says.
    pub size: Option<u64>,
    /// Its MIME type, when the platform says.
    pub content_type: Option<String>,
}

/// Where a private answer can be sent. Only the bridge that made it can read it; it may hold a secret, so it is never
/// logged, and erased with the intake's payload.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyHandle(pub serde_json::Value);

impl std::fmt::Debug for ReplyHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyHandle(…)")
    }
}

/// A person pressed one of our buttons, or gave a command of ours that the platform knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Click {
    /// Where.
    pub channel: RemoteChannel,
    /// The thread that the button belongs to; for a card's button, the thread under that card.
    pub thread: Option<String>,
    /// Who.
    pub user: RemoteUser,
    /// Which button.
    pub action: Action,
    /// When, by the platform's clock.
    pub at: Micros,
    /// Where a private answer can be sent.
    pub reply: ReplyHandle,
}

/// A person gave a command of ours that concerns themselves and no conversation. It may be given anywhere on the platform,
/// by anybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeamCommand {
    /// Who.
    pub user: RemoteUser,
    /// What they want.
    pub wish: Wish,
    /// When, by the platform's clock.
    pub at: Micros,
    /// Where the answer goes; it is one that nobody else reads.
    pub reply: ReplyHandle,
}

/// What somebody wants by a command that concerns themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To count as away, whatever they do.
    Away,
    /// To count as there, whatever they do.
    Back,
    /// To count as there by what they do.
    Auto,
    /// A link into the inbox.
    Inbox,
}

impl Wish {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Away, Self::Back, Self::Auto, Self::Inbox];

    /// The word that is typed for it, `[a-z]+`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Back => "back",
            Self::Auto => "auto",
            Self::Inbox => "inbox",
        }
    }

    /// The wish that a typed word means; letter case and white space around it don't matter.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        Self::ALL.into_iter().find(|wish| wish.word().eq_ignore_ascii_case(word))
    }
}

/// What a button of ours does. Its text form (`name` and `value`) is stored in messages for ever: add, never rename.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "value", rename_all = "snake_case")]
pub enum Action {
    /// *Assign to me*, on a card.
    Assign,
    /// *Close*, on a card.
    Close,
    /// *Reopen*, on a card.
    Reopen,
    /// *Send to visitor*, on the private question about a held reply; the value is the message's id.
    SendHeld(String),
    /// *Keep inside*, on the same question.
    KeepInside(String),
    /// A command that puts the conversation into a teammate's care; the value is the teammate's id on the platform.
    AssignTo(String),
    /// A command that says that two accounts are one operator's: without a value it asks for a code, with the code of the
    /// other account it ties the two together.
    Link(String),
    /// *Retry*, on a message that was not delivered; the value is the outbox row's id.
    Retry(String),
}

impl Action {
    /// The stable name, `[a-z_]+`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::SendHeld(_) => "send_held",
            Self::KeepInside(_) => "keep_inside",
            Self::AssignTo(_) => "assign_to",
            Self::Link(_) => "link",
            Self::Retry(_) => "retry",
        }
    }

    /// What goes with the name; empty where nothing does.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::Assign | Self::Close | Self::Reopen => "",
            Self::SendHeld(value)
            | Self::KeepInside(value)
            | Self::AssignTo(value)
            | Self::Link(value)
            | Self::Retry(value) => value,
        }
    }

    /// Reads the text form back; `None` for a name that isn't ours.
    #[must_use]
    pub fn parse(name: &str, value: &str) -> Option<Self> {
        let value = value.to_owned();
        Some(match name {
            "assign" => Self::Assign,
            "close" => Self::Close,
            "reopen" => Self::Reopen,
            "send_held" => Self::SendHeld(value),
            "keep_inside" => Self::KeepInside(value),
            "assign_to" => Self::AssignTo(value),
            "link" => Self::Link(value),
            "retry" => Self::Retry(value),
            _ => return None,
        })
    }
}

/// How a bridge's ears are doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenReport {
    /// Events arrive from now on. What came before is read again by catch-up.
    Connected,
    /// Events don't arrive; the bridge is trying again by itself.
    Disconnected {
        /// The reason, fit for an admin's eyes.
        why: String,
    },
    /// Events arrive, but some could not be taken (the store was away for long, or it could not be told where they belong):
    /// catch-up reads them again.
    Missed {
        /// The reason, fit for an admin's eyes.
        why: String,
    },
    /// Somebody of the team may have come to their desk or left it: [`crate::Bridge::active_operators`] says who is there.
    DesksChanged,
    /// Another process listens with the same credentials and takes a share of the events.
    ForeignListeners {
        /// How many sockets aren't ours.
        count: usize,
    },
}

/// Where a bridge delivers what it hears.
#[async_trait]
pub trait InboundSink: Send + Sync {
    /// Makes the event durable. Only after `Ok` may the platform be told that we have it.
    ///
    /// # Errors
    /// [`SinkError`] when the store can't take it now; the platform will tell it again.
    async fn accept(&self, inbound: Inbound) -> Result<(), SinkError>;

    /// Somebody is typing in a thread; best effort, never stored.
    fn typing(&self, thread: &RemoteThread, user: &RemoteUser);

    /// The bridge's ears changed.
    fn report(&self, connection: &ConnectionId, report: ListenReport);
}
