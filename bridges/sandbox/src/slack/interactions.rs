//! Clicks, message shortcuts, slash commands, and the `response_url` that comes with each.
//!
//! What lives here: the payloads as Slack sends them, and what a `response_url` accepts. What must not: how they travel.
//!
//! Neither published description covers interactions; these shapes follow Slack's reference pages for `block_actions`,
//! `message_action`, slash commands and `response_url` (five uses within thirty minutes).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::actions::Edit;
use super::net::{Kind, Outgoing};
use super::records::ResponseUrl;
use super::shapes::{self, Sight};
use super::world::{App, Ephemeral, Message, World};
use super::{PersonError, SlackSandbox, blocks};
use crate::ids;

/// Uses of one `response_url`.
const USES: u32 = 5;
/// Its life in microseconds: thirty minutes.
const LIFE: i64 = 30 * 60 * 1_000_000;

/// Where something was clicked.
pub(crate) struct Place<'a> {
    pub(crate) user: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) message: Option<&'a str>,
    pub(crate) thread: Option<String>,
    pub(crate) is_ephemeral: bool,
}

impl World {
    /// Gives out a `response_url`.
    fn response_url(&mut self, app: &App, place: &Place<'_>) -> String {
        let token = ids::token(24);
        let url = ResponseUrl {
            app_id: app.id.clone(),
            channel: place.channel.to_owned(),
            user: place.user.to_owned(),
            message_ts: place.message.map(str::to_owned),
            thread_ts: place.thread.clone(),
            is_ephemeral: place.is_ephemeral,
            uses_left: USES,
            expires: self.now + LIFE,
        };
        self.response_urls.insert(token.clone(), url);
        format!("{}/respond/{token}", self.base)
    }

    /// What every interaction begins with.
    fn interaction(&self, kind: &str, app: &App, place: &Place<'_>, trigger: &str, url: &str) -> Value {
        let team = self.teams.get(&app.team);
        let user = self.users.get(place.user);
        let name = user.map(|user| user.name.clone()).unwrap_or_default();
        json!({
            "type": kind, "api_app_id": app.id, "token": app.verification_token, "trigger_id": trigger,
            "team": {"id": app.team, "domain": team.map(|team| team.domain.clone())},
            "user": {"id": place.user, "username": name, "name": name, "team_id": user.map(|user| user.team.clone())},
            "channel": {
                "id": place.channel,
                "name": self.channels.get(place.channel).map(|channel| channel.name.clone()),
            },
            "enterprise": null, "is_enterprise_install": false, "response_url": url,
        })
    }

    fn full_message(&self, channel: &str, ts: &str) -> Value {
        let Some(known) = self.channels.get(channel) else { return Value::Null };
        let sight = Sight { email: false, metadata: true };
        known.messages.get(ts).map_or(Value::Null, |it| shapes::message(&self.base, self, known, it, sight))
    }

    /// The payload of a click on a button.
    pub(crate) fn block_actions(&mut self, app: &App, place: &Place<'_>, block: &str, button: &Value) -> Outgoing {
        let (trigger, url) = (trigger(), self.response_url(app, place));
        let action_ts = self.next_ts();
        let mut payload = self.interaction("block_actions", app, place, &trigger, &url);
        let message_ts = place.message.unwrap_or_default();
        payload["container"] = json!({
            "type": "message", "message_ts": message_ts, "channel_id": place.channel,
            "is_ephemeral": place.is_ephemeral,
        });
        if let Some(thread) = &place.thread {
            payload["container"]["thread_ts"] = json!(thread);
        }
        if !place.is_ephemeral {
            payload["message"] = self.full_message(place.channel, message_ts);
        }
        payload["state"] = json!({"values": {}});
        let mut action = json!({
            "action_id": button["action_id"], "block_id": block, "type": "button", "text": button["text"],
            "action_ts": action_ts,
        });
        for key in ["value", "style", "url"] {
            if !button[key].is_null() {
                action[key] = button[key].clone();
            }
        }
        payload["actions"] = json!([action]);
        Outgoing::new(&app.id, Kind::Interaction, &trigger, "block_actions".to_owned(), payload)
    }

    /// The payload of a message shortcut.
    pub(crate) fn message_action(&mut self, app: &App, place: &Place<'_>, callback_id: &str) -> Outgoing {
        let (trigger, url) = (trigger(), self.response_url(app, place));
        let action_ts = self.next_ts();
        let mut payload = self.interaction("message_action", app, place, &trigger, &url);
        payload["callback_id"] = json!(callback_id);
        payload["action_ts"] = json!(action_ts);
        payload["message_ts"] = json!(place.message);
        payload["message"] = self.full_message(place.channel, place.message.unwrap_or_default());
        Outgoing::new(&app.id, Kind::Interaction, &trigger, "message_action".to_owned(), payload)
    }

    /// The payload of a slash command.
    pub(crate) fn slash_command(&mut self, app: &App, place: &Place<'_>, command: &str, text: &str) -> Outgoing {
        let (trigger, url) = (trigger(), self.response_url(app, place));
        let payload = json!({
            "token": app.verification_token, "team_id": app.team,
            "team_domain": self.teams.get(&app.team).map(|team| team.domain.clone()), "channel_id": place.channel,
            "channel_name": self.channels.get(place.channel).map(|channel| channel.name.clone()),
            "user_id": place.user, "user_name": self.users.get(place.user).map(|user| user.name.clone()),
            "command": command, "text": text, "api_app_id": app.id, "is_enterprise_install": "false",
            "response_url": url, "trigger_id": trigger,
        });
        Outgoing::new(&app.id, Kind::Command, &trigger, command.to_owned(), payload)
    }

