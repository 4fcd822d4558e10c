//! The cells of signing in: links, operators' sessions, keys of scripts, and what was done.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::super::statements::Kind;
use super::cell::{Cell, id, maybe_id, maybe_json, maybe_text, maybe_time, text, time};
use crate::store::rows::{Account, ApiKey, AuditEntry, LoginLink, OperatorSession};
use crate::store::write::SignIn;

fn account(it: Option<&Account>) -> [Cell<'_>; 2] {
    let connection = it.map_or(Cell::None, |it| Cell::Text(it.connection.to_string().into()));
    [connection, maybe_text(it.map(|it| it.user.0.as_str()))]
}

fn login_link(it: &LoginLink) -> Vec<Cell<'_>> {
    let [connection, user] = account(it.account.as_ref());
    vec![
        id(it.id),
        id(it.operator),
        Cell::Bytes(&it.token_hash),
        connection,
        user,
        time(it.created_at),
        time(it.expires_at),
        maybe_time(it.used_at),
    ]
}

fn session(it: &OperatorSession) -> Vec<Cell<'_>> {
    let [connection, user] = account(it.account.as_ref());
    vec![
        id(it.id),
        id(it.operator),
        Cell::Bytes(&it.token_hash),
        connection,
        user,
        maybe_text(it.agent.as_deref()),
        time(it.created_at),
        time(it.expires_at),
        time(it.last_seen_at),
        maybe_time(it.ended_at),
    ]
}

fn api_key(it: &ApiKey) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        text(&it.name),
        Cell::Bytes(&it.token_hash),
        Cell::Text(it.scopes.join(" ").into()),
        maybe_json(it.domains.as_ref())?,
        maybe_id(it.created_by),
        time(it.created_at),
        maybe_time(it.expires_at),
        maybe_time(it.last_used_at),
        maybe_time(it.revoked_at),
    ])
}

fn audit(it: &AuditEntry) -> Vec<Cell<'_>> {
    vec![
        id(it.id),
        time(it.at),
        text(&it.actor_kind),
        maybe_id(it.actor),
        text(&it.action),
        text(&it.subject),
        text(&it.detail),
    ]
}

/// The statement and the cells of a change to signing in.
pub(super) fn encode_sign_in(change: &SignIn) -> Result<(Kind, Vec<Cell<'_>>), serde_json::Error> {
    Ok(match change {
        SignIn::NewLink(it) => (Kind::NewLoginLink, login_link(it)),
        SignIn::LinkUsed(link, at) => (Kind::LoginLinkUsed, vec![id(*link), time(*at)]),
        SignIn::NewSession(it) => (Kind::NewOperatorSession, session(it)),
        SignIn::SessionSeen(it, at, until) => (Kind::OperatorSessionSeen, vec![id(*it), time(*at), time(*until)]),
        SignIn::SessionEnded(it, at) => (Kind::OperatorSessionEnded, vec![id(*it), time(*at)]),
        SignIn::NewApiKey(it) => (Kind::NewApiKey, api_key(it)?),
        SignIn::ApiKeyUsed(key, at) => (Kind::ApiKeyUsed, vec![id(*key), time(*at)]),
        SignIn::ApiKeyRevoked(key, at) => (Kind::ApiKeyRevoked, vec![id(*key), time(*at)]),
        SignIn::Audit(it) => (Kind::NewAudit, audit(it)),
    })
}
