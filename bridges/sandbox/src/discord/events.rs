//! What Discord tells sessions: which event, what it needs to be seen, and its data.
//!
//! What lives here: one method an event, pushing to the world's list in the order in which things happened. What must
//! not: sequence numbers, intents of a session and sending (see `gateway`).

use serde_json::{Value, json};

use super::shapes;
use super::world::{App, World, remember};

/// GUILDS: guilds, channels, threads, roles.
pub const GUILDS: u64 = 1;
/// GUILD_MEMBERS, privileged.
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// GUILD_PRESENCES, privileged.
pub const GUILD_PRESENCES: u64 = 1 << 8;
/// GUILD_MESSAGES.
pub const GUILD_MESSAGES: u64 = 1 << 9;
/// GUILD_MESSAGE_REACTIONS.
pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
/// GUILD_MESSAGE_TYPING.
pub const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
/// MESSAGE_CONTENT, privileged.
pub const MESSAGE_CONTENT: u64 = 1 << 15;

/// An event on its way to sessions.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// Such as `MESSAGE_CREATE`.
    pub(crate) name: &'static str,
    /// The payload's `d`.
    pub(crate) data: Value,
    /// A session needs one of these intents; 0 for everybody.
    pub(crate) intents: u64,
    /// Only apps whose bot is in this guild.
    pub(crate) guild: Option<String>,
    /// Only apps whose bot sees this channel or thread.
    pub(crate) channel: Option<String>,
    /// Only this app.
    pub(crate) app: Option<String>,
}

/// An event that happened, for tests.
#[derive(Clone, Debug)]
pub struct Event {
    /// Unix microseconds.
    pub at: i64,
    /// Such as `MESSAGE_CREATE`.
    pub name: &'static str,
    /// The payload's `d`.
    pub data: Value,
}

impl World {
    /// Adds an event. Without a channel every app in the guild gets it; without a guild every app.
    pub(crate) fn emit(
        &mut self,
        name: &'static str,
        data: Value,
        intents: u64,
        guild: Option<&str>,
        channel: Option<&str>,
    ) {
        remember(&mut self.events, Event { at: self.now, name, data: data.clone() });
        let (guild, channel) = (guild.map(str::to_owned), channel.map(str::to_owned));
        self.outgoing.push(Outgoing { name, data, intents, guild, channel, app: None });
    }

    /// Adds an event that only one app gets, whatever its intents.
    pub(crate) fn emit_to(&mut self, app: &App, name: &'static str, data: Value) {
        remember(&mut self.events, Event { at: self.now, name, data: data.clone() });
        let app = Some(app.id.clone());
        self.outgoing.push(Outgoing { name, data, intents: 0, guild: None, channel: None, app });
    }

    fn guild_of(&self, channel: &str) -> Option<String> {
        self.channels.get(channel).map(|known| known.guild.clone())
    }

    fn told_message(&mut self, name: &'static str, channel: &str, id: &str, nonce: bool) {
        let Some(guild) = self.guild_of(channel) else { return };
        let Some(message) = self.message(channel, id) else { return };
        let mut data = shapes::message(self, message);
        data["guild_id"] = json!(guild);
        if let Some(member) = self.member(&guild, &message.author) {
            data["member"] = shapes::member_without_user(member);
        }
        if let Some(nonce) = message.nonce.as_ref().filter(|_| nonce) {
            data["nonce"] = nonce.clone();
        }
        self.emit(name, data, GUILD_MESSAGES, Some(&guild), Some(channel));
    }

    /// A message appeared.
    pub(crate) fn told_posted(&mut self, channel: &str, id: &str) {
        self.told_message("MESSAGE_CREATE", channel, id, true);
    }

    /// A message changed: an edit, a preview that appeared, a pin, a thread on it.
    pub(crate) fn told_changed(&mut self, channel: &str, id: &str) {
        self.told_message("MESSAGE_UPDATE", channel, id, false);
    }

    /// A message is gone.
    pub(crate) fn told_deleted(&mut self, channel: &str, id: &str) {
        let Some(guild) = self.guild_of(channel) else { return };
        let data = json!({"id": id, "channel_id": channel, "guild_id": guild});
        self.emit("MESSAGE_DELETE", data, GUILD_MESSAGES, Some(&guild), Some(channel));
    }

    /// Several messages are gone at once.
    pub(crate) fn told_deleted_bulk(&mut self, channel: &str, ids: &[String]) {
        let Some(guild) = self.guild_of(channel) else { return };
        let data = json!({"ids": ids, "channel_id": channel, "guild_id": guild});
        self.emit("MESSAGE_DELETE_BULK", data, GUILD_MESSAGES, Some(&guild), Some(channel));
    }

    /// A channel or thread changed: `CREATE` or `UPDATE`.
    pub(crate) fn told_channel(&mut self, created: bool, channel: &str) {
        let Some(known) = self.channels.get(channel) else { return };
        let guild = known.guild.clone();
        let is_thread = known.is_thread();
        let mut data = shapes::channel(self, known, None);
        let name = match (is_thread, created) {
            (true, true) => "THREAD_CREATE",
            (true, false) => "THREAD_UPDATE",
            (false, true) => "CHANNEL_CREATE",
            (false, false) => "CHANNEL_UPDATE",
        };
        if is_thread && created {
            data["newly_created"] = json!(true);
        }
        // A change of who sees a channel is told to those who don't see it any more, too.
        self.emit(name, data, GUILDS, Some(&guild), is_thread.then_some(channel));
    }

