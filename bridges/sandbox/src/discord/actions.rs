//! What changes in the world when somebody writes, edits, deletes, starts a thread or archives one, with what is told.
//!
//! What lives here: the changes that REST, people and interactions share. What must not: who may do them.

use std::collections::BTreeMap;

use super::permissions::VIEW_CHANNEL;
use super::snowflake;
use super::world::{
    ANNOUNCEMENT, ANNOUNCEMENT_THREAD, Channel, HAS_THREAD, Message, PUBLIC_THREAD, Reaction, Reference,
    THREAD_CREATED, THREAD_STARTER, Thread, World,
};

/// A thread about to be started.
#[derive(Debug)]
pub(crate) struct NewThread<'a> {
    /// The text or forum channel.
    pub(crate) parent: &'a str,
    /// Who starts it.
    pub(crate) owner: &'a str,
    pub(crate) name: &'a str,
    /// The message that it starts from.
    pub(crate) message: Option<&'a str>,
    pub(crate) auto_archive_minutes: u64,
    pub(crate) tags: Vec<String>,
    /// Only for those who are added.
    pub(crate) private: bool,
}

impl World {
    /// Puts a message there and tells. `message.id` is filled in where it is empty. An archived thread comes back first.
    pub(crate) fn post(&mut self, channel: &str, mut message: Message) -> String {
        self.unarchive(channel);
        if message.id.is_empty() {
            message.id = self.next_id();
        }
        channel.clone_into(&mut message.channel);
        let id = message.id.clone();
        let mut joining: Vec<String> = Vec::new();
        if self.channels.get(channel).is_some_and(Channel::is_thread) && !message.is_system() {
            let mentioned = message.mentions.iter().filter(|user| self.may(user, channel, VIEW_CHANNEL));
            joining = mentioned.cloned().collect();
            if message.webhook.is_none() {
                joining.insert(0, message.author.clone());
            }
        }
        let now = self.now;
        if let Some(known) = self.channels.get_mut(channel) {
            let counts = message.id != known.id && message.kind != THREAD_STARTER;
            known.messages.insert(snowflake::number(&id), message);
            known.last_message = Some(id.clone());
            if let Some(thread) = &mut known.thread {
                thread.active = now;
                thread.total_messages += u64::from(counts);
            }
        }
        self.told_posted(channel, &id);
        for user in joining {
            self.join_thread(channel, &user);
        }
        id
    }

    /// Takes a message away. A thread that was started from it lives on.
    pub(crate) fn remove_message(&mut self, channel: &str, id: &str) -> bool {
        let known = self.channels.get_mut(channel);
        let gone = known.and_then(|known| known.messages.remove(&snowflake::number(id))).is_some();
        if gone {
            self.told_deleted(channel, id);
        }
        gone
    }

