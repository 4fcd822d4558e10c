//! Acting as a person: writing, editing, deleting, reacting, typing, files.
//!
//! What lives here: what people do with messages in Discord's own app, with Discord's rules for them. What must not:
//! threads and administration (see `people_admin`), buttons and commands (see `interactions`) or HTTP (see
//! `people_http`).

use serde_json::json;

use super::mentions::Allowed;
use super::permissions::{
    ADD_REACTIONS, ATTACH_FILES, MANAGE_MESSAGES, MANAGE_THREADS, READ_MESSAGE_HISTORY, VIEW_CHANNEL,
};
use super::rest::{MOST_CHARACTERS, is_fixed};
use super::world::{Attachment, DEFAULT, Message, PINNED, REPLY, Reference, World};
use super::{DiscordSandbox, PersonError, Upload};

/// Discord's refusal as a sentence about a person.
fn refusal(code: u32, user: &str, channel: &str) -> PersonError {
    let (user, channel) = (user.to_owned(), channel.to_owned());
    match code {
        10_003 => PersonError::NoSuchChannel(channel),
        160_005 => PersonError::Locked(channel),
        160_006 => PersonError::TooManyThreads,
        _ => PersonError::Forbidden { user, channel },
    }
}

impl World {
    /// Where a person acts: the channel, or a thread of it.
    pub(crate) fn place_for(&self, user: &str, channel: &str, thread: Option<&str>) -> Result<String, PersonError> {
        let place = thread.unwrap_or(channel);
        let known = self.channels.get(place).ok_or_else(|| PersonError::NoSuchChannel(place.to_owned()))?;
        if thread.is_some() && known.parent.as_deref() != Some(channel) {
            return Err(PersonError::NoSuchChannel(format!("{place} in {channel}")));
        }
        if self.member(&known.guild, user).is_none() {
            return Err(PersonError::NoSuchPerson(user.to_owned()));
        }
        if self.may(user, place, VIEW_CHANNEL) {
            return Ok(place.to_owned());
        }
        Err(PersonError::Forbidden { user: user.to_owned(), channel: place.to_owned() })
    }

    fn may_write(&self, user: &str, place: &str) -> Result<(), PersonError> {
        self.can_write(user, place).map_err(|code| refusal(code, user, place))
    }

    /// A message that this person sees, in the channel or in one of its threads.
    pub(crate) fn seen(&self, user: &str, channel: &str, message: &str) -> Result<&Message, PersonError> {
        let found =
            self.find_message(channel, message).ok_or_else(|| PersonError::NoSuchMessage(message.to_owned()))?;
        self.place_for(user, &found.channel, None)?;
        Ok(found)
    }

    /// What the app does when a person changes something in an archived thread: it brings the thread back first.
    fn bring_back(&mut self, user: &str, place: &str) -> Result<(), PersonError> {
        let known = self.channels.get(place).filter(|known| known.is_archived());
        let Some(known) = known else { return Ok(()) };
        if known.is_locked() && !self.may(user, place, MANAGE_THREADS) {
            return Err(PersonError::Locked(place.to_owned()));
        }
        if self.active_threads(&known.guild) >= self.active_threads {
            return Err(PersonError::TooManyThreads);
        }
        self.set_archived(place, false);
        self.told_channel(false, place);
        Ok(())
    }

    /// What the composer sends for what was typed: `@Name` becomes a mention where a member or role has that name.
    fn as_composed(&self, place: &str, text: &str) -> String {
        let guild = self.channels.get(place).and_then(|known| self.guilds.get(&known.guild));
        let Some(guild) = guild.filter(|_| text.contains('@')) else { return text.to_owned() };
        let mut names: Vec<(String, String)> = Vec::new();
        for member in guild.members.values() {
            let user = self.users.get(&member.user);
            let own = user.map(|user| user.username.clone());
            let all = [member.nick.clone(), user.and_then(|user| user.global_name.clone()), own];
            names.extend(all.into_iter().flatten().map(|name| (name, format!("<@{}>", member.user))));
        }
        let roles = guild.roles.values().filter(|role| role.id != guild.id);
        names.extend(roles.map(|role| (role.name.clone(), format!("<@&{}>", role.id))));
        // The longest name first, so that "Mina B" isn't taken for "Mina".
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('@') {
            out.push_str(before);
            let fresh = !out.ends_with(|last: char| last.is_alphanumeric() || last == '<');
            let named = names.iter().filter(|_| fresh).find_map(|(name, mention)| {
                let left = after.strip_prefix(name.as_str())?;
                (!left.starts_with(char::is_alphanumeric)).then_some((left, mention))
            });
            match named {
                Some((left, mention)) => {
                    out.push_str(mention);
                    rest = left;
                }
                None => {
                    out.push('@');
                    rest = after;
                }
            }
        }
        out + rest
    }

