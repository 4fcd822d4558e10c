//! Acting as a person: writing, editing, reacting, clicking.
//!
//! What lives here: what the people of a workspace do in Slack's own app, with Slack's rules for them. What must not:
//! administration (see `people_admin`) or HTTP (see `people_http`).

use serde_json::json;

use super::actions::Edit;
use super::interactions::Place;
use super::world::{Channel, File, Message, Standing, World};
use super::{PersonError, SlackSandbox, blocks, text};
use crate::ids;

/// How a click, a shortcut or a command ended.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Clicked {
    /// The app acknowledged within Slack's three seconds; otherwise the person sees a warning sign.
    pub acked: bool,
    /// The interaction's id.
    pub trigger_id: String,
    /// Where the app may answer.
    pub response_url: String,
}

/// A file that a person uploads.
#[derive(Debug, Clone)]
pub struct Upload {
    /// File name.
    pub name: String,
    /// Type, such as `image/png`.
    pub mimetype: String,
    /// The bytes.
    pub bytes: bytes::Bytes,
    /// A comment with it; may be empty.
    pub comment: String,
}

impl World {
    /// Checks that a person can write in a channel.
    pub(crate) fn may_write(&self, user: &str, channel: &str) -> Result<&Channel, PersonError> {
        let person = self.users.get(user).ok_or_else(|| PersonError::NoSuchPerson(user.to_owned()))?;
        if person.deleted {
            return Err(PersonError::Deactivated(user.to_owned()));
        }
        let known = self.channels.get(channel).ok_or_else(|| PersonError::NoSuchChannel(channel.to_owned()))?;
        if !known.members.contains(user) {
            return Err(PersonError::NotInChannel { user: user.to_owned(), channel: channel.to_owned() });
        }
        if known.archived {
            return Err(PersonError::Archived(channel.to_owned()));
        }
        Ok(known)
    }

    /// The message, if this person may edit or delete it.
    fn own(&self, user: &str, channel: &str, ts: &str) -> Result<&Message, PersonError> {
        let message = self.may_write(user, channel)?.messages.get(ts).filter(|message| !message.tombstone);
        let message = message.ok_or_else(|| PersonError::NoSuchMessage(ts.to_owned()))?;
        let theirs = message.user.as_deref() == Some(user);
        if theirs { Ok(message) } else { Err(PersonError::NotTheirs(ts.to_owned())) }
    }

    fn typed(&self, typed: &str) -> String {
        let handles = self.handles();
        text::from_typed(typed, |name| handles.get(name).cloned())
    }

    /// A message of a person, or of a bot when the "person" is one.
    fn message_of(&self, user: &str, typed: &str, thread: Option<&str>) -> Message {
        let app = self.app_of_bot(user);
        Message {
            user: Some(user.to_owned()),
            bot_id: app.map(|app| app.bot_id.clone()),
            app_id: app.map(|app| app.id.clone()),
            text: self.typed(typed),
            thread_ts: thread.map(str::to_owned),
            client_msg_id: app.is_none().then(ids::uuid),
            ..Message::default()
        }
    }

    fn check_thread(&self, channel: &str, thread: Option<&str>) -> Result<(), PersonError> {
        match thread.map(|root| (root, self.message(channel, root))) {
            Some((root, None)) => Err(PersonError::NoSuchMessage(root.to_owned())),
            _ => Ok(()),
        }
    }
}

impl SlackSandbox {
    fn write(
        &self,
        user: &str,
        channel: &str,
        thread: Option<&str>,
        typed: &str,
        change: impl FnOnce(&mut Message),
    ) -> Result<String, PersonError> {
        self.change(|world| {
            world.may_write(user, channel)?;
            world.check_thread(channel, thread)?;
            if typed.trim().is_empty() {
                return Err(PersonError::Empty);
            }
            let is_bot = world.users.get(user).is_some_and(|user| user.standing == Standing::Bot);
            if typed.starts_with('/') && !is_bot {
                return Err(PersonError::LooksLikeCommand);
            }
            let mut message = world.message_of(user, typed, thread);
            change(&mut message);
            Ok(world.post(channel, message))
        })
    }

    /// Writes in a channel, or in a thread. Gives the message's time. A bot's user id writes as that bot.
    ///
    /// # Errors
    /// When this person can't write there, or the text is empty or begins with a slash.
    pub fn say(&self, user: &str, channel: &str, thread: Option<&str>, typed: &str) -> Result<String, PersonError> {
        self.write(user, channel, thread, typed, |_| {})
    }

