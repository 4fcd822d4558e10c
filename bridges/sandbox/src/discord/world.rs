//! What the sandbox knows: guilds, people, channels and threads, messages, apps, and what was sent to whom.
//!
//! What lives here: plain data and look-ups over it (a message's own data is in `message`). What must not: HTTP, JSON shapes (see `shapes`), and the rules of
//! who may do what (see `people` and `rest`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::events::{Event, Outgoing};
use super::gateway::Gateway;
pub use super::message::{
    Attachment, COMMAND_ANSWER, DEFAULT, EPHEMERAL, HAS_THREAD, JOINED, LOADING, Message, NAME_CHANGE, PINNED,
    RECIPIENT_ADD, RECIPIENT_REMOVE, REPLY, Reaction, Reference, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS,
    THREAD_CREATED, THREAD_STARTER, buttons,
};
use super::permissions::{Overwrite, Permissions};
use super::records::{ApiCall, Typed};
use super::snowflake;

/// A text channel.
pub const TEXT: u8 = 0;
/// A folder of channels.
pub const CATEGORY: u8 = 4;
/// An announcement channel.
pub const ANNOUNCEMENT: u8 = 5;
/// A thread in an announcement channel.
pub const ANNOUNCEMENT_THREAD: u8 = 10;
/// A thread that everybody who sees the channel sees.
pub const PUBLIC_THREAD: u8 = 11;
/// A thread for those who were added.
pub const PRIVATE_THREAD: u8 = 12;
/// A forum: nothing but threads.
pub const FORUM: u8 = 15;

/// A person or a bot user.
#[derive(Clone, Debug)]
pub struct User {
    /// Snowflake.
    pub id: String,
    /// The handle, lower case.
    pub username: String,
    /// The name they chose to be called everywhere.
    pub global_name: Option<String>,
    /// An app's bot user.
    pub bot: bool,
    /// The avatar's hash.
    pub avatar: Option<String>,
    /// What they show of themselves.
    pub status: Status,
}

/// Whether somebody shows themselves at their desk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// There.
    #[default]
    Online,
    /// There, but for a while nothing was touched.
    Idle,
    /// There, and wants no disturbance.
    Dnd,
    /// Not there, or invisible.
    Offline,
}

/// Somebody inside a guild.
#[derive(Clone, Debug)]
pub struct Member {
    /// The user's id.
    pub user: String,
    /// Their name here.
    pub nick: Option<String>,
    /// Their picture's hash here.
    pub avatar: Option<String>,
    /// Role ids, without `@everyone`.
    pub roles: BTreeSet<String>,
    /// Unix microseconds.
    pub joined: i64,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Snowflake; `@everyone` has the guild's id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// What it gives in the whole guild.
    pub permissions: Permissions,
    /// Order, 0 for `@everyone`.
    pub position: u32,
    /// Anybody may mention it.
    pub mentionable: bool,
    /// Belongs to an app.
    pub managed: bool,
}

/// A guild ("server").
#[derive(Clone, Debug)]
pub struct Guild {
    /// Snowflake.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// The owner's user id.
    pub owner: String,
    /// Roles by id.
    pub roles: BTreeMap<String, Role>,
    /// Members by user id.
    pub members: BTreeMap<String, Member>,
    /// Users who may not come back.
    pub banned: BTreeSet<String>,
}

/// A forum's tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Snowflake.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Only who manages threads may set it.
    pub moderated: bool,
}

/// What a thread has that a channel has not.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Who started it.
    pub owner: String,
    /// Out of the list; a message brings it back.
    pub archived: bool,
    /// Only who manages threads can write or bring it back.
    pub locked: bool,
    /// Minutes of quiet after which it archives itself.
    pub auto_archive_minutes: u64,
    /// Unix microseconds of the last change of `archived`.
    pub archive_changed: i64,
    /// Unix microseconds.
    pub created: i64,
    /// Unix microseconds of the last message or un-archiving.
    pub active: i64,
    /// Members' ids and when they joined (Unix microseconds).
    pub members: BTreeMap<String, i64>,
    /// Messages ever, without the first one.
    pub total_messages: u64,
    /// Tags of a forum's post.
    pub tags: Vec<String>,
}

