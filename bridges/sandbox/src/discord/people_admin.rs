//! What members and administrators do around the messages: threads, channels, roles, members, the app itself.
//!
//! What lives here: the guild's administration as Rust methods. What must not: messages (see `people`), faults on the
//! gateway (see `gateway`) or HTTP.

use std::sync::PoisonError;

use super::actions::NewThread;
use super::permissions::{
    CREATE_PUBLIC_THREADS, MANAGE_CHANNELS, MANAGE_THREADS, Overwrite, Permissions, SEND_MESSAGES_IN_THREADS, Whom,
};
use super::rates::{Limiter, Rates};
use super::rest::Change;
use super::world::{App, FORUM, JOINED, Member, Message, RECIPIENT_ADD, RECIPIENT_REMOVE, Role, Status, User, World};
use super::{DiscordSandbox, PersonError, seed};

fn forbidden(user: &str, channel: &str) -> PersonError {
    PersonError::Forbidden { user: user.to_owned(), channel: channel.to_owned() }
}

impl World {
    /// The demo's app, or the first one.
    fn app_id(&self) -> Option<String> {
        self.apps.get(seed::BOT).or_else(|| self.apps.values().next()).map(|app| app.id.clone())
    }

    /// A thread that this person sees.
    fn thread_of(&self, user: &str, thread: &str) -> Result<&super::Channel, PersonError> {
        self.place_for(user, thread, None)?;
        let known = self.channels.get(thread).filter(|known| known.is_thread());
        known.ok_or_else(|| PersonError::NoSuchChannel(thread.to_owned()))
    }

    /// The guild that a person is in; the first one, if they are in several.
    fn home(&self, user: &str) -> Result<String, PersonError> {
        let home = self.guilds.values().find(|guild| guild.members.contains_key(user));
        home.map(|guild| guild.id.clone()).ok_or_else(|| PersonError::NoSuchPerson(user.to_owned()))
    }

    fn overwrite(&mut self, channel: &str, whom: Whom, id: &str, permission: Permissions, allowed: bool) {
        let Some(known) = self.channels.get_mut(channel) else { return };
        let at = known.overwrites.iter().position(|it| it.whom == whom && it.id == id).unwrap_or_else(|| {
            known.overwrites.push(Overwrite { id: id.to_owned(), whom, allow: 0, deny: 0 });
            known.overwrites.len() - 1
        });
        if let Some(overwrite) = known.overwrites.get_mut(at) {
            overwrite.allow = if allowed { overwrite.allow | permission } else { overwrite.allow & !permission };
            overwrite.deny = if allowed { overwrite.deny & !permission } else { overwrite.deny | permission };
        }
        self.told_channel(false, channel);
    }
}

impl DiscordSandbox {
    /// Starts a thread, from a message or without one; in a forum a post whose first message is the name. Gives its id.
    ///
    /// # Errors
    /// When this person may not, the message isn't there or has a thread already, or there are too many threads.
    pub fn start_thread(
        &self,
        user: &str,
        channel: &str,
        message: Option<&str>,
        name: &str,
    ) -> Result<String, PersonError> {
        self.change(|world| {
            let place = world.place_for(user, channel, None)?;
            let guild = world.channels.get(&place).map(|known| known.guild.clone()).unwrap_or_default();
            if !world.may(user, &place, CREATE_PUBLIC_THREADS) {
                return Err(forbidden(user, &place));
            }
            if let Some(message) = message {
                if world.message(&place, message).is_none() {
                    return Err(PersonError::NoSuchMessage(message.to_owned()));
                }
                if world.channels.contains_key(message) {
                    return Err(PersonError::Refused("A thread has already been created for this message".to_owned()));
                }
            }
            if world.active_threads(&guild) >= world.active_threads {
                return Err(PersonError::TooManyThreads);
            }
            let new = NewThread {
                parent: &place,
                owner: user,
                name,
                message,
                auto_archive_minutes: 4_320,
                tags: Vec::new(),
                private: false,
            };
            let id = world.start_thread(new).ok_or_else(|| PersonError::NoSuchChannel(place.clone()))?;
            let is_forum = world.channels.get(&place).is_some_and(|known| known.kind == FORUM);
            if is_forum {
                let author = user.to_owned();
                let first = Message { id: id.clone(), author, content: name.to_owned(), ..Message::default() };
                world.post(&id, first);
            } else if message.is_none() {
                world.announce_thread(&place, &id, user);
            }
            Ok(id)
        })
    }

