//! Reads a channel's or a thread's messages, page by page.
//!
//! What lives here: `conversations.history` and `conversations.replies`, with the metadata that slack-morphism's typed
//! calls can't ask for. What must not: what the messages mean.

use bridge_core::BridgeError;
use serde_json::Value;

use crate::call::Caller;
use crate::message::text;

/// How many messages are asked for at once; Slack's own advice.
const PAGE: &str = "200";
/// A bound on what Slack can make us read in one go: a hundred pages are twenty thousand messages.
const MOST_PAGES: usize = 100;

/// What to read.
#[derive(Debug, Clone)]
pub(crate) struct History {
    method: &'static str,
    channel: String,
    thread: Option<String>,
    oldest: Option<String>,
    only: Option<String>,
    pages: usize,
}

impl History {
    /// The messages directly in a channel.
    pub(crate) fn of_channel(channel: &str) -> Self {
        Self {
            method: "conversations.history",
            channel: channel.to_owned(),
            thread: None,
            oldest: None,
            only: None,
            pages: MOST_PAGES,
        }
    }

    /// The messages of a thread, its first one among them.
    pub(crate) fn of_thread(channel: &str, thread: &str) -> Self {
        Self { method: "conversations.replies", thread: Some(thread.to_owned()), ..Self::of_channel(channel) }
    }

    /// Nothing older than `oldest`, which itself is read.
    pub(crate) fn since(self, oldest: &str) -> Self {
        Self { oldest: Some(oldest.to_owned()), ..self }
    }

    /// One message.
    pub(crate) fn only(self, id: &str) -> Self {
        Self { only: Some(id.to_owned()), ..self }
    }

    /// At most so many pages.
    pub(crate) fn at_most(self, pages: usize) -> Self {
        Self { pages, ..self }
    }
}

/// Reads until `visit` says `false` or nothing is left. Gives whether all of it was read.
pub(crate) async fn read_all(
    caller: &Caller,
    history: &History,
    visit: &mut (dyn FnMut(&Value) -> bool + Send),
) -> Result<bool, BridgeError> {
    let mut cursor = String::new();
    for _ in 0..history.pages {
        let mut params = vec![("channel", history.channel.as_str()), ("include_all_metadata", "true")];
        params.push(("limit", PAGE));
        if let Some(thread) = &history.thread {
            params.push(("ts", thread));
        }
        if let Some(oldest) = &history.oldest {
            params.extend([("oldest", oldest.as_str()), ("inclusive", "true")]);
        }
        if let Some(only) = &history.only {
            params.extend([("oldest", only.as_str()), ("latest", only), ("inclusive", "true")]);
        }
        if !cursor.is_empty() {
            params.push(("cursor", &cursor));
        }
        let answer = caller.get(history.method, &params).await?;
        let Some(messages) = answer.get("messages").and_then(Value::as_array) else {
            return Err(BridgeError::Transient { why: format!("{} gave no messages", history.method) });
        };
        for message in messages {
            if !visit(message) {
                return Ok(false);
            }
        }
        let more = answer.get("has_more").and_then(Value::as_bool) != Some(false);
        let next = answer.get("response_metadata").and_then(|next| text(next, "next_cursor")).unwrap_or_default();
        if next.is_empty() || !more {
            return Ok(true);
        }
        cursor = next.to_owned();
    }
    Ok(false)
}
