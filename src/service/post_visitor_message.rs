//! A visitor writes.
//!
//! What lives here: keeping the message, opening a conversation where there is none, and handing both to every linked
//! thread, all in one commit. What must not: limits (they are checked before), and waiting for any platform.

use std::time::Duration;

use bridge_core::{Body, Micros, Speaker};

use super::decide::Decision;
use super::draft::Draft;
use super::set_visitor::{Contact, show};
use super::view::{ConversationView, MessageView};
use super::{DomainInfo, Service, ServiceError};
use crate::clock::new_id;
use crate::model::limits::{CLIENT_KEY_CHARS, MESSAGE_CHARS};
use crate::model::{
    Audience, Conversation, ConversationKind, Disposition, EventKind, Message, MessageId, Page, Visitor,
};
use crate::store::Change;

/// A visitor who comes back after so long shows in the channel, even where somebody takes care of the conversation.
const RETURNS_AFTER: Duration = Duration::from_secs(24 * 3600);

/// How much of what was said before a channel was mapped is shown in it.
const EARLIER_MESSAGES: i64 = 100;

/// What a visitor writes.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The visitor's own key: the same key again is the same message.
    pub client_key: String,
    /// The words.
    pub body: String,
    /// The page that they look at.
    pub page: Option<Page>,
    /// Who they say that they are, where they wrote in the form.
    pub form: Option<Contact>,
}

/// What became of it.
pub struct Posted {
    /// The conversation.
    pub conversation: ConversationView,
    /// The message.
    pub message: MessageView,
    /// Whether it was kept just now; `false` where its key was known already.
    pub fresh: bool,
}

/// Whether a message of the visitor's under that key would open a conversation.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn would_open(service: &Service, visitor: &Visitor, client_key: &str) -> Result<bool, ServiceError> {
    Ok(service.store.open_conversation(visitor.id).await?.is_none()
        && service.store.message_by_client_key(visitor.id, client_key).await?.is_none())
}

/// Keeps a visitor's message.
///
/// # Errors
/// [`ServiceError::Invalid`] for a message that is empty or too long, and for a key that is empty or too long.
pub async fn post_visitor_message(
    service: &Service,
    visitor: &Visitor,
    new: NewMessage,
) -> Result<Posted, ServiceError> {
    let text = validate(&new)?;
    let form = new.form.as_ref().map(Contact::clean).transpose()?;
    let domain = service.domain(visitor.domain).ok_or(ServiceError::Unauthorized)?;
    let (message, fresh) = service
        .decide(|| async {
            if let Some(message) = service.store.message_by_client_key(visitor.id, &new.client_key).await? {
                return Ok(Decision::Nothing((message, false)));
            }
            // The website may have said meanwhile that this visitor is somebody else.
            let visitor = service.store.visitor(visitor.id).await?.ok_or(ServiceError::Unauthorized)?;
            let open = service.store.open_conversation(visitor.id).await?;
            let mut draft = match open {
                Some(conversation) => {
                    let mut draft = service.draft_of(conversation).await?;
                    link_again(service, &mut draft, &domain).await?;
                    draft
                }
                None => open_conversation(service, &visitor, &domain, &new).await?,
            };
            if let Some(contact) = &form {
                let named = contact.put_into(visitor.clone());
                if named != visitor {
                    show(&mut draft, &named);
                }
            }
            let message = write_message(service, &mut draft, &domain, &visitor, &text, &new);
            Ok(Decision::write(draft, (message, true)))
        })
        .await?;
    let conversation = service
        .store
        .conversation(message.conversation)
        .await?
        .ok_or(ServiceError::NotFound { what: "conversation" })?;
    tracing::info!(conversation.id = %conversation.id, message.id = %message.id, fresh, "a visitor wrote in conversation {}", conversation.id);
    let conversation = service.view_conversation(conversation).await?;
    let message =
        service.view_messages(vec![message]).await?.pop().ok_or(ServiceError::NotFound { what: "message" })?;
    Ok(Posted { conversation, message, fresh })
}