    /// Archives a thread or brings it back: who started it may, while it isn't locked, and who manages threads.
    ///
    /// # Errors
    /// When there is no such thread, or this person may not.
    pub fn archive_thread(&self, user: &str, thread: &str, archived: bool) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.thread_of(user, thread)?;
            let owns = known.thread.as_ref().is_some_and(|thread| thread.owner == user);
            let writes = world.may(user, thread, SEND_MESSAGES_IN_THREADS);
            let gentle = (owns || !archived) && writes && !known.is_locked();
            if !gentle && !world.may(user, thread, MANAGE_THREADS) {
                return Err(forbidden(user, thread));
            }
            if !archived && known.is_archived() && world.active_threads(&known.guild) >= world.active_threads {
                return Err(PersonError::TooManyThreads);
            }
            world.change_thread(user, thread, Change { archived: Some(archived), ..Change::default() });
            Ok(())
        })
    }

    /// Locks a thread or opens it; it stays archived or active as it is.
    ///
    /// # Errors
    /// When there is no such thread, or this person doesn't manage threads.
    pub fn lock_thread(&self, user: &str, thread: &str, locked: bool) -> Result<(), PersonError> {
        self.manage_thread(user, thread, Change { locked: Some(locked), ..Change::default() })
    }

    /// Renames a thread, which Discord also says in it.
    ///
    /// # Errors
    /// When there is no such thread, or this person doesn't manage threads.
    pub fn rename_thread(&self, user: &str, thread: &str, name: &str) -> Result<(), PersonError> {
        self.manage_thread(user, thread, Change { name: Some(name.to_owned()), ..Change::default() })
    }

    fn manage_thread(&self, user: &str, thread: &str, change: Change) -> Result<(), PersonError> {
        self.change(|world| {
            world.thread_of(user, thread)?;
            if !world.may(user, thread, MANAGE_THREADS) {
                return Err(forbidden(user, thread));
            }
            world.change_thread(user, thread, change);
            Ok(())
        })
    }

    /// Adds somebody to a thread, or takes them out; Discord says so in the thread.
    ///
    /// # Errors
    /// When there is no such thread or person.
    pub fn set_in_thread(&self, by: &str, thread: &str, user: &str, inside: bool) -> Result<(), PersonError> {
        self.change(|world| {
            world.thread_of(by, thread)?;
            if !world.users.contains_key(user) {
                return Err(PersonError::NoSuchPerson(user.to_owned()));
            }
            let changed = if inside { world.join_thread(thread, user) } else { world.leave_thread(thread, user) };
            if changed {
                world.say_about(thread, by, if inside { RECIPIENT_ADD } else { RECIPIENT_REMOVE }, user);
            }
            Ok(())
        })
    }

    /// Deletes a thread. The message that it was started from stays.
    ///
    /// # Errors
    /// When there is no such thread, or this person doesn't manage threads.
    pub fn delete_thread(&self, user: &str, thread: &str) -> Result<(), PersonError> {
        self.change(|world| {
            world.thread_of(user, thread)?;
            if !world.may(user, thread, MANAGE_THREADS) {
                return Err(forbidden(user, thread));
            }
            world.remove_channel(thread);
            Ok(())
        })
    }

    /// Deletes a channel with all its threads.
    ///
    /// # Errors
    /// When there is no such channel, or this person doesn't manage channels.
    pub fn delete_channel(&self, user: &str, channel: &str) -> Result<(), PersonError> {
        self.change(|world| {
            world.place_for(user, channel, None)?;
            if !world.may(user, channel, MANAGE_CHANNELS) {
                return Err(forbidden(user, channel));
            }
            world.remove_channel(channel);
            Ok(())
        })
    }

    /// Renames a channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn rename_channel(&self, channel: &str, name: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.channels.get_mut(channel);
            name.clone_into(&mut known.ok_or_else(|| PersonError::NoSuchChannel(channel.to_owned()))?.name);
            world.told_channel(false, channel);
            Ok(())
        })
    }

    /// Gives the app's bot a permission in one channel and its threads, or takes it, whatever its roles say.
    ///
    /// # Errors
    /// When there is no such channel or app.
    pub fn set_permission(&self, channel: &str, permission: Permissions, allowed: bool) -> Result<(), PersonError> {
        self.change(|world| {
            let app = world.app_id().and_then(|app| world.apps.get(&app));
            let bot = app.map(|app| app.bot_user.clone());
            let bot = bot.ok_or_else(|| PersonError::NoSuchThing("app".to_owned()))?;
            if !world.channels.contains_key(channel) {
                return Err(PersonError::NoSuchChannel(channel.to_owned()));
            }
            world.overwrite(channel, Whom::Member, &bot, permission, allowed);
            Ok(())
        })
    }

    /// Takes a permission from the app's bot in one channel and its threads.
    ///
    /// # Errors
    /// As [`DiscordSandbox::set_permission`].
    pub fn forbid(&self, channel: &str, permission: Permissions) -> Result<(), PersonError> {
        self.set_permission(channel, permission, false)
    }

    /// Gives or takes a permission in one channel for a role (`@everyone` has the guild's id).
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn set_role_permission(
        &self,
        channel: &str,
        role: &str,
        permission: Permissions,
        allowed: bool,
    ) -> Result<(), PersonError> {
        self.change(|world| {
            if !world.channels.contains_key(channel) {
                return Err(PersonError::NoSuchChannel(channel.to_owned()));
            }
            world.overwrite(channel, Whom::Role, role, permission, allowed);
            Ok(())
        })
    }

    /// Changes a member: roles, nickname, picture.
    ///
    /// # Errors
    /// When there is no such member.
    pub fn change_member(&self, user: &str, change: impl FnOnce(&mut Member)) -> Result<(), PersonError> {
        self.change(|world| {
            let guild = world.home(user)?;
            if let Some(member) = world.guilds.get_mut(&guild).and_then(|known| known.members.get_mut(user)) {
                change(member);
            }
            world.told_member(false, &guild, user);
            Ok(())
        })
    }

    /// Changes a user's account: names, picture. Where they are a member, that is told.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn change_user(&self, user: &str, change: impl FnOnce(&mut User)) -> Result<(), PersonError> {
        self.change(|world| {
            change(world.users.get_mut(user).ok_or_else(|| PersonError::NoSuchPerson(user.to_owned()))?);
            if let Ok(guild) = world.home(user) {
                world.told_member(false, &guild, user);
            }
            Ok(())
        })
    }

    /// Somebody known comes into a guild; Discord says so in the given channel, if there is one.
    ///
    /// # Errors
    /// When there is no such person or guild, or they were banned.
    pub fn join(&self, user: &str, guild: &str, welcome: Option<&str>) -> Result<(), PersonError> {
        self.change(|world| {
            if !world.users.contains_key(user) {
                return Err(PersonError::NoSuchPerson(user.to_owned()));
            }
            let now = world.now;
            let known = world.guilds.get_mut(guild);
            let known = known.ok_or_else(|| PersonError::NoSuchThing(format!("guild {guild}")))?;
            if known.banned.contains(user) {
                return Err(PersonError::Refused(format!("{user} is banned")));
            }
            let user_id = user.to_owned();
            let member = Member { user: user_id.clone(), nick: None, avatar: None, roles: [].into(), joined: now };
            known.members.entry(user_id).or_insert(member);
            world.told_member(true, guild, user);
            if let Some(channel) = welcome {
                world.system(channel, user, JOINED, "", None);
            }
            Ok(())
        })
    }

    /// Leaves the guild.
    ///
    /// # Errors
    /// When there is no such member.
    pub fn leave(&self, user: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let guild = world.home(user)?;
            world.told_left(&guild, user);
            if let Some(known) = world.guilds.get_mut(&guild) {
                known.members.remove(user);
            }
            Ok(())
        })
    }

    /// Bans somebody: they leave and can't come back.
    ///
    /// # Errors
    /// When there is no such member.
    pub fn ban(&self, user: &str) -> Result<(), PersonError> {
        let guild = self.lock().home(user)?;
        self.leave(user)?;
        self.change(|world| {
            if let Some(known) = world.guilds.get_mut(&guild) {
                known.banned.insert(user.to_owned());
            }
        });
        Ok(())
    }

    /// Changes a role.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn change_role(&self, guild: &str, role: &str, change: impl FnOnce(&mut Role)) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.guilds.get_mut(guild).and_then(|known| known.roles.get_mut(role));
            change(known.ok_or_else(|| PersonError::NoSuchThing(format!("role {role}")))?);
            world.told_role(false, guild, role);
            Ok(())
        })
    }

    /// Deletes a role; nobody has it any more.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn delete_role(&self, guild: &str, role: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.guilds.get_mut(guild);
            let known = known.ok_or_else(|| PersonError::NoSuchThing(format!("guild {guild}")))?;
            if known.roles.remove(role).is_none() {
                return Err(PersonError::NoSuchThing(format!("role {role}")));
            }
            known.members.values_mut().for_each(|member| {
                member.roles.remove(role);
            });
            world.told_role_gone(guild, role);
            Ok(())
        })
    }

    /// Shows oneself as there, idle, not to be disturbed, or offline.
    ///
    /// # Errors
    /// When there is nobody like that.
    pub fn set_presence(&self, user: &str, status: Status) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.users.get_mut(user).ok_or_else(|| PersonError::NoSuchPerson(user.to_owned()))?;
            if std::mem::replace(&mut known.status, status) != status {
                world.told_presence(user);
            }
            Ok(())
        })
    }

    /// Switches Presence Intent on or off: a bot that asks for it while it is off is closed with 4014.
    pub fn allow_presences(&self, allowed: bool) {
        self.change_app(|app| app.guild_presences = allowed);
    }

    /// Changes the app's settings in the developer portal: intents, token, budget.
    pub fn change_app(&self, change: impl FnOnce(&mut App)) {
        self.change(|world| {
            if let Some(app) = world.app_id().and_then(|id| world.apps.get_mut(&id)) {
                change(app);
            }
        });
    }

    /// Resets the bot token: calls answer 401, and sessions are closed with 4004.
    pub fn revoke_token(&self) {
        self.change_app(|app| app.token_revoked = true);
        self.close_gateway(4004);
    }

    /// Switches Message Content Intent off: the next IDENTIFY that asks for it is closed with 4014.
    pub fn disallow_intent(&self) {
        self.change_app(|app| app.message_content = false);
    }

    /// Removes the app's bot from every guild.
    pub fn remove_bot(&self) {
        let bot = {
            let world = self.lock();
            world.app_id().and_then(|id| world.apps.get(&id)).map(|app| app.bot_user.clone())
        };
        while bot.as_ref().is_some_and(|bot| self.leave(bot).is_ok()) {}
    }

    /// Switches rate limits on or off, or changes their figures, with every bucket full.
    pub fn set_rates(&self, rates: Rates) {
        let mut limiter = self.0.rates.lock().unwrap_or_else(PoisonError::into_inner);
        *limiter = Limiter::new(rates);
    }
}