    /// Adds a reaction or takes it back; one that is so already stays.
    pub(crate) fn react(&mut self, added: bool, user: &str, channel: &str, id: &str, emoji: &str) {
        let Some(message) = self.message_mut(channel, id) else { return };
        let known = message.reactions.iter_mut().find(|known| known.emoji == emoji);
        let changed = match (known, added) {
            (Some(known), true) if known.users.iter().any(|who| who == user) => false,
            (Some(known), true) => {
                known.users.push(user.to_owned());
                true
            }
            (None, true) => {
                message.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![user.to_owned()] });
                true
            }
            (Some(known), false) => {
                let before = known.users.len();
                known.users.retain(|who| who != user);
                before != known.users.len()
            }
            (None, false) => false,
        };
        message.reactions.retain(|known| !known.users.is_empty());
        if changed {
            self.told_reaction(added, user, channel, id, emoji);
        }
    }

    /// Adds somebody to a thread; `false` when they were in it.
    pub(crate) fn join_thread(&mut self, thread: &str, user: &str) -> bool {
        let now = self.now;
        let Some(state) = self.channels.get_mut(thread).and_then(|known| known.thread.as_mut()) else { return false };
        if state.members.contains_key(user) {
            return false;
        }
        state.members.insert(user.to_owned(), now);
        self.told_thread_members(thread, &[user.to_owned()], &[]);
        true
    }

    /// Takes somebody out of a thread; `false` when they weren't in it.
    pub(crate) fn leave_thread(&mut self, thread: &str, user: &str) -> bool {
        let state = self.channels.get_mut(thread).and_then(|known| known.thread.as_mut());
        let left = state.is_some_and(|state| state.members.remove(user).is_some());
        if left {
            self.told_thread_members(thread, &[], &[user.to_owned()]);
        }
        left
    }

    /// Starts a thread and tells. Gives its id, which for a thread from a message is the message's.
    pub(crate) fn start_thread(&mut self, new: NewThread<'_>) -> Option<String> {
        let parent = self.channels.get(new.parent)?;
        let (guild, announces) = (parent.guild.clone(), parent.kind == ANNOUNCEMENT);
        let id = new.message.map_or_else(|| self.next_id(), str::to_owned);
        let now = self.now;
        let state = Thread {
            owner: new.owner.to_owned(),
            archived: false,
            locked: false,
            auto_archive_minutes: new.auto_archive_minutes,
            archive_changed: now,
            created: now,
            active: now,
            members: BTreeMap::from([(new.owner.to_owned(), now)]),
            total_messages: 0,
            tags: new.tags,
        };
        let kind = match (announces, new.private) {
            (true, _) => ANNOUNCEMENT_THREAD,
            (false, true) => super::world::PRIVATE_THREAD,
            (false, false) => PUBLIC_THREAD,
        };
        let thread = Channel {
            id: id.clone(),
            guild,
            kind,
            name: new.name.to_owned(),
            topic: None,
            position: 0,
            parent: Some(new.parent.to_owned()),
            overwrites: Vec::new(),
            tags: Vec::new(),
            tag_required: false,
            thread: Some(state),
            last_message: None,
            messages: BTreeMap::new(),
        };
        self.channels.insert(id.clone(), thread);
        self.next_archive = 0;
        self.told_channel(true, &id);
        if let Some(message) = new.message {
            if let Some(first) = self.message_mut(new.parent, message) {
                first.flags |= HAS_THREAD;
                self.told_changed(new.parent, message);
            }
            let reference = Reference { channel: new.parent.to_owned(), message: Some(message.to_owned()) };
            self.system(&id, new.owner, THREAD_STARTER, "", Some(reference));
        }
        Some(id)
    }

    /// "… started a thread", in the channel of a thread that has no message of its own there.
    pub(crate) fn announce_thread(&mut self, parent: &str, thread: &str, owner: &str) {
        let name = self.channels.get(thread).map(|known| known.name.clone()).unwrap_or_default();
        let reference = Reference { channel: thread.to_owned(), message: None };
        self.system(parent, owner, THREAD_CREATED, &name, Some(reference));
    }

    /// A message that Discord writes itself.
    pub(crate) fn system(
        &mut self,
        channel: &str,
        author: &str,
        kind: u8,
        content: &str,
        reference: Option<Reference>,
    ) -> String {
        let message =
            Message { author: author.to_owned(), kind, content: content.to_owned(), reference, ..Message::default() };
        self.post(channel, message)
    }

    /// Archives a thread or brings it back, and tells; `false` when it is so already.
    pub(crate) fn set_archived(&mut self, thread: &str, archived: bool) -> bool {
        let now = self.now;
        let Some(state) = self.channels.get_mut(thread).and_then(|known| known.thread.as_mut()) else { return false };
        if state.archived == archived {
            return false;
        }
        state.archived = archived;
        state.archive_changed = now;
        state.active = now;
        self.next_archive = 0;
        true
    }

    fn unarchive(&mut self, thread: &str) {
        if self.set_archived(thread, false) {
            self.told_channel(false, thread);
        }
    }

    /// Threads in which nothing was said for as long as they are set to archive themselves.
    pub(crate) fn archive_quiet_threads(&mut self) {
        if self.now < self.next_archive {
            return;
        }
        let ends = |thread: &Thread| thread.active.saturating_add(minutes(thread.auto_archive_minutes));
        let active = self.channels.values().filter_map(|known| Some((known, known.thread.as_ref()?)));
        let active = active.filter(|(_, thread)| !thread.archived);
        let quiet: Vec<String> =
            active.clone().filter(|(_, thread)| ends(thread) <= self.now).map(|(known, _)| known.id.clone()).collect();
        let next = active.map(|(_, thread)| ends(thread)).filter(|ends| *ends > self.now).min();
        for thread in quiet {
            if self.set_archived(&thread, true) {
                self.told_channel(false, &thread);
            }
        }
        self.next_archive = next.unwrap_or(i64::MAX);
    }

    /// Takes a channel or thread away with all that is in it, and tells.
    pub(crate) fn remove_channel(&mut self, channel: &str) {
        self.told_channel_gone(channel);
        let threads: Vec<String> = self.threads_of(channel).map(|thread| thread.id.clone()).collect();
        for thread in threads {
            self.channels.remove(&thread);
        }
        self.channels.remove(channel);
    }
}

fn minutes(minutes: u64) -> i64 {
    i64::try_from(minutes).unwrap_or(i64::MAX / 120_000_000).saturating_mul(60_000_000)
}
