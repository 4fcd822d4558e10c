//! Threads: starting them, and the lists of active and archived ones.
//!
//! What lives here: `create_thread_from_message`, `create_thread` (text channels and forums),
//! `get_active_guild_threads`, `list_public_archived_threads`. What must not: changing a thread (see `channels`).

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::{Answer, ApiError, Ctx, Form, Route, created, err, messages, ok};
use crate::discord::actions::NewThread;
use crate::discord::permissions::{
    CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL,
};
use crate::discord::shapes;
use crate::discord::snowflake;
use crate::discord::world::{ANNOUNCEMENT, Channel, FORUM, PRIVATE_THREAD, TEXT, World};

pub(super) const ROUTES: &[Route] = &[
    Route::bot(
        Method::POST,
        "channels/{channel}/messages/{message}/threads",
        "create_thread_from_message",
        create_from_message,
    ),
    Route::bot(Method::POST, "channels/{channel}/threads", "create_thread", create),
    Route::bot(Method::GET, "guilds/{guild}/threads/active", "get_active_guild_threads", active),
    Route::bot(Method::GET, "channels/{channel}/threads/archived/public", "list_public_archived_threads", archived),
];

/// Minutes after which a thread may archive itself.
pub(super) const DURATIONS: [u64; 4] = [60, 1_440, 4_320, 10_080];

/// A thread's name and duration, held against Discord's limits.
struct Named {
    name: String,
    minutes: u64,
}

fn named(form: &mut Form, fields: &Map<String, Value>) -> Named {
    let name = match fields.get("name").and_then(Value::as_str) {
        Some(name) => {
            form.length(&["name"], name.trim(), 1, 100);
            name.trim().to_owned()
        }
        None => {
            form.required(&["name"]);
            String::new()
        }
    };
    Named { name, minutes: duration(form, fields).unwrap_or(1_440) }
}

/// `auto_archive_duration`, if it was given.
pub(super) fn duration(form: &mut Form, fields: &Map<String, Value>) -> Option<u64> {
    let given = fields.get("auto_archive_duration").filter(|given| !given.is_null())?;
    let minutes = given.as_u64().filter(|minutes| DURATIONS.contains(minutes));
    if minutes.is_none() {
        form.choice(&["auto_archive_duration"], "(60, 1440, 4320, 10080)");
    }
    minutes
}

/// `applied_tags`, held against the forum's own.
pub(super) fn tags(form: &mut Form, fields: &Map<String, Value>, forum: &Channel) -> Vec<String> {
    let given = fields.get("applied_tags").and_then(Value::as_array).cloned().unwrap_or_default();
    let tags: Vec<String> = given.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if tags.len() > 5 {
        form.wrong(&["applied_tags"], "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.");
    }
    for (at, tag) in tags.iter().enumerate() {
        if !forum.tags.iter().any(|known| known.id == *tag) {
            form.wrong(&["applied_tags", &at.to_string()], "INVALID_TAG", "Unknown tag");
        }
    }
    tags
}

fn room(world: &World, guild: &str) -> Result<(), ApiError> {
    if world.active_threads(guild) >= world.active_threads { Err(err(160_006)) } else { Ok(()) }
}

fn thread(ctx: &Ctx, world: &World, id: &str) -> Result<Value, ApiError> {
    let known = world.channels.get(id).ok_or_else(|| err(10_003))?;
    Ok(shapes::channel(world, known, Some(&ctx.app.bot_user)))
}

fn create_from_message(ctx: &Ctx, world: &mut World) -> Answer {
    let parent = ctx.channel(world)?;
    let (channel, guild) = (parent.id.clone(), parent.guild.clone());
    if !matches!(parent.kind, TEXT | ANNOUNCEMENT) {
        return Err(err(50_024));
    }
    ctx.need(world, CREATE_PUBLIC_THREADS)?;
    let mut form = Form::default();
    let named = named(&mut form, &ctx.args.fields());
    form.check()?;
    let message = ctx.message(world)?;
    if message.is_system() {
        return Err(err(50_021));
    }
    let message = message.id.clone();
    if world.channels.contains_key(&message) {
        return Err(err(160_004));
    }
    room(world, &guild)?;
    let new = NewThread {
        parent: &channel,
        owner: &ctx.app.bot_user,
        name: &named.name,
        message: Some(&message),
        auto_archive_minutes: named.minutes,
        tags: Vec::new(),
        private: false,
    };
    let id = world.start_thread(new).ok_or_else(|| err(10_003))?;
    created(thread(ctx, world, &id)?)
}

