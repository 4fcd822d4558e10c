//! Somebody is invited to the pages.
//!
//! What lives here: making an operator by name, or finding the one who was invited before, with a link to sign in. What must
//! not: where the link is shown.

use super::change_access::{checked_domains, describe};
use super::decide::Decision;
use super::operator_profile::{NAMED, checked_name};
use super::record_audit::{Actor, record};
use super::sign_in::{MadeLink, add_link};
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::model::{Operator, OperatorId};

pub use crate::model::Role;
use crate::store::{Change, Write};

/// Who is invited to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The name that visitors see.
    pub name: String,
    /// What they may do; an operator where nothing is said.
    pub role: Option<Role>,
    /// The names of the domains that they see; all of them where nothing is said.
    pub domains: Option<Vec<String>>,
}

/// Somebody who was invited.
#[derive(Debug)]
pub struct Invited {
    /// Who.
    pub operator: Operator,
    /// Whether they were invited before.
    pub known: bool,
    /// Whether role or domains of somebody who was known changed.
    pub changed: bool,
    /// Their link.
    pub link: MadeLink,
}

/// Invites somebody new.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name or a domain that can't be taken, or a name that somebody has; it can't be done now:
/// [`ServiceError::Unavailable`].
pub async fn invite_operator(service: &Service, invitation: &Invitation, by: Actor) -> Result<Invited, ServiceError> {
    let name = checked_name(&invitation.name)?;
    if !service.store.invited(&name).await?.is_empty() {
        let why = format!("`{name}` was invited before: make a link for them, or choose another name");
        return Err(ServiceError::Invalid { field: "name", why });
    }
    make(service, name, invitation, by).await
}

/// Invites somebody new, or gives somebody of that name a new link; then role and domains change where they are given. A name
/// that somebody chose for themselves gives no rights: else an operator could call themselves what an admin will type.
///
/// # Errors
/// As [`invite_operator`] has them; [`ServiceError::LastAdmin`]; [`ServiceError::Conflict`] for somebody who was deactivated,
/// and for a name that doesn't say surely enough who is meant.
pub async fn invite_again(service: &Service, invitation: &Invitation, by: Actor) -> Result<Invited, ServiceError> {
    let name = checked_name(&invitation.name)?;
    let mut known = service.store.invited(&name).await?;
    let Some(operator) = known.pop() else {
        return make(service, name, invitation, by).await;
    };
    if !known.is_empty() {
        let why =
            format!("{} people are called {name}: make a link for the right one on the page /admin", known.len() + 1);
        return Err(ServiceError::Conflict { why });
    }
    if operator.deactivated_at.is_some() {
        let why = format!("{name} was deactivated: an admin can undo that on the page /admin");
        return Err(ServiceError::Conflict { why });
    }
    if changes_rights(service, &operator, invitation)? && chose_their_name(service, &operator).await? {
        let why = format!(
            "{name} is what somebody calls themselves who was invited under another name: change what they may on the page \
             /admin, or invite under a name that nobody has"
        );
        return Err(ServiceError::Conflict { why });
    }
    let change = super::change_access::AccessChange {
        role: invitation.role.map(Some),
        domains: invitation.domains.clone().map(Some),
        deactivated: None,
    };
    let before = (operator.role, operator.domains.clone());
    let operator = super::change_access::change_access(service, operator.id, &change, by).await?;
    let changed = before != (operator.role, operator.domains.clone());
    let link = service.make_login_link(operator.id, None, by).await?;
    Ok(Invited { operator, known: true, changed, link })
}

/// Whether an invitation would change what somebody may.
fn changes_rights(service: &Service, operator: &Operator, invitation: &Invitation) -> Result<bool, ServiceError> {
    let domains = checked_domains(service, invitation.domains.as_deref())?;
    let role = invitation.role.is_some_and(|role| operator.role != Some(role));
    Ok(role || (domains.is_some() && operator.domains != domains))
}

async fn chose_their_name(service: &Service, operator: &Operator) -> Result<bool, ServiceError> {
    Ok(service.store.last_done(&operator.id.to_string(), NAMED).await?.is_some())
}

/// Whether there is an admin who can sign in.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn has_admin(service: &Service) -> Result<bool, ServiceError> {
    Ok(!service.store.admins().await?.is_empty())
}

async fn make(service: &Service, name: String, invitation: &Invitation, by: Actor) -> Result<Invited, ServiceError> {
    let domains = checked_domains(service, invitation.domains.as_deref())?;
    let role = invitation.role.unwrap_or(Role::Operator);
    let operator = Operator {
        // Whoever invites says what the person is called, so no platform changes that later.
        own_profile: true,
        role: Some(role),
        domains,
        ..Operator::named(new_id::<OperatorId>(), name, service.clock.now())
    };
    let (link, made) = service.draw_link(operator.id, None);
    service
        .decide(|| async {
            let mut write = Write::new(operator.id.0);
            write.push(Change::NewOperator(operator.clone()));
            record(&mut write, operator.created_at, by, "operator.invited", operator.id, describe(&operator));
            add_link(&mut write, &link, by);
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
    service.tell_team_changed().await;
    Ok(Invited { operator, known: false, changed: false, link: made })
}
