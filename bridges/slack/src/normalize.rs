//! From Slack's events to ours.
//!
//! What lives here: the pure and total reading of events and interactions, shared by the sockets and the HTTP hooks. It
//! works on Slack's own JSON and not on slack-morphism's typed events, because those lose a message's words where one
//! field has a shape of tomorrow. What must not: I/O, a clock, and any decision about what an event means.

use bridge_core::{
    Action, Click, ConnectionId, Inbound, InboundEvent, Micros, RemoteAuthor, RemoteChannel, RemoteMessage, RemoteUser,
    ReplyHandle, TeamCommand, Wish,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::identity::Identity;
use crate::message::{self, Place, is_tombstone, text, thread_of};
use crate::respond::Handle;
use crate::stamp;

/// Begins the id of every button of ours.
pub(crate) const ACTION_PREFIX: &str = "threadline.";
/// The lane of what concerns the whole connection.
const CONNECTION_LANE: &str = "connection";

/// What was heard.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    /// Something to be made durable before Slack is told that we have it.
    Event(Box<Inbound>),
    /// What we remember about people is out of date.
    Stale(Stale),
    /// Nothing of ours.
    Nothing,
}

/// What is out of date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stale {
    /// One person.
    Person {
        /// Who.
        id: String,
        /// The whole account as it is now, where the event brings it.
        account: Option<Box<Value>>,
    },
    /// The user groups.
    Groups,
}

/// Who listens, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listener<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) me: &'a Identity,
    /// When it was heard; used only where Slack doesn't say when it happened.
    pub(crate) now: Micros,
}

impl Listener<'_> {
    fn channel(&self, id: &str) -> RemoteChannel {
        RemoteChannel { connection: self.connection.clone(), id: id.to_owned() }
    }

    fn heard(&self, dedupe_key: String, lane: String, event: InboundEvent) -> Heard {
        Heard::Event(Box::new(Inbound { connection: self.connection.clone(), dedupe_key, lane, event }))
    }
}

/// Reads an `event_callback`.
pub(crate) fn event(listener: &Listener<'_>, payload: &Value) -> Heard {
    let Some(event) = payload.get("event") else { return Heard::Nothing };
    let Some(kind) = text(event, "type") else { return Heard::Nothing };
    if let Some(stale) = stale(kind, event) {
        return Heard::Stale(stale);
    }
    let (lane, event) = match kind {
        "message" => match message_event(listener, payload, event) {
            Some(found) => found,
            None => return Heard::Nothing,
        },
        "app_uninstalled" | "tokens_revoked" => {
            let why = "the app was removed from the workspace, or its tokens were taken back; install it again";
            (CONNECTION_LANE.to_owned(), InboundEvent::ConnectionBroken { why: why.to_owned() })
        }
        _ => match channel_event(listener, kind, event) {
            Some(found) => found,
            None => return Heard::Nothing,
        },
    };
    // Slack gives every event an id; a stand-in's event without one is known by its content.
    let key = text(payload, "event_id").map_or_else(|| digest(&[&payload.to_string()]), str::to_owned);
    listener.heard(key, lane, event)
}