fn validate(new: &NewMessage) -> Result<String, ServiceError> {
    let key_chars = new.client_key.chars().count();
    if key_chars == 0 || key_chars > CLIENT_KEY_CHARS || new.client_key.contains('\0') {
        let why =
            format!("must have 1 to {CLIENT_KEY_CHARS} characters; any text that is new for each message will do");
        return Err(ServiceError::Invalid { field: "client_key", why });
    }
    // PostgreSQL can't keep a NUL character, and nobody can see one.
    let text = new.body.replace('\0', "");
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

async fn open_conversation(
    service: &Service,
    visitor: &Visitor,
    domain: &DomainInfo,
    new: &NewMessage,
) -> Result<Draft, ServiceError> {
    let now = service.clock.now();
    let next_event = service.store.next_event(visitor.id).await?;
    let mut conversation = Conversation::begin(new_id(), domain.id, visitor.id, next_event, new.page.clone(), now);
    conversation.client.clone_from(&visitor.client);
    if new.form.is_some() {
        conversation.kind = ConversationKind::Form;
    }
    let mut draft = Draft::begin(conversation, now);
    draft.event(Audience::All, EventKind::ConversationOpened, None);
    for channel in &domain.channels {
        draft.add_link(*channel, 1);
    }
    if domain.channels.is_empty() {
        tracing::warn!(domain.name = %domain.name, "nobody is mapped: a visitor wrote on {}, but no channel shows it", domain.name);
    }
    Ok(draft)
}

/// A conversation without threads gets them: its domain was mapped since it began, or its thread was deleted while nothing
/// waited for it. One whose thread is gone in one channel of several gets a new one there. Operators who have seen nothing
/// of it yet are shown what was said before.
pub(super) async fn link_again(service: &Service, draft: &mut Draft, domain: &DomainInfo) -> Result<(), ServiceError> {
    let id = draft.conversation.id;
    let gone = service.store.gone_links(id).await?;
    let never_linked = gone.is_empty() && draft.links.is_empty();
    let nowhere = draft.links.is_empty();
    for channel in &domain.channels {
        let lost = gone.iter().filter(|link| link.channel == *channel).map(|link| link.generation).max();
        let is_there = draft.links.iter().any(|link| link.channel == *channel);
        // Where a conversation goes on elsewhere, a channel that was mapped since has no part in it.
        if !is_there && (nowhere || lost.is_some()) {
            draft.add_link(*channel, lost.unwrap_or(0) + 1);
        }
    }
    if never_linked {
        for message in service.store.latest_messages(id, Audience::All, EARLIER_MESSAGES).await? {
            draft.relay(service, &message, false);
        }
    }
    Ok(())
}

fn write_message(
    service: &Service,
    draft: &mut Draft,
    domain: &DomainInfo,
    visitor: &Visitor,
    text: &str,
    new: &NewMessage,
) -> Message {
    let now = draft.now();
    let knock = knocks(&draft.conversation, domain.quiet_after, now);
    if let Some(page) = &new.page
        && draft.conversation.page.as_ref() != Some(page)
    {
        draft.conversation.page = Some(page.clone());
        draft.update_cards();
    }
    let mut message = Message {
        id: new_id::<MessageId>(),
        conversation: draft.conversation.id,
        seq: draft.conversation.take_seq(),
        speaker: Speaker::Visitor,
        visitor: Some(visitor.id),
        operator: None,
        disposition: Disposition::Sent,
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
    draft.conversation.visitor_wrote(now);
    draft.event(Audience::All, EventKind::MessagePosted, Some(message.id));
    draft.relay(service, &message, knock);
    draft.push(Change::NewMessage(message.clone()));
    message
}

/// Whether a message shall show in the channel itself, because nobody may be following the thread. A conversation that
/// begins needs no knock: its card shows in the channel.
fn knocks(conversation: &Conversation, quiet_after: Duration, now: Micros) -> bool {
    let begins = conversation.next_seq == 1;
    let quiet = now.since(conversation.last_activity_at);
    !begins && (quiet >= RETURNS_AFTER || (conversation.assignee.is_none() && quiet >= quiet_after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_knock_comes_after_a_quiet_while_or_a_long_absence() {
        let id = Uuid::nil();
        let mut conversation = Conversation::begin(id.into(), id.into(), id.into(), 1, None, Micros(0));
        let quiet = Duration::from_secs(600);
        let after = |seconds: u64| Micros(0).plus(Duration::from_secs(seconds));
        assert!(!knocks(&conversation, quiet, after(9_999)), "the card shows already");
        conversation.take_seq();
        assert!(!knocks(&conversation, quiet, after(599)));
        assert!(knocks(&conversation, quiet, after(600)));
        conversation.assignee = Some(id.into());
        assert!(!knocks(&conversation, quiet, after(600)), "the assignee is told anyway");
        assert!(knocks(&conversation, quiet, after(86_400)));
    }
}
