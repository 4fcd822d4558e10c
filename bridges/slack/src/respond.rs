//! Answers a person privately.
//!
//! What lives here: the handle that a message or a click leaves behind, and the answer to it. What must not: anything
//! that must arrive: Slack promises no private message.

use bridge_core::{Answer, BridgeError, ReplyHandle};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::call::{Caller, Effect};
use crate::render;

/// Where a private answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Handle {
    pub(crate) channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<String>,
    pub(crate) user: String,
    /// Good for half an hour and five answers; whoever has it can write in the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response_url: Option<String>,
    /// Whether the pressed button is on a private message. Only such a message may be replaced: a card stays.
    #[serde(default)]
    pub(crate) private: bool,
}

/// Sends `answer`.
pub(crate) async fn respond(
    caller: &Caller,
    api_url: &Url,
    to: &ReplyHandle,
    answer: &Answer,
) -> Result<(), BridgeError> {
    // What happened can be seen, and Slack shows nobody that it waits.
    if answer.text.is_empty() {
        return Ok(());
    }
    let handle: Handle = serde_json::from_value(to.0.clone()).map_err(|_| BridgeError::Rejected {
        why: "the handle for a private answer is not one of Slack's".to_owned(),
    })?;
    let shown = render::answer(answer);
    if let Some(url) = handle.response_url.as_deref().and_then(|url| Url::parse(url).ok())
        && may_answer_at(&url, api_url)
    {
        let body = json!({
            "response_type": "ephemeral",
            "replace_original": answer.replace && handle.private,
            "text": shown.text,
            "blocks": shown.blocks,
            "thread_ts": handle.thread,
        });
        match caller.post_without_token(url, &without_nulls(body)).await {
            Ok(()) => return Ok(()),
            // Used up or too old: a private message of its own does as well.
            Err(failure) => tracing::debug!(?failure, "a response_url was refused; answering by chat.postEphemeral"),
        }
    }
    let body = json!({
        "channel": handle.channel,
        "user": handle.user,
        "thread_ts": handle.thread,
        "text": shown.text,
        "blocks": shown.blocks,
        "parse": "none",
        "link_names": false,
    });
    caller.post("chat.postEphemeral", &without_nulls(body), Effect::Writes).await?;
    Ok(())
}

fn without_nulls(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    body
}

/// Answers go to Slack or to the configured stand-in only, however the address came to us.
fn may_answer_at(url: &Url, api_url: &Url) -> bool {
    let slack = url.scheme() == "https"
        && url.host_str().is_some_and(|host| host == "slack.com" || host.ends_with(".slack.com"));
    slack || url.origin() == api_url.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_go_to_slack_and_to_the_stand_in_only() {
        let api: Url = "http://127.0.0.1:4000/api".parse().unwrap();
        let may = |url: &str| may_answer_at(&url.parse().unwrap(), &api);
        assert!(may("https://hooks.slack.com/actions/T/1/x"));
        assert!(may("http://127.0.0.1:4000/response/1"));
        assert!(!may("http://hooks.slack.com/actions/T/1/x"));
        assert!(!may("http://127.0.0.1:4001/response/1"));
        assert!(!may("https://hooks.slack.com.evil.example/x"));
        assert!(!may("https://evilslack.com/x"));
    }
}
