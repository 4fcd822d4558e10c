//! The community chat in a browser: a page with channels, threads, people to be, commands, and buttons that work.
//!
//! What lives here: the page's files and addresses, and the one document that it draws from. What must not: rules; what
//! the page does goes through `/people/do`. What a message shows stands in `page_message`.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::page_message::{self, picture, summary};
use super::permissions::{MANAGE_THREADS, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL};
use super::world::{ANNOUNCEMENT, Channel, FORUM, TEXT, World};
use super::{DiscordSandbox, View, snowflake};
use crate::page::{css, html, js, kit};

/// How many messages of a channel the page shows.
const SHOWN: usize = 200;
/// For how long somebody counts as typing, in Unix microseconds; Discord's clients show it for ten seconds.
const TYPING: i64 = 10_000_000;

pub(crate) fn routes() -> Router<DiscordSandbox> {
    Router::new()
        .route("/", get(page))
        .route("/page.css", get(|| css(include_str!("../page/discord/page.css"))))
        .route("/page.js", get(|| js(include_str!("../page/discord/page.js"))))
        .route("/draw.js", get(|| js(include_str!("../page/discord/draw.js"))))
        .route("/markdown.js", get(|| js(include_str!("../page/discord/markdown.js"))))
        .route("/commands.js", get(|| js(include_str!("../page/discord/commands.js"))))
        .merge(kit())
        .route("/people/view", get(view))
        .route("/channels/{guild}/{channel}", get(permalink))
        .route("/channels/{guild}/{channel}/{message}", get(permalink))
}

async fn page(State(sandbox): State<DiscordSandbox>) -> Response {
    html(sandbox.base_url(), include_str!("../page/discord/page.html"))
}

/// Opens the page at a channel or thread, as Discord's own links do.
async fn permalink(State(sandbox): State<DiscordSandbox>, Path(parts): Path<Vec<String>>) -> Redirect {
    let id = parts.get(1).map(String::as_str).unwrap_or_default();
    let parent = sandbox.read(|view| view.place(id).to_owned());
    let place = if parent == id { format!("channel={id}") } else { format!("channel={parent}&thread={id}") };
    Redirect::temporary(&format!("{}/#{place}", sandbox.base_url()))
}

#[derive(Deserialize)]
struct Looking {
    #[serde(default)]
    user: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    thread: String,
}

/// Everything the page needs for who looks where, in one document.
async fn view(State(sandbox): State<DiscordSandbox>, Query(at): Query<Looking>) -> Json<Value> {
    Json(sandbox.read(|view| draw(view, &at)))
}

fn draw(view: &View<'_>, at: &Looking) -> Value {
    let sees = |channel: &&Channel| view.may(&at.user, &channel.id, VIEW_CHANNEL);
    let channel = view.channel(&at.channel).filter(sees);
    let inside = |known: &&Channel| known.parent.as_deref() == Some(at.channel.as_str());
    let thread = view.channel(&at.thread).filter(inside).filter(sees);
    let whole = |known: &Channel| with_ephemerals(view, known, &at.user);
    json!({
        "guild": view.guilds.values().next().map(|guild| &guild.name),
        "people": people(view),
        "roles": roles(view),
        "channels": channels(view, &at.user),
        "timeline": match channel {
            Some(forum) if forum.kind == FORUM => posts(view, forum),
            Some(channel) => whole(channel),
            None => Vec::new(),
        },
        "thread": thread.map(|thread| summary(view, thread, &at.user)),
        "messages": thread.map(whole).unwrap_or_default(),
        "typing": typing(view, thread.or(channel), &at.user),
        "commands": commands(view),
    })
}

/// A channel's messages, and what this person alone sees among them, in the order of their ids.
fn with_ephemerals(world: &World, place: &Channel, user: &str) -> Vec<Value> {
    let own = world.ephemerals.iter().filter(|one| one.user == user && one.channel == place.id);
    let newest = place.messages.values().rev().take(SHOWN);
    let mut all: Vec<(u64, Value)> = newest
        .map(|message| (snowflake::number(&message.id), page_message::shown(world, place, message, user)))
        .chain(own.map(|one| (snowflake::number(&one.id), page_message::only_you(world, one))))
        .collect();
    all.sort_by_key(|(id, _)| *id);
    all.into_iter().map(|(_, message)| message).collect()
}

/// A forum's posts: the first message of each thread.
fn posts(world: &World, forum: &Channel) -> Vec<Value> {
    let shown = |thread: &Channel| {
        let first = thread.messages.values().next()?;
        let mut post = page_message::shown(world, thread, first, "");
        post["thread"] = summary(world, thread, "");
        Some(post)
    };
    world.threads_of(&forum.id).filter_map(shown).collect()
}

