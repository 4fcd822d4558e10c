//! A session ends: its owner signs out, an admin ends it, or its owner may no longer sign in.
//!
//! What lives here: ending one session or several, with the entry that says why. What must not: who may end whose.

use bridge_core::Micros;

use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::{Service, ServiceError};
use crate::model::{OperatorId, OperatorSessionId};
use crate::store::{Account, Change, OperatorSession, SignIn, Write};

/// Adds a session's end to a write.
pub(super) fn end(write: &mut Write, now: Micros, by: Actor, session: &OperatorSession, why: &str) {
    write.push(Change::SignIn(SignIn::SessionEnded(session.id, now)));
    record(write, now, by, "session.ended", session.operator, why);
}

/// Signs somebody out: their own session ends.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn sign_out(service: &Service, session: OperatorSessionId, by: Actor) -> Result<(), ServiceError> {
    end_one(service, session, by, None, "signed out").await
}

/// Ends an operator's session from outside.
///
/// # Errors
/// [`ServiceError::NotFound`] where the operator has no such session that goes on; [`ServiceError::Unavailable`].
pub async fn revoke_session(
    service: &Service,
    operator: OperatorId,
    session: OperatorSessionId,
    by: Actor,
) -> Result<(), ServiceError> {
    end_one(service, session, by, Some(operator), "revoked").await
}

async fn end_one(
    service: &Service,
    id: OperatorSessionId,
    by: Actor,
    of: Option<OperatorId>,
    why: &str,
) -> Result<(), ServiceError> {
    const MISSING: ServiceError = ServiceError::NotFound { what: "session" };
    service
        .decide(|| async {
            let session = service.store.operator_session(id).await?.ok_or(MISSING)?;
            if of.is_some_and(|of| of != session.operator) {
                return Err(MISSING);
            }
            if session.ended_at.is_some() {
                return Ok(Decision::Nothing(()));
            }
            let mut write = Write::new(id.0);
            end(&mut write, service.clock.now(), by, &session, why);
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
    service.tell_session_changed(id);
    Ok(())
}

/// Ends what somebody began by a self of theirs, where the platform says that they are no operator there any more.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn end_those_of(service: &Service, account: &Account) -> Result<(), ServiceError> {
    let Some(operator) = service.store.operator_by_identity(&account.connection, &account.user).await? else {
        return Ok(());
    };
    let ended = service
        .decide(|| async {
            let now = service.clock.now();
            let mut sessions = service.store.operator_sessions(operator.id, now).await?;
            sessions.retain(|session| session.account.as_ref() == Some(account));
            if sessions.is_empty() {
                return Ok(Decision::Nothing(sessions));
            }
            let mut write = Write::new(operator.id.0);
            let why = format!("{} is no longer an operator on {}", account.user.0, account.connection);
            for session in &sessions {
                end(&mut write, now, Actor::System, session, &why);
            }
            Ok(Decision::Quietly(write, sessions))
        })
        .await?;
    for session in ended {
        service.tell_session_changed(session.id);
    }
    Ok(())
}
