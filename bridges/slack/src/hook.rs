//! Answers Slack's HTTP requests.
//!
//! What lives here: the three endpoints, each behind the signature. What must not: reading a body before its signature
//! is known to fit.

use bridge_core::{HookRequest, HookResponse, Inbound, InboundSink, Word, Words};
use serde_json::{Value, json};

use crate::message::text;
use crate::normalize::{self, Heard, Listener};
use crate::{SlackBridge, signature};

/// Answers one request.
pub(crate) async fn answer(bridge: &SlackBridge, request: &HookRequest, sink: &dyn InboundSink) -> HookResponse {
    let Some(secret) = bridge.signing_secret() else {
        return plain(404, "This connection is fed by Socket Mode, not by HTTP requests.");
    };
    if !matches!(request.endpoint.as_str(), "events" | "interactions" | "commands") {
        return plain(404, "The endpoints are events, interactions and commands.");
    }
    if let Err(error) = signature::verify(secret, request) {
        // Anybody can send these, and as many as they like.
        if let Some(unsaid) = bridge.refused_hooks.may_say(request.received_at) {
            tracing::warn!(connection = %bridge.id(), endpoint = request.endpoint, unsaid, "a request to the hooks was refused, and {unsaid} more since the last such line: {error}");
        }
        return plain(401, &format!("Refused: {error}."));
    }
    if request.endpoint == "commands" {
        let fields = url::form_urlencoded::parse(&request.body);
        let fields = fields.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
        return hear(bridge, request, &Value::Object(fields), sink).await;
    }
    let Some(payload) = parse(request) else {
        tracing::warn!(connection = %bridge.id(), endpoint = request.endpoint, "a signed request holds no usable JSON");
        return plain(400, "The body holds no usable JSON.");
    };
    match text(&payload, "type") {
        Some("url_verification") => match text(&payload, "challenge") {
            Some(challenge) => plain(200, challenge),
            None => plain(400, "The challenge is missing."),
        },
        Some("event_callback") | Some("block_actions") => hear(bridge, request, &payload, sink).await,
        // Kinds that we have no use for are not wanted again.
        _ => plain(200, ""),
    }
}

async fn hear(bridge: &SlackBridge, request: &HookRequest, payload: &Value, sink: &dyn InboundSink) -> HookResponse {
    let me = match bridge.me().await {
        Ok(me) => me,
        Err(error) => {
            tracing::warn!(connection = %bridge.id(), "an event can't be taken while our own ids are unknown: {error}");
            return plain(503, "Not now.");
        }
    };
    let listener = Listener { connection: bridge.id(), me, now: request.received_at };
    let heard = match request.endpoint.as_str() {
        "events" => normalize::event(&listener, payload),
        "commands" => normalize::command(&listener, payload),
        _ => normalize::interaction(&listener, payload),
    };
    match heard {
        Heard::Nothing if request.endpoint == "commands" => help(bridge.words()),
        Heard::Nothing => plain(200, ""),
        Heard::Stale(stale) => {
            bridge.people().forget(&stale);
            plain(200, "")
        }
        Heard::Event(inbound) => store(*inbound, sink).await,
    }
}

async fn store(inbound: Inbound, sink: &dyn InboundSink) -> HookResponse {
    let key = inbound.dedupe_key.clone();
    match sink.accept(inbound).await {
        Ok(()) => plain(200, ""),
        Err(error) => {
            tracing::warn!(intake.key = key, "event {key} was not stored, so Slack is asked to send it again: {error}");
            plain(503, "Not now.")
        }
    }
}

/// The JSON of a body: as it is, or in a form's field `payload`.
fn parse(request: &HookRequest) -> Option<Value> {
    if request.endpoint == "events" {
        return serde_json::from_slice(&request.body).ok();
    }
    let (_, payload) = url::form_urlencoded::parse(&request.body).find(|(name, _)| name == "payload")?;
    serde_json::from_str(&payload).ok()
}

/// The answer to a slash command that asks for nothing else, whichever way it came. A developer's commands can't be called in
/// a thread, so what concerns a conversation is done by words.
pub(crate) fn help_payload(words: Words) -> Value {
    json!({ "response_type": "ephemeral", "text": words.text(Word::Help) })
}

fn help(words: Words) -> HookResponse {
    let body = help_payload(words).to_string();
    HookResponse { status: 200, content_type: "application/json; charset=utf-8", body }
}

fn plain(status: u16, body: &str) -> HookResponse {
    HookResponse { status, content_type: "text/plain; charset=utf-8", body: body.to_owned() }
}
