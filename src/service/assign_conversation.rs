//! A conversation is put into an operator's care, or out of it.
//!
//! What lives here: the one way to assign, and to take it back. What must not: who may (the caller has checked).

use std::collections::HashMap;

use bridge_core::{Notice, RemoteUser, Words};

use super::decide::Decision;
use super::record_audit::{Actor, name_of};
use super::say::Say;
use super::{Service, ServiceError};
use crate::model::{Audience, ChannelId, ConversationId, EventKind, Operator, OperatorId};
use crate::store::Change;

/// Assigns a conversation; `also` is made in the same commit. Answers whether that changed anything.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation.
pub async fn assign(
    service: &Service,
    id: ConversationId,
    to: &Operator,
    also: &[Change],
) -> Result<bool, ServiceError> {
    service
        .decide(|| async {
            let mut draft = service.draft(id).await?;
            let now = draft.now();
            also.iter().cloned().for_each(|change| draft.push(change));
            let assigned = draft.conversation.assign(to.id, now).is_ok();
            if assigned {
                // Being called by name is what makes a platform notify somebody, and follow the thread from then on.
                let mut selves: HashMap<ChannelId, RemoteUser> = HashMap::new();
                for link in &draft.links {
                    if let Some(channel) = service.book.channel(link.channel)
                        && let Some(user) = service.store.identity_of(to.id, &channel.remote.connection).await?
                    {
                        selves.insert(link.channel, user);
                    }
                }
                draft.event(Audience::All, EventKind::ConversationAssigned, None);
                draft.update_cards();
                let words = service.words(draft.conversation.domain);
                draft.notice(|channel| notice(words, to, selves.get(&channel).cloned()));
                draft.leave_as_it_was(service);
            } else if also.is_empty() {
                return Ok(Decision::Nothing(false));
            }
            Ok(Decision::write(draft, assigned))
        })
        .await
}

/// Puts a conversation into nobody's care; `by` is the name of who did. Answers whether that changed anything.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation.
pub async fn unassign(service: &Service, id: ConversationId, by: &str) -> Result<bool, ServiceError> {
    take_out(service, id, None, by).await
}

/// Puts what is open and in an operator's care into nobody's: they go.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn unassign_all_of(service: &Service, operator: OperatorId, by: Actor) -> Result<(), ServiceError> {
    let open = service.store.conversations_of_assignee(operator).await?;
    if open.is_empty() {
        return Ok(());
    }
    let by = name_of(service, by).await?;
    for conversation in open {
        take_out(service, conversation.id, Some(operator), &by).await?;
    }
    Ok(())
}

/// Puts a conversation into nobody's care; with `of`, only while it is in theirs.
async fn take_out(
    service: &Service,
    id: ConversationId,
    of: Option<OperatorId>,
    by: &str,
) -> Result<bool, ServiceError> {
    service
        .decide(|| async {
            let mut draft = service.draft(id).await?;
            let now = draft.now();
            let is_another = of.is_some() && draft.conversation.assignee != of;
            if is_another || draft.conversation.unassign(now).is_err() {
                return Ok(Decision::Nothing(false));
            }
            draft.event(Audience::All, EventKind::ConversationAssigned, None);
            draft.update_cards();
            let text = service.words(draft.conversation.domain).say(Say::Unassigned, &[("name", by)]);
            draft.notice(|_| Notice { text: text.clone(), mention: None, broadcast: false, buttons: Vec::new() });
            draft.leave_as_it_was(service);
            Ok(Decision::write(draft, true))
        })
        .await
}

fn notice(words: Words, to: &Operator, mention: Option<RemoteUser>) -> Notice {
    let text = match mention {
        Some(_) => words.text(Say::AssignedCalled).to_owned(),
        None => words.say(Say::Assigned, &[("name", &to.name)]),
    };
    Notice { text, mention, broadcast: false, buttons: Vec::new() }
}
