//! Finds what was written while nobody listened.
//!
//! What lives here: which threads moved, and a thread's messages. What must not: what is done with them.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bridge_core::{BridgeError, Cursor, LinkCursor, Micros, Page, RemoteChannel, RemoteMessage, RemoteThread};
use serde_json::Value;

use crate::call::Caller;
use crate::message::{self, Place, is_tombstone, text, thread_of};
use crate::read::{History, read_all};
use crate::stamp;

/// How many pages of a channel are read to tell which threads moved. Threads beyond are read themselves: that a thread
/// is asked for in vain costs one call, that it is not asked for costs a message.
const CHANNEL_PAGES: usize = 10;
/// People correct what they wrote within so long, mostly; threads that somebody wrote in since are read in any case.
const EDITED_WITHIN: Duration = Duration::from_secs(3600);
/// How far before the cursor a thread is read for late edits and deletions.
const LOOK_BACK: Duration = Duration::from_secs(7 * 24 * 3600);
/// How many pages of a thread are read at once.
const THREAD_PAGES: usize = 5;

/// Which of `links` may hold something new.
pub(crate) async fn moved(
    caller: &Caller,
    at: &RemoteChannel,
    links: &[LinkCursor],
    now: Micros,
) -> Result<Vec<RemoteThread>, BridgeError> {
    let fresh = now.minus(EDITED_WITHIN);
    let oldest = links.iter().filter_map(|link| Some((stamp::to_micros(&link.thread)?, &link.thread))).min();
    let mut latest: HashMap<String, String> = HashMap::new();
    if let Some((_, oldest)) = oldest {
        let history = History::of_channel(&at.id).since(oldest).at_most(CHANNEL_PAGES);
        read_all(caller, &history, &mut |message: &Value| {
            if let Some(id) = text(message, "ts")
                && !is_tombstone(message)
            {
                let reply = text(message, "latest_reply").unwrap_or_default();
                latest.insert(id.to_owned(), reply.to_owned());
            }
            true
        })
        .await?;
    }
    let moved = links.iter().filter(|link| {
        // Not seen: deleted, hidden, or beyond what was read. Reading the thread itself tells.
        let Some(reply) = latest.get(&link.thread) else { return true };
        // An edit and a deletion further up leave no trace in a channel's history.
        if stamp::to_micros(reply).is_some_and(|at| at >= fresh) {
            return true;
        }
        // A latest reply *before* the cursor means that replies were deleted.
        !reply.is_empty() && *reply != link.cursor.0 || reply.is_empty() && read_replies(link)
    });
    Ok(moved.map(|link| RemoteThread { channel: at.clone(), id: link.thread.clone() }).collect())
}

/// Whether the thread was read up to some reply: then having none means that they were deleted.
fn read_replies(link: &LinkCursor) -> bool {
    !link.cursor.0.is_empty() && link.cursor.0 != link.thread
}

/// A thread's messages after `from`, and up to `lookback` before it.
pub(crate) async fn snapshot(
    caller: &Caller,
    place: &Place<'_>,
    thread: &RemoteThread,
    from: &Cursor,
    lookback: u16,
) -> Result<Page<RemoteMessage>, BridgeError> {
    let position = stamp::to_micros(&from.0);
    let mut history = History::of_thread(&thread.channel.id, &thread.id).at_most(THREAD_PAGES);
    if let Some(position) = position {
        let back = if lookback == 0 { Duration::ZERO } else { LOOK_BACK };
        history = history.since(&stamp::from_micros(position.minus(back)));
    }
    // By moment, because Slack gives a thread's first message on every page.
    let mut before = BTreeMap::new();
    let mut after = BTreeMap::new();
    let mut gone = false;
    let all = read_all(caller, &history, &mut |message: &Value| {
        let is_root = text(message, "ts") == Some(thread.id.as_str());
        gone |= is_root && is_tombstone(message);
        if is_root || is_tombstone(message) || thread_of(message) != Some(thread.id.as_str()) {
            return !gone;
        }
        match message::read(place, message) {
            Some(found) if position.is_some_and(|position| found.at <= position) => before.insert(found.at, found),
            Some(found) => after.insert(found.at, found),
            None => {
                tracing::warn!(slack.ts = text(message, "ts"), "a message in a thread could not be read");
                None
            }
        };
        true
    })
    .await?;
    if gone {
        return Err(BridgeError::ThreadGone);
    }
    if !all && after.is_empty() && lookback > 0 {
        // A very busy thread: what is new matters more than what may have changed.
        return Box::pin(snapshot(caller, place, thread, from, 0)).await;
    }
    let next = if all { None } else { after.values().next_back().map(|last: &RemoteMessage| Cursor(last.id.clone())) };
    let skip = before.len().saturating_sub(usize::from(lookback));
    let items = before.into_values().skip(skip).chain(after.into_values()).collect();
    Ok(Page { items, next })
}
