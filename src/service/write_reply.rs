//! An operator writes in a page.
//!
//! What lives here: keeping a reply and handing it to every linked thread, or keeping a note, each in one commit. What must
//! not: who may (the caller has checked), and words of command: what is typed in a page is words.

use bridge_core::{Body, Speaker};

use super::decide::Decision;
use super::draft::Draft;
use super::post_visitor_message::link_again;
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::model::limits::{CLIENT_KEY_CHARS, MESSAGE_CHARS};
use crate::model::{Audience, ConversationId, Disposition, EventKind, Message, MessageId, Operator};
use crate::store::Change;

/// What an operator writes.
#[derive(Debug, Clone)]
pub struct NewReply {
    /// The page's own key: the same key again is the same message.
    pub client_key: String,
    /// The words.
    pub body: String,
    /// Whether visitors never see it.
    pub note: bool,
}

/// Keeps what an operator writes. Answers the message, and whether it was kept just now.
///
/// # Errors
/// [`ServiceError::Closed`] for a reply in a closed conversation; [`ServiceError::Invalid`] for words that are none or too
/// many, and for a key that is none or belongs to another conversation; [`ServiceError::NotFound`].
pub async fn write_reply(
    service: &Service,
    conversation: ConversationId,
    by: &Operator,
    new: &NewReply,
) -> Result<(MessageId, bool), ServiceError> {
    check_key(&new.client_key)?;
    let text = check_words(&new.body)?;
    let (message, fresh) = service
        .decide(|| async {
            if let Some(known) = service.store.message_by_operator_key(by.id, &new.client_key).await? {
                if known.conversation != conversation {
                    let why = "was used in another conversation; take a new one for each message".into();
                    return Err(ServiceError::Invalid { field: "client_key", why });
                }
                return Ok(Decision::Nothing((known.id, false)));
            }
            let mut draft = service.draft(conversation).await?;
            if !new.note && !draft.conversation.is_open() {
                return Err(ServiceError::Closed);
            }
            if !new.note
                && let Some(domain) = service.domain(draft.conversation.domain)
            {
                link_again(service, &mut draft, &domain).await?;
            }
            let message = write(service, &mut draft, by, new, &text);
            Ok(Decision::write(draft, (message.id, true)))
        })
        .await?;
    tracing::info!(conversation.id = %conversation, message.id = %message, fresh, "an operator wrote in conversation {conversation}");
    Ok((message, fresh))
}

fn write(service: &Service, draft: &mut Draft, by: &Operator, new: &NewReply, text: &str) -> Message {
    let now = draft.now();
    let mut message = Message {
        id: new_id::<MessageId>(),
        conversation: draft.conversation.id,
        seq: draft.conversation.take_seq(),
        speaker: Speaker::Operator,
        visitor: None,
        operator: Some(by.id),
        disposition: if new.note { Disposition::Note } else { Disposition::Sent },
        body: String::new(),
        rich: None,
        client_key: Some(new.client_key.clone()),
        origin: None,
        created_at: now,
        edited_at: None,
        removed_at: None,
        version: 0,
    };
    message.set_body(&Body::plain(text));
    draft.conversation.last_activity_at = now;
    draft.event(message.audience(), EventKind::MessagePosted, Some(message.id));
    if message.audience() == Audience::All {
        draft.conversation.operator_answered(message.operator, now);
        draft.relay(service, &message, false);
    }
    draft.push(Change::NewMessage(message.clone()));
    message
}

fn check_key(key: &str) -> Result<(), ServiceError> {
    let chars = key.chars().count();
    if chars == 0 || chars > CLIENT_KEY_CHARS || key.contains('\0') {
        let why =
            format!("must have 1 to {CLIENT_KEY_CHARS} characters; any text that is new for each message will do");
        return Err(ServiceError::Invalid { field: "client_key", why });
    }
    Ok(())
}

/// The words as they are kept.
pub(super) fn check_words(body: &str) -> Result<String, ServiceError> {
    // PostgreSQL can't keep a NUL character, and nobody can see one.
    let text = body.replace('\0', "");
    let text = text.trim();
    let chars = text.chars().count();
    if chars == 0 {
        return Err(ServiceError::Invalid { field: "body", why: "is empty; write at least one character".into() });
    }
    if chars > MESSAGE_CHARS {
        let why = format!("has {chars} characters; at most {MESSAGE_CHARS} can be sent at once");
        return Err(ServiceError::Invalid { field: "body", why });
    }
    Ok(text.to_owned())
}
