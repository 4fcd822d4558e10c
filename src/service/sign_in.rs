//! An operator signs in with a link.
//!
//! What lives here: making links, and turning one into a session, once. What must not: cookies, and what a session is good
//! for ([`super::operator_access`]).

use std::time::Duration;

use bridge_core::{ConnectionId, Micros, RemoteUser};
use secrecy::{ExposeSecret, SecretString};

use super::authenticate::hash_token;
use super::decide::Decision;
use super::operator_access::SESSION;
use super::record_audit::{Actor, record};
use super::{Service, ServiceError};
use crate::clock::{new_id, new_token};
use crate::model::limits::shorten;
use crate::model::{LoginLinkId, OperatorId, OperatorSessionId};
use crate::store::{Account, Change, Guard, LoginLink, OperatorSession, SignIn, Write};

/// For how long a link is good.
const LINK: Duration = Duration::from_secs(15 * 60);
/// Most characters that are kept of how a browser names itself.
const AGENT: usize = 200;
/// Where a link leads. What stands behind the sign is never sent to a server, so neither a log nor a preview has it.
const PAGE: &str = "/sign-in#";

const UNKNOWN: ServiceError = ServiceError::LinkNotValid {
    why: "this link is not valid: get a new one with `/threadline inbox` in the team's chat, or with `threadline invite` on \
          the server",
};
const USED: ServiceError = ServiceError::LinkNotValid {
    why: "this link was used already, and each one works once: get a new one with `/threadline inbox` in the team's chat, or \
          with `threadline invite` on the server",
};
const TOO_OLD: ServiceError = ServiceError::LinkNotValid {
    why: "this link is over 15 minutes old: get a new one with `/threadline inbox` in the team's chat, or with `threadline \
          invite` on the server",
};
const NO_LONGER: ServiceError =
    ServiceError::LinkNotValid { why: "this link is for somebody who may no longer sign in: ask an admin" };

/// A link that signs somebody in.
#[derive(Debug)]
pub struct MadeLink {
    /// The link itself. Whoever opens it first is that operator.
    pub url: SecretString,
    /// From when on it is no longer good.
    pub expires_at: Micros,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's token.
    pub token: SecretString,
    /// Whose session it is.
    pub operator: OperatorId,
    /// The session.
    pub session: OperatorSessionId,
}

impl Service {
    /// A link that signs an operator in, once, within 15 minutes. With `account`, for somebody who asked for it in a chat:
    /// then the session ends when that self is no longer an operator's.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`].
    pub async fn make_login_link(
        &self,
        operator: OperatorId,
        account: Option<(ConnectionId, RemoteUser)>,
        by: Actor,
    ) -> Result<MadeLink, ServiceError> {
        let (link, made) = self.draw_link(operator, account);
        self.decide(|| async {
            let mut write = Write::new(operator.0);
            add_link(&mut write, &link, by);
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
        Ok(made)
    }

    /// A link that isn't written down yet, and what its owner is given.
    pub(super) fn draw_link(
        &self,
        operator: OperatorId,
        account: Option<(ConnectionId, RemoteUser)>,
    ) -> (LoginLink, MadeLink) {
        let (token, now) = (new_token(), self.clock.now());
        let link = LoginLink {
            id: new_id::<LoginLinkId>(),
            operator,
            token_hash: hash_token(&token),
            account: account.map(|(connection, user)| Account { connection, user }),
            created_at: now,
            expires_at: now.plus(LINK),
            used_at: None,
        };
        let url = format!("{}{PAGE}{}", self.book.home(), token.expose_secret());
        let made = MadeLink { url: SecretString::from(url), expires_at: link.expires_at };
        (link, made)
    }
}

/// Adds a new link to a write, and the entry that says who made it.
pub(super) fn add_link(write: &mut Write, link: &LoginLink, by: Actor) {
    let detail = match &link.account {
        Some(account) => format!("asked for on {} by {}", account.connection, account.user.0),
        None => String::new(),
    };
    record(write, link.created_at, by, "link.made", link.operator, detail);
    write.push(Change::SignIn(SignIn::NewLink(link.clone())));
}

/// Begins a session with a link's token. A session that the same browser had before (`before` is its token) ends: whoever
/// uses it next must see nothing of it.
///
/// # Errors
/// [`ServiceError::LinkNotValid`] with the reason; [`ServiceError::Unavailable`].
pub async fn sign_in(
    service: &Service,
    token: &SecretString,
    agent: Option<&str>,
    before: Option<&SecretString>,
) -> Result<SignedIn, ServiceError> {
    let hash = hash_token(token);
    let known = service.store.login_link_by_token(&hash).await?.ok_or(UNKNOWN)?;
    if let Some(account) = &known.account {
        let owner = service.store.operator_by_identity(&account.connection, &account.user).await?;
        if owner.is_none_or(|owner| owner.id != known.operator) || !service.stands(account).await {
            return Err(NO_LONGER);
        }
    }
    let fresh = new_token();
    let agent = agent.map(|agent| shorten(agent, AGENT));
    let (signed_in, ended) = service
        .decide(|| async {
            let link = service.store.login_link_by_token(&hash).await?.ok_or(UNKNOWN)?;
            let now = service.clock.now();
            if link.used_at.is_some() {
                return Err(USED);
            }
            if now >= link.expires_at {
                return Err(TOO_OLD);
            }
            let operator = service.store.operator(link.operator).await?.ok_or(UNKNOWN)?;
            if operator.deactivated_at.is_some() {
                return Err(NO_LONGER);
            }
            let session = OperatorSession {
                id: new_id::<OperatorSessionId>(),
                operator: operator.id,
                token_hash: hash_token(&fresh),
                account: link.account.clone(),
                agent: agent.clone(),
                created_at: now,
                expires_at: now.plus(SESSION),
                last_seen_at: now,
                ended_at: None,
            };
            let mut write = Write::new(link.id.0);
            write.guard(Guard::LoginLink(link.id));
            write.push(Change::SignIn(SignIn::LinkUsed(link.id, now)));
            write.push(Change::SignIn(SignIn::NewSession(session.clone())));
            record(&mut write, now, Actor::Operator(operator.id), "session.started", operator.id, String::new());
            let earlier = match before {
                Some(before) => service.store.operator_session_by_token(&hash_token(before)).await?,
                None => None,
            };
            let earlier = earlier.filter(|earlier| earlier.ended_at.is_none());
            if let Some(earlier) = &earlier {
                let detail = "the same browser signed in anew";
                super::sign_out::end(&mut write, now, Actor::Operator(operator.id), earlier, detail);
            }
            let ended = earlier.map(|earlier| earlier.id);
            let signed_in = SignedIn { token: fresh.clone(), operator: operator.id, session: session.id };
            Ok(Decision::Quietly(write, (signed_in, ended)))
        })
        .await?;
    if let Some(ended) = ended {
        service.tell_session_changed(ended);
    }
    Ok(signed_in)
}
