//! Writing down who did what to whom.
//!
//! What lives here: the entry, made beside the change that it is about, and what its author is called. What must not: deciding
//! anything, or a secret.

use bridge_core::Micros;

use super::access::Caller;
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::model::{ApiKeyId, OperatorId};
use crate::store::{AuditEntry, Change, SignIn, Write};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An operator.
    Operator(OperatorId),
    /// A script.
    Key(ApiKeyId),
    /// Somebody at the server's command line.
    CommandLine,
    /// Threadline itself.
    System,
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        match caller {
            Caller::Operator { operator, .. } => Self::Operator(operator.id),
            Caller::Key { id, .. } => Self::Key(*id),
        }
    }
}

impl Actor {
    const fn word(self) -> &'static str {
        match self {
            Self::Operator(_) => "operator",
            Self::Key(_) => "api_key",
            Self::CommandLine => "command_line",
            Self::System => "system",
        }
    }
}

/// What others are told that somebody is called.
pub(super) async fn name_of(service: &Service, actor: Actor) -> Result<String, ServiceError> {
    let name = match actor {
        Actor::Operator(id) => service.store.operator(id).await?.map(|operator| operator.name),
        Actor::Key(id) => service.store.api_keys().await?.into_iter().find(|key| key.id == id).map(|key| key.name),
        Actor::CommandLine | Actor::System => None,
    };
    Ok(name.unwrap_or_else(|| "Threadline".to_owned()))
}

/// Adds an entry to a write: both are made or neither is. `action` is a word with a dot, `subject` an id or a name.
pub(super) fn record(
    write: &mut Write,
    now: Micros,
    actor: Actor,
    action: &'static str,
    subject: impl std::fmt::Display,
    detail: impl Into<String>,
) {
    let id = match actor {
        Actor::Operator(id) => Some(id.0),
        Actor::Key(id) => Some(id.0),
        Actor::CommandLine | Actor::System => None,
    };
    write.push(Change::SignIn(SignIn::Audit(AuditEntry {
        id: new_id(),
        at: now,
        actor_kind: actor.word().to_owned(),
        actor: id,
        action: action.to_owned(),
        subject: subject.to_string(),
        detail: detail.into(),
    })));
}
