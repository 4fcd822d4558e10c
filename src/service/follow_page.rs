//! A visitor goes to another page.
//!
//! What lives here: showing operators where the visitor is. What must not: opening anything: who only looks around has not
//! written.

use super::decide::Decision;
use super::{Service, ServiceError};
use crate::model::{Audience, EventKind, Page, Visitor};

/// Keeps the page of the visitor's open conversation; without one nothing happens.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn follow_page(service: &Service, visitor: &Visitor, page: &Page) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let open = service.store.open_conversation(visitor.id).await?;
            let Some(open) = open.filter(|open| open.page.as_ref() != Some(page)) else {
                return Ok(Decision::Nothing(()));
            };
            let mut draft = service.draft_of(open).await?;
            draft.conversation.page = Some(page.clone());
            draft.event(Audience::Operators, EventKind::VisitorChanged, None);
            draft.update_cards();
            Ok(Decision::write(draft, ()))
        })
        .await
}
