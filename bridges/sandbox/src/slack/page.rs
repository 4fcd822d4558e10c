//! The team chat in a browser: a page with channels, threads, people to be, and buttons that work.
//!
//! What lives here: the page's files and the one document that it draws from. What must not: rules; what the page does
//! goes through `/people/do`.

use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shapes::{self, Sight};
use super::world::{Channel, Message, World};
use super::{SlackSandbox, View};
use crate::page::{css, html, js, kit};

pub(crate) fn routes() -> Router<SlackSandbox> {
    Router::new()
        .route("/", get(page))
        .route("/page.css", get(|| css(include_str!("../page/slack/page.css"))))
        .route("/page.js", get(|| js(include_str!("../page/slack/page.js"))))
        .route("/blocks.js", get(|| js(include_str!("../page/slack/blocks.js"))))
        .merge(kit())
        .route("/people/view", get(view))
        .route("/archives/{channel}/{message}", get(permalink))
}

async fn page(State(sandbox): State<SlackSandbox>) -> Response {
    html(sandbox.base_url(), include_str!("../page/slack/page.html"))
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

/// Opens the page at a message.
async fn permalink(
    State(sandbox): State<SlackSandbox>,
    axum::extract::Path((channel, message)): axum::extract::Path<(String, String)>,
    Query(query): Query<std::collections::BTreeMap<String, String>>,
) -> Redirect {
    let digits = message.trim_start_matches('p');
    let split = digits.len().saturating_sub(6);
    let ts = format!("{}.{}", digits.get(..split).unwrap_or_default(), digits.get(split..).unwrap_or_default());
    let thread = query.get("thread_ts").cloned().unwrap_or(ts);
    Redirect::temporary(&format!("{}/#channel={channel}&thread={thread}", sandbox.base_url()))
}

/// Everything the page needs for who looks where, in one document.
async fn view(State(sandbox): State<SlackSandbox>, Query(at): Query<Looking>) -> Json<Value> {
    Json(sandbox.read(|view| draw(view, &at)))
}

fn shown(world: &World, channel: &Channel, message: &Message) -> Value {
    let mut out = shapes::message(&world.base, world, channel, message, Sight::default());
    let app = message.app_id.as_ref().and_then(|id| world.apps.get(id));
    let user = message.user.as_ref().and_then(|id| world.users.get(id));
    let name = message.username.clone().or_else(|| user.map(|user| user.real_name.clone()));
    out["name"] = json!(name.or_else(|| app.map(|app| app.name.clone())));
    let face = user.or_else(|| app.and_then(|app| world.users.get(&app.bot_user)));
    out["picture"] = json!(face.map(|face| format!("files/pictures/{}-{}-48.png", face.id, face.picture_version)));
    out["is_app"] = json!(message.bot_id.is_some());
    out["reply"] = json!(message.is_reply());
    out
}

fn draw(view: &View<'_>, at: &Looking) -> Value {
    let people: Vec<Value> = view
        .users
        .values()
        .map(|user| {
            json!({
                "id": user.id, "name": user.real_name, "handle": user.name, "standing": user.standing,
                "deleted": user.deleted, "active": user.active,
                "picture": format!("files/pictures/{}-{}-48.png", user.id, user.picture_version),
            })
        })
        .collect();
    let channels: Vec<Value> = view
        .channels
        .values()
        .filter(|channel| !channel.is_private || channel.members.contains(&at.user))
        .map(|channel| {
            json!({
                "id": channel.id, "name": channel.name, "is_private": channel.is_private,
                "archived": channel.archived, "member": channel.members.contains(&at.user),
                "members": channel.members.len(),
                "latest": channel.messages.keys().next_back(),
            })
        })
        .collect();
    let groups: Vec<Value> =
        view.groups.values().map(|group| json!({"id": group.id, "handle": group.handle})).collect();
    let (mut timeline, mut thread) = (Vec::new(), Vec::new());
    let readable = |channel: &&Channel| !channel.is_private || channel.members.contains(&at.user);
    if let Some(channel) = view.channels.get(&at.channel).filter(readable) {
        timeline = channel.timeline().rev().take(200).map(|message| shown(view, channel, message)).collect();
        timeline.reverse();
        if !at.thread.is_empty() {
            thread = view.thread(&at.channel, &at.thread).into_iter().map(|it| shown(view, channel, it)).collect();
        }
    }
    let ephemerals: Vec<Value> = view
        .ephemerals(&at.user)
        .into_iter()
        .filter(|ephemeral| ephemeral.channel == at.channel)
        .map(|ephemeral| {
            let mut out = shapes::ephemeral(ephemeral);
            let app = view.apps.get(&ephemeral.app_id);
            out["name"] = json!(app.map(|app| app.name.clone()));
            out["picture"] = json!(app.map(|app| format!("files/pictures/{}-0-48.png", app.bot_user)));
            out["is_app"] = json!(true);
            out
        })
        .collect();
    let commands: Vec<&String> = view.apps.values().flat_map(|app| &app.commands).collect();
    let shortcuts: Vec<Value> =
        view.apps.values().flat_map(|app| &app.shortcuts).map(|(id, name)| json!({"id": id, "name": name})).collect();
    json!({
        "team": view.teams.values().next().map(|team| team.name.clone()), "people": people, "channels": channels,
        "groups": groups, "timeline": timeline, "thread": thread, "ephemerals": ephemerals, "commands": commands,
        "shortcuts": shortcuts,
    })
}
