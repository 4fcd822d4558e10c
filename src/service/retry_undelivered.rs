//! An operator wants a refused piece of work tried again.
//!
//! What lives here: putting it at the end of its lane, marked as late. What must not: the old row; it stays as history.

use bridge_core::{Answer, Words};

use super::decide::Decision;
use super::draft::{Draft, Payload, Showing};
use super::say::Say;
use super::{Service, ServiceError};
use crate::model::{Audience, ConversationId, EventKind, LinkId, MessageId, OutboxId};
use crate::store::{Change, Guard, Outbox, OutboxProgress, OutboxState};

/// Tries a refused piece of work again.
pub(super) async fn retry(
    service: &Service,
    words: Words,
    conversation: ConversationId,
    outbox: &str,
) -> Result<Answer, ServiceError> {
    let id: OutboxId = outbox.parse().map_err(|_| ServiceError::NotFound { what: "message" })?;
    let said = service
        .decide(|| async {
            let row = service.store.outbox(id).await?.filter(|row| row.conversation == conversation);
            let row = row.ok_or(ServiceError::NotFound { what: "message" })?;
            if row.progress.state != OutboxState::Undelivered {
                return Ok(Decision::Nothing(Say::TriedBefore));
            }
            let mut draft = service.draft(conversation).await?;
            let live = draft.links.iter().find(|link| link.channel == row.channel).map(|link| link.id);
            let Some(link) = live else {
                return Ok(Decision::Nothing(Say::ThreadGone));
            };
            again(&mut draft, &row, link);
            Ok(Decision::write(draft, Say::TryingAgain))
        })
        .await?;
    Ok(Answer::text(words.text(said)))
}

/// Tries everything of a message again that a platform refused. Answers how many pieces of work that is.
///
/// # Errors
/// [`ServiceError::Conflict`] where there is nothing to try, or the thread is gone; [`ServiceError::Unavailable`].
pub async fn retry_message(
    service: &Service,
    conversation: ConversationId,
    message: MessageId,
) -> Result<usize, ServiceError> {
    service
        .decide(|| async {
            let mut draft = service.draft(conversation).await?;
            let rows = service.store.outbox_of_message(message).await?;
            let refused = rows
                .iter()
                .filter(|row| row.conversation == conversation && row.progress.state == OutboxState::Undelivered);
            let mut tried = 0;
            for row in refused {
                let live = draft.links.iter().find(|link| link.channel == row.channel).map(|link| link.id);
                if let Some(link) = live {
                    again(&mut draft, row, link);
                    tried += 1;
                }
            }
            if tried == 0 {
                let why = "There is nothing to try again: it was delivered, or its thread is gone.".into();
                return Err(ServiceError::Conflict { why });
            }
            // Pages that show it as refused read it again.
            draft.event(Audience::Operators, EventKind::MessageUndelivered, Some(message));
            Ok(Decision::write(draft, tried))
        })
        .await
}

fn again(draft: &mut Draft, row: &Outbox, link: LinkId) {
    draft.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
    let progress = OutboxProgress { state: OutboxState::Dropped, ..row.progress.clone() };
    draft.push(Change::SetOutbox(row.id, progress));
    let showing = Showing { broadcast: false, delayed: true };
    draft.queue(link, row.kind, row.message, row.part, &Payload::EMPTY, showing);
}
