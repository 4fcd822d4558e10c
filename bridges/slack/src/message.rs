//! Reads one message of Slack's, wherever it comes from: an event, a history, a look-up.
//!
//! What lives here: the pure way from a message's JSON to [`RemoteMessage`]. What must not: events, and any I/O.

use bridge_core::{
    Body, ConnectionId, IdempotencyKey, Inline, Micros, RemoteAuthor, RemoteChannel, RemoteFile, RemoteMessage,
    RemoteUser, ReplyHandle,
};
use serde_json::Value;

use crate::identity::Identity;
use crate::respond::Handle;
use crate::{markup, stamp};

/// The event type under which our key stands in a message's metadata.
pub(crate) const METADATA_TYPE: &str = "threadline";

/// Where a message was found, and who is looking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) me: &'a Identity,
    pub(crate) channel: &'a str,
    /// Our app's id, where the event says it.
    pub(crate) app: Option<&'a str>,
}

impl Place<'_> {
    pub(crate) fn remote_channel(&self) -> RemoteChannel {
        RemoteChannel { connection: self.connection.clone(), id: self.channel.to_owned() }
    }
}

/// A text field of a JSON object.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// Whether the message is what Slack leaves in the place of a deleted one that has replies.
pub(crate) fn is_tombstone(message: &Value) -> bool {
    text(message, "subtype") == Some("tombstone")
}

/// The thread that a message is in; `None` for the message that a thread hangs on, and for one without a thread.
pub(crate) fn thread_of(message: &Value) -> Option<&str> {
    text(message, "thread_ts").filter(|thread| Some(*thread) != text(message, "ts"))
}

/// When a person edited it. Link previews and reply counts leave no such mark.
pub(crate) fn edited_at(message: &Value) -> Option<Micros> {
    stamp::to_micros(message.pointer("/edited/ts")?.as_str()?)
}

/// Reads a message; `None` when it has no readable form, and must be read again in another way.
pub(crate) fn read(place: &Place<'_>, message: &Value) -> Option<RemoteMessage> {
    let id = text(message, "ts")?;
    let at = stamp::to_micros(id)?;
    let author = author_of(place, message);
    let mut body = body_of(message)?;
    let thread = thread_of(message);
    let handle = Handle {
        channel: place.channel.to_owned(),
        thread: thread.map(str::to_owned),
        user: text(message, "user").unwrap_or_default().to_owned(),
        response_url: None,
        private: false,
    };
    Some(RemoteMessage {
        channel: place.remote_channel(),
        thread: thread.map(str::to_owned),
        id: id.to_owned(),
        at,
        edited_at: edited_at(message),
        key: if author == RemoteAuthor::Ourselves { key_of(message) } else { None },
        author,
        mentions: mentions_of(&mut body),
        body,
        files: files_of(message),
        reply: ReplyHandle(serde_json::to_value(handle).unwrap_or_default()),
    })
}

/// Who wrote it. A message with a bot's id is that bot's, even where a person stands beside it: an integration that
/// posts in a person's name is not the person typing.
pub(crate) fn author_of(place: &Place<'_>, message: &Value) -> RemoteAuthor {
    let bot = text(message, "bot_id");
    let user = text(message, "user");
    let ours = user == Some(place.me.user.as_str())
        || bot.is_some()
            && (bot == place.me.bot.as_deref() || place.app.is_some() && text(message, "app_id") == place.app);
    if ours {
        return RemoteAuthor::Ourselves;
    }
    match (text(message, "subtype"), bot, user) {
        (Some("bot_message" | "slackbot_response"), bot, user) => {
            RemoteAuthor::Bot(bot.or(user).unwrap_or("unknown").to_owned())
        }
        (None | Some("file_share" | "thread_broadcast" | "me_message"), Some(bot), _) => {
            RemoteAuthor::Bot(bot.to_owned())
        }
        (None | Some("file_share" | "thread_broadcast" | "me_message"), None, Some("USLACKBOT")) => {
            RemoteAuthor::Bot("USLACKBOT".to_owned())
        }
        (None | Some("file_share" | "thread_broadcast" | "me_message"), None, Some(user)) => {
            RemoteAuthor::Person(RemoteUser(user.to_owned()))
        }
        _ => RemoteAuthor::Platform,
    }
}

/// Our own key, from the metadata or else from the first block's id.
pub(crate) fn key_of(message: &Value) -> Option<IdempotencyKey> {
    let metadata = message.get("metadata").filter(|metadata| text(metadata, "event_type") == Some(METADATA_TYPE));
    let in_metadata = metadata.and_then(|metadata| metadata.pointer("/event_payload/key")?.as_str()?.parse().ok());
    in_metadata.or_else(|| message.pointer("/blocks/0/block_id")?.as_str()?.parse().ok())
}

/// What it says: the composer's own blocks where they can be read, else the text.
fn body_of(message: &Value) -> Option<Body> {
    let blocks = message.get("blocks").and_then(Value::as_array);
    let words = text(message, "text").unwrap_or_default();
    if let Some(body) = blocks.and_then(|blocks| markup::rich_text(blocks, words)) {
        return Some(body);
    }
    match message.get("text") {
        Some(Value::String(words)) => Some(markup::mrkdwn(words)),
        // A file may come without words; a message without words and without a file was not understood.
        None | Some(Value::Null) if message.get("files").is_some_and(Value::is_array) => Some(Body::default()),
        _ => None,
    }
}

fn mentions_of(body: &mut Body) -> Vec<RemoteUser> {
    let mut mentions = Vec::new();
    body.for_each_inline_mut(&mut |inline| {
        if let Inline::Mention { user, .. } = inline
            && !mentions.contains(user)
        {
            mentions.push(user.clone());
        }
    });
    mentions
}

fn files_of(message: &Value) -> Vec<RemoteFile> {
    let files = message.get("files").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let shown = files.iter().filter(|file| !matches!(text(file, "mode"), Some("tombstone" | "hidden_by_limit")));
    shown
        .filter_map(|file| {
            let id = text(file, "id")?;
            Some(RemoteFile {
                id: id.to_owned(),
                name: text(file, "name").or_else(|| text(file, "title")).unwrap_or(id).to_owned(),
                size: file.get("size").and_then(Value::as_u64),
                content_type: text(file, "mimetype").map(str::to_owned),
            })
        })
        .collect()
}