fn stale(kind: &str, event: &Value) -> Option<Stale> {
    match kind {
        "user_change" | "user_profile_changed" | "user_status_changed" | "team_join" => {
            let user = event.get("user")?;
            let id = user.as_str().or_else(|| text(user, "id"))?.to_owned();
            // An account without a profile is a part of one, and says nothing about names.
            let whole = user.get("profile").is_some_and(Value::is_object);
            Some(Stale::Person { id, account: whole.then(|| Box::new(user.clone())) })
        }
        _ => kind.starts_with("subteam_").then_some(Stale::Groups),
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

fn lane(channel: &str, thread: Option<&str>) -> String {
    thread.map_or_else(|| channel.to_owned(), |thread| format!("{channel}/{thread}"))
}

fn message_event(listener: &Listener<'_>, payload: &Value, event: &Value) -> Option<(String, InboundEvent)> {
    let channel = text(event, "channel")?;
    let place = Place { connection: listener.connection, me: listener.me, channel, app: text(payload, "api_app_id") };
    match text(event, "subtype") {
        Some("message_changed") => changed(listener, &place, event),
        Some("message_deleted") => {
            let previous = event.get("previous_message");
            let id = text(event, "deleted_ts").or_else(|| text(previous?, "ts"))?;
            let thread = previous.and_then(|previous| text(previous, "thread_ts")).filter(|thread| *thread != id);
            Some(deleted(listener, &place, event, id, thread))
        }
        // Slack documents `message_replied` as a notice about a reply that has its own event.
        Some("message_replied") => None,
        subtype => {
            let id = text(event, "ts")?;
            let lane = lane(channel, Some(thread_of(event).unwrap_or(id)));
            let content = matches!(
                subtype,
                None | Some("file_share" | "thread_broadcast" | "me_message" | "bot_message" | "slackbot_response")
            );
            match message::read(&place, event) {
                // Joins, topics and the like: of interest only where they stand in a thread.
                Some(found) if !content && found.thread.is_none() => None,
                Some(found) => Some((lane, InboundEvent::Message(found))),
                None if content => Some((lane, unreadable(&place, event, id))),
                None => None,
            }
        }
    }
}

fn unreadable(place: &Place<'_>, message: &Value, id: &str) -> InboundEvent {
    let thread = thread_of(message).map(str::to_owned);
    InboundEvent::Unreadable { channel: place.remote_channel(), thread, id: id.to_owned() }
}

fn deleted(
    listener: &Listener<'_>,
    place: &Place<'_>,
    event: &Value,
    id: &str,
    thread: Option<&str>,
) -> (String, InboundEvent) {
    let at = text(event, "event_ts").or_else(|| text(event, "ts")).and_then(stamp::to_micros);
    let event = InboundEvent::Deleted {
        channel: place.remote_channel(),
        thread: thread.map(str::to_owned),
        id: id.to_owned(),
        at: at.unwrap_or(listener.now),
    };
    (lane(place.channel, Some(thread.unwrap_or(id))), event)
}

/// A change is an edit only where a person edited: previews, reply counts and our own updates come this way too.
fn changed(listener: &Listener<'_>, place: &Place<'_>, event: &Value) -> Option<(String, InboundEvent)> {
    let message = event.get("message")?;
    let id = text(message, "ts")?;
    let thread = thread_of(message);
    if is_tombstone(message) {
        return Some(deleted(listener, place, event, id, thread));
    }
    message.get("edited").filter(|edited| !edited.is_null())?;
    if message::author_of(place, message) == RemoteAuthor::Ourselves {
        return None;
    }
    let lane = lane(place.channel, Some(thread.unwrap_or(id)));
    match message::read(place, message) {
        Some(found @ RemoteMessage { edited_at: Some(_), .. }) => Some((lane, InboundEvent::Edited(found))),
        _ => Some((lane, unreadable(place, message, id))),
    }
}

fn channel_event(listener: &Listener<'_>, kind: &str, event: &Value) -> Option<(String, InboundEvent)> {
    let about_us = text(event, "user") == Some(listener.me.user.as_str());
    let broken = |id: &str, why: &str| {
        let event = InboundEvent::ChannelBroken { channel: listener.channel(id), why: why.to_owned() };
        Some((id.to_owned(), event))
    };
    let id = text(event, "channel");
    match kind {
        "channel_archive" | "group_archive" => {
            broken(id?, "the channel was archived; unarchive it, or map the domain to another channel")
        }
        "channel_deleted" | "group_deleted" => {
            broken(id?, "the channel was deleted; map the domain to another channel")
        }
        "channel_left" | "group_left" => {
            broken(id?, "the bot was removed from the channel; invite it again with /invite")
        }
        "member_left_channel" if about_us => {
            broken(id?, "the bot was removed from the channel; invite it again with /invite")
        }
        "channel_id_changed" => {
            let new = text(event, "new_channel_id").unwrap_or("another");
            broken(
                text(event, "old_channel_id")?,
                &format!("Slack gave the channel the new id {new}; map the domain to it"),
            )
        }
        "channel_unarchive" | "group_unarchive" => restored(listener, id?),
        "member_joined_channel" if about_us => restored(listener, id?),
        _ => None,
    }
}

fn restored(listener: &Listener<'_>, id: &str) -> Option<(String, InboundEvent)> {
    Some((id.to_owned(), InboundEvent::ChannelRestored { channel: listener.channel(id) }))
}

/// Reads an interaction: a press on one of our buttons.
pub(crate) fn interaction(listener: &Listener<'_>, payload: &Value) -> Heard {
    click(listener, payload).unwrap_or(Heard::Nothing)
}

fn click(listener: &Listener<'_>, payload: &Value) -> Option<Heard> {
    if text(payload, "type")? != "block_actions" {
        return None;
    }
    let pressed = payload.get("actions")?.as_array()?.iter().find_map(|action| {
        // A number behind a second dot tells apart two buttons of one kind in one message.
        let name = text(action, "action_id")?.strip_prefix(ACTION_PREFIX)?.split('.').next()?;
        Some((action, Action::parse(name, text(action, "value").unwrap_or_default())?))
    });
    let (raw, action) = pressed?;
    let user = text(payload.get("user")?, "id")?;
    let container = payload.get("container");
    let inside = |name: &str| container.and_then(|container| text(container, name));
    let channel = payload.get("channel").and_then(|channel| text(channel, "id")).or_else(|| inside("channel_id"))?;
    let private = container.and_then(|container| container.get("is_ephemeral")).and_then(Value::as_bool) == Some(true);
    let message = payload.get("message");
    let thread = inside("thread_ts").or_else(|| message.and_then(|message| text(message, "thread_ts"))).or_else(|| {
        // A card's button belongs to the thread under the card; a private message is no thread.
        let own = inside("message_ts").or_else(|| message.and_then(|message| text(message, "ts")));
        own.filter(|_| !private)
    });
    let handle = Handle {
        channel: channel.to_owned(),
        thread: thread.map(str::to_owned),
        user: user.to_owned(),
        response_url: text(payload, "response_url").map(str::to_owned),
        private,
    };
    let trigger = text(payload, "trigger_id").map_or_else(|| payload.to_string(), str::to_owned);
    let dedupe_key = format!("click:{}", digest(&[&trigger, action.name(), action.value()]));
    let at = text(raw, "action_ts").and_then(stamp::to_micros).unwrap_or(listener.now);
    let click = Click {
        channel: listener.channel(channel),
        thread: thread.map(str::to_owned),
        user: RemoteUser(user.to_owned()),
        action,
        at,
        reply: ReplyHandle(serde_json::to_value(handle).unwrap_or_default()),
    };
    Some(listener.heard(dedupe_key, lane(channel, thread), InboundEvent::Click(click)))
}

/// Reads a slash command's fields; nothing where it asks for help, or for something that there isn't.
pub(crate) fn command(listener: &Listener<'_>, fields: &Value) -> Heard {
    team_command(listener, fields).unwrap_or(Heard::Nothing)
}

fn team_command(listener: &Listener<'_>, fields: &Value) -> Option<Heard> {
    let wish = Wish::parse(text(fields, "text")?)?;
    let (user, channel) = (text(fields, "user_id")?, text(fields, "channel_id")?);
    let handle = Handle {
        channel: channel.to_owned(),
        thread: None,
        user: user.to_owned(),
        response_url: text(fields, "response_url").map(str::to_owned),
        private: true,
    };
    let trigger = text(fields, "trigger_id").map_or_else(|| fields.to_string(), str::to_owned);
    let command = TeamCommand {
        user: RemoteUser(user.to_owned()),
        wish,
        // Slack doesn't say when a command was given.
        at: listener.now,
        reply: ReplyHandle(serde_json::to_value(handle).unwrap_or_default()),
    };
    // What one person says of themselves counts in its order.
    let lane = format!("command/{user}");
    let key = format!("command:{}", digest(&[&trigger, wish.word()]));
    Some(listener.heard(key, lane, InboundEvent::TeamCommand(command)))
}

#[cfg(test)]
mod tests;
