//! Looks whether work with an unknown outcome was applied.
//!
//! What lives here: looking for our card, or for our message in a thread. What must not: changing anything.
//!
//! Discord keeps no key of ours on a message that is read again. A card has it in its buttons' ids. A post is told by what it
//! is not: none of the messages that are known, and no answer to a person (those are replies to a message).

use std::time::Duration;

use bridge_core::{Applied, BridgeError, Found, IdempotencyKey, Op, Outcome, RemoteAuthor, Sent, Target};
use serde_json::Value;
use serenity::http::Route;

use crate::call::Effect;
use crate::errors::{Failure, code};
use crate::identity::{Identity, get};
use crate::message::{self, is_content, text};
use crate::perform::{in_thread, thread_of};
use crate::read::{active_threads, id_of, messages_after};
use crate::render::{self, Shown, is_card_of};
use crate::{DiscordBridge, open, snowflake};

/// How far before the try is read, for clocks that differ.
const CLOCK_ROOM: Duration = Duration::from_secs(300);
/// How many pages of messages are read. What was written since the try fits, unless a crowd talks.
const PAGES: usize = 50;
/// How many of a forum's new posts are looked at.
const POSTS: usize = 50;

/// Looks for `op`.
pub(crate) async fn find(
    bridge: &DiscordBridge,
    at: &Target,
    op: &Op,
    key: &IdempotencyKey,
    sent: &Sent,
) -> Result<Found, BridgeError> {
    let shown = match op {
        Op::OpenThread(_) => None,
        Op::Post(post) => Some(render::post(post, at.words)),
        Op::Notice(notice) => Some(render::notice(notice)),
        // To change or remove a message twice leaves what once leaves.
        Op::Edit { .. } | Op::Delete { .. } | Op::UpdateCard { .. } | Op::Archive => return Ok(Found::No),
    };
    let found = match &shown {
        None => find_card(bridge, at, &key.to_string(), sent).await?,
        Some(shown) => find_message(bridge, at, shown, sent).await?,
    };
    let settled = bridge.now().since(sent.at) >= bridge.settings.settle;
    Ok(match found {
        Some(outcome) => Found::Yes(outcome),
        None if settled => Found::No,
        None => Found::NotYet,
    })
}

fn oldest(sent: &Sent) -> String {
    snowflake::lowest_at(sent.at.minus(CLOCK_ROOM))
}

async fn find_message(
    bridge: &DiscordBridge,
    at: &Target,
    shown: &Shown,
    sent: &Sent,
) -> Result<Option<Outcome>, BridgeError> {
    let thread = thread_of(at)?;
    let me = bridge.me().await?;
    let (mut same, mut other) = (None, None);
    let oldest = oldest(sent);
    let mut visit = |message: &Value| {
        if let Some(id) = text(message, "id")
            && is_candidate(me, thread, message)
            && !sent.taken.iter().any(|taken| taken == id)
        {
            let found = if shown.is_said_by(message) { &mut same } else { &mut other };
            found.get_or_insert_with(|| id.to_owned());
        }
        same.is_none()
    };
    if let Err(failure) = messages_after(bridge.caller(), thread, &oldest, PAGES, &mut visit).await {
        return Err(in_thread(bridge, &at.channel.id, failure).await);
    }
    Ok(same.or(other).map(|id| Outcome::Applied(Applied { id: Some(id), thread: None })))
}

/// Whether it is a message of the outbox's: ours, none of the platform's lines, no answer to a person, and not the card.
fn is_candidate(me: &Identity, thread: &str, message: &Value) -> bool {
    let answer = message.get("message_reference").is_some_and(|reference| !reference.is_null())
        || message.get("interaction_metadata").is_some_and(|interaction| !interaction.is_null());
    message::author_of(me, message) == RemoteAuthor::Ourselves
        && is_content(message)
        && !answer
        && text(message, "id") != Some(thread)
}

async fn find_card(
    bridge: &DiscordBridge,
    at: &Target,
    key: &str,
    sent: &Sent,
) -> Result<Option<Outcome>, BridgeError> {
    let channel = &at.channel.id;
    let parent = bridge.parents().get(bridge.caller(), channel).await?;
    if parent.forum {
        return Ok(find_post(bridge, channel, &parent.guild, key, sent).await?);
    }
    let me = bridge.me().await?;
    let mut found = None;
    messages_after(bridge.caller(), channel, &oldest(sent), PAGES, &mut |message: &Value| {
        if let Some(id) = text(message, "id")
            && message::author_of(me, message) == RemoteAuthor::Ourselves
            && is_card_of(message, key)
        {
            let started = message.get("thread").is_some_and(Value::is_object);
            found = Some((id.to_owned(), started));
        }
        found.is_none()
    })
    .await?;
    Ok(found.map(|(id, started)| match started {
        true => opened(bridge, channel, id),
        false => Outcome::Continue(open::card_posted(&id)),
    }))
}

fn opened(bridge: &DiscordBridge, channel: &str, id: String) -> Outcome {
    bridge.threads().learn(&id, channel);
    Outcome::Applied(Applied { thread: Some(id.clone()), id: Some(id) })
}

/// Looks for a forum's post: among the active threads, the newest of which are read.
pub(crate) async fn find_post(
    bridge: &DiscordBridge,
    channel: &str,
    guild: &str,
    key: &str,
    sent: &Sent,
) -> Result<Option<Outcome>, Failure> {
    let me = bridge.me().await?.user.as_str();
    let since = snowflake::number(&oldest(sent)).map_or(0, std::num::NonZeroU64::get);
    let mut posts: Vec<Value> = active_threads(bridge.caller(), guild).await?;
    posts.retain(|post| {
        text(post, "parent_id") == Some(channel)
            && text(post, "owner_id") == Some(me)
            && id_of(post).is_some_and(|id| id >= since)
    });
    posts.sort_by_key(|post| std::cmp::Reverse(id_of(post)));
    for id in posts.iter().filter_map(|post| text(post, "id")).take(POSTS) {
        let (channel_id, message_id) = (snowflake::channel(id)?, snowflake::message(id)?);
        let request = get(Route::ChannelMessage { channel_id, message_id });
        match bridge.caller().call(request, Effect::Reads).await {
            Ok(card) if is_card_of(&card, key) => return Ok(Some(opened(bridge, channel, id.to_owned()))),
            Ok(_) => {}
            Err(failure) => failure.unless_absent(&[code::UNKNOWN_CHANNEL, code::UNKNOWN_MESSAGE])?,
        }
    }
    Ok(None)
}
