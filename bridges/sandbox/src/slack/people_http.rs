//! Acting as a person, reading, and faults, as JSON over HTTP, for tests in other languages and for the page.
//!
//! What lives here: `/people/…`. What must not: rules; every request is one call of the Rust methods.
//!
//! - `POST /people/do` with `{"do": "say", "user": …, "channel": …, "thread_ts"?: …, "text": …}`; see [`Do`] for every
//!   verb. Answers `{"ok": true, …}` or 400 with `{"ok": false, "error": sentence}`.
//! - `GET /people/messages?channel=&thread=`, `/people/ephemerals?user=`, `/people/calls`, `/people/deliveries`.
//! - `POST /people/faults` with a [`CallFault`] gives `{"id"}`; `GET` lists them with their counters; `DELETE` ends all;
//!   `POST /people/faults/{id}/release` lets a hung call go on.
//! - `GET /people/live` is a stream of server-sent events, one with the version number at every change.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::people::Upload;
use super::{PersonError, ReleaseOrder, SlackSandbox, shapes};
use crate::faults::{CallFault, FaultId, FaultState};
use crate::page;

/// What somebody does. The fields are those of the Rust method with the same name.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Do {
    Say {
        user: String,
        channel: String,
        thread_ts: Option<String>,
        text: String,
        #[serde(default)]
        broadcast: bool,
    },
    SayMe {
        user: String,
        channel: String,
        thread_ts: Option<String>,
        text: String,
    },
    SayAsIntegration {
        channel: String,
        thread_ts: Option<String>,
        name: String,
        text: String,
    },
    Edit {
        user: String,
        channel: String,
        ts: String,
        text: String,
    },
    Delete {
        user: String,
        channel: String,
        ts: String,
    },
    /// `bytes` in hexadecimal.
    Upload {
        user: String,
        channel: String,
        thread_ts: Option<String>,
        name: String,
        mimetype: String,
        bytes: String,
    },
    React {
        user: String,
        channel: String,
        ts: String,
        name: String,
    },
    Unreact {
        user: String,
        channel: String,
        ts: String,
        name: String,
    },
    Unfurl {
        channel: String,
        ts: String,
        url: String,
    },
    Click {
        user: String,
        channel: String,
        ts: String,
        action_id: String,
    },
    Shortcut {
        user: String,
        channel: String,
        ts: String,
        callback_id: String,
    },
    Command {
        user: String,
        channel: String,
        thread_ts: Option<String>,
        command: String,
        #[serde(default)]
        text: String,
    },
    Join {
        user: String,
        channel: String,
    },
    Invite {
        by: String,
        user: String,
        channel: String,
    },
    Leave {
        user: String,
        channel: String,
    },
    Kick {
        by: String,
        user: String,
        channel: String,
    },
    Archive {
        user: String,
        channel: String,
    },
    Unarchive {
        user: String,
        channel: String,
    },
    RenameChannel {
        user: String,
        channel: String,
        name: String,
    },
    Deactivate {
        user: String,
    },
    ChangeProfile {
        user: String,
        real_name: Option<String>,
        display_name: Option<String>,
    },
    SetPresence {
        user: String,
        active: bool,
    },
    SetInGroup {
        group: String,
        user: String,
        inside: bool,
    },
    RevokeBotToken {
        app: String,
    },
    RevokeAppToken {
        app: String,
    },
    Uninstall {
        app: String,
    },
    CloseSockets {
        app: Option<String>,
    },
    CutSockets {
        app: Option<String>,
    },
    DisconnectSockets {
        app: Option<String>,
        reason: String,
    },
    FreezeSockets {
        frozen: bool,
    },
    RefuseSockets {
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

pub(crate) fn routes() -> Router<SlackSandbox> {
    Router::new()
        // Room for a file in hexadecimal.
        .route("/people/do", post(act).layer(axum::extract::DefaultBodyLimit::max(64 * 1024 * 1024)))
        .route("/people/messages", get(messages))
        .route("/people/ephemerals", get(ephemerals))
        .route("/people/calls", get(calls))
        .route("/people/deliveries", get(deliveries))
        .route("/people/faults", post(add_fault).get(faults).delete(clear_faults))
        .route("/people/faults/{id}/release", post(release_fault))
        .route("/people/live", get(live))
}

async fn act(State(sandbox): State<SlackSandbox>, Json(what): Json<Do>) -> Response {
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
    result.map(|ts| json!({"ts": ts}))
}

impl Do {
    async fn run(self, to: &SlackSandbox) -> Result<Value, PersonError> {
        match self {
            Self::Say { user, channel, thread_ts: Some(thread), text, broadcast: true } => {
                written(to.say_broadcast(&user, &channel, &thread, &text))
            }
            Self::Say { user, channel, thread_ts, text, .. } => {
                written(to.say(&user, &channel, thread_ts.as_deref(), &text))
            }
            Self::SayMe { user, channel, thread_ts, text } => {
                written(to.say_me(&user, &channel, thread_ts.as_deref(), &text))
            }
            Self::SayAsIntegration { channel, thread_ts, name, text } => {
                written(to.say_as_integration(&channel, thread_ts.as_deref(), &name, &text))
            }
            Self::Edit { user, channel, ts, text } => done(to.edit(&user, &channel, &ts, &text)),
            Self::Delete { user, channel, ts } => done(to.delete(&user, &channel, &ts)),
            Self::Upload { user, channel, thread_ts, name, mimetype, bytes } => {
                let bytes = hex::decode(bytes).map_err(|error| PersonError::Refused(error.to_string()))?;
                let upload = Upload { name, mimetype, bytes: bytes.into(), comment: String::new() };
                let (file, ts) = to.upload(&user, &channel, thread_ts.as_deref(), upload)?;
                Ok(json!({"file": file, "ts": ts}))
            }
            Self::React { user, channel, ts, name } => done(to.react(&user, &channel, &ts, &name)),
            Self::Unreact { user, channel, ts, name } => done(to.unreact(&user, &channel, &ts, &name)),
            Self::Unfurl { channel, ts, url } => done(to.unfurl(&channel, &ts, &url)),
            Self::Click { user, channel, ts, action_id } => {
                to.click(&user, &channel, &ts, &action_id).await.map(|clicked| json!(clicked))
            }
            Self::Shortcut { user, channel, ts, callback_id } => {
                to.shortcut(&user, &channel, &ts, &callback_id).await.map(|clicked| json!(clicked))
            }
            Self::Command { user, channel, thread_ts, command, text } => {
                to.command(&user, &channel, thread_ts.as_deref(), &command, &text).await.map(|clicked| json!(clicked))
            }
            other => other.administer(to),
        }
    }

    fn administer(self, to: &SlackSandbox) -> Result<Value, PersonError> {
        match self {
            Self::Join { user, channel } => done(to.join(&user, &channel)),
            Self::Invite { by, user, channel } => done(to.invite(&by, &user, &channel)),
            Self::Leave { user, channel } => done(to.leave(&user, &channel)),
            Self::Kick { by, user, channel } => done(to.kick(&by, &user, &channel)),
            Self::Archive { user, channel } => done(to.archive(&user, &channel, true)),
            Self::Unarchive { user, channel } => done(to.archive(&user, &channel, false)),
            Self::RenameChannel { user, channel, name } => done(to.rename_channel(&user, &channel, &name)),
            Self::Deactivate { user } => done(to.deactivate(&user)),
            Self::ChangeProfile { user, real_name, display_name } => done(to.change_profile(&user, |person| {
                person.real_name = real_name.unwrap_or_else(|| person.real_name.clone());
                person.display_name = display_name.unwrap_or_else(|| person.display_name.clone());
            })),
            Self::SetPresence { user, active } => done(to.set_presence(&user, active)),
            Self::SetInGroup { group, user, inside } => done(to.set_in_group(&group, &user, inside)),
            Self::RevokeBotToken { app } => done(to.revoke_bot_token(&app)),
            Self::RevokeAppToken { app } => done(to.revoke_app_token(&app)),
            Self::Uninstall { app } => done(to.uninstall(&app)),
            other => Ok(other.disturb(to)),
        }
    }

    fn disturb(self, to: &SlackSandbox) -> Value {
        match self {
            Self::CloseSockets { app } => json!({"sockets": to.close_sockets(app.as_deref())}),
            Self::CutSockets { app } => json!({"sockets": to.cut_sockets(app.as_deref())}),
            Self::DisconnectSockets { app, reason } => {
                json!({"sockets": to.disconnect_sockets(app.as_deref(), &reason)})
            }
            Self::FreezeSockets { frozen } => {
                to.freeze_sockets(frozen);
                json!({})
            }
            Self::RefuseSockets { refuse } => {
                to.refuse_sockets(refuse);
                json!({})
            }
            Self::RepeatEvents { copies } => {
                to.repeat_events(copies);
                json!({})
            }
            Self::HoldEvents => {
                to.hold_events();
                json!({})
            }
            Self::ReleaseEvents { order } => json!({"events": to.release_events(order)}),
            Self::DropEvents { count } => {
                to.drop_events(count);
                json!({})
            }
            _ => json!({}),
        }
    }
}

#[derive(Deserialize)]
struct Where {
    channel: String,
    thread: Option<String>,
}

async fn messages(State(sandbox): State<SlackSandbox>, Query(at): Query<Where>) -> Json<Value> {
    let messages = sandbox.read(|view| {
        let found = match &at.thread {
            Some(root) => view.thread(&at.channel, root),
            None => view.channel_messages(&at.channel),
        };
        let Some(channel) = view.channels.get(&at.channel) else { return Vec::new() };
        let sight = shapes::Sight { email: false, metadata: true };
        found.into_iter().map(|message| shapes::message(&view.base, view, channel, message, sight)).collect::<Vec<_>>()
    });
    Json(json!({"ok": true, "messages": messages}))
}

#[derive(Deserialize)]
struct Who {
    user: String,
}

async fn ephemerals(State(sandbox): State<SlackSandbox>, Query(who): Query<Who>) -> Json<Value> {
    let shown: Vec<Value> =
        sandbox.read(|view| view.ephemerals(&who.user).into_iter().map(shapes::ephemeral).collect());
    Json(json!({"ok": true, "ephemerals": shown}))
}

async fn calls(State(sandbox): State<SlackSandbox>) -> Json<Value> {
    Json(json!({"ok": true, "calls": sandbox.api_calls()}))
}

async fn deliveries(State(sandbox): State<SlackSandbox>) -> Json<Value> {
    Json(json!({"ok": true, "deliveries": sandbox.deliveries()}))
}

async fn add_fault(State(sandbox): State<SlackSandbox>, Json(fault): Json<CallFault>) -> Json<Value> {
    Json(json!({"ok": true, "id": sandbox.faults().add(fault)}))
}

async fn faults(State(sandbox): State<SlackSandbox>) -> Json<Vec<FaultState>> {
    Json(sandbox.faults().all())
}

async fn clear_faults(State(sandbox): State<SlackSandbox>) -> Json<Value> {
    sandbox.faults().clear();
    Json(json!({"ok": true}))
}

async fn release_fault(State(sandbox): State<SlackSandbox>, Path(id): Path<u64>) -> Json<Value> {
    sandbox.faults().release(FaultId(id));
    Json(json!({"ok": true}))
}

async fn live(State(sandbox): State<SlackSandbox>) -> impl IntoResponse {
    page::live(sandbox.watch(), sandbox.0.stop.clone())
}
