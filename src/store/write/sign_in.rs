//! Changes to signing in.
//!
//! What lives here: the values. What must not: how they become SQL, or why they are made.

use bridge_core::Micros;

use crate::model::{ApiKeyId, LoginLinkId, OperatorSessionId};
use crate::store::rows::{ApiKey, AuditEntry, LoginLink, OperatorSession};

/// Somebody signs in or out, a script's key changed, or something of that kind was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// A link that signs an operator in was made.
    NewLink(LoginLink),
    /// A link was used. Guard it by [`super::Guard::LoginLink`], so that it is used once.
    LinkUsed(LoginLinkId, Micros),
    /// An operator signed in.
    NewSession(OperatorSession),
    /// A session was used at that time, and is good until then.
    SessionSeen(OperatorSessionId, Micros, Micros),
    /// A session was ended.
    SessionEnded(OperatorSessionId, Micros),
    /// A script's key was made.
    NewApiKey(ApiKey),
    /// A script's key was used.
    ApiKeyUsed(ApiKeyId, Micros),
    /// A script's key was revoked.
    ApiKeyRevoked(ApiKeyId, Micros),
    /// Something was done that must be known later.
    Audit(AuditEntry),
}
