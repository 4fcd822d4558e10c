//! An admin looks at what was done.
//!
//! What lives here: the entries with the names of those concerned. What must not: JSON.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Service, ServiceError};
use crate::model::{AuditId, OperatorId};
use crate::store::AuditEntry;

/// An entry with names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditView {
    /// The entry.
    pub entry: AuditEntry,
    /// The name of who did it, where they have one.
    pub actor: Option<String>,
    /// Whom or what it was done to, by name where there is one.
    pub subject: String,
}

/// The newest entries, or those before one.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn read_audit(
    service: &Service,
    before: Option<AuditId>,
    limit: i64,
) -> Result<Vec<AuditView>, ServiceError> {
    let entries = service.store.audit(before, limit).await?;
    let subject_id = |entry: &AuditEntry| entry.subject.parse::<Uuid>().ok();
    let mut ids: Vec<OperatorId> =
        entries.iter().flat_map(|entry| [entry.actor, subject_id(entry)]).flatten().map(OperatorId).collect();
    ids.sort_unstable();
    ids.dedup();
    let operators = service.store.operators(&ids).await?;
    let mut names: HashMap<Uuid, String> = operators.into_iter().map(|it| (it.id.0, it.name)).collect();
    if entries.iter().any(|entry| entry.actor_kind == "api_key") {
        names.extend(service.store.api_keys().await?.into_iter().map(|key| (key.id.0, key.name)));
    }
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
    let view = |entry: AuditEntry| {
        let actor = name(entry.actor);
        let subject = name(subject_id(&entry)).unwrap_or_else(|| entry.subject.clone());
        AuditView { entry, actor, subject }
    };
    Ok(entries.into_iter().map(view).collect())
}
