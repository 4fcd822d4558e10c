//! Does the work of the outbox in Slack.
//!
//! What lives here: one operation, one call. What must not: what a message looks like (`render`), and trying again.

use bridge_core::{Applied, BridgeError, IdempotencyKey, Op, Outcome, Target};
use serde_json::{Value, json};

use crate::call::{Caller, Effect};
use crate::errors::Failure;
use crate::message::text;
use crate::read::{History, read_all};
use crate::render::{self, Shown};

/// Does `op`. `workspace` is where people find it, where that is known.
pub(crate) async fn perform(
    caller: &Caller,
    workspace: Option<&str>,
    at: &Target,
    op: &Op,
    key: &IdempotencyKey,
) -> Result<Outcome, BridgeError> {
    let channel = &at.channel.id;
    let words = at.words;
    let key = key.to_string();
    match op {
        Op::OpenThread(card) => {
            let earlier = render::earlier(card, workspace, channel);
            let shown = render::card(card, words, &key, earlier.as_deref());
            let body = message(channel, shown, render::metadata(&key, "card"));
            let id = send(caller, &body).await?.id;
            Ok(Outcome::Applied(Applied { thread: id.clone(), id }))
        }
        Op::Post(post) => {
            let mut body = message(channel, render::post(post, words, &key), render::metadata(&key, "post"));
            body["username"] = json!(render::username(post, words));
            if let Some(icon) = render::icon_url(post) {
                body["icon_url"] = json!(icon);
            }
            reply(caller, at, body, post.broadcast).await
        }
        Op::Notice(notice) => {
            let body = message(channel, render::notice(notice, &key), render::metadata(&key, "notice"));
            reply(caller, at, body, notice.broadcast).await
        }
        Op::Edit { id, post } => {
            // Only an outbox row's first post has a bare key as block id: an edit must not pass for one.
            let shown = render::post(post, words, &format!("edit-{key}"));
            update(caller, channel, id, shown).await.map_err(|failure| match failure.code() {
                Some("message_not_found") => {
                    BridgeError::Rejected { why: "the message was deleted in Slack, so it can't be edited".to_owned() }
                }
                _ => failure.into(),
            })
        }
        Op::UpdateCard { id, card } => {
            let earlier = render::earlier(card, workspace, channel);
            let shown = render::card(card, words, &format!("card-{key}"), earlier.as_deref());
            update(caller, channel, id, shown).await.map_err(BridgeError::from)
        }
        Op::Delete { id } => delete(caller, channel, id).await,
        // Slack has no archive for a thread, and `Capabilities::archives` says so.
        Op::Archive => Ok(Outcome::Applied(Applied::default())),
    }
}

fn message(channel: &str, shown: Shown, metadata: Value) -> Value {
    json!({
        "channel": channel,
        "text": shown.text,
        "blocks": shown.blocks,
        "metadata": metadata,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// A message that Slack took.
struct Sent {
    id: Option<String>,
    thread: Option<String>,
}

async fn send(caller: &Caller, body: &Value) -> Result<Sent, BridgeError> {
    let answer = caller.post("chat.postMessage", body, Effect::Writes).await?;
    let Some(id) = text(&answer, "ts") else {
        return Err(BridgeError::Ambiguous { why: "chat.postMessage did not say which message it made".to_owned() });
    };
    let message = answer.get("message");
    let thread = message.and_then(|message| text(message, "thread_ts")).map(str::to_owned);
    Ok(Sent { id: Some(id.to_owned()), thread })
}

async fn reply(caller: &Caller, at: &Target, mut body: Value, broadcast: bool) -> Result<Outcome, BridgeError> {
    let thread = at.thread.as_deref().ok_or_else(no_thread)?;
    body["thread_ts"] = json!(thread);
    if broadcast {
        body["reply_broadcast"] = json!(true);
    }
    let sent = send(caller, &body).await?;
    if sent.thread.is_none()
        && let Some(id) = &sent.id
        && strayed(caller, &at.channel.id, thread, id).await
    {
        tracing::warn!(slack.channel = at.channel.id, slack.ts = id, "a reply went into the channel; taking it back");
        if let Err(error) = delete(caller, &at.channel.id, id).await {
            tracing::warn!(slack.channel = at.channel.id, slack.ts = id, "it could not be taken back: {error}");
        }
        return Err(BridgeError::ThreadGone);
    }
    Ok(Outcome::Applied(Applied { id: sent.id, thread: None }))
}

/// Whether a reply stands outside its thread. Where the thread's first message is gone, Slack may put the reply into the
/// channel itself; an answer without the thread's id makes us look at the reply. Only a reply that is seen elsewhere has
/// strayed: one that can't be seen (yet) counts as in its place. Otherwise a Slack that is slow to show it would make us
/// take it back and open one thread after another, without an end.
async fn strayed(caller: &Caller, channel: &str, thread: &str, id: &str) -> bool {
    let mut seen_elsewhere = false;
    // Slack takes a reply's own id in the thread's place too, and gives that reply.
    let history = History::of_thread(channel, id).only(id).at_most(1);
    let mut visit = |message: &Value| {
        seen_elsewhere |= is_elsewhere(message, thread, id);
        true
    };
    match read_all(caller, &history, &mut visit).await {
        Ok(_) => seen_elsewhere,
        Err(error) => {
            tracing::debug!(slack.channel = channel, slack.ts = id, "a reply could not be looked at: {error}");
            false
        }
    }
}

/// Whether `message` is the message `id`, and isn't in `thread`.
fn is_elsewhere(message: &Value, thread: &str, id: &str) -> bool {
    text(message, "ts") == Some(id) && text(message, "thread_ts") != Some(thread)
}

pub(crate) fn no_thread() -> BridgeError {
    BridgeError::Rejected { why: "a reply needs a thread, and none is known".to_owned() }
}

/// Changes a message. Metadata is left out, which keeps what the message has: our key from its first posting.
async fn update(caller: &Caller, channel: &str, id: &str, shown: Shown) -> Result<Outcome, Failure> {
    let body = json!({
        "channel": channel,
        "ts": id,
        "text": shown.text,
        "blocks": shown.blocks,
        "parse": "none",
        "link_names": false,
    });
    caller.post("chat.update", &body, Effect::Writes).await?;
    Ok(Outcome::Applied(Applied { id: Some(id.to_owned()), thread: None }))
}

async fn delete(caller: &Caller, channel: &str, id: &str) -> Result<Outcome, BridgeError> {
    let body = json!({ "channel": channel, "ts": id });
    match caller.post("chat.delete", &body, Effect::Writes).await {
        Err(failure) if failure.code() != Some("message_not_found") => Err(failure.into()),
        _ => Ok(Outcome::Applied(Applied { id: Some(id.to_owned()), thread: None })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reply_that_is_seen_elsewhere_has_strayed() {
        let reply = json!({"ts": "2.0", "thread_ts": "1.0"});
        assert!(!is_elsewhere(&reply, "1.0", "2.0"));
        assert!(!is_elsewhere(&reply, "1.0", "3.0"), "another message says nothing");
        assert!(is_elsewhere(&reply, "1.5", "2.0"));
        assert!(is_elsewhere(&json!({"ts": "2.0"}), "1.0", "2.0"));
    }
}
