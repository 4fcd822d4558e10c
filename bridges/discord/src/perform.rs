//! Does the work of the outbox in Discord.
//!
//! What lives here: posting, editing, deleting, and sorting what Discord refuses. What must not: what a message looks like
//! (`render`), how a thread is opened (`open`), and trying the same again.

use bridge_core::{Applied, BridgeError, Card, IdempotencyKey, Notice, Op, Outcome, Post, Scope, StepState, Target};
use serde_json::Value;
use serenity::http::{LightMethod, Route};

use crate::call::Effect;
use crate::errors::{Failure, code};
use crate::message::text;
use crate::render::{self, Shown};
use crate::request::{bare, nonce_of, once, patch, post};
use crate::{DiscordBridge, archive, open, snowflake};

/// Does `op`.
pub(crate) async fn perform(
    bridge: &DiscordBridge,
    at: &Target,
    op: &Op,
    key: &IdempotencyKey,
    step: &StepState,
) -> Result<Outcome, BridgeError> {
    let key = key.to_string();
    match op {
        Op::OpenThread(card) => open::open(bridge, at, card, &key, step).await,
        Op::Post(what) => post_in_thread(bridge, at, what, &key).await,
        Op::Notice(what) => notice_in_thread(bridge, at, what, &key).await,
        Op::Edit { id, post } => edit(bridge, at, id, post).await,
        Op::UpdateCard { id, card } => update_card(bridge, at, id, card, &key).await,
        Op::Delete { id } => delete(bridge, at, id).await,
        Op::Archive => put_away(bridge, at).await,
    }
}

pub(crate) fn thread_of(at: &Target) -> Result<&str, BridgeError> {
    let none = || BridgeError::Rejected { why: "a reply needs a thread, and none is known".to_owned() };
    at.thread.as_deref().ok_or_else(none)
}

const fn applied(id: Option<String>) -> Outcome {
    Outcome::Applied(Applied { id, thread: None })
}

/// What a failed call in a thread means. Where Discord doesn't know the thread, the channel is looked at too: it may be the
/// channel that is gone.
pub(crate) async fn in_thread(bridge: &DiscordBridge, channel: &str, failure: Failure) -> BridgeError {
    if failure.code() != Some(code::UNKNOWN_CHANNEL) {
        return failure.in_thread();
    }
    bridge.parents().forget(channel);
    match bridge.parents().get(bridge.caller(), channel).await {
        Ok(_) => BridgeError::ThreadGone,
        Err(about_channel) => about_channel.into(),
    }
}

/// Posts `body` and gives the message's id. The thread's archive and the server's limit of active threads are dealt with.
pub(crate) async fn send(
    bridge: &DiscordBridge,
    channel: &str,
    thread: &str,
    body: &Value,
) -> Result<Option<String>, Failure> {
    let mut tried = Vec::new();
    loop {
        let channel_id = snowflake::channel(thread)?;
        let request = post(Route::ChannelMessages { channel_id }, body);
        let failure = match bridge.caller().call(request, Effect::Writes).await {
            Ok(message) => match text(&message, "id") {
                Some(id) => return Ok(Some(id.to_owned())),
                None => {
                    let why = "Discord did not say which message it made".to_owned();
                    return Err(BridgeError::Ambiguous { why }.into());
                }
            },
            Err(failure) => failure,
        };
        // Each trouble is mended once: what comes again is told.
        let trouble = failure.code().filter(|code| !tried.contains(code));
        tried.extend(trouble);
        match trouble {
            Some(code::THREAD_ARCHIVED) => archive::wake(bridge, channel, thread).await?,
            Some(code::TOO_MANY_THREADS) => archive::make_room(bridge, channel, Some(thread), Scope::Thread).await?,
            _ if failure.code() == Some(code::TOO_MANY_THREADS) => return Err(archive::no_room(Scope::Thread)),
            _ => return Err(failure),
        }
    }
}

async fn post_in_thread(bridge: &DiscordBridge, at: &Target, what: &Post, key: &str) -> Result<Outcome, BridgeError> {
    say(bridge, at, &render::post(what, at.words), what.broadcast, key).await
}

async fn notice_in_thread(
    bridge: &DiscordBridge,
    at: &Target,
    what: &Notice,
    key: &str,
) -> Result<Outcome, BridgeError> {
    let said = say(bridge, at, &render::notice(what), what.broadcast, key).await?;
    // After the words, so that tries that are refused cost one call each.
    if let Some(user) = render::called(what) {
        let channel_id = snowflake::channel(thread_of(at)?)?;
        let user_id = snowflake::user(&user.0)?;
        let request = bare(LightMethod::Put, Route::ChannelThreadMember { channel_id, user_id });
        // Being called by name adds them too, mostly; without it they are told all the same.
        if let Err(failure) = bridge.caller().call(request, Effect::Repeatable).await {
            tracing::debug!(discord.thread = at.thread, ?failure, "a person could not be added to a thread");
        }
    }
    Ok(said)
}

async fn say(
    bridge: &DiscordBridge,
    at: &Target,
    shown: &Shown,
    broadcast: bool,
    key: &str,
) -> Result<Outcome, BridgeError> {
    let thread = thread_of(at)?;
    let channel = &at.channel.id;
    let id = match send(bridge, channel, thread, &once(shown.body(), key)).await {
        Ok(id) => id,
        Err(failure) => return Err(in_thread(bridge, channel, failure).await),
    };
    if broadcast && let Err(failure) = point(bridge, at, thread, key).await {
        tracing::debug!(discord.thread = thread, ?failure, "a thread could not be pointed at in its channel");
    }
    Ok(applied(id))
}

