//! A linked thread is gone.
//!
//! What lives here: a link of the next generation, with the unfinished work moved over in order. What must not: finding
//! out that it is gone.

use std::time::Duration;

use super::decide::Decision;
use super::{Service, ServiceError};
use crate::model::{LinkId, LinkState};
use crate::store::{Change, Guard, OutboxKind, OutboxProgress, OutboxState};

/// After so many tries, work that lost its thread waits before it asks for the next.
const PATIENT: i64 = 5;
/// How long.
const PAUSE: Duration = Duration::from_secs(60);

/// Replaces a thread that is gone, where words wait for it. Otherwise the link only ends; the visitor's next words, or
/// reopening, make a new one. Doing it twice is harmless.
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
            tracing::warn!(link.id = %link, conversation.id = %old.conversation, "the thread of conversation {} is gone", old.conversation);
            // Without words that wait, the next ones open a new thread: somebody may have cleared the old one away on purpose.
            let goes_on = unfinished.iter().any(|row| row.kind == OutboxKind::Post);
            let next = goes_on.then(|| draft.add_link(old.channel, old.generation + 1));
            for row in &unfinished {
                draft.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
                match next {
                    // Edits and deletions were about messages that went with the thread, and the new card is its own.
                    Some(next) if matches!(row.kind, OutboxKind::Post | OutboxKind::Notice) => {
                        // Where somebody deletes every thread of ours, a new one a minute is enough.
                        let wait = if row.progress.attempts >= PATIENT { PAUSE } else { Duration::ZERO };
                        draft.push(Change::SetOutbox(row.id, OutboxProgress { attempts: row.progress.attempts + 1, ..OutboxProgress::fresh(now.plus(wait)) }));
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