    fn show_only(&mut self, url: &ResponseUrl, thread_ts: Option<String>, text: String, mut given: Vec<Value>) {
        blocks::fill_ids(&mut given);
        let ts = self.next_ts();
        self.ephemerals.push(Ephemeral {
            ts,
            channel: url.channel.clone(),
            thread_ts,
            user: url.user.clone(),
            app_id: url.app_id.clone(),
            text,
            blocks: given,
        });
    }

    /// Replaces or deletes the message with the button.
    fn respond_to_original(
        &mut self,
        url: &ResponseUrl,
        delete: bool,
        text: Option<String>,
        given: Option<Vec<Value>>,
    ) {
        let Some(ts) = url.message_ts.as_deref() else { return };
        if url.is_ephemeral {
            if delete {
                self.ephemerals.retain(|ephemeral| ephemeral.ts != ts);
            } else if let Some(ephemeral) = self.ephemerals.iter_mut().find(|ephemeral| ephemeral.ts == ts) {
                ephemeral.text = text.unwrap_or_default();
                ephemeral.blocks = given.unwrap_or_default();
                blocks::fill_ids(&mut ephemeral.blocks);
            }
            return;
        }
        let bot = self.apps.get(&url.app_id).map(|app| app.bot_user.clone()).unwrap_or_default();
        if delete {
            self.delete(&url.channel, ts);
        } else {
            let edit = Edit { text, blocks: Some(given.unwrap_or_default()), ..Edit::default() };
            self.edit(&url.channel, ts, &bot, edit);
        }
    }

    /// Applies what an app sent to a `response_url`, or answered to a command.
    fn respond_with(&mut self, url: &ResponseUrl, answer: &Value) -> Result<(), &'static str> {
        let text = answer["text"].as_str().map(str::to_owned);
        let given = answer["blocks"].as_array().cloned();
        let flag = |key: &str| answer[key] == true || answer[key] == "true";
        if given.as_ref().is_some_and(|given| !blocks::mistakes(given).is_empty()) {
            return Err("invalid_blocks");
        }
        if flag("delete_original") {
            self.respond_to_original(url, true, None, None);
            return Ok(());
        }
        if text.as_deref().is_none_or(str::is_empty) && given.as_ref().is_none_or(Vec::is_empty) {
            return Err("no_text");
        }
        if flag("replace_original") {
            self.respond_to_original(url, false, text, given);
            return Ok(());
        }
        let thread_ts = answer["thread_ts"].as_str().map(str::to_owned).or_else(|| url.thread_ts.clone());
        let (text, given) = (text.unwrap_or_default(), given.unwrap_or_default());
        if answer["response_type"] == "in_channel" {
            let app = self.apps.get(&url.app_id).cloned().unwrap_or_default();
            let message = Message {
                user: Some(app.bot_user),
                bot_id: Some(app.bot_id),
                app_id: Some(app.id),
                text,
                blocks: given,
                thread_ts: answer["thread_ts"].as_str().map(str::to_owned),
                ..Message::default()
            };
            self.post(&url.channel, message);
        } else {
            self.show_only(url, thread_ts, text, given);
        }
        Ok(())
    }
}

fn trigger() -> String {
    format!("{}.{}.{}", ids::number(), ids::number(), ids::token(32).to_lowercase())
}

impl SlackSandbox {
    /// Sends an interaction and waits until it was acknowledged or not.
    pub(crate) async fn interact(
        &self,
        make: impl FnOnce(&mut World) -> Result<Outgoing, PersonError>,
    ) -> Result<super::Clicked, PersonError> {
        let (done, wait) = oneshot::channel();
        let (trigger_id, response_url) = self.change(|world| {
            let mut out = make(world)?;
            let known = |key: &str| out.payload[key].as_str().unwrap_or_default().to_owned();
            let ids = (known("trigger_id"), known("response_url"));
            out.done = Some(done);
            world.outgoing.push(out);
            Ok(ids)
        })?;
        let acked = wait.await.ok().flatten().is_some();
        Ok(super::Clicked { acked, trigger_id, response_url })
    }

    /// Shows what an app answered to a command in its acknowledgement.
    pub(crate) fn command_answered(&self, command: &Value, answer: &Value) {
        let url = command["response_url"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        self.change(|world| {
            let Some(url) = world.response_urls.get(url).cloned() else { return };
            if let Err(error) = world.respond_with(&url, answer) {
                tracing::debug!(error, "a command's answer showed nothing");
            }
        });
    }
}

/// Takes what an app posts to a `response_url`. Faults know this as `response_url`.
pub(crate) async fn respond(
    State(sandbox): State<SlackSandbox>,
    Path(token): Path<String>,
    Json(answer): Json<Value>,
) -> Response {
    if let Some(hit) = sandbox.0.faults.take("response_url", None) {
        match super::api::instead(&hit.act) {
            Some(answer) => return answer,
            None => sandbox.pause(hit).await,
        }
    }
    let done = sandbox.change(|world| {
        let now = world.now;
        let url = world.response_urls.get_mut(&token).ok_or((StatusCode::NOT_FOUND, "invalid_url"))?;
        if url.expires < now {
            return Err((StatusCode::NOT_FOUND, "expired_url"));
        }
        url.uses_left = url.uses_left.checked_sub(1).ok_or((StatusCode::NOT_FOUND, "used_url"))?;
        let url = url.clone();
        world.respond_with(&url, &answer).map_err(|error| (StatusCode::BAD_REQUEST, error))
    });
    match done {
        Ok(()) => "ok".into_response(),
        Err((status, error)) => (status, Json(json!({"ok": false, "error": error}))).into_response(),
    }
}
