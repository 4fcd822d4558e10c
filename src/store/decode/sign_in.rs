//! From rows of signing in to values.
//!
//! What lives here: one reader a type. What must not: statements.

use bridge_core::RemoteUser;
use sqlx::{Error, FromRow};

use super::Columns;
use crate::store::rows::{Account, ApiKey, AuditEntry, LoginLink, OperatorSession};

fn account<R: Columns>(row: &R) -> Result<Option<Account>, Error> {
    match (row.maybe_text("connection")?, row.maybe_text("user")?) {
        (Some(_), Some(user)) => Ok(Some(Account { connection: row.parsed("connection")?, user: RemoteUser(user) })),
        (None, None) => Ok(None),
        _ => Err(row.bad("user", "`connection` and `user` don't go together")),
    }
}

fn hash<R: Columns>(row: &R) -> Result<[u8; 32], Error> {
    row.bytes("token_hash")?.try_into().map_err(|_| row.bad("token_hash", "that is no SHA-256"))
}

impl<R: Columns> FromRow<'_, R> for LoginLink {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            operator: row.id("operator")?,
            token_hash: hash(row)?,
            account: account(row)?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            used_at: row.maybe_time("used_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for OperatorSession {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            operator: row.id("operator")?,
            token_hash: hash(row)?,
            account: account(row)?,
            agent: row.maybe_text("agent")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            last_seen_at: row.time("last_seen_at")?,
            ended_at: row.maybe_time("ended_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for ApiKey {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            token_hash: hash(row)?,
            scopes: row.text("scopes")?.split_whitespace().map(str::to_owned).collect(),
            domains: row.maybe_json("domains")?,
            created_by: row.maybe_id("created_by")?,
            created_at: row.time("created_at")?,
            expires_at: row.maybe_time("expires_at")?,
            last_used_at: row.maybe_time("last_used_at")?,
            revoked_at: row.maybe_time("revoked_at")?,
        })
    }
}

impl<R: Columns> FromRow<'_, R> for AuditEntry {
    fn from_row(row: &R) -> Result<Self, Error> {
        Ok(Self {
            id: row.id("id")?,
            at: row.time("at")?,
            actor_kind: row.text("actor_kind")?,
            actor: row.maybe_uuid("actor")?,
            action: row.text("action")?,
            subject: row.text("subject")?,
            detail: row.text("detail")?,
        })
    }
}
