//! Two accounts turn out to be one operator's.
//!
//! What lives here: asking for a code, and making two operators one when it is written on the other account. What must not:
//! which codes are out ([`super::link_codes`]), and the tie by e-mail address, which is made when somebody is first known
//! ([`super::know_operator`]).
//!
//! Whoever was known first stays, with their public name and picture. What the other one said keeps the name under which
//! it was said; what is open and in the other one's care goes over.

use std::collections::BTreeSet;

use bridge_core::{Answer, ConnectionId, RemoteUser, ReplyHandle};

use super::decide::Decision;
use super::link_codes::{Account, Answered};
use super::{Service, ServiceError};
use crate::model::{Audience, EventKind, Operator};
use crate::store::{Change, Identity, Write};

/// Answers somebody who asks for a code, or writes one. `by` is who they are there, `to` where they are answered.
pub(super) async fn link_operator(
    service: &Service,
    connection: &ConnectionId,
    user: &RemoteUser,
    by: &Operator,
    code: &str,
    to: &ReplyHandle,
) -> Result<Answer, ServiceError> {
    let account = Account { connection: connection.clone(), user: user.clone() };
    let words =
        if code.trim().is_empty() { ask(service, account, to) } else { redeem(service, &account, by, code).await? };
    Ok(Answer::text(words))
}

/// A code, where nobody else can read it.
fn ask(service: &Service, account: Account, to: &ReplyHandle) -> String {
    let bridge = service.bridge(&account.connection);
    if !bridge.is_some_and(|bridge| bridge.is_private(to)) {
        return "Others can read the answer here. Ask for the code where only you can read the answer: with the command \
                /link, or from your other account."
            .to_owned();
    }
    tracing::info!(connection = %account.connection, user = account.user.0, "a code that links accounts was given to {} on {}", account.user.0, account.connection);
    let code = service.link_codes.give_out(account, service.clock.now());
    format!(
        "Your code is {code}. Write !link {code} in a conversation's thread (or /link, where there is that command) from \
         your other account within ten minutes, and both are one operator. Show it to nobody: whoever writes it becomes \
         you."
    )
}

async fn redeem(service: &Service, account: &Account, by: &Operator, code: &str) -> Result<String, ServiceError> {
    let words = match service.link_codes.answer(account, code, service.clock.now()) {
        Answered::Fits(other) => return unite(service, account, by, &other).await,
        Answered::Own => "That is the code of this very account. Write it from your other one.",
        Answered::Unknown => {
            "I know no such code, or it is used or too old. Ask for a new one with !link (or /link) from your other \
             account."
        }
        Answered::TooOften => "That were too many codes that I don't know. Try again in ten minutes.",
    };
    tracing::info!(connection = %account.connection, user = account.user.0, "a code that links accounts was refused to {} on {}", account.user.0, account.connection);
    Ok(words.to_owned())
}

async fn unite(service: &Service, account: &Account, by: &Operator, other: &Account) -> Result<String, ServiceError> {
    let Some(owner) = service.store.operator_by_identity(&other.connection, &other.user).await? else {
        return Ok("The account that the code is for is no longer an operator's.".to_owned());
    };
    if owner.id == by.id {
        return Ok("These accounts are one operator already.".to_owned());
    }
    if let Some(shared) = shared_connection(service, by, &owner).await? {
        return Ok(format!(
            "Both have an account on {shared}, and one operator has only one there, so nothing was changed."
        ));
    }
    let (stays, goes) =
        if (owner.created_at, owner.id) <= (by.created_at, by.id) { (&owner, by) } else { (by, &owner) };
    // Care first: should the program end between the two, nothing is in the care of somebody who is no longer there.
    hand_over(service, goes, stays).await?;
    move_identities(service, goes, stays).await?;
    hand_over(service, goes, stays).await?;
    tracing::info!(
        operator.id = %stays.id, operator.gone = %goes.id, connection = %account.connection, user = account.user.0,
        other.connection = %other.connection, other.user = other.user.0,
        "audit: operator {} is operator {} now, by a code of {} on {} that {} on {} wrote",
        goes.id, stays.id, other.user.0, other.connection, account.user.0, account.connection
    );
    Ok(format!("Done: your accounts are one operator now, and visitors see the name {}.", stays.name))
}

async fn shared_connection(
    service: &Service,
    one: &Operator,
    other: &Operator,
) -> Result<Option<ConnectionId>, ServiceError> {
    let connections = |selves: Vec<Identity>| selves.into_iter().map(|it| it.connection).collect::<BTreeSet<_>>();
    let (one, other) =
        (connections(service.store.identities(one.id).await?), connections(service.store.identities(other.id).await?));
    Ok(one.intersection(&other).next().cloned())
}

async fn move_identities(service: &Service, from: &Operator, to: &Operator) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let mut write = Write::new(to.id.0);
            for identity in service.store.identities(from.id).await? {
                write.push(Change::MoveIdentity(Identity { operator: to.id, ..identity }));
            }
            Ok(Decision::Quietly(write, ()))
        })
        .await
}

/// What is open and in one operator's care goes into another's. They are the same person, so nobody is called.
async fn hand_over(service: &Service, from: &Operator, to: &Operator) -> Result<(), ServiceError> {
    for conversation in service.store.conversations_of_assignee(from.id).await? {
        service
            .decide(|| async {
                let mut draft = service.draft(conversation.id).await?;
                if draft.conversation.assignee != Some(from.id) {
                    return Ok(Decision::Nothing(()));
                }
                let now = draft.now();
                if draft.conversation.assign(to.id, now).is_ok() {
                    draft.event(Audience::All, EventKind::ConversationAssigned, None);
                    draft.update_cards();
                }
                Ok(Decision::write(draft, ()))
            })
            .await?;
    }
    Ok(())
}
