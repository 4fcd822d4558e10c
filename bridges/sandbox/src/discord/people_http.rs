//! Acting as a person, reading, and faults, as JSON over HTTP, for tests in other languages and for the page.
//!
//! What lives here: `/people/…`. What must not: rules; every request is one call of the Rust methods.
//!
//! - `POST /people/do` with `{"do": "say", "user": …, "channel": …, "thread"?: …, "text": …}`; see [`Do`] for every verb.
//!   Answers `{"ok": true, …}` or 400 with `{"ok": false, "error": sentence}`.
//! - `GET /people/messages?channel=&thread=`, `/people/ephemerals?user=`, `/people/calls`, `/people/events`.
//! - `POST /people/faults` with a [`CallFault`] gives `{"id"}`; `GET` lists them with their counters; `DELETE` ends all;
//!   `POST /people/faults/{id}/release` lets a hung call go on.
//! - `GET /people/live` is a stream of server-sent events, one with the version number at every change.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::world::Status;
use super::{DiscordSandbox, PersonError, ReleaseOrder, shapes};
use crate::faults::{CallFault, FaultId, FaultState};
use crate::page;

/// What somebody does. The fields are those of the Rust method with the same name.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Do {
    Say {
        user: String,
        channel: String,
        thread: Option<String>,
        text: String,
    },
    Reply {
        user: String,
        channel: String,
        message: String,
        text: String,
    },
    SayAsWebhook {
        channel: String,
        thread: Option<String>,
        name: String,
        text: String,
    },
    Edit {
        user: String,
        channel: String,
        message: String,
        text: String,
    },
    Delete {
        user: String,
        channel: String,
        message: String,
    },
    React {
        user: String,
        channel: String,
        message: String,
        emoji: String,
    },
    Unreact {
        user: String,
        channel: String,
        message: String,
        emoji: String,
    },
    Unfurl {
        channel: String,
        message: String,
        url: String,
    },
    /// `custom_id` is the beginning of the button's.
    Click {
        user: String,
        channel: String,
        message: String,
        custom_id: String,
    },
    Command {
        user: String,
        channel: String,
        thread: Option<String>,
        name: String,
        #[serde(default)]
        options: BTreeMap<String, Value>,
    },
    Typing {
        user: String,
        channel: String,
        thread: Option<String>,
    },
    StartThread {
        user: String,
        channel: String,
        message: Option<String>,
        name: String,
    },
    ArchiveThread {
        user: String,
        thread: String,
        archived: bool,
    },
    LockThread {
        user: String,
        thread: String,
        locked: bool,
    },
    DeleteThread {
        user: String,
        thread: String,
    },
    DeleteChannel {
        user: String,
        channel: String,
    },
    /// `permission`: bits.
    SetPermission {
        channel: String,
        permission: u64,
        allowed: bool,
    },
    ChangeMember {
        user: String,
        nick: Option<String>,
        roles: Option<Vec<String>>,
    },
    /// `status`: `online`, `idle`, `dnd` or `offline`.
    SetPresence {
        user: String,
        status: Status,
    },
    Leave {
        user: String,
    },
    Ban {
        user: String,
    },
    RevokeToken,
    DisallowIntent,
    RemoveBot,
    CutGateway,
    CloseGateway {
        code: u16,
    },
    ReconnectGateway,
    InvalidateSessions {
        resumable: bool,
    },
    FreezeGateway {
        frozen: bool,
    },
    RefuseGateway {
        refuse: bool,
    },
    RepeatEvents {
        copies: u32,
    },
    HoldEvents,
    ReleaseEvents {
        #[serde(default)]
        order: ReleaseOrder,
    },
    DropEvents {
        count: u32,
    },
}

pub(crate) fn routes() -> Router<DiscordSandbox> {
    Router::new()
        .route("/people/do", post(act))
        .route("/people/messages", get(messages))
        .route("/people/ephemerals", get(ephemerals))
        .route("/people/calls", get(calls))
        .route("/people/events", get(events))
        .route("/people/faults", post(add_fault).get(faults).delete(clear_faults))
        .route("/people/faults/{id}/release", post(release_fault))
        .route("/people/live", get(live))
}

async fn act(State(sandbox): State<DiscordSandbox>, Json(what): Json<Do>) -> Response {
    match what.run(&sandbox).await {
        Ok(mut answer) => {
            answer["ok"] = json!(true);
            Json(answer).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({"ok": false, "error": error.to_string()}))).into_response(),
    }
}

/// An answer with nothing in it.
fn done(result: Result<(), PersonError>) -> Result<Value, PersonError> {
    result.map(|()| json!({}))
}

fn written(result: Result<String, PersonError>) -> Result<Value, PersonError> {
    result.map(|message| json!({"message": message}))
}

impl Do {
    async fn run(self, to: &DiscordSandbox) -> Result<Value, PersonError> {
        match self {
            Self::Say { user, channel, thread, text } => written(to.say(&user, &channel, thread.as_deref(), &text)),
            Self::Reply { user, channel, message, text } => written(to.reply(&user, &channel, &message, &text)),
            Self::SayAsWebhook { channel, thread, name, text } => {
                written(to.say_as_webhook(&channel, thread.as_deref(), &name, &text))
            }
            Self::Edit { user, channel, message, text } => done(to.edit(&user, &channel, &message, &text)),
            Self::Delete { user, channel, message } => done(to.delete(&user, &channel, &message)),
            Self::React { user, channel, message, emoji } => done(to.react(&user, &channel, &message, &emoji)),
            Self::Unreact { user, channel, message, emoji } => done(to.unreact(&user, &channel, &message, &emoji)),
            Self::Unfurl { channel, message, url } => done(to.unfurl(&channel, &message, &url)),
            Self::Click { user, channel, message, custom_id } => {
                to.click(&user, &channel, &message, &custom_id).await.map(|clicked| json!(clicked))
            }
            Self::Command { user, channel, thread, name, options } => {
                let options: Vec<(&str, Value)> =
                    options.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                let clicked = to.command(&user, &channel, thread.as_deref(), &name, &options).await?;
                Ok(json!(clicked))
            }
            Self::Typing { user, channel, thread } => done(to.typing(&user, &channel, thread.as_deref())),
            other => other.administer(to),
        }
    }

