//! A browser catches up.
//!
//! What lives here: events after a position, with the messages that they name. What must not: operators-only events.

use super::view::Batch;
use super::{Service, ServiceError};
use crate::model::{Audience, MessageId, Visitor};

/// How many messages a browser is given that must begin again.
const SNAPSHOT_MESSAGES: i64 = 100;

/// Reads what a visitor may see after `after`, at most `limit` events. A position that was never given out (from another
/// visitor, or from before a backup was restored) is answered with `reset` and a snapshot.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn read_events(service: &Service, visitor: &Visitor, after: i64, limit: i64) -> Result<Batch, ServiceError> {
    let last = service.store.last_event(visitor.id).await?;
    if after < 0 || after > last {
        return snapshot(service, visitor, last).await;
    }
    let mut events = service.store.events_after(visitor.id, Audience::All, after, limit + 1).await?;
    let more = i64::try_from(events.len()).unwrap_or(i64::MAX) > limit;
    if more {
        events.truncate(usize::try_from(limit).unwrap_or(0));
    }
    let mut ids: Vec<MessageId> = events.iter().filter_map(|event| event.message).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut messages = service.store.messages(&ids).await?;
    for message in &mut messages {
        // A reply that was withdrawn is named by older events: its words must not be told any more.
        if message.audience() != Audience::All {
            message.body.clear();
            message.rich = None;
            message.removed_at = message.removed_at.or(Some(message.created_at));
        }
    }
    messages.sort_by_key(|message| (message.conversation, message.seq));
    let messages = service.view_messages(messages).await?;
    let conversation = service.view_newest(visitor.id).await?;
    let after = events.last().map_or(after, |event| event.event_seq);
    Ok(Batch { events, messages, conversation, after, more, reset: false })
}

async fn snapshot(service: &Service, visitor: &Visitor, last: i64) -> Result<Batch, ServiceError> {
    let conversation = service.view_newest(visitor.id).await?;
    let messages = match &conversation {
        Some(view) => service.store.latest_messages(view.conversation.id, Audience::All, SNAPSHOT_MESSAGES).await?,
        None => Vec::new(),
    };
    let messages = service.view_messages(messages).await?;
    Ok(Batch { events: Vec::new(), messages, conversation, after: last, more: false, reset: true })
}
