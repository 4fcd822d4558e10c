//! What the page shows of a message and of a thread.
//!
//! What lives here: names, pictures and words as people see them. What must not: the API's shapes (see `shapes`).

use serde_json::{Value, json};

use super::page::{can_archive, can_write};
use super::snowflake;
use super::world::{
    Channel, Ephemeral, JOINED, Message, NAME_CHANGE, PINNED, RECIPIENT_ADD, RECIPIENT_REMOVE, THREAD_CREATED,
    THREAD_STARTER, World,
};

/// How much of a message a short line about it shows, in characters.
const SHORT: usize = 90;

/// Where a user's picture is, relative to the mount point.
pub(super) fn picture(world: &World, user: &str) -> Option<String> {
    let avatar = world.users.get(user)?.avatar.as_ref()?;
    Some(format!("cdn/avatars/{user}/{avatar}.png?size=64"))
}

/// A thread in a line: its name, state, size and last words. `user` is who looks.
pub(super) fn summary(world: &World, thread: &Channel, user: &str) -> Value {
    let last = thread.messages.values().rev().find(|message| !message.is_system());
    json!({
        "id": thread.id, "name": thread.name, "archived": thread.is_archived(), "locked": thread.is_locked(),
        "messages": thread.messages.values().filter(|message| message.kind != THREAD_STARTER).count(),
        "latest": thread.last_message, "can_write": can_write(world, thread, user),
        "can_archive": can_archive(world, thread, user),
        "last": last.map(|message| json!({"name": name(world, &thread.guild, message), "text": short(message)})),
    })
}

fn short(message: &Message) -> String {
    let text = if message.content.is_empty() { "…" } else { &message.content };
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.chars().filter(|c| !matches!(c, '*' | '`' | '\\')).take(SHORT).collect()
}

fn name(world: &World, guild: &str, message: &Message) -> String {
    message.webhook.clone().unwrap_or_else(|| world.shown_name(guild, &message.author))
}

/// A message as this person sees it in this place.
pub(super) fn shown(world: &World, place: &Channel, message: &Message, user: &str) -> Value {
    let points_to = message.reference.as_ref().and_then(|to| world.message(&to.channel, to.message.as_deref()?));
    if message.kind == THREAD_STARTER {
        // Discord shows the message that the thread hangs on, with its buttons.
        return points_to.map_or_else(
            || said(message, "The message that this thread began with was deleted.".to_owned()),
            |first| {
                let mut out = ordinary(world, place, first);
                out["starter"] = json!(true);
                out
            },
        );
    }
    if message.is_system() {
        return said(message, system(world, place, message));
    }
    let mut out = ordinary(world, place, message);
    if message.reference.is_some() {
        out["answers"] = points_to.map_or_else(
            || json!({"name": "", "text": "The message was deleted."}),
            |first| json!({"name": name(world, &place.guild, first), "text": short(first)}),
        );
    }
    // A thread that was started from a message has that message's id.
    if let Some(thread) = world.channels.get(&message.id).filter(|thread| thread.is_thread() && thread.id != place.id) {
        out["thread"] = summary(world, thread, user);
    }
    out
}

fn ordinary(world: &World, place: &Channel, message: &Message) -> Value {
    let files: Vec<Value> =
        message.attachments.iter().map(|file| json!({"name": file.name, "size": file.bytes.len()})).collect();
    let reactions: Vec<Value> = message
        .reactions
        .iter()
        .map(|reaction| json!({"emoji": reaction.emoji, "count": reaction.users.len()}))
        .collect();
    json!({
        "id": message.id, "channel": message.channel, "author": message.author,
        "name": name(world, &place.guild, message), "picture": picture(world, &message.author),
        "is_app": message.app.is_some() || message.webhook.is_some(),
        "at": snowflake::made(&message.id) / 1_000, "edited": message.edited.is_some(),
        "content": message.content, "embeds": message.embeds, "components": message.components,
        "attachments": files, "reactions": reactions,
        "press": {"channel": message.channel, "message": message.id},
    })
}

/// Something that one person alone sees.
pub(super) fn only_you(world: &World, one: &Ephemeral) -> Value {
    let app = world.apps.get(&one.app);
    let bot = app.map(|app| app.bot_user.clone()).unwrap_or_default();
    json!({
        "id": one.id, "channel": one.channel, "author": bot, "name": app.map(|app| app.name.clone()),
        "picture": picture(world, &bot), "is_app": true, "at": snowflake::made(&one.id) / 1_000, "only_you": true,
        "pending": one.pending, "content": one.content, "embeds": one.embeds, "components": one.components,
        "press": {"channel": one.channel, "message": one.id},
    })
}

fn said(message: &Message, text: String) -> Value {
    json!({"id": message.id, "channel": message.channel, "author": message.author, "system": text})
}

fn system(world: &World, place: &Channel, message: &Message) -> String {
    let who = world.shown_name(&place.guild, &message.author);
    let about: Vec<String> = message.about.iter().map(|user| world.shown_name(&place.guild, user)).collect();
    let about = about.join(", ");
    match message.kind {
        RECIPIENT_ADD => format!("{who} added {about} to the thread."),
        RECIPIENT_REMOVE => format!("{who} removed {about} from the thread."),
        NAME_CHANGE => format!("{who} changed the thread's name: {}", message.content),
        PINNED => format!("{who} pinned a message."),
        JOINED => format!("{who} joined."),
        THREAD_CREATED => format!("{who} started a thread: {}", message.content),
        _ => format!("{who}: {}", message.content),
    }
}
