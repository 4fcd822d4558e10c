//! An admin looks at who may answer visitors.
//!
//! What lives here: the operators with their selves and sessions. What must not: changing any of it.

use std::collections::HashMap;

use bridge_core::Micros;

use super::{Service, ServiceError};
use crate::model::{Operator, OperatorId};
use crate::store::{Account, OperatorSession};

/// An operator as an admin sees them.
#[derive(Debug, Clone)]
pub struct OperatorReport {
    /// Who.
    pub operator: Operator,
    /// Who they are in the team's chats.
    pub selves: Vec<Account>,
    /// How many sessions go on.
    pub sessions: i64,
    /// When they were last signed in, in a session that may be over.
    pub last_seen_at: Option<Micros>,
}

/// Everybody who was invited or is somebody in one of the team's chats, by name.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn list_operators(service: &Service) -> Result<Vec<OperatorReport>, ServiceError> {
    let mut selves: HashMap<OperatorId, Vec<Account>> = HashMap::new();
    for it in service.store.all_identities().await? {
        selves.entry(it.operator).or_default().push(Account { connection: it.connection, user: it.user });
    }
    let counts: HashMap<OperatorId, i64> =
        service.store.session_counts(service.clock.now()).await?.into_iter().collect();
    let seen: HashMap<OperatorId, Micros> = service.store.last_seen().await?.into_iter().collect();
    let report = |operator: Operator| OperatorReport {
        selves: selves.remove(&operator.id).unwrap_or_default(),
        sessions: counts.get(&operator.id).copied().unwrap_or_default(),
        last_seen_at: seen.get(&operator.id).copied(),
        operator,
    };
    Ok(service.store.all_operators().await?.into_iter().map(report).collect())
}

/// One of them.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Unavailable`].
pub async fn show_operator(service: &Service, id: OperatorId) -> Result<OperatorReport, ServiceError> {
    let operator = service.store.operator(id).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
    let sessions = service.store.operator_sessions(id, service.clock.now()).await?;
    Ok(OperatorReport {
        selves: service.selves_of(id).await?,
        sessions: i64::try_from(sessions.len()).unwrap_or(i64::MAX),
        last_seen_at: service.store.last_seen_of(id).await?,
        operator,
    })
}

/// An operator's sessions that go on, the last used first.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Unavailable`].
pub async fn list_sessions(service: &Service, of: OperatorId) -> Result<Vec<OperatorSession>, ServiceError> {
    service.store.operator(of).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
    Ok(service.store.operator_sessions(of, service.clock.now()).await?)
}
