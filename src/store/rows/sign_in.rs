//! Rows of signing in: links, operators' sessions, keys of scripts, and what was done.
//!
//! What lives here: plain values with the store's columns. What must not: rules, SQL, tokens in the clear.

use bridge_core::{ConnectionId, Micros, RemoteUser};
use uuid::Uuid;

use crate::model::{ApiKeyId, AuditId, LoginLinkId, OperatorId, OperatorSessionId};

/// Somebody's self on a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// The connection.
    pub connection: ConnectionId,
    /// Who they are there.
    pub user: RemoteUser,
}

/// A link that signs an operator in, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginLink {
    /// Its id.
    pub id: LoginLinkId,
    /// Whom it signs in.
    pub operator: OperatorId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The self who asked for it, where one did.
    pub account: Option<Account>,
    /// When it was made.
    pub created_at: Micros,
    /// From when on it is no longer good.
    pub expires_at: Micros,
    /// When it was used.
    pub used_at: Option<Micros>,
}

/// An operator's browser session. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSession {
    /// Its id.
    pub id: OperatorSessionId,
    /// Whose.
    pub operator: OperatorId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The self by which they came in; the session ends with that self's rights.
    pub account: Option<Account>,
    /// The browser, as it names itself. Untrusted text.
    pub agent: Option<String>,
    /// When it began.
    pub created_at: Micros,
    /// From when on it is no longer good.
    pub expires_at: Micros,
    /// When it was last used, to some minutes.
    pub last_seen_at: Micros,
    /// When it was ended.
    pub ended_at: Option<Micros>,
}

/// A script's key. The key itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name for people.
    pub name: String,
    /// SHA-256 of the key.
    pub token_hash: [u8; 32],
    /// What it is good for.
    pub scopes: Vec<String>,
    /// The names of the domains that it may see; `None` for all of them.
    pub domains: Option<Vec<String>>,
    /// Who made it.
    pub created_by: Option<OperatorId>,
    /// When it was made.
    pub created_at: Micros,
    /// From when on it is no longer good.
    pub expires_at: Option<Micros>,
    /// When it was last used, to a minute.
    pub last_used_at: Option<Micros>,
    /// When it was revoked.
    pub revoked_at: Option<Micros>,
}

/// An entry of what was done. Never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Micros,
    /// What kind of somebody did it: `operator`, `api_key`, `command_line`, `system`.
    pub actor_kind: String,
    /// Who, where they have an id.
    pub actor: Option<Uuid>,
    /// What was done, as a word with a dot: `session.ended`.
    pub action: String,
    /// To whom or what: an id or a name.
    pub subject: String,
    /// More, for people. Never a secret.
    pub detail: String,
}
