//! Two accounts turn out to be one operator's.
//!
//! What lives here: asking for a code, and making two operators one when it is written on the other account. What must not:
//! which codes are out ([`super::link_codes`]), and the tie by e-mail address, which is made when somebody is first known
//! ([`super::know_operator`]).
//!
//! Whoever asked for the code in a page stays, or was invited; else whoever was known first, with their public name and
//! picture. What the other one said keeps the name under which it was said; what is open and in the other one's care goes over.
//! Rights never come to a code's owner by it: else somebody could talk an admin into writing a code of theirs.

use std::collections::BTreeSet;

use bridge_core::{Answer, ConnectionId, RemoteUser, ReplyHandle, Words};

use super::decide::Decision;
use super::link_codes::{Answered, Holder};
use super::record_audit::{Actor, record};
use super::say::Say;
use super::{Service, ServiceError};
use crate::model::{Audience, EventKind, Operator};
use crate::store::{Account, Change, Identity, Write};

/// Answers somebody who asks for a code, or writes one. `by` is who they are there, `to` where they are answered.
pub(super) async fn link_operator(
    service: &Service,
    words: Words,
    connection: &ConnectionId,
    user: &RemoteUser,
    by: &Operator,
    code: &str,
    to: &ReplyHandle,
) -> Result<Answer, ServiceError> {
    let account = Account { connection: connection.clone(), user: user.clone() };
    let said = match code.trim() {
        "" => ask(service, words, account, to),
        _ => redeem(service, words, &account, by, code).await?,
    };
    Ok(Answer::text(said))
}

/// A code, where nobody else can read it.
fn ask(service: &Service, words: Words, account: Account, to: &ReplyHandle) -> String {
    let bridge = service.bridge(&account.connection);
    if !bridge.is_some_and(|bridge| bridge.is_private(to)) {
        return words.text(Say::CodeNotPrivate).to_owned();
    }
    tracing::info!(connection = %account.connection, user = account.user.0, "a code that links accounts was given to {} on {}", account.user.0, account.connection);
    let code = service.link_codes.give_out(Holder::Account(account), service.clock.now());
    words.say_bare(Say::Code, &[("code", &code)])
}

async fn redeem(
    service: &Service,
    words: Words,
    account: &Account,
    by: &Operator,
    code: &str,
) -> Result<String, ServiceError> {
    let said = match service.link_codes.answer(account, code, service.clock.now()) {
        Answered::Fits(other) => return unite(service, words, account, by, &other).await,
        Answered::Own => Say::CodeIsOwn,
        Answered::Unknown => Say::CodeUnknown,
        Answered::TooOften => Say::CodesTooMany,
    };
    tracing::info!(connection = %account.connection, user = account.user.0, "a code that links accounts was refused to {} on {}", account.user.0, account.connection);
    Ok(words.text(said).to_owned())
}

async fn unite(
    service: &Service,
    words: Words,
    account: &Account,
    by: &Operator,
    other: &Holder,
) -> Result<String, ServiceError> {
    let refused = |why: Say| Ok(words.text(why).to_owned());
    let owner = match other {
        Holder::Account(other) => service.store.operator_by_identity(&other.connection, &other.user).await?,
        Holder::Operator(id) => service.store.operator(*id).await?,
    };
    let Some(owner) = owner else {
        return refused(Say::CodeOfNobody);
    };
    if owner.id == by.id {
        return refused(Say::OneAlready);
    }
    if owner.deactivated_at.is_some() || by.deactivated_at.is_some() {
        return refused(Say::OneIsDeactivated);
    }
    if by.role.is_some() {
        return refused(Say::HasRights);
    }
    if let Some(shared) = shared_connection(service, by, &owner).await? {
        return Ok(words.say(Say::SharePlatform, &[("place", &shared.to_string())]));
    }
    let (stays, goes) = if owner_stays(&owner, by, other) { (&owner, by) } else { (by, &owner) };
    // Care first: should the program end between the two, nothing is in the care of somebody who is no longer there.
    hand_over(service, goes, stays).await?;
    let detail = format!("{} on {} wrote a code of {}", account.user.0, account.connection, described(other));
    move_over(service, goes, stays, &detail).await?;
    hand_over(service, goes, stays).await?;
    tracing::info!(
        operator.id = %stays.id, operator.gone = %goes.id, connection = %account.connection, user = account.user.0,
        "audit: operator {} is operator {} now: {detail}", goes.id, stays.id
    );
    service.tell_operator_changed(stays.id).await;
    Ok(words.say(Say::Linked, &[("name", &stays.name)]))
}

/// Whether the code's owner stays, and not who wrote it.
fn owner_stays(owner: &Operator, by: &Operator, code_of: &Holder) -> bool {
    let is_of_page = matches!(code_of, Holder::Operator(_));
    is_of_page || owner.role.is_some() || (owner.created_at, owner.id) <= (by.created_at, by.id)
}

fn described(holder: &Holder) -> String {
    match holder {
        Holder::Account(account) => format!("{} on {}", account.user.0, account.connection),
        Holder::Operator(id) => format!("operator {id}, asked for in a page"),
    }
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

/// Everything that one operator is and may goes to another.
async fn move_over(service: &Service, from: &Operator, to: &Operator, detail: &str) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let now = service.clock.now();
            let mut write = Write::new(to.id.0);
            for identity in service.store.identities(from.id).await? {
                write.push(Change::MoveIdentity(Identity { operator: to.id, ..identity }));
            }
            const MISSING: ServiceError = ServiceError::NotFound { what: "operator" };
            let from = service.store.operator(from.id).await?.ok_or(MISSING)?;
            let to = service.store.operator(to.id).await?.ok_or(MISSING)?;
            let merged = merged(&from, &to);
            if merged != to {
                write.push(Change::SetOperator(merged));
            }
            record(&mut write, now, Actor::Operator(to.id), "operators.united", from.id, detail);
            Ok(Decision::Quietly(write, ()))
        })
        .await
}

/// The one who stays, with what the other had and they lack.
fn merged(from: &Operator, to: &Operator) -> Operator {
    let mut merged = to.clone();
    if merged.picture.is_none() {
        merged.picture = from.picture;
    }
    if merged.email.is_none() {
        merged.email.clone_from(&from.email);
    }
    merged
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