    /// A channel or thread is gone; call it while it is still there.
    pub(crate) fn told_channel_gone(&mut self, channel: &str) {
        let Some(known) = self.channels.get(channel) else { return };
        let (guild, parent) = (known.guild.clone(), known.parent.clone());
        if known.is_thread() {
            let data = json!({"id": channel, "guild_id": guild, "parent_id": parent, "type": known.kind});
            let place = parent.unwrap_or_default();
            self.emit("THREAD_DELETE", data, GUILDS, Some(&guild), Some(&place));
        } else {
            let data = shapes::channel(self, known, None);
            self.emit("CHANNEL_DELETE", data, GUILDS, Some(&guild), None);
        }
    }

    /// Somebody came into a thread or left it.
    pub(crate) fn told_thread_members(&mut self, thread: &str, added: &[String], removed: &[String]) {
        let Some(known) = self.channels.get(thread) else { return };
        let Some(state) = &known.thread else { return };
        let guild = known.guild.clone();
        let added: Vec<Value> = added
            .iter()
            .filter_map(|user| Some(shapes::thread_member(thread, user, *state.members.get(user)?)))
            .collect();
        let data = json!({
            "id": thread, "guild_id": guild, "member_count": state.members.len().min(50),
            "added_members": added, "removed_member_ids": removed,
        });
        self.emit("THREAD_MEMBERS_UPDATE", data, GUILDS, Some(&guild), Some(thread));
    }

    /// Somebody types.
    pub(crate) fn told_typing(&mut self, user: &str, channel: &str) {
        let Some(guild) = self.guild_of(channel) else { return };
        let mut data = json!({
            "channel_id": channel, "guild_id": guild, "user_id": user, "timestamp": self.now / 1_000_000,
        });
        if let Some(member) = self.member(&guild, user) {
            data["member"] = shapes::member(self, member);
        }
        self.emit("TYPING_START", data, GUILD_MESSAGE_TYPING, Some(&guild), Some(channel));
    }

    /// Somebody shows themselves otherwise.
    pub(crate) fn told_presence(&mut self, user: &str) {
        let Some(known) = self.users.get(user).cloned() else { return };
        let inside = self.guilds.values().filter(|guild| guild.members.contains_key(user));
        let guilds: Vec<String> = inside.map(|guild| guild.id.clone()).collect();
        for guild in guilds {
            let data = shapes::presence(&known, Some(&guild));
            self.emit("PRESENCE_UPDATE", data, GUILD_PRESENCES, Some(&guild), None);
        }
    }

    /// A reaction came or went.
    pub(crate) fn told_reaction(&mut self, added: bool, user: &str, channel: &str, id: &str, emoji: &str) {
        let Some(guild) = self.guild_of(channel) else { return };
        let data = json!({
            "user_id": user, "channel_id": channel, "message_id": id, "guild_id": guild, "type": 0, "burst": false,
            "emoji": {"id": null, "name": emoji},
        });
        let name = if added { "MESSAGE_REACTION_ADD" } else { "MESSAGE_REACTION_REMOVE" };
        self.emit(name, data, GUILD_MESSAGE_REACTIONS, Some(&guild), Some(channel));
    }

    /// A member's roles or name changed, or somebody came. Only the bot's own needs no privileged intent.
    pub(crate) fn told_member(&mut self, joined: bool, guild: &str, user: &str) {
        let Some(member) = self.member(guild, user) else { return };
        let mut data = shapes::member(self, member);
        data["guild_id"] = json!(guild);
        let name = if joined { "GUILD_MEMBER_ADD" } else { "GUILD_MEMBER_UPDATE" };
        match self.app_of_bot(user).cloned() {
            Some(app) => self.emit_to(&app, name, data),
            None => self.emit(name, data, GUILD_MEMBERS, Some(guild), None),
        }
    }

    /// Somebody left or was removed; a bot that was removed is told that its guild is gone.
    pub(crate) fn told_left(&mut self, guild: &str, user: &str) {
        match self.app_of_bot(user).cloned() {
            Some(app) => self.emit_to(&app, "GUILD_DELETE", json!({"id": guild})),
            None => {
                let Some(user) = self.users.get(user) else { return };
                let data = json!({"guild_id": guild, "user": shapes::user(user)});
                self.emit("GUILD_MEMBER_REMOVE", data, GUILD_MEMBERS, Some(guild), None);
            }
        }
    }

    /// A role changed or is new.
    pub(crate) fn told_role(&mut self, created: bool, guild: &str, role: &str) {
        let Some(known) = self.guilds.get(guild).and_then(|known| known.roles.get(role)) else { return };
        let data = json!({"guild_id": guild, "role": shapes::role(known)});
        let name = if created { "GUILD_ROLE_CREATE" } else { "GUILD_ROLE_UPDATE" };
        self.emit(name, data, GUILDS, Some(guild), None);
    }

    /// A role is gone.
    pub(crate) fn told_role_gone(&mut self, guild: &str, role: &str) {
        let data = json!({"guild_id": guild, "role_id": role});
        self.emit("GUILD_ROLE_DELETE", data, GUILDS, Some(guild), None);
    }
}
