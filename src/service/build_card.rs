//! What a card shows.
//!
//! What lives here: gathering it from the rows. What must not: how a platform draws it.

use bridge_core::{Card, CardPage, CardStatus, Email};

use super::{Service, ServiceError};
use crate::model::{ClosedBy, Conversation, ConversationKind, Link, OperatorId};

/// The card of a conversation, as it stands now.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn build_card(service: &Service, conversation: &Conversation, link: &Link) -> Result<Card, ServiceError> {
    let visitor =
        service.store.visitor(conversation.visitor).await?.ok_or(ServiceError::NotFound { what: "visitor" })?;
    let domain = service
        .domain(conversation.domain)
        .map_or_else(|| "a domain that is no longer configured".into(), |domain| domain.name.clone());
    let assignee = match conversation.assignee {
        Some(id) => Some(operator_name(service, id).await?),
        None => None,
    };
    let status = match conversation.closed_by {
        None => CardStatus::Open,
        Some(by) => CardStatus::Closed { by: closer_name(service, by).await? },
    };
    let earlier = service.store.earlier_link(conversation.visitor, conversation.opened_at, link.channel).await?;
    Ok(Card {
        visitor: visitor.display_name(),
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

/// What to call who closed a conversation, within a sentence.
pub(crate) async fn closer_name(service: &Service, by: ClosedBy) -> Result<String, ServiceError> {
    match by {
        ClosedBy::Visitor => Ok("the visitor".into()),
        ClosedBy::System => Ok("Threadline".into()),
        ClosedBy::Operator(id) => operator_name(service, id).await,
    }
}

async fn operator_name(service: &Service, id: OperatorId) -> Result<String, ServiceError> {
    Ok(service.store.operator(id).await?.map_or_else(|| "an operator".into(), |operator| operator.name))
}
