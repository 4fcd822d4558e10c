//! Whether a visitor waits for an answer, worked out from what was said.
//!
//! What lives here: the reading, for changes after which nobody can tell from the conversation alone. What must not: the
//! rule for what is said in turn; the conversation itself keeps to that.

use bridge_core::{Micros, Speaker};

use super::draft::Draft;
use super::{Service, ServiceError};
use crate::model::{Audience, ConversationId, MessageId};

/// How many of the last messages are looked at.
const LOOKED_AT: i64 = 100;

/// Since when a visitor has had the last word, as if `without` had never been said; `None` where they don't have it.
async fn last_word_since(
    service: &Service,
    id: ConversationId,
    without: Option<MessageId>,
) -> Result<Option<Micros>, ServiceError> {
    let said = service.store.latest_messages(id, Audience::All, LOOKED_AT).await?;
    let still = said.iter().rev().filter(|it| it.removed_at.is_none() && Some(it.id) != without);
    Ok(still.take_while(|it| it.speaker == Speaker::Visitor).last().map(|it| it.created_at))
}

/// A conversation goes on: whoever had the last word when it was closed waits from now on.
pub(super) async fn waits_again(service: &Service, draft: &mut Draft) -> Result<(), ServiceError> {
    let now = draft.now();
    let last_word = last_word_since(service, draft.conversation.id, None).await?;
    draft.conversation.waiting_since = last_word.map(|_| now);
    Ok(())
}

/// A reply was taken back: if it was the answer that the visitor waited for, they wait as if it had never come.
pub(super) async fn waits_after_all(
    service: &Service,
    draft: &mut Draft,
    removed: MessageId,
) -> Result<(), ServiceError> {
    if draft.conversation.is_open() && draft.conversation.waiting_since.is_none() {
        draft.conversation.waiting_since = last_word_since(service, draft.conversation.id, Some(removed)).await?;
    }
    Ok(())
}
