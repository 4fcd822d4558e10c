//! Which conversation a remote thread belongs to.
//!
//! What lives here: the look-up, and the moment in which a thread is there already while we don't know its id yet. What
//! must not: what happens in the thread.

use super::{Service, ServiceError};
use crate::model::{ChannelId, Link};

/// What is known of a thread.
pub(super) enum Found {
    /// It belongs to this conversation.
    Ours(Link),
    /// A thread is being opened in its channel, and this may be the one.
    Opening,
    /// It is none of ours.
    Foreign,
}

/// Looks a thread up.
pub(super) async fn find_link(service: &Service, channel: ChannelId, thread: &str) -> Result<Found, ServiceError> {
    if let Some(link) = service.store.link_by_thread(channel, thread).await? {
        return Ok(Found::Ours(link));
    }
    let opening = service.store.is_opening_thread(channel).await?;
    // Asked again: it may have been written down just before we asked whether it was under way.
    Ok(match service.store.link_by_thread(channel, thread).await? {
        Some(link) => Found::Ours(link),
        None if opening => Found::Opening,
        None => Found::Foreign,
    })
}