    /// Replies in a thread with "also send to the channel".
    ///
    /// # Errors
    /// As [`SlackSandbox::say`].
    pub fn say_broadcast(&self, user: &str, channel: &str, thread: &str, typed: &str) -> Result<String, PersonError> {
        self.write(user, channel, Some(thread), typed, |message| message.broadcast = true)
    }

    /// Writes with `/me`: a message of subtype `me_message`.
    ///
    /// # Errors
    /// As [`SlackSandbox::say`].
    pub fn say_me(&self, user: &str, channel: &str, thread: Option<&str>, typed: &str) -> Result<String, PersonError> {
        self.write(user, channel, thread, typed, |message| message.subtype = Some("me_message".to_owned()))
    }

    /// Posts as an old-style integration: subtype `bot_message`, a name and no user.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn say_as_integration(
        &self,
        channel: &str,
        thread: Option<&str>,
        name: &str,
        mrkdwn: &str,
    ) -> Result<String, PersonError> {
        self.change(|world| {
            if !world.channels.contains_key(channel) {
                return Err(PersonError::NoSuchChannel(channel.to_owned()));
            }
            world.check_thread(channel, thread)?;
            let message = Message {
                bot_id: Some("BINTEGRATION".to_owned()),
                subtype: Some("bot_message".to_owned()),
                username: Some(name.to_owned()),
                text: mrkdwn.to_owned(),
                thread_ts: thread.map(str::to_owned),
                ..Message::default()
            };
            Ok(world.post(channel, message))
        })
    }

    /// Edits one's own message.
    ///
    /// # Errors
    /// When it isn't there or isn't theirs, or nothing was typed.
    pub fn edit(&self, user: &str, channel: &str, ts: &str, typed: &str) -> Result<(), PersonError> {
        self.change(|world| {
            world.own(user, channel, ts)?;
            if typed.trim().is_empty() {
                return Err(PersonError::Empty);
            }
            let edit = Edit { text: Some(world.typed(typed)), blocks: Some(Vec::new()), ..Edit::default() };
            world.edit(channel, ts, user, edit);
            Ok(())
        })
    }

    /// Deletes one's own message; an admin may delete anybody's.
    ///
    /// # Errors
    /// When it isn't there or isn't theirs.
    pub fn delete(&self, user: &str, channel: &str, ts: &str) -> Result<(), PersonError> {
        self.change(|world| {
            let admin = world.users.get(user).is_some_and(|user| user.standing == Standing::Admin);
            match world.own(user, channel, ts) {
                Ok(_) => {}
                Err(PersonError::NotTheirs(_)) if admin => {}
                Err(error) => return Err(error),
            }
            world.delete(channel, ts);
            Ok(())
        })
    }

    /// Uploads a file into a channel or thread. Gives the file's id and the message's time.
    ///
    /// # Errors
    /// As [`SlackSandbox::say`], but the comment may be empty.
    pub fn upload(
        &self,
        user: &str,
        channel: &str,
        thread: Option<&str>,
        upload: Upload,
    ) -> Result<(String, String), PersonError> {
        self.change(|world| {
            let team = world.may_write(user, channel)?.team.clone();
            world.check_thread(channel, thread)?;
            let id = ids::upper("F");
            let file = File {
                id: id.clone(),
                team,
                user: user.to_owned(),
                title: upload.name.clone(),
                name: upload.name,
                mimetype: upload.mimetype,
                length: upload.bytes.len(),
                bytes: Some(upload.bytes),
                created: world.seconds(),
                upload_token: None,
                completed: true,
                shares: Vec::new(),
            };
            world.files.insert(id.clone(), file);
            let mut message = world.message_of(user, &upload.comment, thread);
            message.subtype = Some("file_share".to_owned());
            message.files = vec![id.clone()];
            let ts = world.share(&id, channel, message);
            Ok((id, ts))
        })
    }

    /// Adds a reaction; one that is there already stays.
    ///
    /// # Errors
    /// When this person can't write there or the message isn't there.
    pub fn react(&self, user: &str, channel: &str, ts: &str, name: &str) -> Result<(), PersonError> {
        self.reaction(user, channel, ts, |world| world.react(user, channel, ts, name))
    }

    /// Takes a reaction back.
    ///
    /// # Errors
    /// As [`SlackSandbox::react`].
    pub fn unreact(&self, user: &str, channel: &str, ts: &str, name: &str) -> Result<(), PersonError> {
        self.reaction(user, channel, ts, |world| world.unreact(user, channel, ts, name))
    }

    fn reaction(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        change: impl FnOnce(&mut World) -> bool,
    ) -> Result<(), PersonError> {
        self.change(|world| {
            if !world.may_write(user, channel)?.messages.contains_key(ts) {
                return Err(PersonError::NoSuchMessage(ts.to_owned()));
            }
            change(world);
            Ok(())
        })
    }

    /// A link's preview appears under a message: `message_changed` without `edited`.
    ///
    /// # Errors
    /// When the message isn't there.
    pub fn unfurl(&self, channel: &str, ts: &str, url: &str) -> Result<(), PersonError> {
        self.change(|world| {
            world.message(channel, ts).ok_or_else(|| PersonError::NoSuchMessage(ts.to_owned()))?;
            let preview = json!({"id": 1, "from_url": url, "title": "A page", "fallback": "A page", "text": "Preview"});
            world.unfurl(channel, ts, preview);
            Ok(())
        })
    }

    /// Clicks a button of a message, or of an ephemeral message that this person sees. Waits for the acknowledgement.
    ///
    /// # Errors
    /// When the person isn't in the channel, or doesn't see such a message or button.
    pub async fn click(
        &self,
        user: &str,
        channel: &str,
        message_ts: &str,
        action_id: &str,
    ) -> Result<Clicked, PersonError> {
        self.interact(|world| {
            world.may_write(user, channel)?;
            let missing = || PersonError::NoSuchMessage(message_ts.to_owned());
            let ephemeral = world.ephemeral(message_ts).filter(|it| it.user == user && it.channel == channel).cloned();
            let (app, given, thread) = match &ephemeral {
                Some(it) => (Some(it.app_id.clone()), it.blocks.clone(), it.thread_ts.clone()),
                None => {
                    let it = world.message(channel, message_ts).ok_or_else(missing)?;
                    (it.app_id.clone(), it.blocks.clone(), it.thread_ts.clone())
                }
            };
            let (block, button) = blocks::button(&given, action_id).ok_or_else(|| PersonError::NoSuchButton {
                ts: message_ts.to_owned(),
                action_id: action_id.to_owned(),
            })?;
            let app = app.and_then(|id| world.apps.get(&id)).cloned().ok_or_else(missing)?;
            let place = Place { user, channel, message: Some(message_ts), thread, is_ephemeral: ephemeral.is_some() };
            Ok(world.block_actions(&app, &place, &block, &button))
        })
        .await
    }

    /// Uses a message shortcut. Waits for the acknowledgement.
    ///
    /// # Errors
    /// When the person isn't in the channel, the message isn't there, or no app has this shortcut.
    pub async fn shortcut(
        &self,
        user: &str,
        channel: &str,
        message_ts: &str,
        callback_id: &str,
    ) -> Result<Clicked, PersonError> {
        self.interact(|world| {
            let message = world.may_write(user, channel)?.messages.get(message_ts);
            let message = message.ok_or_else(|| PersonError::NoSuchMessage(message_ts.to_owned()))?;
            let thread = message.thread_ts.clone();
            let has = |app: &&super::App| app.shortcuts.iter().any(|(id, _)| id == callback_id) && !app.uninstalled;
            let app = world.apps.values().find(has).cloned();
            let app = app.ok_or_else(|| PersonError::NoSuchCommand(callback_id.to_owned()))?;
            let place = Place { user, channel, message: Some(message_ts), thread, is_ephemeral: false };
            Ok(world.message_action(&app, &place, callback_id))
        })
        .await
    }

    /// Gives a slash command, such as `/threadline` with text behind it. Waits for the acknowledgement.
    ///
    /// # Errors
    /// Inside a thread, always: Slack doesn't allow it. Else as [`SlackSandbox::say`], or when no app has the command.
    pub async fn command(
        &self,
        user: &str,
        channel: &str,
        thread: Option<&str>,
        command: &str,
        text: &str,
    ) -> Result<Clicked, PersonError> {
        self.interact(|world| {
            world.may_write(user, channel)?;
            if thread.is_some() {
                return Err(PersonError::CommandInThread);
            }
            let has = |app: &&super::App| app.commands.iter().any(|known| known == command) && !app.uninstalled;
            let app = world.apps.values().find(has).cloned();
            let app = app.ok_or_else(|| PersonError::NoSuchCommand(command.to_owned()))?;
            let place = Place { user, channel, message: None, thread: None, is_ephemeral: false };
            Ok(world.slash_command(&app, &place, command, text))
        })
        .await
    }
}
