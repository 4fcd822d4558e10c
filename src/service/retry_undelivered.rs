//! An operator wants a refused piece of work tried again.
//!
//! What lives here: putting it at the end of its lane, marked as late. What must not: the old row; it stays as history.

use bridge_core::Answer;

use super::decide::Decision;
use super::draft::{Payload, Showing};
use super::{Service, ServiceError};
use crate::model::{ConversationId, OutboxId};
use crate::store::{Change, Guard, OutboxProgress, OutboxState};

/// Tries a refused piece of work again.
pub(super) async fn retry(
    service: &Service,
    conversation: ConversationId,
    outbox: &str,
) -> Result<Answer, ServiceError> {
    let id: OutboxId = outbox.parse().map_err(|_| ServiceError::NotFound { what: "message" })?;
    let words = service
        .decide(|| async {
            let row = service.store.outbox(id).await?.filter(|row| row.conversation == conversation);
            let row = row.ok_or(ServiceError::NotFound { what: "message" })?;
            if row.progress.state != OutboxState::Undelivered {
                return Ok(Decision::Nothing("It was tried again already."));
            }
            let mut draft = service.draft(conversation).await?;
            let live = draft.links.iter().find(|link| link.channel == row.channel).map(|link| link.id);
            let Some(link) = live else {
                return Ok(Decision::Nothing("The thread is gone, so it can't be tried again here."));
            };
            draft.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
            let progress = OutboxProgress { state: OutboxState::Dropped, ..row.progress.clone() };
            draft.push(Change::SetOutbox(row.id, progress));
            draft.queue(
                link,
                row.kind,
                row.message,
                row.part,
                &Payload::EMPTY,
                Showing { broadcast: false, delayed: true },
            );
            Ok(Decision::write(draft, "Trying again."))
        })
        .await?;
    Ok(Answer::text(words))
}
