//! Changes of the world that apps and people share: posting, editing, deleting, reacting, joining.
//!
//! What lives here: the change and the events it causes. What must not: who may do it; that is checked by the caller.

use std::collections::BTreeMap;

use serde_json::Value;

use super::blocks;
use super::text;
use super::world::{Message, Reaction, World};
use crate::ids;

/// What an edit puts in place; `None` keeps what was there.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    pub(crate) text: Option<String>,
    pub(crate) blocks: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Value>>,
    /// `Some(Value::Null)` removes the metadata.
    pub(crate) metadata: Option<Value>,
}

/// Slack makes blocks from text where a message came without.
fn fill_blocks(message: &mut Message) {
    if message.blocks.is_empty() || message.blocks_from_text {
        message.blocks = text::rich_text(&message.text, &ids::token(5)).into_iter().collect();
        message.blocks_from_text = true;
    } else {
        blocks::fill_ids(&mut message.blocks);
    }
}

impl World {
    /// Puts a message into a channel and tells who listens. Gives its time.
    pub(crate) fn post(&mut self, channel: &str, mut message: Message) -> String {
        let ts = self.next_ts();
        message.ts.clone_from(&ts);
        if message.subtype.as_deref().is_none_or(|subtype| !subtype.starts_with("channel_")) {
            fill_blocks(&mut message);
        }
        let root = message.thread_ts.clone().filter(|root| *root != ts);
        let before = root.as_ref().map(|root| self.before(channel, root));
        if let Some(known) = self.channels.get_mut(channel) {
            known.messages.insert(ts.clone(), message);
        }
        self.told_posted(channel, &ts);
        if let (Some(root), Some(before), true) = (root, before, self.reply_count_events) {
            self.told_changed(channel, &root, &before);
        }
        ts
    }

    /// Edits a message; `by` is who did it. Gives the edit's time.
    pub(crate) fn edit(&mut self, channel: &str, ts: &str, by: &str, edit: Edit) -> String {
        let before = self.before(channel, ts);
        let at = self.next_ts();
        if let Some(message) = self.message_mut(channel, ts) {
            if let Some(text) = edit.text {
                message.text = text;
            }
            if let Some(blocks) = edit.blocks {
                message.blocks_from_text = blocks.is_empty();
                message.blocks = blocks;
            }
            if let Some(attachments) = edit.attachments {
                message.attachments = attachments;
            }
            match edit.metadata {
                None => {}
                Some(Value::Null) => message.metadata = None,
                Some(metadata) => message.metadata = Some(metadata),
            }
            fill_blocks(message);
            message.edited = Some((by.to_owned(), at.clone()));
        }
        self.told_changed(channel, ts, &before);
        at
    }

    /// A link's preview appeared: the message changes without having been edited.
    pub(crate) fn unfurl(&mut self, channel: &str, ts: &str, attachment: Value) {
        let before = self.before(channel, ts);
        if let Some(message) = self.message_mut(channel, ts) {
            message.attachments.push(attachment);
        }
        self.told_changed(channel, ts, &before);
    }

    /// Deletes a message. A root with replies stays as a tombstone, and its replies are told once more as changed.
    pub(crate) fn delete(&mut self, channel: &str, ts: &str) {
        let before = self.before(channel, ts);
        let Some(known) = self.channels.get(channel) else { return };
        let replies: Vec<String> = known.replies(ts).map(|reply| reply.ts.clone()).collect();
        let root = known.messages.get(ts).filter(|message| message.is_reply()).and_then(|it| it.thread_ts.clone());
        if replies.is_empty() {
            let root_before = root.as_ref().map(|root| self.before(channel, root));
            if let Some(known) = self.channels.get_mut(channel) {
                known.messages.remove(ts);
            }
            self.told_deleted(channel, ts, &before);
            if let (Some(root), Some(root_before)) = (root, root_before) {
                self.reply_removed(channel, &root, &root_before);
            }
            return;
        }
        if let Some(message) = self.message_mut(channel, ts) {
            *message = Message {
                ts: ts.to_owned(),
                user: Some("USLACKBOT".to_owned()),
                text: "This message was deleted.".to_owned(),
                subtype: Some("tombstone".to_owned()),
                tombstone: true,
                ..Message::default()
            };
        }
        self.told_changed(channel, ts, &before);
        for reply in replies {
            let same = self.before(channel, &reply);
            self.told_changed(channel, &reply, &same);
        }
    }

