//! What the sandbox remembers of its traffic: calls, deliveries, given-out answer addresses.
//!
//! What lives here: plain records for tests to read. What must not: the world itself (see `world`).

use serde::Serialize;
use serde_json::Value;

/// A `response_url` that was given out.
#[derive(Clone, Debug)]
pub struct ResponseUrl {
    /// The app it belongs to.
    pub app_id: String,
    /// Where the click or command was.
    pub channel: String,
    /// Who clicked.
    pub user: String,
    /// The message with the button, if any.
    pub message_ts: Option<String>,
    /// Its thread, if any.
    pub thread_ts: Option<String>,
    /// That message was ephemeral.
    pub is_ephemeral: bool,
    /// Uses left of five.
    pub uses_left: u32,
    /// Unix microseconds, thirty minutes after the click.
    pub expires: i64,
}

/// One call of the Web API, as the sandbox saw it.
#[derive(Clone, Debug, Serialize)]
pub struct ApiCall {
    /// Unix microseconds.
    pub at: i64,
    /// The app whose token was used, if known.
    pub app: Option<String>,
    /// Method name.
    pub method: String,
    /// The channel it was about.
    pub channel: Option<String>,
    /// `ok`, Slack's error code, or `fault: …`.
    pub outcome: String,
    /// The arguments without the token.
    pub args: Value,
}

/// One attempt to hand something to an app.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Unix microseconds when the attempt ended.
    pub at: i64,
    /// The app.
    pub app: String,
    /// `events_api`, `interactive` or `slash_commands`.
    pub kind: String,
    /// `event_id` or `trigger_id`.
    pub key: String,
    /// The event's type and subtype, such as `message/message_changed`.
    pub about: String,
    /// 0 for the first attempt.
    pub attempt: u32,
    /// `acked`, or why not: `no_socket`, `socket_closed`, `timeout`, `http_500`, `connection_failed`, …
    pub outcome: String,
    /// No attempt follows.
    pub last: bool,
}