    fn administer(self, to: &DiscordSandbox) -> Result<Value, PersonError> {
        match self {
            Self::StartThread { user, channel, message, name } => {
                let thread = to.start_thread(&user, &channel, message.as_deref(), &name)?;
                Ok(json!({"thread": thread}))
            }
            Self::ArchiveThread { user, thread, archived } => done(to.archive_thread(&user, &thread, archived)),
            Self::LockThread { user, thread, locked } => done(to.lock_thread(&user, &thread, locked)),
            Self::DeleteThread { user, thread } => done(to.delete_thread(&user, &thread)),
            Self::DeleteChannel { user, channel } => done(to.delete_channel(&user, &channel)),
            Self::ChangeMember { user, nick, roles } => done(to.change_member(&user, |member| {
                member.nick = nick.or_else(|| member.nick.clone()).filter(|nick| !nick.is_empty());
                if let Some(roles) = roles {
                    member.roles = roles.into_iter().collect();
                }
            })),
            Self::SetPermission { channel, permission, allowed } => {
                done(to.set_permission(&channel, permission, allowed))
            }
            Self::SetPresence { user, status } => done(to.set_presence(&user, status)),
            Self::Leave { user } => done(to.leave(&user)),
            Self::Ban { user } => done(to.ban(&user)),
            other => Ok(other.disturb(to)),
        }
    }

    fn disturb(self, to: &DiscordSandbox) -> Value {
        match self {
            Self::RevokeToken => to.revoke_token(),
            Self::DisallowIntent => to.disallow_intent(),
            Self::RemoveBot => to.remove_bot(),
            Self::CutGateway => return json!({"sessions": to.cut_gateway()}),
            Self::CloseGateway { code } => return json!({"sessions": to.close_gateway(code)}),
            Self::ReconnectGateway => return json!({"sessions": to.reconnect_gateway()}),
            Self::InvalidateSessions { resumable } => return json!({"sessions": to.invalidate_sessions(resumable)}),
            Self::FreezeGateway { frozen } => to.freeze_gateway(frozen),
            Self::RefuseGateway { refuse } => to.refuse_gateway(refuse),
            Self::RepeatEvents { copies } => to.repeat_events(copies),
            Self::HoldEvents => to.hold_events(),
            Self::ReleaseEvents { order } => return json!({"events": to.release_events(order)}),
            Self::DropEvents { count } => to.drop_events(count),
            _ => {}
        }
        json!({})
    }
}

#[derive(Deserialize)]
struct Where {
    channel: String,
    thread: Option<String>,
}

async fn messages(State(sandbox): State<DiscordSandbox>, Query(at): Query<Where>) -> Json<Value> {
    let messages: Vec<Value> = sandbox.read(|view| {
        let found = match &at.thread {
            Some(thread) => view.thread(&at.channel, thread),
            None => view.channel_messages(&at.channel),
        };
        found.into_iter().map(|message| shapes::message(view, message)).collect()
    });
    Json(json!({"ok": true, "messages": messages}))
}

#[derive(Deserialize)]
struct Who {
    user: String,
}

async fn ephemerals(State(sandbox): State<DiscordSandbox>, Query(who): Query<Who>) -> Json<Value> {
    let shown: Vec<Value> = sandbox.read(|view| {
        let own = view.ephemerals(&who.user).into_iter();
        own.map(|one| {
            json!({
                "id": one.id, "channel": one.channel, "content": one.content, "embeds": one.embeds,
                "components": one.components, "pending": one.pending,
            })
        })
        .collect()
    });
    Json(json!({"ok": true, "ephemerals": shown}))
}

async fn calls(State(sandbox): State<DiscordSandbox>) -> Json<Value> {
    Json(json!({"ok": true, "calls": sandbox.api_calls()}))
}

async fn events(State(sandbox): State<DiscordSandbox>) -> Json<Value> {
    let events: Vec<Value> = sandbox.read(|view| {
        view.events.iter().map(|event| json!({"at": event.at, "name": event.name, "data": event.data})).collect()
    });
    Json(json!({"ok": true, "events": events}))
}

async fn add_fault(State(sandbox): State<DiscordSandbox>, Json(fault): Json<CallFault>) -> Json<Value> {
    Json(json!({"ok": true, "id": sandbox.faults().add(fault)}))
}

async fn faults(State(sandbox): State<DiscordSandbox>) -> Json<Vec<FaultState>> {
    Json(sandbox.faults().all())
}

async fn clear_faults(State(sandbox): State<DiscordSandbox>) -> Json<Value> {
    sandbox.faults().clear();
    Json(json!({"ok": true}))
}

async fn release_fault(State(sandbox): State<DiscordSandbox>, Path(id): Path<u64>) -> Json<Value> {
    sandbox.faults().release(FaultId(id));
    Json(json!({"ok": true}))
}

async fn live(State(sandbox): State<DiscordSandbox>) -> impl IntoResponse {
    page::live(sandbox.watch(), sandbox.0.stop.clone())
}
