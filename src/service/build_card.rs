//! What a card shows.
//!
//! What lives here: gathering it from the rows. What must not: how a platform draws it.

use bridge_core::{Card, CardPage, CardStatus, Closer, Email, Words};

use super::say::Say;
use super::{Service, ServiceError};
use crate::model::{ClosedBy, Conversation, ConversationKind, Link, OperatorId, Visitor};

/// The card of a conversation, as it stands now.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn build_card(service: &Service, conversation: &Conversation, link: &Link) -> Result<Card, ServiceError> {
    let visitor =
        service.store.visitor(conversation.visitor).await?.ok_or(ServiceError::NotFound { what: "visitor" })?;
    let words = service.words(conversation.domain);
    let domain = service
        .domain(conversation.domain)
        .map_or_else(|| words.text(Say::DomainGone).to_owned(), |domain| domain.name.clone());
    let assignee = match conversation.assignee {
        Some(id) => Some(operator_name(service, words, id).await?),
        None => None,
    };
    let status = match conversation.closed_by {
        None => CardStatus::Open,
        Some(by) => CardStatus::Closed { by: closer(service, words, by).await? },
    };
    let earlier = service.store.earlier_link(conversation.visitor, conversation.opened_at, link.channel).await?;
    Ok(Card {
        visitor: visitor_name(words, &visitor),
        email: visitor.email.clone().map(|address| Email { address, verified: visitor.email_verified }),
        domain,
        page: conversation.page.as_ref().map(|page| CardPage { title: page.title.clone(), url: page.url.clone() }),
        status,
        assignee,
        continued: link.generation > 1,
        form: conversation.kind == ConversationKind::Form,
        earlier: earlier.and_then(|link| link.remote_thread),
    })
}

/// What a team calls a visitor.
pub(crate) fn visitor_name(words: Words, visitor: &Visitor) -> String {
    visitor
        .known_name()
        .map_or_else(|| words.say(Say::VisitorNumbered, &[("number", &visitor.number())]), str::to_owned)
}

/// Who closed a conversation.
pub(crate) async fn closer(service: &Service, words: Words, by: ClosedBy) -> Result<Closer, ServiceError> {
    Ok(match by {
        ClosedBy::Visitor => Closer::Visitor,
        ClosedBy::System => Closer::System,
        ClosedBy::Operator(id) => Closer::Operator(operator_name(service, words, id).await?),
    })
}

async fn operator_name(service: &Service, words: Words, id: OperatorId) -> Result<String, ServiceError> {
    let operator = service.store.operator(id).await?;
    Ok(operator.map_or_else(|| words.text(Say::UnknownOperator).to_owned(), |operator| operator.name))
}
