//! An operator goes on with a closed conversation.
//!
//! What lives here: the one way to reopen. What must not: who may (the caller has checked).

use bridge_core::Notice;

use super::decide::Decision;
use super::draft::Draft;
use super::say::Say;
use super::waiting::waits_again;
use super::{Service, ServiceError};
use crate::model::{Audience, ConversationId, EventKind, LinkState};
use crate::store::Change;

/// Reopens a conversation; `by` is the name of who did, `also` is made in the same commit. Answers whether it was closed.
///
/// # Errors
/// [`ServiceError::NewerIsOpen`] where the visitor has another open conversation: a visitor has at most one.
pub async fn reopen(service: &Service, id: ConversationId, by: &str, also: &[Change]) -> Result<bool, ServiceError> {
    service
        .decide(|| async {
            let mut draft = service.draft(id).await?;
            let now = draft.now();
            if let Some(open) = service.store.open_conversation(draft.conversation.visitor).await?
                && open.id != id
            {
                return Err(ServiceError::NewerIsOpen);
            }
            also.iter().cloned().for_each(|change| draft.push(change));
            let reopened = draft.conversation.reopen(now).is_ok();
            if reopened {
                relink(service, &mut draft).await?;
                waits_again(service, &mut draft).await?;
                draft.event(Audience::All, EventKind::ConversationReopened, None);
                draft.update_cards();
                let text = service.words(draft.conversation.domain).say(Say::Reopened, &[("name", by)]);
                draft.notice(|_| Notice { text: text.clone(), mention: None, broadcast: false, buttons: Vec::new() });
            } else if also.is_empty() {
                return Ok(Decision::Nothing(false));
            }
            Ok(Decision::write(draft, reopened))
        })
        .await
}

/// Threads that went while the conversation was closed were not replaced then; they are now.
async fn relink(service: &Service, draft: &mut Draft) -> Result<(), ServiceError> {
    for gone in service.store.gone_links(draft.conversation.id).await? {
        let alive = draft.links.iter().any(|link| link.channel == gone.channel && link.state != LinkState::Gone);
        if !alive {
            draft.add_link(gone.channel, gone.generation + 1);
        }
    }
    Ok(())
}
