//! Whose session or key is this, and does it still count?
//!
//! What lives here: from a token to a caller, the sliding end of sessions, and asking the platform whether the self by which
//! somebody came in is still an operator there. What must not: cookies and headers.

use std::time::Duration;

use bridge_core::{ConnectionId, DirectoryQuery, Micros, Standing};
use secrecy::SecretString;

use super::access::{Access, Caller, Scope};
use super::authenticate::hash_token;
use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::{Service, ServiceError};
use crate::model::{Operator, OperatorSessionId};
use crate::store::{Account, Change, Identity, OperatorSession, SignIn, Write};

/// How long a session goes on after it was last used.
pub(super) const SESSION: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How exactly it is known when a session was last used.
const SESSION_SEEN: Duration = Duration::from_secs(300);
/// The same for a key.
const KEY_SEEN: Duration = Duration::from_secs(60);
/// How long a request waits for a platform's word about its operator; without one it goes on as before.
const PATIENCE: Duration = Duration::from_secs(3);

/// The operator of a session's token, and what they may.
///
/// # Errors
/// [`ServiceError::SignedOut`] for a token that is none of ours or whose session has ended; [`ServiceError::Unavailable`].
pub async fn by_session(service: &Service, token: &SecretString) -> Result<(Caller, Access), ServiceError> {
    let session = service.store.operator_session_by_token(&hash_token(token)).await?.ok_or(ServiceError::SignedOut)?;
    let (operator, access) = judge(service, &session).await?;
    let now = service.clock.now();
    if now >= session.last_seen_at.plus(SESSION_SEEN) {
        let seen = SignIn::SessionSeen(session.id, now, now.plus(SESSION));
        note_use(service, session.id.0, seen).await;
    }
    Ok((Caller::Operator { operator, session: session.id }, access))
}

/// Looks again whether a session goes on: for whoever holds one open for long.
///
/// # Errors
/// As [`by_session`] has them.
pub async fn look_again(service: &Service, session: OperatorSessionId) -> Result<(Operator, Access), ServiceError> {
    let session = service.store.operator_session(session).await?.ok_or(ServiceError::SignedOut)?;
    judge(service, &session).await
}

/// The script of a key, and what it may.
///
/// # Errors
/// [`ServiceError::SignedOut`] for a key that is none of ours, revoked or too old; [`ServiceError::Unavailable`].
pub async fn by_key(service: &Service, token: &SecretString) -> Result<(Caller, Access), ServiceError> {
    let key = service.store.api_key_by_token(&hash_token(token)).await?.ok_or(ServiceError::SignedOut)?;
    let now = service.clock.now();
    if key.revoked_at.is_some() || key.expires_at.is_some_and(|until| now >= until) {
        return Err(ServiceError::SignedOut);
    }
    if key.last_used_at.is_none_or(|at| now >= at.plus(KEY_SEEN)) {
        note_use(service, key.id.0, SignIn::ApiKeyUsed(key.id, now)).await;
    }
    let access = service.access_of_key(&key);
    let scopes = key.scopes.iter().filter_map(|word| Scope::named(word)).collect();
    Ok((Caller::Key { id: key.id, name: key.name, scopes }, access))
}

/// Writes down that something was used. Nobody is refused because that could not be written.
async fn note_use(service: &Service, key: uuid::Uuid, change: SignIn) {
    let mut write = Write::new(key);
    write.push(Change::SignIn(change));
    if let Err(error) = service.store.commit(write).await {
        tracing::warn!(error = %error, "when a session or key was last used could not be written down");
    }
}

async fn judge(service: &Service, session: &OperatorSession) -> Result<(Operator, Access), ServiceError> {
    if session.ended_at.is_some() || service.clock.now() >= session.expires_at {
        return Err(ServiceError::SignedOut);
    }
    let operator = service.store.operator(session.operator).await?.ok_or(ServiceError::SignedOut)?;
    if operator.deactivated_at.is_some() {
        return Err(ServiceError::SignedOut);
    }
    let selves = service.store.identities(operator.id).await?;
    if let Some(account) = &session.account {
        // The self may have moved to another operator, when two turned out to be one.
        let is_theirs = selves.iter().any(|it| it.connection == account.connection && it.user == account.user);
        if !is_theirs || !service.stands(account).await {
            end_for_lack_of_rights(service, session, account).await?;
            return Err(ServiceError::SignedOut);
        }
    }
    let connections = if operator.role.is_some() {
        selves.into_iter().map(|it| it.connection).collect()
    } else {
        let standing = service.standing(selves).await;
        if standing.is_empty() {
            return Err(ServiceError::SignedOut);
        }
        standing
    };
    let access = service.access_of(&operator, &connections);
    Ok((operator, access))
}

/// Ends a session whose self is no longer an operator's, for good: should they become one again, they sign in again.
async fn end_for_lack_of_rights(
    service: &Service,
    session: &OperatorSession,
    account: &Account,
) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let now = service.clock.now();
            let mut write = Write::new(session.id.0);
            write.push(Change::SignIn(SignIn::SessionEnded(session.id, now)));
            let detail = format!("{} on {} is no longer their self as an operator", account.user.0, account.connection);
            record(&mut write, now, Actor::System, "session.ended", session.operator, detail);
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
    service.tell_session_changed(session.id);
    Ok(())
}

impl Service {
    /// Tells whoever holds a session open that it has ended, or allows something else.
    pub(super) fn tell_session_changed(&self, session: OperatorSessionId) {
        self.hub.tell_team(crate::live::TeamNudge::Session(session));
    }

    /// The connections of those selves that are still operators' there.
    async fn standing(&self, selves: Vec<Identity>) -> Vec<ConnectionId> {
        let mut standing = Vec::new();
        for it in selves {
            if self.stands(&Account { connection: it.connection.clone(), user: it.user }).await {
                standing.push(it.connection);
            }
        }
        standing
    }

    /// Whether somebody is an operator on their connection, as it was said within the last five minutes. Where the platform
    /// can't be asked, nothing has changed; a connection that is no longer configured gives no rights.
    pub(super) async fn stands(&self, account: &Account) -> bool {
        let now = self.clock.now();
        if let Some(stands) = self.standings.lately(account, now) {
            return stands;
        }
        if self.bridge(&account.connection).is_none() {
            return false;
        }
        let query = DirectoryQuery::Person(account.user.clone());
        let stands = match tokio::time::timeout(PATIENCE, self.person(&account.connection, query)).await {
            Ok(Ok(person)) => person.is_some_and(|person| person.standing == Standing::Operator),
            Ok(Err(error)) => {
                tracing::debug!(connection = %account.connection, error = %error, "whether somebody is still an operator could not be asked");
                true
            }
            Err(_) => true,
        };
        self.note_standing(account.clone(), stands, now);
        stands
    }

    /// Notes what a platform said about somebody.
    pub(super) fn note_standing(&self, account: Account, stands: bool, now: Micros) {
        self.standings.note(account, stands, now);
    }
}