fn create(ctx: &Ctx, world: &mut World) -> Answer {
    let parent = ctx.channel(world)?;
    if parent.kind == FORUM {
        return create_post(ctx, world);
    }
    let (channel, guild) = (parent.id.clone(), parent.guild.clone());
    if !matches!(parent.kind, TEXT | ANNOUNCEMENT) {
        return Err(err(50_024));
    }
    let fields = ctx.args.fields();
    let mut form = Form::default();
    let named = named(&mut form, &fields);
    // Without a kind Discord makes a private thread.
    let kind = fields.get("type").and_then(Value::as_u64).unwrap_or(12);
    if !matches!(kind, 10..=12) {
        form.choice(&["type"], "(10, 11, 12)");
    }
    form.check()?;
    let private = kind == u64::from(PRIVATE_THREAD);
    ctx.need(world, if private { CREATE_PRIVATE_THREADS } else { CREATE_PUBLIC_THREADS })?;
    room(world, &guild)?;
    let new = NewThread {
        parent: &channel,
        owner: &ctx.app.bot_user,
        name: &named.name,
        message: None,
        auto_archive_minutes: named.minutes,
        tags: Vec::new(),
        private,
    };
    let id = world.start_thread(new).ok_or_else(|| err(10_003))?;
    if !private {
        world.announce_thread(&channel, &id, &ctx.app.bot_user);
    }
    created(thread(ctx, world, &id)?)
}

/// A forum's post: the thread and its first message, whose id is the thread's, in one call without a nonce.
fn create_post(ctx: &Ctx, world: &mut World) -> Answer {
    let forum = ctx.channel(world)?;
    let (channel, guild) = (forum.id.clone(), forum.guild.clone());
    ctx.need(world, SEND_MESSAGES)?;
    let fields = ctx.args.fields();
    let mut form = Form::default();
    let named = named(&mut form, &fields);
    let tags = tags(&mut form, &fields, forum);
    let body = fields.get("message").and_then(Value::as_object);
    if body.is_none() {
        form.required(&["message"]);
    }
    form.check()?;
    let mut draft = Draft::read(body.unwrap_or(&Map::new()))?;
    draft.nonce = None;
    draft.reply_to = None;
    if draft.is_empty() {
        return Err(err(50_006));
    }
    messages::need_for(ctx, world, &draft)?;
    if tags.is_empty() && forum.tag_required {
        return Err(err(40_067));
    }
    room(world, &guild)?;
    let new = NewThread {
        parent: &channel,
        owner: &ctx.app.bot_user,
        name: &named.name,
        message: None,
        auto_archive_minutes: named.minutes,
        tags,
        private: false,
    };
    let id = world.start_thread(new).ok_or_else(|| err(10_003))?;
    let mut first = messages::compose(ctx, world, &id, draft)?;
    first.id.clone_from(&id);
    world.post(&id, first);
    if let Some(forum) = world.channels.get_mut(&channel) {
        forum.last_message = Some(id.clone());
    }
    let mut shape = thread(ctx, world, &id)?;
    if let Some(first) = world.message(&id, &id) {
        shape["message"] = shapes::message(world, first);
    }
    created(shape)
}

/// The list with the bot's own memberships beside it, as Discord gives it.
fn listed(ctx: &Ctx, world: &World, threads: &[&Channel]) -> Value {
    let bot = &ctx.app.bot_user;
    let shapes: Vec<Value> = threads.iter().map(|known| shapes::channel(world, known, Some(bot))).collect();
    let mine = |known: &&Channel| {
        let joined = known.thread.as_ref()?.members.get(bot)?;
        Some(shapes::thread_member(&known.id, bot, *joined))
    };
    json!({"threads": shapes, "members": threads.iter().filter_map(mine).collect::<Vec<_>>(), "has_more": false})
}

/// Threads of the whole guild that the bot can see, newest first.
fn active(ctx: &Ctx, world: &mut World) -> Answer {
    let guild = ctx.guild(world)?.id.clone();
    let seen = |known: &&Channel| world.may(&ctx.app.bot_user, &known.id, VIEW_CHANNEL);
    let all = world.channels.values().filter(|known| known.is_thread() && !known.is_archived() && known.guild == guild);
    let mut threads: Vec<&Channel> = all.filter(seen).collect();
    threads.sort_by_key(|known| std::cmp::Reverse(snowflake::number(&known.id)));
    ok(listed(ctx, world, &threads))
}

/// Archived public threads, the one archived last first.
fn archived(ctx: &Ctx, world: &mut World) -> Answer {
    let parent = ctx.channel(world)?;
    if !matches!(parent.kind, TEXT | ANNOUNCEMENT | FORUM) {
        return Err(err(50_024));
    }
    ctx.need(world, READ_MESSAGE_HISTORY)?;
    let limit = ctx.args.number("limit", 50, 2, 100)?;
    let before = match ctx.args.query("before") {
        None => i64::MAX,
        Some(text) => snowflake::from_iso(text).ok_or_else(|| {
            let words = "Could not parse date. Should be ISO8601.";
            super::invalid(&["before"], "DATE_TIME_TYPE_PARSE", words)
        })?,
    };
    let changed = |known: &Channel| known.thread.as_ref().map_or(0, |thread| thread.archive_changed);
    let all = world.threads_of(&parent.id).filter(|known| known.is_archived() && known.kind != PRIVATE_THREAD);
    let mut threads: Vec<&Channel> = all.filter(|known| changed(known) < before).collect();
    threads.sort_by_key(|known| std::cmp::Reverse((changed(known), snowflake::number(&known.id))));
    let has_more = threads.len() > limit;
    threads.truncate(limit);
    let mut answer = listed(ctx, world, &threads);
    answer["has_more"] = json!(has_more);
    ok(answer)
}
