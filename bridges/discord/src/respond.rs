//! Answers a person.
//!
//! What lives here: an answer to a press on a button or a command, seen by that person alone, and one under a message,
//! which colleagues can read too. What must not: anything that must arrive.

use std::time::Duration;

use bridge_core::{Answer, BridgeError, ReplyHandle};
use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};

use crate::call::Effect;
use crate::errors::{Failure, code};
use crate::handle::Handle;
use crate::render::{self, Shown};
use crate::request::{bare, nonce_of, once, patch, post};
use crate::{DiscordBridge, archive, snowflake};

/// An interaction can be answered for 15 minutes; a little of it is the way.
const TOKEN_GOOD_FOR: Duration = Duration::from_secs(14 * 60);
/// How long an answer waits for its turn in a thread where much is said: nobody tries a second time.
const TURN: Duration = Duration::from_secs(6);
/// Only the person sees it.
const EPHEMERAL: u64 = 1 << 6;

/// Sends `answer`.
pub(crate) async fn respond(bridge: &DiscordBridge, to: &ReplyHandle, answer: &Answer) -> Result<(), BridgeError> {
    match Handle::read(to)? {
        Handle::Message { channel, message, .. } => {
            if answer.text.is_empty() {
                return Ok(());
            }
            let shown = render::answer(answer);
            under(bridge, &channel, &message, &shown).await.map_err(Failure::in_thread)
        }
        Handle::Interaction { application, token, ephemeral_pending, channel, message, at, .. } => {
            if bridge.now().since(at) > TOKEN_GOOD_FOR {
                tracing::debug!(
                    discord.channel = channel,
                    "an answer comes too late for its interaction; it is not shown"
                );
                return Ok(());
            }
            let asked =
                Asked { application: &application, token: &token, message: message.as_deref(), ephemeral_pending };
            match asked.answer(bridge, answer).await {
                // Nobody waits any more. Said in the thread it would be read by those whom it does not concern.
                Err(failure) if is_over(&failure) => {
                    tracing::debug!(
                        discord.channel = channel,
                        ?failure,
                        "an interaction is over; its answer is not shown"
                    );
                    Ok(())
                }
                other => other.map_err(BridgeError::from),
            }
        }
    }
}

fn is_over(failure: &Failure) -> bool {
    let over = [
        code::UNKNOWN_INTERACTION,
        code::INVALID_WEBHOOK_TOKEN,
        code::UNKNOWN_WEBHOOK,
        // What was to be replaced or taken away is gone.
        code::UNKNOWN_MESSAGE,
    ];
    failure.code().is_some_and(|code| over.contains(&code))
}

/// An interaction that waits.
struct Asked<'a> {
    application: &'a str,
    token: &'a str,
    /// The message that holds the button, where it may be replaced.
    message: Option<&'a str>,
    ephemeral_pending: bool,
}

impl Asked<'_> {
    async fn answer(&self, bridge: &DiscordBridge, answer: &Answer) -> Result<(), Failure> {
        let application_id = snowflake::application(self.application)?;
        let original = Route::WebhookOriginalInteractionResponse { application_id, token: self.token };
        let shown = render::answer(answer);
        let replaces = answer.replace && self.message.is_some();
        let request = match (answer.text.is_empty(), self.ephemeral_pending) {
            // The person sees that we think: that is taken away, or becomes the answer.
            (true, true) => bare(LightMethod::Delete, original),
            (false, true) => patch(original, &edited(&shown)),
            // What the button was for has happened: the question goes, or at least its buttons.
            (true, false) if replaces => patch(original, &json!({ "components": [] })),
            (true, false) => return Ok(()),
            (false, false) if replaces => patch(original, &edited(&shown)),
            (false, false) => self.beside(&shown)?,
        };
        match bridge.caller().call(request, Effect::Writes).await {
            // Nothing in an archived thread can be changed; beside the question the answer can stand.
            Err(failure) if replaces && failure.code() == Some(code::THREAD_ARCHIVED) && !answer.text.is_empty() => {
                bridge.caller().call(self.beside(&shown)?, Effect::Writes).await?;
                Ok(())
            }
            other => other.map(drop),
        }
    }

    /// A message of its own that the person alone sees.
    fn beside(&self, shown: &Shown) -> Result<Request<'_>, Failure> {
        let application_id = snowflake::application(self.application)?;
        let mut body = shown.body();
        body["flags"] = json!(EPHEMERAL | body["flags"].as_u64().unwrap_or_default());
        Ok(post(Route::WebhookFollowupMessages { application_id, token: self.token }, &body))
    }
}

/// The body of a call that changes an interaction's message. Its flags were set when it was made.
fn edited(shown: &Shown) -> Value {
    let mut body = shown.body();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("flags");
    }
    body
}

/// Answers under a message. A reply says to whom it speaks, and is never taken for a message of the outbox's.
async fn under(bridge: &DiscordBridge, channel: &str, message: &str, shown: &Shown) -> Result<(), Failure> {
    let channel_id = snowflake::channel(channel)?;
    // The same answer under the same message is one, however often it is given.
    let mut body = once(shown.body(), &nonce_of(&["answer", message, &shown.content]));
    // Without its message an answer concerns nobody, and would look like a message of the outbox's.
    body["message_reference"] = json!({ "message_id": message, "fail_if_not_exists": true });
    body["allowed_mentions"] = json!({ "parse": [], "replied_user": true });
    let request = || post(Route::ChannelMessages { channel_id }, &body);
    let mut answered = bridge.caller().call(request(), Effect::Repeatable).await;
    if let Err(Failure::Other(BridgeError::RateLimited { after, .. })) = &answered
        && *after <= TURN
    {
        tokio::time::sleep(*after).await;
        answered = bridge.caller().call(request(), Effect::Repeatable).await;
    }
    match answered {
        Err(failure) if failure.code() == Some(code::THREAD_ARCHIVED) => {
            archive::set(bridge, channel, false).await?;
            bridge.caller().call(request(), Effect::Repeatable).await?;
            Ok(())
        }
        other => other.map(drop),
    }
}
