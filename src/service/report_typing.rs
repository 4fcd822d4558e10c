//! Somebody is typing.
//!
//! What lives here: passing the sign on, both ways. What must not: anything stored.

use bridge_core::{RemoteThread, RemoteUser};

use super::view::operator_author;
use super::{Service, ServiceError};
use crate::live::Nudge;
use crate::model::Visitor;

/// A visitor is typing. Best effort: where the worker is busy, the sign is dropped.
pub fn visitor_types(service: &Service, visitor: &Visitor) {
    let _ = service.typing.try_send(visitor.id);
}

/// Somebody is typing in a thread. Only operators whom we know already are shown.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used; the caller lets it go.
pub async fn operator_types(service: &Service, thread: &RemoteThread, user: &RemoteUser) -> Result<(), ServiceError> {
    let Some(channel) = service.book.channel_at(&thread.channel) else { return Ok(()) };
    let Some(link) = service.store.link_by_thread(channel.id, &thread.id).await? else { return Ok(()) };
    let Some(conversation) = service.store.conversation(link.conversation).await?.filter(|it| it.is_open()) else {
        return Ok(());
    };
    if let Some(operator) = service.store.operator_by_identity(&thread.channel.connection, user).await? {
        service.hub.nudge(conversation.visitor, Nudge::Typing(operator_author(&operator)));
    }
    Ok(())
}
