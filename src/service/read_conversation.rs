//! An operator has seen a conversation up to a message.
//!
//! What lives here: their own mark, and the one that the visitor is told of, also for those who answer without a page. What must not: how far the visitor has read.

use bridge_core::{Micros, Speaker};

use super::decide::Decision;
use super::draft::Draft;
use super::{Service, ServiceError};
use crate::live::TeamNudge;
use crate::model::{Audience, ConversationId, EventKind, OperatorId};
use crate::store::{Change, Desk, Write};

/// How many of the last messages are looked through for the visitor's last one before an answer.
const LOOKED_AT: i64 = 50;

/// How many messages are looked through at once for the visitor's last one.
const STRETCH: i64 = 200;

/// Notes how far an operator has read. A mark never goes back, and never past what was said. The visitor is told only when
/// somebody sees more of what they wrote than anybody had before.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation; [`ServiceError::Unavailable`].
pub async fn read_conversation(
    service: &Service,
    id: ConversationId,
    by: OperatorId,
    seq: i64,
) -> Result<(), ServiceError> {
    let noted = service
        .decide(|| async {
            let conversation =
                service.store.conversation(id).await?.ok_or(ServiceError::NotFound { what: "conversation" })?;
            let domain = conversation.domain;
            let seq = seq.min(conversation.next_seq - 1);
            let is_new = seq > service.store.read_mark(by, id).await?;
            let seen = seen_up_to(service, id, conversation.operators_seen, seq).await?;
            let mark = Change::Desk(Desk::Read { operator: by, conversation: id, seq, at: service.clock.now() });
            if seen > conversation.operators_seen {
                let mut draft = service.draft_of(conversation).await?;
                draft.conversation.operators_seen = seen;
                draft.event(Audience::All, EventKind::OperatorRead, None);
                draft.push(mark);
                return Ok(Decision::write(draft, None));
            }
            if !is_new {
                return Ok(Decision::Nothing(None));
            }
            let mut write = Write::new(id.0);
            write.push(mark);
            Ok(Decision::Quietly(write, Some(domain)))
        })
        .await?;
    if let Some(domain) = noted {
        // Another page of the same operator shows the count too.
        service.hub.tell_team(TeamNudge::Conversation { id, domain });
    }
    Ok(())
}

/// Whoever answers in a thread has seen what the visitor had said by then. A page says itself how far it was read.
pub(super) async fn answers_having_seen(
    service: &Service,
    draft: &mut Draft,
    by: OperatorId,
    written_at: Micros,
) -> Result<(), ServiceError> {
    let (id, at) = (draft.conversation.id, draft.now());
    let said = service.store.latest_messages(id, Audience::All, LOOKED_AT).await?;
    let seen = said.iter().rev().find(|it| it.speaker == Speaker::Visitor && it.created_at <= written_at);
    if let Some(seq) = seen.map(|message| message.seq) {
        draft.conversation.operators_seen = draft.conversation.operators_seen.max(seq);
        draft.push(Change::Desk(Desk::Read { operator: by, conversation: id, seq, at }));
    }
    Ok(())
}

/// The visitor's last message up to a place, or where operators had read to before.
async fn seen_up_to(service: &Service, id: ConversationId, before: i64, seq: i64) -> Result<i64, ServiceError> {
    let (mut from, mut seen) = (before, before);
    while from < seq {
        let messages = service.store.messages_after(id, from, STRETCH).await?;
        let Some(last) = messages.last() else { break };
        from = last.seq;
        let visitors = messages.iter().filter(|it| it.seq <= seq && it.speaker == Speaker::Visitor);
        seen = visitors.map(|it| it.seq).max().unwrap_or(seen);
    }
    Ok(seen)
}
