//! Opens threads: the card, and the thread that hangs on it.
//!
//! What lives here: the two steps in a text channel, and the one in a forum. What must not: what a card looks like.
//!
//! In a text channel both steps can be repeated: the card carries a nonce, and a second thread on one message is refused. A
//! forum's post and its first message are one call without a nonce, so it is looked for before it is made.

use std::time::Duration;

use bridge_core::{Applied, BridgeError, Card, Outcome, Scope, Sent, StepState, Target};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serenity::http::Route;

use crate::call::Effect;
use crate::errors::{Failure, code};
use crate::message::text;
use crate::parents::Parent;
use crate::request::{nonce_of, once, post};
use crate::{DiscordBridge, archive, find, render, snowflake};

/// After a week without a message Discord archives a thread by itself; a message brings it back.
const ARCHIVE_AFTER_MINUTES: u32 = 10_080;

/// How far back a forum is searched for the post of an earlier try.
const EARLIER_TRIES: Duration = Duration::from_secs(3_600);

/// How far the opening has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Step {
    /// The card that was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<String>,
    /// How many cards were deleted before their thread could be started.
    #[serde(skip_serializing_if = "is_zero")]
    lost: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Step {
    fn save(&self) -> StepState {
        StepState(serde_json::to_value(self).unwrap_or_default())
    }

    fn read(step: &StepState) -> Self {
        serde_json::from_value(step.0.clone()).unwrap_or_default()
    }
}

/// The state in which the card is posted and its thread isn't started.
pub(crate) fn card_posted(card: &str) -> StepState {
    Step { card: Some(card.to_owned()), lost: 0 }.save()
}

/// Does the next step of opening a thread.
pub(crate) async fn open(
    bridge: &DiscordBridge,
    at: &Target,
    card: &Card,
    key: &str,
    step: &StepState,
) -> Result<Outcome, BridgeError> {
    let channel = &at.channel.id;
    let parent = bridge.parents().get(bridge.caller(), channel).await?;
    let step = Step::read(step);
    let done = match (&step.card, parent.forum) {
        (_, true) => open_post(bridge, at, parent, card, key).await,
        (None, false) => post_card(bridge, at, card, key, step.lost).await,
        (Some(id), false) => start_thread(bridge, at, card, id, step.lost).await,
    };
    done.map_err(|failure| failure.about(Scope::Opening).into())
}

fn opened(bridge: &DiscordBridge, channel: &str, thread: &str) -> Outcome {
    bridge.threads().learn(thread, channel);
    Outcome::Applied(Applied { id: Some(thread.to_owned()), thread: Some(thread.to_owned()) })
}

async fn post_card(bridge: &DiscordBridge, at: &Target, card: &Card, key: &str, lost: u32) -> Result<Outcome, Failure> {
    let channel_id = snowflake::channel(&at.channel.id)?;
    // Discord would give the deleted card back for its nonce.
    let nonce = if lost == 0 { key.to_owned() } else { nonce_of(&["card", key, &lost.to_string()]) };
    let body = once(render::card(card, at.words, key).body(), &nonce);
    let message = bridge.caller().call(post(Route::ChannelMessages { channel_id }, &body), Effect::Writes).await?;
    match text(&message, "id") {
        Some(id) => Ok(Outcome::Continue(Step { card: Some(id.to_owned()), lost }.save())),
        None => Err(BridgeError::Ambiguous { why: "Discord did not say which message it made".to_owned() }.into()),
    }
}

async fn start_thread(
    bridge: &DiscordBridge,
    at: &Target,
    card: &Card,
    id: &str,
    lost: u32,
) -> Result<Outcome, Failure> {
    let channel = at.channel.id.as_str();
    let channel_id = snowflake::channel(channel)?;
    let message_id = snowflake::message(id)?;
    let body = json!({ "name": render::thread_name(card, at.words), "auto_archive_duration": ARCHIVE_AFTER_MINUTES });
    let start = || post(Route::ChannelMessageThreads { channel_id, message_id }, &body);
    let mut started = bridge.caller().call(start(), Effect::Repeatable).await;
    if let Err(failure) = &started
        && failure.code() == Some(code::TOO_MANY_THREADS)
    {
        archive::make_room(bridge, channel, None, Scope::Opening).await?;
        started = bridge.caller().call(start(), Effect::Repeatable).await;
    }
    match started {
        Ok(_) => Ok(opened(bridge, channel, id)),
        Err(failure) => match failure.code() {
            // The answer to an earlier try was lost.
            Some(code::THREAD_EXISTS) => Ok(opened(bridge, channel, id)),
            // Somebody deleted the card.
            Some(code::UNKNOWN_MESSAGE) => Ok(Outcome::Continue(Step { card: None, lost: lost + 1 }.save())),
            Some(code::TOO_MANY_THREADS) => Err(archive::no_room(Scope::Opening)),
            _ => Err(failure),
        },
    }
}

async fn open_post(
    bridge: &DiscordBridge,
    at: &Target,
    mut parent: Parent,
    card: &Card,
    key: &str,
) -> Result<Outcome, Failure> {
    let channel = at.channel.id.as_str();
    let sent = Sent { at: bridge.now().minus(EARLIER_TRIES), taken: Vec::new() };
    if let Some(earlier) = find::find_post(bridge, channel, &parent.guild, key, &sent).await? {
        return Ok(earlier);
    }
    let channel_id = snowflake::channel(channel)?;
    let mut tried = Vec::new();
    loop {
        let mut body = json!({
            "name": render::thread_name(card, at.words),
            "auto_archive_duration": ARCHIVE_AFTER_MINUTES,
            "message": render::card(card, at.words, key).body(),
        });
        let tags = parent.tags(true, &[]);
        if !tags.is_empty() {
            body["applied_tags"] = json!(tags);
        }
        let made = bridge.caller().call(post(Route::ChannelForumPosts { channel_id }, &body), Effect::Writes).await;
        let failure = match made {
            Ok(thread) => return thread_of(bridge, channel, &thread),
            Err(failure) => failure,
        };
        // Each trouble is mended once: what comes again is told.
        let trouble = failure.code().filter(|code| !tried.contains(code));
        tried.extend(trouble);
        match trouble {
            Some(code::TOO_MANY_THREADS) => archive::make_room(bridge, channel, None, Scope::Opening).await?,
            // The forum's tags may have changed since they were asked for.
            Some(code::TAG_REQUIRED | UNKNOWN_TAG) => {
                bridge.parents().forget(channel);
                parent = bridge.parents().get(bridge.caller(), channel).await?;
            }
            _ if failure.code() == Some(code::TOO_MANY_THREADS) => return Err(archive::no_room(Scope::Opening)),
            _ => return Err(failure),
        }
    }
}

const UNKNOWN_TAG: i64 = 10_087;

fn thread_of(bridge: &DiscordBridge, channel: &str, thread: &Value) -> Result<Outcome, Failure> {
    match text(thread, "id") {
        Some(id) => Ok(opened(bridge, channel, id)),
        None => Err(BridgeError::Ambiguous { why: "Discord did not say which post it made".to_owned() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_survives_being_stored() {
        assert_eq!(Step::read(&StepState::default()), Step::default());
        assert_eq!(card_posted("5").0, json!({"card": "5"}));
        let again = Step { card: None, lost: 2 };
        assert_eq!(Step::read(&again.save()), again);
        assert_eq!(Step::read(&StepState(json!("other"))), Step::default());
    }
}
