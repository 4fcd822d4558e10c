//! An operator changes or takes back what they wrote in a page.
//!
//! What lives here: both, with what follows in the linked threads. What must not: messages that were written on a platform;
//! those are changed there.

use bridge_core::Body;

use super::decide::Decision;
use super::waiting::waits_after_all;
use super::write_reply::check_words;
use super::{Service, ServiceError};
use crate::model::{Audience, ConversationId, Disposition, EventKind, Message, MessageId, OperatorId};
use crate::store::{Change, OutboxKind};

async fn own(
    service: &Service,
    conversation: ConversationId,
    id: MessageId,
    by: OperatorId,
) -> Result<Message, ServiceError> {
    let message = service.store.message(id).await?.filter(|message| message.conversation == conversation);
    let message = message.ok_or(ServiceError::NotFound { what: "message" })?;
    if message.operator != Some(by) {
        return Err(ServiceError::NotAllowed { what: "only who wrote a message may change it" });
    }
    if message.origin.is_some() {
        let what = "this message was written in the team's chat: change it there, and it changes here too";
        return Err(ServiceError::NotAllowed { what });
    }
    Ok(message)
}

/// Gives a message other words. Nothing happens where they are the same.
///
/// # Errors
/// [`ServiceError::NotAllowed`] for a message of somebody else, or one that was written on a platform;
/// [`ServiceError::Closed`] for a reply in a closed conversation; [`ServiceError::Invalid`], [`ServiceError::NotFound`].
pub async fn edit_reply(
    service: &Service,
    conversation: ConversationId,
    id: MessageId,
    by: OperatorId,
    body: &str,
) -> Result<(), ServiceError> {
    let text = check_words(body)?;
    service
        .decide(|| async {
            let mut message = own(service, conversation, id, by).await?;
            if message.removed_at.is_some() {
                return Err(ServiceError::Conflict { why: "This message was removed; write a new one.".into() });
            }
            if message.body == text && message.rich.is_none() {
                return Ok(Decision::Nothing(()));
            }
            let mut draft = service.draft(conversation).await?;
            let is_reply = message.disposition == Disposition::Sent;
            if is_reply && !draft.conversation.is_open() {
                return Err(ServiceError::Closed);
            }
            let before = message.to_body();
            message.set_body(&Body::plain(&text));
            message.edited_at = Some(draft.now());
            draft.event(message.audience(), EventKind::MessageEdited, Some(message.id));
            if is_reply {
                draft.follow_edit(service, &before, &message);
            }
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, ()))
        })
        .await
}

/// Takes a message back. Nothing happens where it was taken back already.
///
/// # Errors
/// [`ServiceError::NotAllowed`] for a message of somebody else, or one that was written on a platform;
/// [`ServiceError::NotFound`].
pub async fn remove_reply(
    service: &Service,
    conversation: ConversationId,
    id: MessageId,
    by: OperatorId,
) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let mut message = own(service, conversation, id, by).await?;
            if message.removed_at.is_some() {
                return Ok(Decision::Nothing(()));
            }
            let mut draft = service.draft(conversation).await?;
            let audience = message.audience();
            message.removed_at = Some(draft.now());
            message.body.clear();
            message.rich = None;
            message.version += 1;
            draft.event(audience, EventKind::MessageRemoved, Some(message.id));
            if audience == Audience::All {
                draft.follow(&message, OutboxKind::Delete);
                draft.leave_as_it_was(service);
                waits_after_all(service, &mut draft, message.id).await?;
            }
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, ()))
        })
        .await
}
