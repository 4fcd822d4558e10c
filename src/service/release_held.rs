//! An operator decides about a held message.
//!
//! What lives here: sending it to the visitor after all, or keeping it inside. What must not: why it was held.

use bridge_core::Answer;

use super::answer::held_buttons;
use super::decide::Decision;
use super::{Service, ServiceError};
use crate::model::{ConversationId, Disposition, EventKind, Message, MessageId};
use crate::store::Change;

const CLOSED: &str = "The conversation is closed. Reopen it, then press the button again.";

async fn held(service: &Service, conversation: ConversationId, id: &str) -> Result<Message, ServiceError> {
    let id: MessageId = id.parse().map_err(|_| ServiceError::NotFound { what: "message" })?;
    // A button can be forged only by the platform itself; all the same a message is looked for in its own conversation.
    let message = service.store.message(id).await?.filter(|message| message.conversation == conversation);
    message.ok_or(ServiceError::NotFound { what: "message" })
}

/// Sends a held message to the visitor. It takes its place after what was said meanwhile.
pub(super) async fn send(service: &Service, conversation: ConversationId, id: &str) -> Result<Answer, ServiceError> {
    let words = service
        .decide(|| async {
            let mut draft = service.draft(conversation).await?;
            let mut message = held(service, conversation, id).await?;
            if message.removed_at.is_some() {
                return Ok(Decision::Nothing("That message was deleted, so there is nothing to send."));
            }
            match message.disposition {
                Disposition::Sent => return Ok(Decision::Nothing("It was sent to the visitor already.")),
                Disposition::Note => {
                    return Ok(Decision::Nothing("It was made a note, so it stays inside. Write it again to send it."));
                }
                Disposition::Held => {}
            }
            if !draft.conversation.is_open() {
                return Ok(Decision::Nothing(CLOSED));
            }
            message.disposition = Disposition::Sent;
            message.seq = draft.conversation.take_seq();
            message.version += 1;
            let now = draft.now();
            draft.conversation.operator_answered(now);
            draft.event(message.audience(), EventKind::MessagePosted, Some(message.id));
            draft.relay(service, &message, false);
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, "Sent to the visitor."))
        })
        .await?;
    // The answer takes the question's place, so what may still be pressed must stand in it.
    let buttons = if words == CLOSED { held_buttons(id) } else { Vec::new() };
    Ok(Answer { text: words.into(), buttons, replace: true })
}

/// Makes a held message a note.
pub(super) async fn keep_inside(
    service: &Service,
    conversation: ConversationId,
    id: &str,
) -> Result<Answer, ServiceError> {
    let words = service
        .decide(|| async {
            let mut draft = service.draft(conversation).await?;
            let mut message = held(service, conversation, id).await?;
            match message.disposition {
                Disposition::Sent => {
                    return Ok(Decision::Nothing("It was sent to the visitor already. Delete it to take it back."));
                }
                Disposition::Note => return Ok(Decision::Nothing("It stays inside.")),
                Disposition::Held => {}
            }
            message.disposition = Disposition::Note;
            message.version += 1;
            draft.event(message.audience(), EventKind::MessageEdited, Some(message.id));
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, "It stays inside."))
        })
        .await?;
    Ok(Answer { text: words.into(), buttons: Vec::new(), replace: true })
}
