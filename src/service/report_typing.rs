//! Somebody is typing.
//!
//! What lives here: passing the sign on, both ways. What must not: anything stored.

use bridge_core::{RemoteThread, RemoteUser, Speaker};

use super::access::Access;
use super::view::operator_author;
use super::{Service, ServiceError};
use crate::live::{Nudge, TeamNudge};
use crate::model::{Author, Conversation, ConversationId, Operator, Visitor};

/// A visitor is typing. Best effort: where the worker is busy, the sign is dropped.
pub fn visitor_types(service: &Service, visitor: &Visitor) {
    let _ = service.typing.try_send(visitor.id);
}

/// Shows the operators' pages that the visitor of a conversation is typing.
pub fn tell_team(service: &Service, conversation: &Conversation) {
    service.hub.tell_team(TeamNudge::Typing {
        conversation: conversation.id,
        domain: conversation.domain,
        author: Author { kind: Speaker::Visitor, name: None, picture: None },
        operator: None,
    });
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
    let operator = service.store.operator_by_identity(&thread.channel.connection, user).await?;
    if let Some(operator) = operator.filter(|operator| operator.deactivated_at.is_none()) {
        tell(service, &conversation, &operator);
    }
    Ok(())
}

/// An operator is typing in a page of ours. In a conversation that is closed nobody waits for it.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no conversation that the operator sees; [`ServiceError::Unavailable`].
pub async fn operator_types_here(
    service: &Service,
    access: &Access,
    operator: &Operator,
    conversation: ConversationId,
) -> Result<(), ServiceError> {
    let known = service.store.conversation(conversation).await?.filter(|known| access.sees(known.domain));
    let known = known.ok_or(ServiceError::NotFound { what: "conversation" })?;
    if known.is_open() {
        tell(service, &known, operator);
    }
    Ok(())
}

/// Shows it to the visitor and to the other operators.
fn tell(service: &Service, conversation: &Conversation, operator: &Operator) {
    let author = operator_author(operator);
    service.hub.nudge(conversation.visitor, Nudge::Typing(author.clone()));
    service.hub.tell_team(TeamNudge::Typing {
        conversation: conversation.id,
        domain: conversation.domain,
        author,
        operator: Some(operator.id),
    });
}
