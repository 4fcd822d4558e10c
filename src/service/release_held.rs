//! An operator decides about a held message.
//!
//! What lives here: sending it to the visitor after all, or keeping it inside. What must not: why it was held.

use bridge_core::{Answer, Words};

use super::answer::held_buttons;
use super::decide::Decision;
use super::say::Say;
use super::{Service, ServiceError};
use crate::model::{ConversationId, Disposition, EventKind, Message, MessageId};
use crate::store::Change;

/// What became of the wish to send a held message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// It went to the visitor.
    Sent,
    /// It had gone to the visitor before.
    SentBefore,
    /// It was deleted.
    Deleted,
    /// It is a note by now.
    IsNote,
    /// The conversation is closed.
    Closed,
}

/// What became of the wish to keep a held message inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is a note now, or was one.
    Inside,
    /// It had gone to the visitor before.
    SentBefore,
}

async fn held(service: &Service, conversation: ConversationId, id: MessageId) -> Result<Message, ServiceError> {
    // A button can be forged only by the platform itself; all the same a message is looked for in its own conversation.
    let message = service.store.message(id).await?.filter(|message| message.conversation == conversation);
    message.ok_or(ServiceError::NotFound { what: "message" })
}

fn id_of(text: &str) -> Result<MessageId, ServiceError> {
    text.parse().map_err(|_| ServiceError::NotFound { what: "message" })
}

/// Sends a held message to the visitor. It takes its place after what was said meanwhile.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such message in that conversation; [`ServiceError::Unavailable`].
pub async fn release(service: &Service, conversation: ConversationId, id: MessageId) -> Result<Release, ServiceError> {
    service
        .decide(|| async {
            let mut draft = service.draft(conversation).await?;
            let mut message = held(service, conversation, id).await?;
            if message.removed_at.is_some() {
                return Ok(Decision::Nothing(Release::Deleted));
            }
            match message.disposition {
                Disposition::Sent => return Ok(Decision::Nothing(Release::SentBefore)),
                Disposition::Note => return Ok(Decision::Nothing(Release::IsNote)),
                Disposition::Held => {}
            }
            if !draft.conversation.is_open() {
                return Ok(Decision::Nothing(Release::Closed));
            }
            message.disposition = Disposition::Sent;
            message.seq = draft.conversation.take_seq();
            message.version += 1;
            let now = draft.now();
            draft.conversation.operator_answered(message.operator, now);
            draft.event(message.audience(), EventKind::MessagePosted, Some(message.id));
            draft.relay(service, &message, false);
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, Release::Sent))
        })
        .await
}

/// Makes a held message a note.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such message in that conversation; [`ServiceError::Unavailable`].
pub async fn keep(service: &Service, conversation: ConversationId, id: MessageId) -> Result<Kept, ServiceError> {
    service
        .decide(|| async {
            let mut draft = service.draft(conversation).await?;
            let mut message = held(service, conversation, id).await?;
            match message.disposition {
                Disposition::Sent => return Ok(Decision::Nothing(Kept::SentBefore)),
                Disposition::Note => return Ok(Decision::Nothing(Kept::Inside)),
                Disposition::Held => {}
            }
            message.disposition = Disposition::Note;
            message.version += 1;
            draft.event(message.audience(), EventKind::MessageEdited, Some(message.id));
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, Kept::Inside))
        })
        .await
}

/// The answer to the button that sends.
pub(super) async fn send(
    service: &Service,
    words: Words,
    conversation: ConversationId,
    id: &str,
) -> Result<Answer, ServiceError> {
    let release = release(service, conversation, id_of(id)?).await?;
    let said = match release {
        Release::Sent => Say::HeldSent,
        Release::SentBefore => Say::HeldSentBefore,
        Release::Deleted => Say::HeldDeleted,
        Release::IsNote => Say::HeldIsNote,
        Release::Closed => Say::HeldIsClosed,
    };
    // The answer takes the question's place, so what may still be pressed must stand in it.
    let buttons = if release == Release::Closed { held_buttons(id, words) } else { Vec::new() };
    Ok(Answer { buttons, replace: true, ..Answer::text(words.text(said)) })
}

/// The answer to the button that keeps it inside.
pub(super) async fn keep_inside(
    service: &Service,
    words: Words,
    conversation: ConversationId,
    id: &str,
) -> Result<Answer, ServiceError> {
    let said = match keep(service, conversation, id_of(id)?).await? {
        Kept::Inside => Say::HeldKept,
        Kept::SentBefore => Say::HeldKeptTooLate,
    };
    Ok(Answer { replace: true, ..Answer::text(words.text(said)) })
}
