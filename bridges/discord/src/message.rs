//! Reads one message of Discord's, wherever it comes from: an event, a history, a look-up.
//!
//! What lives here: the pure way from a message's JSON to [`RemoteMessage`]. What must not: events, and any I/O.

use std::collections::HashMap;

use bridge_core::{
    Block, Body, ConnectionId, Inline, Micros, RemoteAuthor, RemoteChannel, RemoteFile, RemoteMessage, RemoteUser,
};
use serde_json::Value;

use crate::handle::Handle;
use crate::identity::Identity;
use crate::{markup, snowflake};

/// Where a message was found, and who is looking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) me: &'a Identity,
    /// The configured channel: the thread's parent.
    pub(crate) channel: &'a str,
    /// The thread; `None` for a message directly in the channel.
    pub(crate) thread: Option<&'a str>,
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

/// A list in a JSON object; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether a message is content: written by somebody, as a message or as a reply to one. Everything else is the platform's
/// own: joins, pins, a thread's first line, boosts, calls.
pub(crate) fn is_content(message: &Value) -> bool {
    // 20 and 23 are what bots answer to commands.
    matches!(message.get("type").and_then(Value::as_u64), None | Some(0 | 19 | 20 | 23))
}

/// When a person edited it. Link previews leave no such mark.
pub(crate) fn edited_at(message: &Value) -> Option<Micros> {
    snowflake::timestamp(text(message, "edited_timestamp")?)
}

/// Reads a message; `None` when it has no readable form, and must be read again in another way.
pub(crate) fn read(place: &Place<'_>, message: &Value) -> Option<RemoteMessage> {
    let id = text(message, "id")?;
    let at = snowflake::made_at(id)?;
    message.get("author")?.get("id")?;
    let author = author_of(place.me, message);
    let mut body = body_of(message)?;
    let mentions = call_by_name(&mut body, message);
    let handle = Handle::Message {
        channel: place.thread.unwrap_or(place.channel).to_owned(),
        message: id.to_owned(),
        user: message.get("author").and_then(|author| text(author, "id")).unwrap_or_default().to_owned(),
    };
    Some(RemoteMessage {
        channel: place.remote_channel(),
        thread: place.thread.map(str::to_owned),
        id: id.to_owned(),
        at,
        edited_at: edited_at(message),
        key: match author {
            RemoteAuthor::Ourselves => text(message, "nonce").and_then(|nonce| nonce.parse().ok()),
            _ => None,
        },
        author,
        mentions,
        body,
        files: files_of(message),
        reply: handle.to_reply(),
    })
}

/// Who wrote it. A message of a webhook is a bot's, whatever name stands on it.
pub(crate) fn author_of(me: &Identity, message: &Value) -> RemoteAuthor {
    let author = message.get("author");
    let id = author.and_then(|author| text(author, "id"));
    let marked = |mark: &str| author.and_then(|author| author.get(mark)).and_then(Value::as_bool) == Some(true);
    if !is_content(message) || marked("system") {
        return RemoteAuthor::Platform;
    }
    match (id, text(message, "webhook_id")) {
        // An answer of ours to an interaction is a webhook's too.
        (Some(id), _) if id == me.user => RemoteAuthor::Ourselves,
        (_, Some(webhook)) => RemoteAuthor::Bot(webhook.to_owned()),
        (Some(id), None) if marked("bot") => RemoteAuthor::Bot(id.to_owned()),
        (Some(id), None) => RemoteAuthor::Person(RemoteUser(id.to_owned())),
        (None, None) => RemoteAuthor::Platform,
    }
}

/// What it says. A forwarded message says what the one before it said, as a quote.
fn body_of(message: &Value) -> Option<Body> {
    let words = text(message, "content")?;
    let mut body = markup::parse(words);
    let forwarded = list(message, "message_snapshots");
    // serenity knows no snapshots: a forward (a reference of type 1) that lost them must be read again.
    if forwarded.is_empty() && message.pointer("/message_reference/type").and_then(Value::as_u64) == Some(1) {
        return None;
    }
    for snapshot in forwarded {
        let inside = snapshot.get("message").and_then(|message| text(message, "content")).unwrap_or_default();
        let quoted = markup::parse(inside);
        if !quoted.blocks.is_empty() {
            body.blocks.push(Block::Quote { children: quoted.blocks });
        }
    }
    if let Some(question) = message.pointer("/poll/question/text").and_then(Value::as_str) {
        body.blocks.push(Block::Paragraph { children: vec![Inline::text(question)] });
    }
    Some(body)
}

/// Lists whom it calls, with the names that Discord sends along.
fn call_by_name(body: &mut Body, message: &Value) -> Vec<RemoteUser> {
    let names: HashMap<&str, &str> =
        list(message, "mentions").iter().filter_map(|person| Some((text(person, "id")?, name_of(person)?))).collect();
    let mut mentions = Vec::new();
    body.for_each_inline_mut(&mut |inline| {
        if let Inline::Mention { user, name } = inline {
            if name.is_none() {
                *name = names.get(user.0.as_str()).map(|&name| name.to_owned());
            }
            if !mentions.contains(user) {
                mentions.push(user.clone());
            }
        }
    });
    mentions
}

/// The name that teammates see: the one on this server, the one that the person chose, or the account's.
pub(crate) fn name_of(person: &Value) -> Option<&str> {
    let own = |value: &'_ Value, name: &str| {
        value.get(name).and_then(Value::as_str).filter(|name| !name.trim().is_empty()).is_some()
    };
    let member = person.get("member").filter(|member| own(member, "nick"));
    member
        .and_then(|member| text(member, "nick"))
        .or_else(|| text(person, "global_name").filter(|name| !name.trim().is_empty()))
        .or_else(|| text(person, "username"))
}

fn files_of(message: &Value) -> Vec<RemoteFile> {
    let own = list(message, "attachments");
    let forwarded = list(message, "message_snapshots").iter().filter_map(|snapshot| snapshot.get("message"));
    let attached = own.iter().chain(forwarded.flat_map(|message| list(message, "attachments"))).filter_map(|file| {
        let id = text(file, "id")?;
        Some(RemoteFile {
            id: id.to_owned(),
            name: text(file, "filename").unwrap_or(id).to_owned(),
            size: file.get("size").and_then(Value::as_u64),
            content_type: text(file, "content_type").map(str::to_owned),
        })
    });
    let stickers = list(message, "sticker_items").iter().filter_map(|sticker| {
        let id = text(sticker, "id")?;
        let content_type = match sticker.get("format_type").and_then(Value::as_u64) {
            Some(1) => Some("image/png"),
            Some(2) => Some("image/apng"),
            Some(4) => Some("image/gif"),
            _ => None,
        };
        Some(RemoteFile {
            id: id.to_owned(),
            name: text(sticker, "name").unwrap_or("sticker").to_owned(),
            size: None,
            content_type: content_type.map(str::to_owned),
        })
    });
    attached.chain(stickers).collect()
}

#[cfg(test)]
mod tests;
