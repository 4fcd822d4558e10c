//! Reads a channel's or a thread's messages, page by page.
//!
//! What lives here: the paging of messages and of archived threads. What must not: what they mean.

use bridge_core::BridgeError;
use serde_json::Value;
use serenity::http::Route;

use crate::call::{Caller, Effect};
use crate::errors::Failure;
use crate::identity::get;
use crate::message::{list, text};
use crate::snowflake;

/// Discord gives a hundred at once.
pub(crate) const PAGE: usize = 100;

/// Reads the messages of a channel or thread after the message `after`, oldest first, until `visit` says `false` or nothing
/// is left. Gives whether all of it was read.
pub(crate) async fn messages_after(
    caller: &Caller,
    channel: &str,
    after: &str,
    pages: usize,
    visit: &mut (dyn FnMut(&Value) -> bool + Send),
) -> Result<bool, Failure> {
    let mut after = after.to_owned();
    for _ in 0..pages {
        let page = page(caller, channel, &[("after", after.clone()), ("limit", PAGE.to_string())]).await?;
        for message in &page {
            if !visit(message) {
                return Ok(false);
            }
        }
        match page.last().and_then(|last| text(last, "id")) {
            Some(last) if page.len() >= PAGE => after = last.to_owned(),
            _ => return Ok(true),
        }
    }
    Ok(false)
}

/// At most `most` messages before the message `before`, oldest first.
pub(crate) async fn messages_before(
    caller: &Caller,
    channel: &str,
    before: &str,
    most: usize,
) -> Result<Vec<Value>, Failure> {
    let mut before = before.to_owned();
    let mut all: Vec<Value> = Vec::new();
    while all.len() < most {
        let limit = (most - all.len()).min(PAGE);
        let mut page = page(caller, channel, &[("before", before), ("limit", limit.to_string())]).await?;
        let whole = page.len() >= limit;
        let Some(first) = page.first().and_then(|first| text(first, "id")).map(str::to_owned) else { break };
        page.append(&mut all);
        all = page;
        before = first;
        if !whole {
            break;
        }
    }
    Ok(all)
}

/// One page, oldest first. Messages without an id are left out.
async fn page(caller: &Caller, channel: &str, params: &[(&'static str, String)]) -> Result<Vec<Value>, Failure> {
    let channel_id = snowflake::channel(channel)?;
    let request = get(Route::ChannelMessages { channel_id }).params(Some(params.to_vec()));
    let Value::Array(mut messages) = caller.call(request, Effect::Reads).await? else {
        return Err(BridgeError::Transient { why: "Discord gave no list of messages; check api_url".to_owned() }.into());
    };
    messages.retain(|message| id_of(message).is_some());
    messages.sort_by_key(id_of);
    Ok(messages)
}

/// An id as a number, which is its place in time.
pub(crate) fn id_of(thing: &Value) -> Option<u64> {
    snowflake::number(text(thing, "id")?).map(std::num::NonZeroU64::get)
}

/// The active threads of a server that the bot can see.
pub(crate) async fn active_threads(caller: &Caller, guild: &str) -> Result<Vec<Value>, Failure> {
    let guild_id = snowflake::guild(guild)?;
    let listing = caller.call(get(Route::GuildThreadsActive { guild_id }), Effect::Reads).await?;
    Ok(list(&listing, "threads").to_vec())
}

/// The archived threads of a channel, those archived last first, until `visit` says `false`, nothing is left, or so many
/// pages were read.
pub(crate) async fn archived_threads(
    caller: &Caller,
    channel: &str,
    pages: usize,
    visit: &mut (dyn FnMut(&Value) -> bool + Send),
) -> Result<(), Failure> {
    let channel_id = snowflake::channel(channel)?;
    let mut before: Option<String> = None;
    for _ in 0..pages {
        let mut params = vec![("limit", PAGE.to_string())];
        // A time's plus sign would be read as a space.
        params.extend(before.take().map(|before| ("before", before.replace('+', "%2B"))));
        let request = get(Route::ChannelArchivedPublicThreads { channel_id }).params(Some(params));
        let listing = caller.call(request, Effect::Reads).await?;
        let threads = list(&listing, "threads");
        for thread in threads {
            if !visit(thread) {
                return Ok(());
            }
        }
        before = threads.last().and_then(archived_at).map(str::to_owned);
        if listing.get("has_more").and_then(Value::as_bool) != Some(true) || before.is_none() {
            return Ok(());
        }
    }
    Ok(())
}

/// When a thread was archived, in Discord's form.
pub(crate) fn archived_at(thread: &Value) -> Option<&str> {
    thread.pointer("/thread_metadata/archive_timestamp")?.as_str()
}