/// Says in the channel that something was said in the thread: Discord tells only those who are in it. Best effort.
async fn point(bridge: &DiscordBridge, at: &Target, thread: &str, key: &str) -> Result<(), Failure> {
    let channel = &at.channel.id;
    // A forum shows by itself which post was written in last, and takes no messages of its own.
    if bridge.parents().get(bridge.caller(), channel).await?.forum {
        return Ok(());
    }
    let channel_id = snowflake::channel(channel)?;
    let mut body = once(render::pointer(thread, at.words).body(), &nonce_of(&["pointer", key]));
    // The card has the thread's id. Without it the line stands alone.
    body["message_reference"] = serde_json::json!({ "message_id": thread, "fail_if_not_exists": false });
    bridge.caller().call(post(Route::ChannelMessages { channel_id }, &body), Effect::Repeatable).await?;
    Ok(())
}

/// Changes a message. One in an archived thread is taken out of the archive for it: Discord changes none there. `stays` says
/// that the thread is put back.
async fn change(
    bridge: &DiscordBridge,
    channel: &str,
    place: &str,
    id: &str,
    body: &Value,
    stays: bool,
) -> Result<(), Failure> {
    let channel_id = snowflake::channel(place)?;
    let message_id = snowflake::message(id)?;
    let request = || patch(Route::ChannelMessage { channel_id, message_id }, body);
    match bridge.caller().call(request(), Effect::Repeatable).await {
        Err(failure) if failure.code() == Some(code::THREAD_ARCHIVED) => {
            archive::wake(bridge, channel, place).await?;
            bridge.caller().call(request(), Effect::Repeatable).await?;
            if stays {
                put_back(bridge, place).await;
            }
            Ok(())
        }
        other => other.map(drop),
    }
}

/// Archives a thread again that was archived before. What had to be done is done: a failure leaves it open, no more.
async fn put_back(bridge: &DiscordBridge, thread: &str) {
    if let Err(failure) = archive::set(bridge, thread, true).await {
        tracing::debug!(discord.thread = thread, ?failure, "a thread could not be archived again");
    }
}

async fn edit(bridge: &DiscordBridge, at: &Target, id: &str, what: &Post) -> Result<Outcome, BridgeError> {
    let thread = thread_of(at)?;
    match change(bridge, &at.channel.id, thread, id, &render::post(what, at.words).body(), true).await {
        Ok(()) => Ok(applied(Some(id.to_owned()))),
        Err(failure) if failure.code() == Some(code::UNKNOWN_MESSAGE) => {
            Err(BridgeError::Rejected { why: "the message was deleted in Discord, so it can't be edited".to_owned() })
        }
        Err(failure) => Err(in_thread(bridge, &at.channel.id, failure).await),
    }
}

async fn update_card(
    bridge: &DiscordBridge,
    at: &Target,
    id: &str,
    card: &Card,
    key: &str,
) -> Result<Outcome, BridgeError> {
    let channel = &at.channel.id;
    let parent = bridge.parents().get(bridge.caller(), channel).await?;
    // A forum's card is the first message of the post.
    let place = if parent.forum { id } else { channel.as_str() };
    let open = matches!(card.status, bridge_core::CardStatus::Open);
    // A post of an open conversation belongs where people see it. What reopened it may be said in it at the same moment,
    // and putting it back would hide that.
    match change(bridge, channel, place, id, &render::card(card, at.words, key).body(), !open).await {
        Ok(()) => {}
        // Somebody deleted the card: its thread lives on, and says how the conversation stands.
        Err(failure) if failure.code() == Some(code::UNKNOWN_MESSAGE) => {
            tracing::info!(discord.message = id, "the card was deleted in Discord; its thread goes on without one");
        }
        Err(failure) if parent.forum => return Err(in_thread(bridge, channel, failure).await),
        Err(failure) => return Err(failure.into()),
    }
    if let Err(failure) = archive::tag(bridge, &parent, id, open).await {
        tracing::debug!(discord.thread = id, ?failure, "a post's tags could not be changed");
    }
    Ok(applied(Some(id.to_owned())))
}

async fn delete(bridge: &DiscordBridge, at: &Target, id: &str) -> Result<Outcome, BridgeError> {
    let thread = thread_of(at)?;
    let channel_id = snowflake::channel(thread)?;
    let message_id = snowflake::message(id)?;
    let request = || bare(LightMethod::Delete, Route::ChannelMessage { channel_id, message_id });
    let mut done = bridge.caller().call(request(), Effect::Repeatable).await;
    if let Err(failure) = &done
        && failure.code() == Some(code::THREAD_ARCHIVED)
    {
        done = match archive::wake(bridge, &at.channel.id, thread).await {
            Ok(()) => bridge.caller().call(request(), Effect::Repeatable).await,
            Err(failure) => Err(failure),
        };
        put_back(bridge, thread).await;
    }
    match done {
        Ok(_) => {}
        Err(failure) if failure.code() == Some(code::UNKNOWN_MESSAGE) => {}
        // With its thread the message is gone too.
        Err(failure) => match in_thread(bridge, &at.channel.id, failure).await {
            BridgeError::ThreadGone => {}
            error => return Err(error),
        },
    }
    Ok(applied(Some(id.to_owned())))
}

async fn put_away(bridge: &DiscordBridge, at: &Target) -> Result<Outcome, BridgeError> {
    match archive::set(bridge, thread_of(at)?, true).await {
        Ok(()) => Ok(applied(None)),
        Err(failure) => Err(in_thread(bridge, &at.channel.id, failure).await),
    }
}
