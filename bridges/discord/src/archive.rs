//! Puts threads away, and takes them out again.
//!
//! What lives here: archiving, and making room where the server has too many active threads. What must not: deciding that a
//! conversation is closed.

use std::time::Duration;

use bridge_core::{BridgeError, Scope};
use serde_json::{Value, json};
use serenity::http::Route;

use crate::call::Effect;
use crate::errors::{Failure, code};
use crate::identity::get;
use crate::message::{list, text};
use crate::parents::Parent;
use crate::read::active_threads;
use crate::request::patch;
use crate::{DiscordBridge, snowflake};

/// How many quiet threads are put away at once where the server has too many active ones.
const ROOM: usize = 5;
/// How long to wait where none could be put away.
const WAIT_FOR_ROOM: Duration = Duration::from_secs(5);

/// Archives a thread, or takes it out of the archive. Doing it twice is harmless.
pub(crate) async fn set(bridge: &DiscordBridge, thread: &str, archived: bool) -> Result<(), Failure> {
    match change(bridge, thread, &json!({ "archived": archived })).await {
        // It is archived already, and there Discord changes nothing.
        Err(failure) if archived && failure.code() == Some(code::THREAD_ARCHIVED) => Ok(()),
        other => other,
    }
}

/// Takes a thread out of the archive; where the server has too many active ones, room is made first.
pub(crate) async fn wake(bridge: &DiscordBridge, channel: &str, thread: &str) -> Result<(), Failure> {
    match set(bridge, thread, false).await {
        Err(failure) if failure.code() == Some(code::TOO_MANY_THREADS) => {}
        other => return other,
    }
    make_room(bridge, channel, Some(thread), Scope::Thread).await?;
    set(bridge, thread, false).await.map_err(|failure| match failure.code() {
        Some(code::TOO_MANY_THREADS) => no_room(Scope::Thread),
        _ => failure,
    })
}

async fn change(bridge: &DiscordBridge, thread: &str, body: &Value) -> Result<(), Failure> {
    let channel_id = snowflake::channel(thread)?;
    bridge.caller().call(patch(Route::Channel { channel_id }, body), Effect::Repeatable).await?;
    Ok(())
}

/// Brings a forum post's tags in line with how the conversation stands. An archived post is taken out for it, and put away
/// again where the conversation is closed.
pub(crate) async fn tag(bridge: &DiscordBridge, parent: &Parent, thread: &str, open: bool) -> Result<(), Failure> {
    if !parent.forum || !parent.shows_standing() {
        return Ok(());
    }
    let channel_id = snowflake::channel(thread)?;
    let now = bridge.caller().call(get(Route::Channel { channel_id }), Effect::Reads).await?;
    let applied = list(&now, "applied_tags");
    let current: Vec<String> = applied.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let tags = parent.tags(open, &current);
    if tags == current {
        return Ok(());
    }
    let body = json!({ "applied_tags": tags });
    match change(bridge, thread, &body).await {
        Err(failure) if failure.code() == Some(code::THREAD_ARCHIVED) => {
            change(bridge, thread, &json!({ "archived": false, "applied_tags": tags })).await?;
            if open { Ok(()) } else { set(bridge, thread, true).await }
        }
        other => other,
    }
}

/// Makes room for an active thread: of our own threads in the server, those that were quiet for longest are archived, first
/// those of `channel`. A message brings each of them back.
///
/// # Errors
/// `RateLimited` for `scope` where there was nothing to put away.
pub(crate) async fn make_room(
    bridge: &DiscordBridge,
    channel: &str,
    but: Option<&str>,
    scope: Scope,
) -> Result<(), Failure> {
    let me = bridge.me().await?.user.as_str();
    let parent = bridge.parents().get(bridge.caller(), channel).await?;
    let active = active_threads(bridge.caller(), &parent.guild).await?;
    let mut ours: Vec<(bool, u64, &str)> = active
        .iter()
        .filter(|thread| text(thread, "owner_id") == Some(me))
        .filter_map(|thread| {
            let id = text(thread, "id").filter(|id| Some(*id) != but)?;
            let last = text(thread, "last_message_id").unwrap_or(id);
            let last = snowflake::number(last).map_or(0, std::num::NonZeroU64::get);
            Some((text(thread, "parent_id") != Some(channel), last, id))
        })
        .collect();
    ours.sort_unstable();
    let mut done = 0;
    for (_, _, id) in ours.iter().take(ROOM) {
        match set(bridge, id, true).await {
            Ok(()) => done += 1,
            Err(failure) => tracing::debug!(discord.thread = id, ?failure, "a quiet thread could not be archived"),
        }
    }
    if done == 0 {
        return Err(no_room(scope));
    }
    tracing::info!(
        discord.channel = channel,
        "{done} quiet threads were archived: the server has as many as it may have"
    );
    Ok(())
}

/// There are too many active threads, for the moment.
pub(crate) fn no_room(scope: Scope) -> Failure {
    BridgeError::RateLimited { after: WAIT_FOR_ROOM, scope }.into()
}
