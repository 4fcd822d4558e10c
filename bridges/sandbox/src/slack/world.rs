//! What the sandbox knows: workspaces, people, channels, messages, apps, and what was sent to whom.
//!
//! What lives here: plain data and look-ups over it. What must not: HTTP, JSON shapes (see `shapes`), and the rules of
//! who may do what (see `people` and `api`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

use serde::Serialize;
use serde_json::Value;

use super::net::{Net, Outgoing};
use super::records::{ApiCall, Delivery, ResponseUrl};
use super::ts;

/// A workspace.
#[derive(Clone, Debug)]
pub struct Team {
    /// `T…`.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// The part of its address before `.slack.com`.
    pub domain: String,
}

/// What a person is to the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A full member.
    Member,
    /// A full member who is an admin.
    Admin,
    /// A guest in several channels (`is_restricted`).
    Guest,
    /// A guest in one channel (`is_ultra_restricted`).
    SingleChannelGuest,
    /// Somebody of another workspace, through Slack Connect (`is_stranger`).
    Stranger,
    /// An app's bot user.
    Bot,
}

/// A person or a bot user.
#[derive(Clone, Debug)]
pub struct User {
    /// `U…`.
    pub id: String,
    /// The workspace they belong to, which for a stranger is another one.
    pub team: String,
    /// Handle, lower case.
    pub name: String,
    /// Full name.
    pub real_name: String,
    /// Name that they chose to be called; may be empty.
    pub display_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Member, guest, stranger, bot.
    pub standing: Standing,
    /// Deactivated.
    pub deleted: bool,
    /// Shown as active.
    pub active: bool,
    /// Grows with every change of the profile; part of the picture's address.
    pub picture_version: u32,
    /// Unix seconds of the last change.
    pub updated: i64,
}

/// A user group.
#[derive(Clone, Debug)]
pub struct Group {
    /// `S…`.
    pub id: String,
    /// The workspace.
    pub team: String,
    /// Shown name.
    pub name: String,
    /// Without the `@`.
    pub handle: String,
    /// Members' ids.
    pub users: BTreeSet<String>,
    /// Switched off.
    pub disabled: bool,
    /// Unix seconds of the last change.
    pub updated: i64,
}

/// An installed app.
#[derive(Clone, Debug, Default)]
pub struct App {
    /// `A…`.
    pub id: String,
    /// Where it is installed.
    pub team: String,
    /// Shown name.
    pub name: String,
    /// Its bot user, `U…`.
    pub bot_user: String,
    /// Its bot id, `B…`.
    pub bot_id: String,
    /// `xoxb-…`.
    pub bot_token: String,
    /// `xapp-…`.
    pub app_token: String,
    /// The old verification token inside payloads.
    pub verification_token: String,
    /// Signs what is sent over HTTP.
    pub signing_secret: String,
    /// The bot token's scopes.
    pub scopes: BTreeSet<String>,
    /// The app-level token's scopes.
    pub app_scopes: BTreeSet<String>,
    /// Subscribed event names, such as `message.channels`.
    pub events: BTreeSet<String>,
    /// Events go over Socket Mode, not over HTTP.
    pub socket_mode: bool,
    /// Request URL for events.
    pub event_url: Option<String>,
    /// Request URL for interactions and shortcuts.
    pub interaction_url: Option<String>,
    /// Request URL for slash commands.
    pub command_url: Option<String>,
    /// Slash commands with the slash.
    pub commands: Vec<String>,
    /// Message shortcuts: callback id and shown name.
    pub shortcuts: Vec<(String, String)>,
    /// The bot token was revoked.
    pub bot_token_revoked: bool,
    /// The app-level token was revoked.
    pub app_token_revoked: bool,
    /// No longer installed.
    pub uninstalled: bool,
}

/// One reaction with everybody who added it, in order.
#[derive(Clone, Debug, Serialize)]
pub struct Reaction {
    /// Emoji name without colons.
    pub name: String,
    /// User ids.
    pub users: Vec<String>,
}

/// A message in a channel.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Its time, which with the channel is its identity.
    pub ts: String,
    /// Who wrote it; none for messages under a custom name.
    pub user: Option<String>,
    /// Set when an app wrote it.
    pub bot_id: Option<String>,
    /// Set when an app wrote it.
    pub app_id: Option<String>,
    /// The text as Slack keeps it (escaped).
    pub text: String,
    /// Blocks as given, with the block ids that Slack adds.
    pub blocks: Vec<Value>,
    /// The blocks were made by Slack from the text.
    pub blocks_from_text: bool,
    /// Old-style attachments as given.
    pub attachments: Vec<Value>,
    /// The root's time for a reply, its own for a root with replies elsewhere computed.
    pub thread_ts: Option<String>,
    /// A reply also shown in the channel.
    pub broadcast: bool,
    /// Stored subtype, such as `bot_message`, `file_share`, `channel_join`, `me_message`, `tombstone`.
    pub subtype: Option<String>,
    /// Custom name.
    pub username: Option<String>,
    /// Custom icon.
    pub icons: Option<Value>,
    /// Metadata as given.
    pub metadata: Option<Value>,
    /// Who edited it last and when.
    pub edited: Option<(String, String)>,
    /// Shared files' ids.
    pub files: Vec<String>,
    /// Reactions in the order of their first use.
    pub reactions: Vec<Reaction>,
    /// Set on what people write.
    pub client_msg_id: Option<String>,
    /// The root was deleted while its replies stayed.
    pub tombstone: bool,
}

