//! A visitor has read.
//!
//! What lives here: keeping how far, so that operators see it. What must not: how far operators have read.

use super::decide::Decision;
use super::{Service, ServiceError};
use crate::model::{Audience, EventKind, Visitor};

/// Keeps that the visitor has seen everything up to an event. It only ever grows.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn record_read(service: &Service, visitor: &Visitor, event: i64) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let Some(conversation) = service.store.newest_conversation(visitor.id).await? else {
                return Ok(Decision::Nothing(()));
            };
            let seen = service.store.seen_seq(conversation.id, event).await?;
            if seen <= conversation.visitor_seen {
                return Ok(Decision::Nothing(()));
            }
            let mut draft = service.draft_of(conversation).await?;
            draft.conversation.visitor_seen = seen;
            draft.event(Audience::Operators, EventKind::VisitorRead, None);
            Ok(Decision::write(draft, ()))
        })
        .await
}
