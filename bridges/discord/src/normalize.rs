//! Reads what the gateway tells, in the contract's form.
//!
//! What lives here: the pure way from an event's JSON to [`Inbound`]s. What must not: any I/O; where a thread belongs is
//! looked up before.

use bridge_core::{ConnectionId, Inbound, InboundEvent, Micros, RemoteAuthor, RemoteChannel};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::identity::Identity;
use crate::message::{self, Place, edited_at, list, text};
use crate::threads::{self, Known};

/// The lane of what is about the whole connection.
const CONNECTION_LANE: &str = "connection";

/// Who listens, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listener<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) me: &'a Identity,
    pub(crate) now: Micros,
}

/// Where something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot<'a> {
    /// The configured channel.
    pub(crate) channel: &'a str,
    /// The thread in it.
    pub(crate) thread: Option<&'a str>,
}

impl<'a> Spot<'a> {
    /// The spot of a channel id; `None` where nothing of it can be seen.
    pub(crate) fn of(id: &'a str, known: &'a Known) -> Option<Self> {
        match known {
            Known::Thread(parent) => Some(Self { channel: parent, thread: Some(id) }),
            Known::Channel => Some(Self { channel: id, thread: None }),
            Known::Unseen => None,
        }
    }

    /// The lane of what happens there.
    pub(crate) fn lane(&self) -> String {
        self.thread.map_or_else(|| self.channel.to_owned(), |thread| format!("{}/{thread}", self.channel))
    }
}

impl Listener<'_> {
    pub(crate) fn channel(&self, id: &str) -> RemoteChannel {
        RemoteChannel { connection: self.connection.clone(), id: id.to_owned() }
    }

    pub(crate) fn inbound(&self, dedupe_key: String, lane: String, event: InboundEvent) -> Inbound {
        Inbound { connection: self.connection.clone(), dedupe_key, lane, event }
    }
}

/// The channel or thread whose spot must be known before the event can be read.
pub(crate) fn needs<'a>(kind: &str, data: &'a Value) -> Option<&'a str> {
    match kind {
        "MESSAGE_CREATE"
        | "MESSAGE_UPDATE"
        | "MESSAGE_DELETE"
        | "MESSAGE_DELETE_BULK"
        | "TYPING_START"
        | "INTERACTION_CREATE" => text(data, "channel_id"),
        _ => None,
    }
}

/// Reads an event of a message's, at its spot.
pub(crate) fn message_event(listener: &Listener<'_>, kind: &str, data: &Value, spot: Spot<'_>) -> Vec<Inbound> {
    // A forum's card stands in its thread and has its id. It may go, like any card, and the thread lives on.
    let is_card = |id: &str| spot.thread == Some(id);
    let one = |id: &Value| id.as_str().filter(|id| !is_card(id)).and_then(|id| deleted(listener, spot, id));
    match kind {
        "MESSAGE_CREATE" => created(listener, data, spot).into_iter().collect(),
        "MESSAGE_UPDATE" => changed(listener, data, spot).into_iter().collect(),
        "MESSAGE_DELETE" => data.get("id").and_then(one).into_iter().collect(),
        "MESSAGE_DELETE_BULK" => list(data, "ids").iter().filter_map(one).collect(),
        _ => Vec::new(),
    }
}

/// Reads an event that is about a thread, a channel or the whole server.
pub(crate) fn other_event(listener: &Listener<'_>, kind: &str, data: &Value) -> Option<Inbound> {
    let id = text(data, "id")?;
    let usable = || matches!(data.get("type").and_then(Value::as_u64), Some(0 | 5 | 15 | 16));
    match kind {
        "THREAD_DELETE" => {
            let spot = Spot { channel: text(data, "parent_id")?, thread: Some(id) };
            // The thread itself is gone: told as the deletion of its first message, whose id it has.
            deleted(listener, spot, id)
        }
        "CHANNEL_DELETE" if usable() => {
            let why = "the channel was deleted, or the bot can no longer see it; give its role View Channel there, or map the \
                       domain to another channel";
            let event = InboundEvent::ChannelBroken { channel: listener.channel(id), why: why.to_owned() };
            Some(listener.inbound(format!("channel_delete:{id}:{}", listener.now.0), id.to_owned(), event))
        }
        // Whoever mended a permission changed the channel; whoever let the bot in again made it appear. If it was something
        // else, the next attempt says so.
        "CHANNEL_CREATE" | "CHANNEL_UPDATE" if usable() => {
            let event = InboundEvent::ChannelRestored { channel: listener.channel(id) };
            Some(listener.inbound(format!("channel_change:{id}:{}", listener.now.0), id.to_owned(), event))
        }
        "GUILD_DELETE" if data.get("unavailable").and_then(Value::as_bool) != Some(true) => {
            let why = "the bot was removed from the server; invite it again with the link of the set-up guide";
            let event = InboundEvent::ConnectionBroken { why: why.to_owned() };
            Some(listener.inbound(format!("guild_delete:{id}:{}", listener.now.0), CONNECTION_LANE.to_owned(), event))
        }
        _ => None,
    }
}