impl Message {
    /// Whether this is a reply inside a thread.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        self.thread_ts.as_deref().is_some_and(|root| root != self.ts)
    }

    /// The value of one flat metadata string, for tests.
    #[must_use]
    pub fn metadata_str(&self, key: &str) -> Option<&str> {
        self.metadata.as_ref()?.get("event_payload")?.get(key)?.as_str()
    }
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// `C…`.
    pub id: String,
    /// The workspace that owns it.
    pub team: String,
    /// Without the `#`.
    pub name: String,
    /// Private channels are invisible to who isn't in them.
    pub is_private: bool,
    /// Archived: nothing can be written.
    pub archived: bool,
    /// Shared with another workspace.
    pub ext_shared: bool,
    /// Who made it.
    pub creator: String,
    /// Unix seconds.
    pub created: i64,
    /// Members' ids, bots included.
    pub members: BTreeSet<String>,
    /// Messages by time.
    pub messages: BTreeMap<String, Message>,
}

impl Channel {
    /// A thread's replies in order, without its root. They all come later than the root, so earlier ones aren't read.
    pub fn replies<'a>(&'a self, root: &'a str) -> impl DoubleEndedIterator<Item = &'a Message> {
        let later = self.messages.range::<str, _>((Bound::Excluded(root), Bound::Unbounded));
        later.map(|(_, message)| message).filter(move |message| message.thread_ts.as_deref() == Some(root))
    }

    /// What the channel itself shows: roots and broadcast replies, oldest first.
    pub fn timeline(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values().filter(|message| !message.is_reply() || message.broadcast)
    }
}

/// A message that only one person sees and that nothing keeps.
#[derive(Clone, Debug)]
pub struct Ephemeral {
    /// Its time.
    pub ts: String,
    /// Where.
    pub channel: String,
    /// In which thread, if any.
    pub thread_ts: Option<String>,
    /// Who sees it.
    pub user: String,
    /// Which app posted it.
    pub app_id: String,
    /// Text.
    pub text: String,
    /// Blocks as given.
    pub blocks: Vec<Value>,
}

/// An uploaded file.
#[derive(Clone, Debug)]
pub struct File {
    /// `F…`.
    pub id: String,
    /// The workspace.
    pub team: String,
    /// Who uploaded it.
    pub user: String,
    /// File name.
    pub name: String,
    /// Shown title.
    pub title: String,
    /// Declared type.
    pub mimetype: String,
    /// Announced size in bytes.
    pub length: usize,
    /// The bytes, once they came.
    pub bytes: Option<bytes::Bytes>,
    /// Unix seconds.
    pub created: i64,
    /// The secret part of the upload address, while it is open.
    pub upload_token: Option<String>,
    /// `completeUploadExternal` was called.
    pub completed: bool,
    /// Where it was shared: channel, message time, thread.
    pub shares: Vec<(String, String, Option<String>)>,
}

/// Everything in one sandbox.
#[derive(Debug, Default)]
pub struct World {
    /// Workspaces by id.
    pub teams: BTreeMap<String, Team>,
    /// People and bots by id.
    pub users: BTreeMap<String, User>,
    /// Channels by id.
    pub channels: BTreeMap<String, Channel>,
    /// User groups by id.
    pub groups: BTreeMap<String, Group>,
    /// Apps by id.
    pub apps: BTreeMap<String, App>,
    /// Files by id.
    pub files: BTreeMap<String, File>,
    /// Ephemeral messages, oldest first.
    pub ephemerals: Vec<Ephemeral>,
    /// Given-out `response_url`s by their secret part.
    pub response_urls: BTreeMap<String, ResponseUrl>,
    /// The newest calls, oldest first.
    pub calls: VecDeque<ApiCall>,
    /// The newest delivery attempts, oldest first.
    pub deliveries: VecDeque<Delivery>,
    /// What is being delivered, as the log will call it: its key, and what it is about.
    pub(crate) under_way: Vec<(String, String)>,
    pub(crate) base: String,
    pub(crate) reply_count_events: bool,
    pub(crate) stray_replies: bool,
    pub(crate) net: Net,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) last_micros: i64,
    pub(crate) now: i64,
}

/// How many calls and deliveries are remembered.
const REMEMBERED: usize = 50_000;

impl World {
    /// A fresh message time, later than every one before.
    pub(crate) fn next_ts(&mut self) -> String {
        self.last_micros = self.now.max(self.last_micros + 1);
        ts::from_micros(self.last_micros)
    }

    /// Unix seconds of the running change.
    pub(crate) fn seconds(&self) -> i64 {
        self.now / 1_000_000
    }

    /// A message, if it is there.
    #[must_use]
    pub fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.channels.get(channel)?.messages.get(ts)
    }

    pub(crate) fn message_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        self.channels.get_mut(channel)?.messages.get_mut(ts)
    }

    /// The ephemeral message with this time.
    #[must_use]
    pub fn ephemeral(&self, ts: &str) -> Option<&Ephemeral> {
        self.ephemerals.iter().find(|ephemeral| ephemeral.ts == ts)
    }

    /// The app whose bot user this is.
    #[must_use]
    pub fn app_of_bot(&self, user: &str) -> Option<&App> {
        self.apps.values().find(|app| app.bot_user == user)
    }

    pub(crate) fn log_call(&mut self, call: ApiCall) {
        if self.calls.len() >= REMEMBERED {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    pub(crate) fn log_delivery(&mut self, delivery: Delivery) {
        if self.deliveries.len() >= REMEMBERED {
            self.deliveries.pop_front();
        }
        let ends = self.under_way.iter().position(|(key, _)| delivery.last && *key == delivery.key);
        if let Some(ends) = ends {
            self.under_way.swap_remove(ends);
        }
        self.deliveries.push_back(delivery);
    }
}
