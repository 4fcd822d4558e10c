//! What an operator may do changes: role, domains, whether they may sign in at all.
//!
//! What lives here: the change, and that somebody always remains who can look after the whole. What must not: sessions, apart
//! from ending those whose right goes with it.

use super::assign_conversation::unassign_all_of;
use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::sign_out;
use super::{Service, ServiceError};
use crate::model::{Operator, OperatorId, Role};
use crate::store::{Change, Guard, Write};

/// What shall be different; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChange {
    /// What they may do; `Some(None)` for no more than the team's chats give them.
    pub role: Option<Option<Role>>,
    /// The names of the domains that they see; `Some(None)` for all of them.
    pub domains: Option<Option<Vec<String>>>,
    /// Whether they may no longer sign in.
    pub deactivated: Option<bool>,
}

/// Changes what an operator may do. What stays as it was is never refused: a domain may have left the configuration since.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Invalid`] for a domain that isn't configured, and for taking the role of
/// somebody who is in none of the team's chats; [`ServiceError::LastAdmin`]; [`ServiceError::Unavailable`].
pub async fn change_access(
    service: &Service,
    id: OperatorId,
    change: &AccessChange,
    by: Actor,
) -> Result<Operator, ServiceError> {
    // Looked at before anything is done, so that a change that is refused changes nothing.
    changed(service, id, change).await?;
    let goes = change.deactivated == Some(true);
    if goes {
        // Care first: should the program end between the two, nobody who is gone has anything in their care, and the admin
        // sees that they aren't gone yet.
        unassign_all_of(service, id, by).await?;
    }
    let (operator, sessions) = service
        .decide(|| async {
            let (before, after) = changed(service, id, change).await?;
            if after == before {
                return Ok(Decision::Nothing((before, Vec::new())));
            }
            let now = service.clock.now();
            let mut write = Write::new(id.0);
            if is_admin(&before) && !is_admin(&after) {
                write.guard(Guard::Admin(other_admin(service, id).await?)).guard(Guard::Admin(id));
            }
            write.push(Change::OperatorAccess(after.clone()));
            record(&mut write, now, by, "access.changed", id, describe(&after));
            let sessions = service.store.operator_sessions(id, now).await?;
            let role_went = before.role.is_some() && after.role.is_none();
            for session in &sessions {
                if after.deactivated_at.is_some() {
                    sign_out::end(&mut write, now, by, session, "deactivated");
                } else if role_went && session.account.is_none() {
                    // It came by the invitation, which is gone. Those that came by a self go on by what their chat says.
                    sign_out::end(&mut write, now, by, session, "the role was taken away");
                }
            }
            Ok(Decision::Quietly(write, (after, sessions)))
        })
        .await?;
    if goes {
        // Whatever came into their care between the two.
        unassign_all_of(service, id, by).await?;
    }
    // Pages that are open look at once whether they go on, and what they may still show.
    for session in sessions {
        service.tell_session_changed(session.id);
    }
    service.tell_operator_changed(id).await;
    Ok(operator)
}

/// The operator as they are, and as they shall be.
async fn changed(
    service: &Service,
    id: OperatorId,
    change: &AccessChange,
) -> Result<(Operator, Operator), ServiceError> {
    let before = service.store.operator(id).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
    let mut after = before.clone();
    if let Some(role) = change.role {
        after.role = role;
    }
    if let Some(domains) = &change.domains {
        let held = before.domains.as_deref().unwrap_or_default();
        after.domains = checked_domains_or(service, domains.as_deref(), held)?;
    }
    match change.deactivated {
        Some(true) => after.deactivated_at = before.deactivated_at.or(Some(service.clock.now())),
        Some(false) => after.deactivated_at = None,
        None => {}
    }
    if is_admin(&before) && !is_admin(&after) {
        other_admin(service, id).await?;
    }
    let role_went = before.role.is_some() && after.role.is_none();
    if role_went && service.store.identities(id).await?.is_empty() {
        let why = "they are in none of the team's chats, so nothing would be left of them: deactivate them instead";
        return Err(ServiceError::Invalid { field: "role", why: why.to_owned() });
    }
    Ok((before, after))
}

const fn is_admin(operator: &Operator) -> bool {
    matches!(operator.role, Some(Role::Admin)) && operator.deactivated_at.is_none()
}

/// Another admin, whom a write that takes this one away names as its guard: of two who demote each other at once, one comes
/// too late.
async fn other_admin(service: &Service, but: OperatorId) -> Result<OperatorId, ServiceError> {
    let admins = service.store.admins().await?;
    admins.iter().find(|admin| admin.id != but).map(|admin| admin.id).ok_or(ServiceError::LastAdmin)
}

/// The names of configured domains, in small letters, each once.
pub(super) fn checked_domains(
    service: &Service,
    names: Option<&[String]>,
) -> Result<Option<Vec<String>>, ServiceError> {
    checked_domains_or(service, names, &[])
}

/// The same, for somebody who has these already, whatever became of them.
fn checked_domains_or(
    service: &Service,
    names: Option<&[String]>,
    held: &[String],
) -> Result<Option<Vec<String>>, ServiceError> {
    let Some(names) = names else { return Ok(None) };
    let known: Vec<String> = service.book.domains().iter().map(|domain| domain.name.clone()).collect();
    let mut checked = Vec::new();
    for name in names {
        let name = name.trim().to_lowercase();
        if !known.contains(&name) && !held.contains(&name) {
            return Err(ServiceError::Invalid { field: "domains", why: unknown(&name, &known) });
        }
        checked.push(name);
    }
    if checked.is_empty() {
        let why = "name at least one domain, or leave it out for all of them".to_owned();
        return Err(ServiceError::Invalid { field: "domains", why });
    }
    checked.sort_unstable();
    checked.dedup();
    Ok(Some(checked))
}

fn unknown(name: &str, known: &[String]) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= (known.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance);
    let name = crate::model::limits::shorten(name, 100);
    match near {
        Some((_, meant)) => format!("there is no domain `{name}`; did you mean `{meant}`?"),
        None if known.is_empty() => format!("there is no domain `{name}`: none is configured"),
        None => format!("there is no domain `{name}`; there are {}", known.join(", ")),
    }
}

/// What somebody may, in words for the record.
pub(super) fn describe(operator: &Operator) -> String {
    let role = match operator.role {
        Some(Role::Admin) => "admin",
        Some(Role::Operator) => "operator",
        None => "as the platforms say",
    };
    let domains = operator.domains.as_ref().map_or_else(|| "all".to_owned(), |domains| domains.join(", "));
    let end = if operator.deactivated_at.is_some() { ", deactivated" } else { "" };
    format!("role: {role}; domains: {domains}{end}")
}
