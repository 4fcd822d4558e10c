//! What an operator may do changes: role, domains, whether they may sign in at all.
//!
//! What lives here: the change, and that somebody always remains who can look after the whole. What must not: sessions, apart
//! from ending those of somebody who was deactivated.

use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::sign_out;
use super::{Service, ServiceError};
use crate::model::{Operator, OperatorId, Role};
use crate::store::{Change, Guard, Write};

/// What shall be different; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChange {
    /// What they may do.
    pub role: Option<Role>,
    /// The names of the domains that they see; `Some(None)` for all of them.
    pub domains: Option<Option<Vec<String>>>,
    /// Whether they may no longer sign in.
    pub deactivated: Option<bool>,
}

/// Changes what an operator may do.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Invalid`] for a domain that isn't configured; [`ServiceError::LastAdmin`];
/// [`ServiceError::Unavailable`].
pub async fn change_access(
    service: &Service,
    id: OperatorId,
    change: &AccessChange,
    by: Actor,
) -> Result<Operator, ServiceError> {
    let domains = match &change.domains {
        Some(domains) => Some(checked_domains(service, domains.as_deref())?),
        None => None,
    };
    let (operator, sessions) = service
        .decide(|| async {
            let before = service.store.operator(id).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
            let now = service.clock.now();
            let mut after = before.clone();
            after.role = change.role.or(before.role);
            if let Some(domains) = &domains {
                after.domains.clone_from(domains);
            }
            match change.deactivated {
                Some(true) => after.deactivated_at = before.deactivated_at.or(Some(now)),
                Some(false) => after.deactivated_at = None,
                None => {}
            }
            if after == before {
                return Ok(Decision::Nothing((before, Vec::new())));
            }
            let mut write = Write::new(id.0);
            if is_admin(&before) && !is_admin(&after) {
                keep_an_admin(service, &mut write, id).await?;
            }
            write.push(Change::OperatorAccess(after.clone()));
            record(&mut write, now, by, "access.changed", id, describe(&after));
            let sessions = service.store.operator_sessions(id, now).await?;
            if after.deactivated_at.is_some() {
                sessions.iter().for_each(|session| sign_out::end(&mut write, now, by, session, "deactivated"));
            }
            Ok(Decision::Quietly(write, (after, sessions)))
        })
        .await?;
    // Pages that are open look at once whether they go on, and what they may still show.
    for session in sessions {
        service.tell_session_changed(session.id);
    }
    service.tell_team_changed().await;
    Ok(operator)
}

const fn is_admin(operator: &Operator) -> bool {
    matches!(operator.role, Some(Role::Admin)) && operator.deactivated_at.is_none()
}

/// Lets the write hold only while another admin is one: of two admins who demote each other at once, one comes too late.
async fn keep_an_admin(service: &Service, write: &mut Write, but: OperatorId) -> Result<(), ServiceError> {
    let admins = service.store.admins().await?;
    let other = admins.iter().find(|admin| admin.id != but).ok_or(ServiceError::LastAdmin)?;
    write.guard(Guard::Admin(other.id)).guard(Guard::Admin(but));
    Ok(())
}

/// The names of configured domains, in small letters, each once.
pub(super) fn checked_domains(
    service: &Service,
    names: Option<&[String]>,
) -> Result<Option<Vec<String>>, ServiceError> {
    let Some(names) = names else { return Ok(None) };
    let known: Vec<String> = service.book.domains().iter().map(|domain| domain.name.clone()).collect();
    let mut checked = Vec::new();
    for name in names {
        let name = name.trim().to_lowercase();
        if !known.contains(&name) {
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
