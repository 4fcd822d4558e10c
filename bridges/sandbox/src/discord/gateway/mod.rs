//! Gateway v10: the WebSocket over which Discord tells a bot what happens.
//!
//! What lives here: the route, and who gets which event. The parts: `connection` (one socket), `begin` (IDENTIFY and
//! RESUME), `sessions` (what is remembered), `intents`, `ready` (the first payloads), `wire` (opcodes, close codes,
//! frames), `faults` (what a test may do to it). What must not: how events come about (see `events`).
//!
//! # Where the rules come from
//! Discord's pages "Gateway", "Gateway Events" and "Opcodes and Status Codes"; the published OpenAPI doesn't cover it.
//! Payload compression (`compress` in IDENTIFY) is there; transport compression (`compress=` in the address) and the ETF
//! encoding are refused, so that nobody takes garbage for frames.

mod begin;
mod connection;
mod faults;
pub(crate) mod intents;
mod ready;
mod sessions;
mod wire;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::Value;

use self::connection::Connection;
pub(crate) use self::sessions::Gateway;
pub use self::sessions::Session;
use self::wire::Ending;
use super::DiscordSandbox;
use super::events::Outgoing;
use super::permissions::VIEW_CHANNEL;
use super::world::World;

/// The gateway's routes; clients put a slash before the question mark or not.
pub(crate) fn routes() -> Router<DiscordSandbox> {
    Router::new().route("/gateway", get(connect)).route("/gateway/", get(connect))
}

/// The gateway's address for a sandbox at this address, as `GET /gateway/bot` gives it.
pub(crate) fn url(base: &str) -> String {
    let (scheme, rest) = match base.strip_prefix("https") {
        Some(rest) => ("wss", rest),
        None => ("ws", base.strip_prefix("http").unwrap_or(base)),
    };
    format!("{scheme}{rest}/gateway")
}

#[derive(Deserialize)]
struct Asked {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

async fn connect(
    State(sandbox): State<DiscordSandbox>,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if asked.compress.is_some() || asked.encoding.is_some_and(|encoding| encoding != "json") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let refused = sandbox.change(|world| {
        world.gateway.counters.refused += u32::from(world.gateway.refuse);
        world.gateway.refuse
    });
    if refused {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut stalled = sandbox.0.stalled.subscribe();
    tokio::select! {
        _ = stalled.wait_for(|stalled| !*stalled) => {}
        () = sandbox.0.stop.cancelled() => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
    let version_ok = asked.v.is_none_or(|version| version == "10");
    upgrade.on_upgrade(move |socket| Connection::run(sandbox, socket, version_ok))
}

impl World {
    /// Hands everything that happened to the sessions that may see it, in order, after the faults on events.
    pub(crate) fn hand_out(&mut self) {
        for out in std::mem::take(&mut self.outgoing) {
            // What goes to one app only, such as an interaction, is no event that everybody shares.
            let ready = if out.app.is_some() { vec![out] } else { self.gateway.events.gate(out) };
            ready.iter().for_each(|out| self.tell(out));
        }
    }

    /// Ends an app's connections with 4004 and its sessions for good, as a reset of its token does.
    pub(crate) fn end_sessions(&mut self, app: &str) {
        self.gateway.expel(app, Ending::AuthenticationFailed);
    }

    /// Dispatches to every session that may see this.
    fn tell(&mut self, out: &Outgoing) {
        let told: Vec<(String, Value)> = self
            .gateway
            .sessions()
            .filter_map(|session| Some((session.id.clone(), self.as_seen(&session.app_id, session.intents, out)?)))
            .collect();
        for (session, data) in told {
            self.gateway.push(&session, out.name, &data);
        }
    }

    /// An event as this app sees it with these intents; nothing when it doesn't.
    fn as_seen(&self, app: &str, intents: u64, out: &Outgoing) -> Option<Value> {
        let app = self.apps.get(app)?;
        if out.app.as_ref().is_some_and(|only| *only != app.id) {
            return None;
        }
        if out.intents != 0 && intents & out.intents == 0 {
            return None;
        }
        if out.guild.as_ref().is_some_and(|guild| self.member(guild, &app.bot_user).is_none()) {
            return None;
        }
        // Nobody is told about a place that they can't see; one that is gone is judged by its guild alone.
        let hidden =
            |channel: &String| self.channels.contains_key(channel) && !self.may(&app.bot_user, channel, VIEW_CHANNEL);
        if out.channel.as_ref().is_some_and(hidden) {
            return None;
        }
        let is_message = matches!(out.name, "MESSAGE_CREATE" | "MESSAGE_UPDATE");
        let data = out.data.clone();
        Some(if is_message { intents::message_as_seen(app, intents, data) } else { data })
    }
}