/// A channel or a thread.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Snowflake.
    pub id: String,
    /// The guild.
    pub guild: String,
    /// See the constants of this module, such as [`TEXT`] and [`PUBLIC_THREAD`].
    pub kind: u8,
    /// Shown name.
    pub name: String,
    /// Shown topic.
    pub topic: Option<String>,
    /// Order in the list.
    pub position: u32,
    /// A thread's channel, or a channel's category.
    pub parent: Option<String>,
    /// What the channel changes for roles and members.
    pub overwrites: Vec<Overwrite>,
    /// A forum's tags.
    pub tags: Vec<Tag>,
    /// A forum in which each post must have a tag.
    pub tag_required: bool,
    /// Set for threads.
    pub thread: Option<Thread>,
    /// The newest message ever, deleted or not.
    pub last_message: Option<String>,
    /// Messages by the number of their id.
    pub messages: BTreeMap<u64, Message>,
}

impl Channel {
    /// Whether this is a thread.
    #[must_use]
    pub fn is_thread(&self) -> bool {
        matches!(self.kind, ANNOUNCEMENT_THREAD | PUBLIC_THREAD | PRIVATE_THREAD)
    }

    /// Whether people can write messages here.
    #[must_use]
    pub fn takes_messages(&self) -> bool {
        self.is_thread() || matches!(self.kind, TEXT | ANNOUNCEMENT)
    }

    /// An archived thread.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.archived)
    }

    /// A locked thread.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.locked)
    }
}

/// An app with its bot user, installed where its bot is a member.
#[derive(Clone, Debug, Default)]
pub struct App {
    /// The application's id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Its bot user's id; for newer apps the same as the application's.
    pub bot_user: String,
    /// The bot token, without `Bot `.
    pub token: String,
    /// The token was reset: the old one is worth nothing.
    pub token_revoked: bool,
    /// Message Content Intent is switched on in the portal.
    pub message_content: bool,
    /// Server Members Intent is switched on in the portal.
    pub guild_members: bool,
    /// Presence Intent is switched on in the portal.
    pub guild_presences: bool,
    /// Global commands as Discord gives them back.
    pub commands: Vec<Value>,
    /// Commands of one guild, by guild.
    pub guild_commands: BTreeMap<String, Vec<Value>>,
    /// Identifies allowed in 24 hours.
    pub identify_total: u32,
    /// Identifies left.
    pub identify_left: u32,
    /// When the budget is full again, Unix microseconds.
    pub identify_reset: i64,
}

/// A message that only one person sees: the answer to something they clicked or typed.
#[derive(Clone, Debug)]
pub struct Ephemeral {
    /// Snowflake.
    pub id: String,
    /// Who sees it.
    pub user: String,
    /// The channel or thread in which they see it.
    pub channel: String,
    /// Which app answered.
    pub app: String,
    /// The interaction that it answers.
    pub interaction: String,
    /// Text; empty while pending.
    pub content: String,
    /// Embeds as given.
    pub embeds: Vec<Value>,
    /// Component rows as given.
    pub components: Vec<Value>,
    /// Still "thinking": nothing was said yet.
    pub pending: bool,
}

/// Something a person did to an app: a button or a command.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Snowflake.
    pub id: String,
    /// What an app must show to answer.
    pub token: String,
    /// The app.
    pub app: String,
    /// 2 for a command, 3 for a component.
    pub kind: u8,
    /// Where: the channel or thread.
    pub channel: String,
    /// Who.
    pub user: String,
    /// The command's name, or the component's custom id.
    pub name: String,
    /// The message with the component.
    pub message: Option<String>,
    /// Unix microseconds.
    pub created: i64,
    /// The callback's type, once it was answered.
    pub answered: Option<u8>,
    /// The first answer: an ordinary message's id or an ephemeral one's.
    pub original: Option<String>,
}

/// Under which nonce a message was written.
#[derive(Debug)]
pub(crate) struct Nonce {
    /// Unix microseconds.
    pub(crate) at: i64,
    pub(crate) author: String,
    pub(crate) nonce: String,
    pub(crate) channel: String,
    pub(crate) message: String,
}

