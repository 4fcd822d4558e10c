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
    /// When one of those was last used.
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
    let counts = service.store.session_counts(service.clock.now()).await?;
    let counts: HashMap<OperatorId, (i64, Micros)> =
        counts.into_iter().map(|(id, sessions, seen)| (id, (sessions, seen))).collect();
    let report = |operator: Operator| {
        let count = counts.get(&operator.id);
        OperatorReport {
            selves: selves.remove(&operator.id).unwrap_or_default(),
            sessions: count.map_or(0, |(sessions, _)| *sessions),
            last_seen_at: count.map(|(_, seen)| *seen),
            operator,
        }
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
        last_seen_at: sessions.first().map(|session| session.last_seen_at),
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