    /// A tombstone goes with its last reply; any other root is told with its new count.
    fn reply_removed(&mut self, channel: &str, root: &str, before: &[(String, Value)]) {
        let Some(known) = self.channels.get_mut(channel) else { return };
        let lonely = known.replies(root).next().is_none();
        if lonely && known.messages.get(root).is_some_and(|message| message.tombstone) {
            known.messages.remove(root);
            self.told_deleted(channel, root, before);
        } else if self.reply_count_events && known.messages.contains_key(root) {
            self.told_changed(channel, root, before);
        }
    }

    /// Adds a reaction; false when this user already has it there.
    pub(crate) fn react(&mut self, user: &str, channel: &str, ts: &str, name: &str) -> bool {
        let Some(message) = self.message_mut(channel, ts) else { return false };
        if let Some(known) = message.reactions.iter_mut().find(|reaction| reaction.name == name) {
            if known.users.iter().any(|other| other == user) {
                return false;
            }
            known.users.push(user.to_owned());
        } else {
            message.reactions.push(Reaction { name: name.to_owned(), users: vec![user.to_owned()] });
        }
        self.told_reaction(true, user, name, channel, ts);
        true
    }

    /// Takes a reaction back; false when this user doesn't have it there.
    pub(crate) fn unreact(&mut self, user: &str, channel: &str, ts: &str, name: &str) -> bool {
        let Some(message) = self.message_mut(channel, ts) else { return false };
        let Some(known) = message.reactions.iter_mut().find(|reaction| reaction.name == name) else { return false };
        let count = known.users.len();
        known.users.retain(|other| other != user);
        if known.users.len() == count {
            return false;
        }
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        self.told_reaction(false, user, name, channel, ts);
        true
    }

    /// Adds a member and says so in the channel; false when they are in it already.
    pub(crate) fn join(&mut self, user: &str, channel: &str, inviter: Option<&str>) -> bool {
        let Some(known) = self.channels.get_mut(channel) else { return false };
        if !known.members.insert(user.to_owned()) {
            return false;
        }
        let text = format!("<@{user}> has joined the channel");
        self.notice(channel, user, "channel_join", &text);
        self.told_membership(true, channel, user, inviter);
        true
    }

    /// Takes a member out; false when they weren't in it.
    pub(crate) fn leave(&mut self, user: &str, channel: &str) -> bool {
        let Some(known) = self.channels.get_mut(channel) else { return false };
        if !known.members.remove(user) {
            return false;
        }
        self.notice(channel, user, "channel_leave", &format!("<@{user}> has left the channel"));
        self.told_membership(false, channel, user, None);
        true
    }

    /// One of Slack's own lines in a channel.
    pub(crate) fn notice(&mut self, channel: &str, user: &str, subtype: &str, text: &str) {
        let message = Message {
            user: Some(user.to_owned()),
            subtype: Some(subtype.to_owned()),
            text: text.to_owned(),
            ..Message::default()
        };
        self.post(channel, message);
    }

    /// Shares a completed file: the message with it appears now. Gives its time.
    pub(crate) fn share(&mut self, file: &str, channel: &str, message: Message) -> String {
        let user = message.user.clone().unwrap_or_default();
        let thread = message.thread_ts.clone();
        // The file knows its share before the event is made, as in Slack's payloads.
        let upcoming = super::ts::from_micros(self.now.max(self.last_micros + 1));
        let ids: Vec<String> = message.files.clone();
        for id in &ids {
            if let Some(known) = self.files.get_mut(id) {
                known.shares.push((channel.to_owned(), upcoming.clone(), thread.clone()));
            }
        }
        let ts = self.post(channel, message);
        self.told_file(channel, file, &user);
        ts
    }

    /// Handles and ids of people, for resolving `@name`.
    pub(crate) fn handles(&self) -> BTreeMap<String, String> {
        let users = self.users.values().map(|user| (user.name.clone(), format!("<@{}>", user.id)));
        let groups = self.groups.values().map(|group| (group.handle.clone(), format!("<!subteam^{}>", group.id)));
        let words = ["channel", "here", "everyone"].map(|word| (word.to_owned(), format!("<!{word}>")));
        users.chain(groups).chain(words).collect()
    }
}