    /// A message of a person, or of a bot when the "person" is one.
    fn message_of(&mut self, user: &str, place: &str, text: &str, replied: Option<&Message>) -> Message {
        let app = self.app_of_bot(user).map(|app| app.id.clone());
        let content = if app.is_some() { text.trim().to_owned() } else { self.as_composed(place, text.trim()) };
        let author = replied.map(|message| message.author.as_str());
        let mentioned = self.mentioned(user, place, &content, &Allowed::default(), author);
        let reference =
            replied.map(|message| Reference { channel: message.channel.clone(), message: Some(message.id.clone()) });
        Message {
            author: user.to_owned(),
            // Discord's own app gives each message a nonce that looks like an id.
            nonce: app.is_none().then(|| json!(self.next_id())),
            app,
            kind: if reference.is_some() { REPLY } else { DEFAULT },
            content,
            mentions: mentioned.users,
            pinged: mentioned.pinged,
            reference,
            ..Message::default()
        }
    }
}

fn check_text(text: &str) -> Result<(), PersonError> {
    let length = text.trim().chars().count();
    match length {
        0 => Err(PersonError::Empty),
        length if length > MOST_CHARACTERS => Err(PersonError::TooLong(length)),
        _ => Ok(()),
    }
}

impl DiscordSandbox {
    /// Writes in a channel, or in a thread of it. Gives the message's id. A bot's user id writes as that bot.
    ///
    /// # Errors
    /// When this person can't write there, or the text is empty or too long.
    pub fn say(&self, user: &str, channel: &str, thread: Option<&str>, text: &str) -> Result<String, PersonError> {
        self.change(|world| {
            let place = world.place_for(user, channel, thread)?;
            check_text(text)?;
            world.may_write(user, &place)?;
            let message = world.message_of(user, &place, text, None);
            Ok(world.post(&place, message))
        })
    }

    /// Replies to a message, which notifies its author. Gives the new message's id.
    ///
    /// # Errors
    /// As [`DiscordSandbox::say`], or when the message isn't there.
    pub fn reply(&self, user: &str, channel: &str, message: &str, text: &str) -> Result<String, PersonError> {
        self.change(|world| {
            let replied = world.seen(user, channel, message)?.clone();
            let place = replied.channel.clone();
            check_text(text)?;
            world.may_write(user, &place)?;
            let message = world.message_of(user, &place, text, Some(&replied));
            Ok(world.post(&place, message))
        })
    }

    /// Posts through somebody's webhook, under this name.
    ///
    /// # Errors
    /// When there is no such channel, or the text is empty or too long.
    pub fn say_as_webhook(
        &self,
        channel: &str,
        thread: Option<&str>,
        name: &str,
        text: &str,
    ) -> Result<String, PersonError> {
        self.change(|world| {
            let place = thread.unwrap_or(channel);
            if !world.channels.contains_key(place) {
                return Err(PersonError::NoSuchChannel(place.to_owned()));
            }
            check_text(text)?;
            let author = world.next_id();
            let message = Message {
                author,
                webhook: Some(name.to_owned()),
                content: text.trim().to_owned(),
                ..Message::default()
            };
            Ok(world.post(place, message))
        })
    }