/// Everything in one sandbox.
#[derive(Debug, Default)]
pub struct World {
    /// Guilds by id.
    pub guilds: BTreeMap<String, Guild>,
    /// People and bots by id.
    pub users: BTreeMap<String, User>,
    /// Channels and threads by id.
    pub channels: BTreeMap<String, Channel>,
    /// Apps by id.
    pub apps: BTreeMap<String, App>,
    /// Answers that one person sees, oldest first.
    pub ephemerals: Vec<Ephemeral>,
    /// Clicks and commands by id.
    pub interactions: BTreeMap<String, Interaction>,
    /// The newest calls, oldest first.
    pub calls: VecDeque<ApiCall>,
    /// The newest events, oldest first, whether or not a session was there.
    pub events: VecDeque<Event>,
    /// The newest typing, oldest first.
    pub typing: VecDeque<Typed>,
    pub(crate) base: String,
    /// How many active threads a guild may have.
    pub(crate) active_threads: usize,
    /// For how many microseconds a nonce is remembered.
    pub(crate) nonce_window: i64,
    pub(crate) outgoing: Vec<Outgoing>,
    pub(crate) gateway: Gateway,
    pub(crate) invalid: VecDeque<i64>,
    pub(crate) nonces: VecDeque<Nonce>,
    pub(crate) last_id: u64,
    pub(crate) now: i64,
    /// No thread archives itself before this moment, Unix microseconds.
    pub(crate) next_archive: i64,
}

/// How many calls, events and typings are remembered.
pub(crate) const REMEMBERED: usize = 50_000;

/// Adds to a list that forgets its oldest.
pub(crate) fn remember<T>(list: &mut VecDeque<T>, new: T) {
    if list.len() >= REMEMBERED {
        list.pop_front();
    }
    list.push_back(new);
}

impl World {
    /// A fresh id, later than every one before.
    pub(crate) fn next_id(&mut self) -> String {
        self.last_id = snowflake::at(self.now).max(self.last_id + 1);
        self.last_id.to_string()
    }

    /// A message, if it is there; `channel` is the channel or thread that it is in.
    #[must_use]
    pub fn message(&self, channel: &str, id: &str) -> Option<&Message> {
        self.channels.get(channel)?.messages.get(&snowflake::number(id))
    }

    pub(crate) fn message_mut(&mut self, channel: &str, id: &str) -> Option<&mut Message> {
        self.channels.get_mut(channel)?.messages.get_mut(&snowflake::number(id))
    }

    /// A message in the channel or in any of its threads.
    #[must_use]
    pub fn find_message(&self, channel: &str, id: &str) -> Option<&Message> {
        let threads = self.channels.values().filter(|known| known.parent.as_deref() == Some(channel));
        let mut places = self.channels.get(channel).into_iter().chain(threads);
        places.find_map(|place| place.messages.get(&snowflake::number(id)))
    }

    /// The channel itself, or a thread's channel.
    #[must_use]
    pub fn place<'a>(&'a self, channel: &'a str) -> &'a str {
        let thread = self.channels.get(channel).filter(|known| known.is_thread());
        thread.and_then(|known| known.parent.as_deref()).unwrap_or(channel)
    }

    /// Threads of a channel, oldest first, archived ones included.
    pub fn threads_of<'a>(&'a self, channel: &'a str) -> impl Iterator<Item = &'a Channel> {
        self.channels.values().filter(move |known| known.is_thread() && known.parent.as_deref() == Some(channel))
    }

    /// How many threads of a guild are active.
    #[must_use]
    pub fn active_threads(&self, guild: &str) -> usize {
        self.channels.values().filter(|it| it.guild == guild && it.is_thread() && !it.is_archived()).count()
    }

    /// Somebody inside a guild.
    #[must_use]
    pub fn member(&self, guild: &str, user: &str) -> Option<&Member> {
        self.guilds.get(guild)?.members.get(user)
    }

    /// The app whose bot user this is.
    #[must_use]
    pub fn app_of_bot(&self, user: &str) -> Option<&App> {
        self.apps.values().find(|app| app.bot_user == user)
    }

    /// The name that people see: of the guild, else chosen, else the handle.
    #[must_use]
    pub fn shown_name(&self, guild: &str, user: &str) -> String {
        let nick = self.member(guild, user).and_then(|member| member.nick.clone());
        let known = self.users.get(user);
        nick.or_else(|| known.and_then(|known| known.global_name.clone()))
            .or_else(|| known.map(|known| known.username.clone()))
            .unwrap_or_else(|| user.to_owned())
    }

    pub(crate) fn log_call(&mut self, call: ApiCall) {
        remember(&mut self.calls, call);
    }
}
