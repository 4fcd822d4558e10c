//! Finds what was written while nobody listened.
//!
//! What lives here: which threads moved, and a thread's messages. What must not: what is done with them.

use std::collections::HashMap;
use std::time::Duration;

use bridge_core::{BridgeError, Cursor, LinkCursor, Micros, Page, RemoteChannel, RemoteMessage, RemoteThread};
use serde_json::Value;

use crate::message::{self, Place, is_content, text};
use crate::perform::in_thread;
use crate::read::{active_threads, archived_at, archived_threads, id_of, messages_after, messages_before};
use crate::{DiscordBridge, snowflake};

/// How many pages of a channel's archive are read to tell which threads moved. Threads beyond are read themselves: that a
/// thread is asked for in vain costs one call, that it is not asked for costs a message.
const ARCHIVE_PAGES: usize = 10;
/// People correct what they wrote within so long, mostly; threads that somebody wrote in since are read in any case.
const EDITED_WITHIN: Duration = Duration::from_secs(3600);
/// How far before the cursor a thread is read for late edits and deletions.
const LOOK_BACK: Duration = Duration::from_secs(7 * 24 * 3600);
/// How many pages of a thread are read at once.
const THREAD_PAGES: usize = 5;

/// Which of `links` may hold something new.
pub(crate) async fn moved(
    bridge: &DiscordBridge,
    at: &RemoteChannel,
    links: &[LinkCursor],
) -> Result<Vec<RemoteThread>, BridgeError> {
    // What is read now doesn't say what its authors are, and we may have been deaf while that changed.
    bridge.people().forget_all();
    let parent = bridge.parents().get(bridge.caller(), &at.id).await?;
    // A thread's last message, as the listings tell it.
    let mut latest: HashMap<String, Option<u64>> = HashMap::new();
    let mut take = |thread: &Value| {
        if let Some(id) = text(thread, "id") {
            let last = text(thread, "last_message_id").and_then(snowflake::number);
            latest.insert(id.to_owned(), last.map(std::num::NonZeroU64::get));
        }
    };
    for thread in active_threads(bridge.caller(), &parent.guild).await? {
        if text(&thread, "parent_id") == Some(&at.id) {
            bridge.threads().learn_from(&thread);
            take(&thread);
        }
    }
    // Whoever writes in an archived thread takes it out of the archive; archived again, it is listed first. So nothing
    // that was archived before the oldest position can hold news.
    let oldest = links.iter().filter_map(|link| snowflake::made_at(position(link))).min();
    archived_threads(bridge.caller(), &at.id, ARCHIVE_PAGES, &mut |thread: &Value| {
        let since = archived_at(thread).and_then(snowflake::timestamp);
        let of_interest = oldest.is_some_and(|oldest| since.is_none_or(|since| since >= oldest));
        if of_interest {
            take(thread);
        }
        of_interest
    })
    .await?;
    let fresh = bridge.now().minus(EDITED_WITHIN);
    let moved = links.iter().filter(|link| match latest.get(&link.thread) {
        Some(Some(last)) => {
            let read = snowflake::number(position(link)).map_or(0, std::num::NonZeroU64::get);
            // An edit and a deletion further up leave no trace in a listing.
            *last > read || snowflake::made_at(&last.to_string()).is_some_and(|at| at >= fresh)
        }
        Some(None) => link.cursor.0.is_empty(),
        // Not seen: deleted, or beyond what was read, or archived before we read it last. Reading the thread tells.
        None => true,
    });
    Ok(moved.map(|link| RemoteThread { channel: at.clone(), id: link.thread.clone() }).collect())
}

/// How far a thread was read: every message in it has a higher id than the thread.
fn position(link: &LinkCursor) -> &str {
    if link.cursor.0.is_empty() { &link.thread } else { &link.cursor.0 }
}

/// A thread's messages after `from`, and up to `lookback` before it.
pub(crate) async fn snapshot(
    bridge: &DiscordBridge,
    thread: &RemoteThread,
    from: &Cursor,
    lookback: u16,
) -> Result<Page<RemoteMessage>, BridgeError> {
    let me = bridge.me().await?;
    let place = Place { connection: bridge.id(), me, channel: &thread.channel.id, thread: Some(thread.id.as_str()) };
    match read_thread(bridge, &place, thread, from, lookback).await {
        Ok(page) => Ok(page),
        Err(failure) => Err(in_thread(bridge, &thread.channel.id, failure).await),
    }
}

async fn read_thread(
    bridge: &DiscordBridge,
    place: &Place<'_>,
    thread: &RemoteThread,
    from: &Cursor,
    lookback: u16,
) -> Result<Page<RemoteMessage>, crate::errors::Failure> {
    let position = snowflake::number(&from.0).map(std::num::NonZeroU64::get);
    let mut items = Vec::new();
    if let Some(position) = position.filter(|_| lookback > 0) {
        let next = position.saturating_add(1).to_string();
        let oldest = snowflake::made_at(&from.0).map_or(Micros(0), |at| at.minus(LOOK_BACK));
        let before = messages_before(bridge.caller(), &thread.id, &next, usize::from(lookback)).await?;
        let of_late = before.iter().filter(|message| made_since(message, oldest));
        items.extend(of_late.filter_map(|message| read(place, &thread.id, message)));
    }
    let after = position.map_or_else(|| thread.id.clone(), |_| from.0.clone());
    let mut last = None;
    let all = messages_after(bridge.caller(), &thread.id, &after, THREAD_PAGES, &mut |message: &Value| {
        last = text(message, "id").map(str::to_owned);
        items.extend(read(place, &thread.id, message));
        true
    })
    .await?;
    Ok(Page { items, next: if all { None } else { last.map(Cursor) } })
}

fn made_since(message: &Value, oldest: Micros) -> bool {
    id_of(message).and_then(|id| snowflake::made_at(&id.to_string())).is_some_and(|at| at >= oldest)
}

/// A message that somebody wrote; what the platform says by itself and a post's card are left out.
fn read(place: &Place<'_>, thread: &str, message: &Value) -> Option<RemoteMessage> {
    if !is_content(message) || text(message, "id") == Some(thread) {
        return None;
    }
    let found = message::read(place, message);
    if found.is_none() {
        tracing::warn!(discord.message = text(message, "id"), "a message in a thread could not be read");
    }
    found
}
