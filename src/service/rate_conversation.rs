//! A visitor says what they think of a conversation.
//!
//! What lives here: keeping it, and telling the operators. What must not: figures over many conversations.

use bridge_core::Notice;

use super::decide::Decision;
use super::say::Say;
use super::view::ConversationView;
use super::{Service, ServiceError};
use crate::model::contact::{COMMENT_CHARS, clean_text};
use crate::model::{Audience, ConversationId, DomainId, EventKind, Rating, Visitor};

/// Keeps a rating. The last one counts; the same one again changes nothing.
///
/// # Errors
/// [`ServiceError::NotFound`] for a conversation that isn't the visitor's; [`ServiceError::Invalid`] for stars out of range
/// and a comment that is too long.
pub async fn rate_conversation(
    service: &Service,
    visitor: &Visitor,
    id: ConversationId,
    stars: i64,
    comment: Option<&str>,
) -> Result<ConversationView, ServiceError> {
    if !(1..=5).contains(&stars) {
        let why = format!("{stars} is not a number from 1 to 5");
        return Err(ServiceError::Invalid { field: "stars", why });
    }
    let comment = comment.and_then(clean_text);
    let chars = comment.as_ref().map_or(0, |comment| comment.chars().count());
    if chars > COMMENT_CHARS {
        let why = format!("has {chars} characters; at most {COMMENT_CHARS} can be kept");
        return Err(ServiceError::Invalid { field: "comment", why });
    }
    let conversation = service
        .decide(|| async {
            let conversation = service.store.conversation(id).await?;
            let conversation = conversation.filter(|conversation| conversation.visitor == visitor.id);
            let conversation = conversation.ok_or(ServiceError::NotFound { what: "conversation" })?;
            let same = |rating: &Rating| rating.stars == stars && rating.comment == comment;
            if conversation.rating.as_ref().is_some_and(same) {
                return Ok(Decision::Nothing(conversation));
            }
            let mut draft = service.draft_of(conversation).await?;
            draft.conversation.rating = Some(Rating { stars, comment: comment.clone(), at: draft.now() });
            draft.event(Audience::All, EventKind::ConversationRated, None);
            let text = sentence(service, draft.conversation.domain, stars, comment.as_deref());
            draft.notice(|_| Notice { text: text.clone(), mention: None, broadcast: false, buttons: Vec::new() });
            draft.leave_as_it_was(service);
            let conversation = draft.conversation.clone();
            Ok(Decision::write(draft, conversation))
        })
        .await?;
    service.view_conversation(conversation).await
}

fn sentence(service: &Service, domain: DomainId, stars: i64, comment: Option<&str>) -> String {
    let (words, stars) = (service.words(domain), stars.to_string());
    match comment {
        Some(comment) => words.say(Say::RatedWithComment, &[("stars", &stars), ("comment", comment)]),
        None => words.say(Say::Rated, &[("stars", &stars)]),
    }
}