fn people(world: &World) -> Vec<Value> {
    let guild = world.guilds.values().next();
    let members = guild.into_iter().flat_map(|guild| guild.members.values().map(move |member| (guild, member)));
    members
        .filter_map(|(guild, member)| {
            let user = world.users.get(&member.user)?;
            let roles: Vec<&str> =
                member.roles.iter().filter_map(|role| Some(guild.roles.get(role)?.name.as_str())).collect();
            let about = match roles.as_slice() {
                _ if user.bot => "app".to_owned(),
                [] => "no role".to_owned(),
                some => some.join(", "),
            };
            Some(json!({
                "id": user.id, "name": world.shown_name(&guild.id, &user.id), "username": user.username,
                "bot": user.bot, "roles": roles, "about": about, "picture": picture(world, &user.id),
            }))
        })
        .collect()
}

fn roles(world: &World) -> Vec<Value> {
    let roles = world.guilds.values().flat_map(|guild| guild.roles.values().filter(|role| role.id != guild.id));
    roles.map(|role| json!({"id": role.id, "name": role.name})).collect()
}

/// The channels that this person sees, in their order, each with its threads, the liveliest first.
fn channels(world: &World, user: &str) -> Vec<Value> {
    let seen = |known: &&Channel| {
        matches!(known.kind, TEXT | ANNOUNCEMENT | FORUM) && world.may(user, &known.id, VIEW_CHANNEL)
    };
    let mut channels: Vec<&Channel> = world.channels.values().filter(seen).collect();
    channels.sort_by_key(|known| (known.position, snowflake::number(&known.id)));
    channels
        .into_iter()
        .map(|known| {
            let mut threads: Vec<&Channel> =
                world.threads_of(&known.id).filter(|thread| world.may(user, &thread.id, VIEW_CHANNEL)).collect();
            threads.sort_by_key(|thread| std::cmp::Reverse(thread.last_message.as_deref().map(snowflake::number)));
            json!({
                "id": known.id, "name": known.name,
                "kind": match known.kind { FORUM => "forum", ANNOUNCEMENT => "announcement", _ => "text" },
                "can_write": world.may(user, &known.id, VIEW_CHANNEL | SEND_MESSAGES),
                "latest": known.last_message,
                "threads": threads.into_iter().map(|thread| summary(world, thread, user)).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Who types here, and until when (Unix milliseconds); whoever has written since is done.
fn typing(world: &World, place: Option<&Channel>, user: &str) -> Vec<Value> {
    let Some(place) = place else { return Vec::new() };
    let mut latest = std::collections::BTreeMap::new();
    for typed in world.typing.iter().filter(|typed| typed.channel == place.id && typed.user != user) {
        latest.insert(&typed.user, typed.at);
    }
    let done = |who: &str, at: i64| {
        // An id knows no more than its millisecond.
        let later = |id: &u64| snowflake::made(&id.to_string()) / 1_000 >= at / 1_000;
        place.messages.iter().rev().take_while(|(id, _)| later(id)).any(|(_, message)| message.author == who)
    };
    latest
        .into_iter()
        .filter(|(who, at)| !done(who, *at))
        .map(|(who, at)| json!({"name": world.shown_name(&place.guild, who), "until": (at + TYPING) / 1_000}))
        .collect()
}

fn commands(world: &World) -> Vec<Value> {
    let of_guilds = world.apps.values().flat_map(|app| app.guild_commands.values().flatten());
    let all = world.apps.values().flat_map(|app| &app.commands).chain(of_guilds);
    all.filter(|command| command["type"].as_u64().unwrap_or(1) == 1)
        .map(|command| {
            let options = command["options"].as_array().map(Vec::as_slice).unwrap_or_default();
            let option = |option: &Value| {
                json!({"name": option["name"], "type": option["type"], "required": option["required"] == true})
            };
            json!({
                "name": command["name"], "description": command["description"],
                "options": options.iter().map(option).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Whether this person can write in the thread; a locked one takes nobody's words but those of who manages threads.
pub(super) fn can_write(world: &World, thread: &Channel, user: &str) -> bool {
    let manages = world.may(user, &thread.id, MANAGE_THREADS);
    world.may(user, &thread.id, VIEW_CHANNEL | SEND_MESSAGES_IN_THREADS) && (!thread.is_locked() || manages)
}

/// Whether this person can archive the thread or bring it back: whoever manages threads, who started it, and for bringing
/// it back whoever writes there.
pub(super) fn can_archive(world: &World, thread: &Channel, user: &str) -> bool {
    let started = thread.thread.as_ref().is_some_and(|state| state.owner == user);
    let gentle = (started || thread.is_archived()) && can_write(world, thread, user);
    gentle || world.may(user, &thread.id, VIEW_CHANNEL | MANAGE_THREADS)
}
