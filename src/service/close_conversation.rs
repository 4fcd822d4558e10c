//! Somebody closes a conversation.
//!
//! What lives here: the one way to close, from any side. What must not: who may (the caller has checked).

use bridge_core::{Closer, Notice, Words};

use super::build_card::closer;
use super::decide::Decision;
use super::say::Say;
use super::view::ConversationView;
use super::{Service, ServiceError};
use crate::model::{Audience, ClosedBy, ConversationId, EventKind, Visitor};
use crate::store::Change;

/// The visitor closes their conversation. Closing a closed one changes nothing and is no error.
///
/// # Errors
/// [`ServiceError::Closed`] where the visitor has no conversation at all.
pub async fn close_as_visitor(service: &Service, visitor: &Visitor) -> Result<ConversationView, ServiceError> {
    let newest = service.store.newest_conversation(visitor.id).await?.ok_or(ServiceError::Closed)?;
    close(service, newest.id, ClosedBy::Visitor, &[]).await?;
    service.view_newest(visitor.id).await?.ok_or(ServiceError::Closed)
}

/// Closes a conversation; `also` is made in the same commit. Answers whether it was open.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation.
pub async fn close(service: &Service, id: ConversationId, by: ClosedBy, also: &[Change]) -> Result<bool, ServiceError> {
    let closed = service
        .decide(|| async {
            let mut draft = service.draft(id).await?;
            let now = draft.now();
            also.iter().cloned().for_each(|change| draft.push(change));
            let closed = draft.conversation.close(by, now).is_ok();
            if closed {
                draft.event(Audience::All, EventKind::ConversationClosed, None);
                draft.update_cards();
                let words = service.words(draft.conversation.domain);
                let text = sentence(words, &closer(service, words, by).await?);
                draft.notice(|_| notice(&text));
                draft.put_away(service);
            } else if also.is_empty() {
                return Ok(Decision::Nothing(false));
            }
            Ok(Decision::write(draft, closed))
        })
        .await?;
    if closed {
        tracing::info!(conversation.id = %id, "conversation {id} was closed");
    }
    Ok(closed)
}

fn sentence(words: Words, by: &Closer) -> String {
    match by {
        Closer::Visitor => words.text(Say::ClosedByVisitor).to_owned(),
        Closer::System => words.text(Say::ClosedBySystem).to_owned(),
        Closer::Operator(name) => {
            let mut letters = name.chars();
            let first = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
            words.say(Say::ClosedByOperator, &[("name", &first.unwrap_or_default())])
        }
    }
}

fn notice(text: &str) -> Notice {
    Notice { text: text.to_owned(), mention: None, broadcast: false, buttons: Vec::new() }
}
