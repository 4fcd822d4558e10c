//! A linked thread is gone.
//!
//! What lives here: a link of the next generation, with the unfinished work moved over in order. What must not: finding
//! out that it is gone.

use super::decide::Decision;
use super::{Service, ServiceError};
use crate::model::{LinkId, LinkState};
use crate::store::{Change, OutboxKind, OutboxProgress, OutboxState};

/// Replaces a thread that is gone. For a closed conversation without unfinished work the link only ends; reopening makes a
/// new one. Doing it twice is harmless.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn replace_thread(service: &Service, link: LinkId) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let Some(old) = service.store.link(link).await?.filter(|link| link.state != LinkState::Gone) else {
                return Ok(Decision::Nothing(()));
            };
            let mut draft = service.draft(old.conversation).await?;
            let now = draft.now();
            let unfinished = service.store.unfinished_outbox(link).await?;
            draft.lose(link);
            tracing::warn!(link.id = %link, conversation.id = %old.conversation, "the thread of conversation {} is gone; it is opened again", old.conversation);
            let wanted = |row: &&crate::store::Outbox| row.kind == OutboxKind::Post;
            let goes_on = draft.conversation.is_open() || unfinished.iter().any(|row| wanted(&row));
            let next = goes_on.then(|| draft.add_link(old.channel, old.generation + 1));
            for row in &unfinished {
                match next {
                    // Edits and deletions were about messages that went with the thread, and the new card is its own.
                    Some(next) if matches!(row.kind, OutboxKind::Post | OutboxKind::Notice) => {
                        draft.push(Change::SetOutbox(row.id, OutboxProgress { attempts: row.progress.attempts, ..OutboxProgress::fresh(now) }));
                        draft.move_to(row.id, next);
                    }
                    _ => {
                        draft.push(Change::SetOutbox(row.id, OutboxProgress { state: OutboxState::Dropped, ..row.progress.clone() }));
                    }
                }
            }
            Ok(Decision::write(draft, ()))
        })
        .await
}