fn created(listener: &Listener<'_>, data: &Value, spot: Spot<'_>) -> Option<Inbound> {
    let id = text(data, "id")?;
    let place = place(listener, spot);
    let key = format!("message:{}:{id}", spot.thread.unwrap_or(spot.channel));
    let Some(message) = message::read(&place, data) else { return unreadable(listener, spot, key, id) };
    // Outside of threads only our own cards matter; what a whole server talks about is not ours to keep.
    if spot.thread.is_none() && message.author != RemoteAuthor::Ourselves {
        return None;
    }
    if message.author == RemoteAuthor::Platform {
        return None;
    }
    Some(listener.inbound(key, spot.lane(), InboundEvent::Message(message)))
}

/// A change is an edit only where a person edited: previews, pins and our own updates come this way too.
fn changed(listener: &Listener<'_>, data: &Value, spot: Spot<'_>) -> Option<Inbound> {
    spot.thread?;
    let id = text(data, "id")?;
    let at = edited_at(data)?;
    let key = format!("edited:{}:{id}:{}:{}", spot.lane(), at.0, version(data));
    let place = place(listener, spot);
    if data.get("author").is_some_and(|author| !author.is_null()) {
        let author = message::author_of(listener.me, data);
        if matches!(author, RemoteAuthor::Ourselves | RemoteAuthor::Platform) {
            return None;
        }
    }
    match message::read(&place, data) {
        Some(message) => Some(listener.inbound(key, spot.lane(), InboundEvent::Edited(message))),
        None => unreadable(listener, spot, key, id),
    }
}

/// Tells two edits of one moment apart. What comes by itself afterwards, such as a preview, makes no difference.
fn version(data: &Value) -> String {
    let mut hash = Sha256::new();
    hash.update(text(data, "content").unwrap_or_default());
    for file in list(data, "attachments") {
        hash.update([0]);
        hash.update(text(file, "id").unwrap_or_default());
    }
    hash.finalize().iter().take(8).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn deleted(listener: &Listener<'_>, spot: Spot<'_>, id: &str) -> Option<Inbound> {
    // A card's message may go and its thread lives on; nothing else outside of threads is ours.
    spot.thread?;
    let event = InboundEvent::Deleted {
        channel: listener.channel(spot.channel),
        thread: spot.thread.map(str::to_owned),
        id: id.to_owned(),
        at: listener.now,
    };
    Some(listener.inbound(format!("deleted:{}:{id}", spot.lane()), spot.lane(), event))
}

fn unreadable(listener: &Listener<'_>, spot: Spot<'_>, key: String, id: &str) -> Option<Inbound> {
    spot.thread?;
    let event = InboundEvent::Unreadable {
        channel: listener.channel(spot.channel),
        thread: spot.thread.map(str::to_owned),
        id: id.to_owned(),
    };
    Some(listener.inbound(key, spot.lane(), event))
}

fn place<'a>(listener: &Listener<'a>, spot: Spot<'a>) -> Place<'a> {
    Place { connection: listener.connection, me: listener.me, channel: spot.channel, thread: spot.thread }
}

/// What an event teaches about threads, before anything else is done with it.
pub(crate) fn teach(threads: &threads::Threads, kind: &str, data: &Value) {
    match kind {
        "GUILD_CREATE" | "THREAD_LIST_SYNC" => threads.learn_all(data),
        "THREAD_CREATE" | "THREAD_UPDATE" | "CHANNEL_CREATE" | "CHANNEL_UPDATE" => threads.learn_from(data),
        "CHANNEL_DELETE" | "THREAD_DELETE" => {
            if let Some(id) = text(data, "id") {
                threads.forget(id);
            }
        }
        "INTERACTION_CREATE" => {
            if let Some(channel) = data.get("channel") {
                threads.learn_from(channel);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