    /// Edits one's own message; in an archived thread that brings the thread back, as Discord's app does.
    ///
    /// # Errors
    /// When it isn't there or isn't theirs, or nothing or too much was typed.
    pub fn edit(&self, user: &str, channel: &str, message: &str, text: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.seen(user, channel, message)?;
            if known.author != user || known.is_system() {
                return Err(PersonError::NotTheirs(message.to_owned()));
            }
            let place = known.channel.clone();
            check_text(text)?;
            world.bring_back(user, &place)?;
            let content = world.as_composed(&place, text.trim());
            let mentioned = world.mentioned(user, &place, &content, &Allowed::default(), None);
            let now = world.now;
            if let Some(known) = world.message_mut(&place, message) {
                known.content = content;
                known.mentions = mentioned.users;
                known.edited = Some(now);
            }
            world.told_changed(&place, message);
            Ok(())
        })
    }

    /// Deletes one's own message; who manages messages may delete anybody's.
    ///
    /// # Errors
    /// When it isn't there, isn't theirs, or is one that nobody can delete.
    pub fn delete(&self, user: &str, channel: &str, message: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let known = world.seen(user, channel, message)?;
            let (place, kind) = (known.channel.clone(), known.kind);
            if known.author != user && !world.may(user, &place, MANAGE_MESSAGES) {
                return Err(PersonError::NotTheirs(message.to_owned()));
            }
            if is_fixed(kind) {
                return Err(PersonError::Refused("Cannot execute action on a system message".to_owned()));
            }
            world.bring_back(user, &place)?;
            world.remove_message(&place, message);
            Ok(())
        })
    }

    /// Deletes several messages at once, as a moderation bot does: one `MESSAGE_DELETE_BULK`.
    ///
    /// # Errors
    /// When there is no such channel or thread.
    pub fn delete_many(&self, channel: &str, messages: &[&str]) -> Result<(), PersonError> {
        self.change(|world| {
            if !world.channels.contains_key(channel) {
                return Err(PersonError::NoSuchChannel(channel.to_owned()));
            }
            let ids: Vec<String> = messages.iter().map(|id| (*id).to_owned()).collect();
            world.remove_messages(channel, &ids);
            Ok(())
        })
    }

    /// Posts a file. Gives the message's id.
    ///
    /// # Errors
    /// As [`DiscordSandbox::say`], but the comment may be empty.
    pub fn upload(
        &self,
        user: &str,
        channel: &str,
        thread: Option<&str>,
        upload: Upload,
    ) -> Result<String, PersonError> {
        self.change(|world| {
            let place = world.place_for(user, channel, thread)?;
            world.may_write(user, &place)?;
            if !world.may(user, &place, ATTACH_FILES) {
                return Err(PersonError::Forbidden { user: user.to_owned(), channel: place });
            }
            let mut message = world.message_of(user, &place, &upload.comment, None);
            let id = world.next_id();
            let Upload { name, mimetype, bytes, .. } = upload;
            message.attachments = vec![Attachment { id, name, mimetype, bytes }];
            Ok(world.post(&place, message))
        })
    }

    /// Adds a reaction; one that is there already stays.
    ///
    /// # Errors
    /// When this person may not, or the message isn't there.
    pub fn react(&self, user: &str, channel: &str, message: &str, emoji: &str) -> Result<(), PersonError> {
        self.reaction(true, user, channel, message, emoji)
    }

    /// Takes a reaction back.
    ///
    /// # Errors
    /// As [`DiscordSandbox::react`].
    pub fn unreact(&self, user: &str, channel: &str, message: &str, emoji: &str) -> Result<(), PersonError> {
        self.reaction(false, user, channel, message, emoji)
    }

    fn reaction(&self, added: bool, user: &str, channel: &str, id: &str, emoji: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let place = world.seen(user, channel, id)?.channel.clone();
            if !world.may(user, &place, ADD_REACTIONS | READ_MESSAGE_HISTORY) {
                return Err(PersonError::Forbidden { user: user.to_owned(), channel: place });
            }
            if world.channels.get(&place).is_some_and(super::Channel::is_archived) {
                return Err(PersonError::Archived(place));
            }
            world.react(added, user, &place, id, emoji);
            Ok(())
        })
    }

    /// A link's preview appears under a message: `MESSAGE_UPDATE` with embeds, and no edit.
    ///
    /// # Errors
    /// When the message isn't there.
    pub fn unfurl(&self, channel: &str, message: &str, url: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let missing = || PersonError::NoSuchMessage(message.to_owned());
            let place = world.find_message(channel, message).ok_or_else(missing)?.channel.clone();
            if let Some(known) = world.message_mut(&place, message) {
                known.embeds.push(json!({"type": "link", "url": url, "title": "A page", "description": "Preview"}));
            }
            world.told_changed(&place, message);
            Ok(())
        })
    }

    /// Pins a message, which Discord also says in the channel.
    ///
    /// # Errors
    /// When this person may not, or the message isn't there.
    pub fn pin(&self, user: &str, channel: &str, message: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let place = world.seen(user, channel, message)?.channel.clone();
            if !world.may(user, &place, MANAGE_MESSAGES) {
                return Err(PersonError::Forbidden { user: user.to_owned(), channel: place });
            }
            if let Some(known) = world.message_mut(&place, message) {
                known.pinned = true;
            }
            world.told_changed(&place, message);
            let reference = Reference { channel: place.clone(), message: Some(message.to_owned()) };
            world.system(&place, user, PINNED, "", Some(reference));
            Ok(())
        })
    }

    /// Types in a channel, or in a thread of it, for ten seconds.
    ///
    /// # Errors
    /// When this person can't write there.
    pub fn typing(&self, user: &str, channel: &str, thread: Option<&str>) -> Result<(), PersonError> {
        self.change(|world| {
            let place = world.place_for(user, channel, thread)?;
            if let Err(code @ (10_003 | 50_001 | 50_008 | 50_013)) = world.can_write(user, &place) {
                return Err(refusal(code, user, &place));
            }
            world.type_in(user, &place);
            Ok(())
        })
    }
}
