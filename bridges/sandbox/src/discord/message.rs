//! A message and what hangs on it: files, reactions, references; its kinds and flags.
//!
//! What lives here: plain data. What must not: where messages are kept (see `world`) and their JSON (see `shapes`).

use serde_json::Value;

/// An ordinary message.
pub const DEFAULT: u8 = 0;
/// "Somebody added somebody to the thread."
pub const RECIPIENT_ADD: u8 = 1;
/// "Somebody removed somebody from the thread."
pub const RECIPIENT_REMOVE: u8 = 2;
/// "Somebody changed the thread's name."
pub const NAME_CHANGE: u8 = 4;
/// "Somebody pinned a message."
pub const PINNED: u8 = 6;
/// "Somebody joined the guild."
pub const JOINED: u8 = 7;
/// "Somebody started a thread": in the channel, for threads without a message.
pub const THREAD_CREATED: u8 = 18;
/// A message that replies to another.
pub const REPLY: u8 = 19;
/// The answer to a slash command.
pub const COMMAND_ANSWER: u8 = 20;
/// The first message of a thread that was started from a message; it only points there.
pub const THREAD_STARTER: u8 = 21;

/// Links show no preview.
pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// The message has a thread.
pub const HAS_THREAD: u64 = 1 << 5;
/// Only one person sees it.
pub const EPHEMERAL: u64 = 1 << 6;
/// "… is thinking."
pub const LOADING: u64 = 1 << 7;
/// Notifies nobody's phone.
pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// A file of a message.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Snowflake.
    pub id: String,
    /// File name.
    pub name: String,
    /// Declared type.
    pub mimetype: String,
    /// The bytes.
    pub bytes: bytes::Bytes,
}

/// What a message replies or points to.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The other message's channel.
    pub channel: String,
    /// The other message; none for "started a thread".
    pub message: Option<String>,
}

/// One reaction with everybody who added it, in order.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// User ids.
    pub users: Vec<String>,
}

/// A message in a channel or thread.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Snowflake.
    pub id: String,
    /// The channel or thread that it is in.
    pub channel: String,
    /// The author's user id; for a webhook the webhook's id.
    pub author: String,
    /// See the constants of this module, such as [`DEFAULT`] and [`REPLY`].
    pub kind: u8,
    /// The text.
    pub content: String,
    /// Embeds as given, with the `type` that Discord adds.
    pub embeds: Vec<Value>,
    /// Component rows as given, with the `id`s that Discord adds.
    pub components: Vec<Value>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// What the author's client called it; only the answer and `MESSAGE_CREATE` show it.
    pub nonce: Option<Value>,
    /// Users that the text mentions, whether or not they were notified.
    pub mentions: Vec<String>,
    /// Who was really notified: user ids, role ids, `everyone`, `here`.
    pub pinged: Vec<String>,
    /// What it replies or points to.
    pub reference: Option<Reference>,
    /// Bits such as [`SUPPRESS_EMBEDS`].
    pub flags: u64,
    /// Unix microseconds of the last edit by its author.
    pub edited: Option<i64>,
    /// Set when a webhook wrote it; the name it used.
    pub webhook: Option<String>,
    /// The app that wrote it.
    pub app: Option<String>,
    /// The command that it answers: interaction id, command name, user id.
    pub answers: Option<(String, String, String)>,
    /// Pinned.
    pub pinned: bool,
    /// Reactions in the order of their first use.
    pub reactions: Vec<Reaction>,
    /// What a system message is about, such as the member who was added.
    pub about: Vec<String>,
}

impl Message {
    /// Whether Discord wrote it, not a person or an app.
    #[must_use]
    pub fn is_system(&self) -> bool {
        !matches!(self.kind, DEFAULT | REPLY | COMMAND_ANSWER | 23)
    }

    /// Every component that has a custom id, in order.
    pub fn buttons(&self) -> impl Iterator<Item = &Value> {
        buttons(&self.components)
    }
}

/// Every component of these rows that has a custom id, in order.
pub fn buttons(rows: &[Value]) -> impl Iterator<Item = &Value> {
    let inner = rows.iter().filter_map(|row| row["components"].as_array()).flatten();
    inner.filter(|component| component["custom_id"].is_string())
}
