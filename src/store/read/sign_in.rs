//! Links that sign in, operators' sessions, and who may sign in at all.
//!
//! What lives here: finding them. What must not: tokens in the clear, or what a session allows.

use bridge_core::Micros;

use crate::model::{Operator, OperatorId, OperatorSessionId};
use crate::store::rows::{LoginLink, OperatorSession};
use crate::store::sql::{on_db, sql};
use crate::store::{Identity, Store, StoreError};

sql! {
    /// A link by its token.
    LOGIN_LINK_BY_TOKEN = ["SELECT * FROM login_link WHERE token_hash = $1"];
    /// A session by its token.
    OPERATOR_SESSION_BY_TOKEN = ["SELECT * FROM operator_session WHERE token_hash = $1"];
    /// A session.
    OPERATOR_SESSION = ["SELECT * FROM operator_session WHERE id = $1"];
    /// An operator's sessions that go on.
    OPERATOR_SESSIONS = ["SELECT * FROM operator_session WHERE operator = $1 AND ended_at IS NULL AND expires_at > $2
        ORDER BY last_seen_at DESC, id"];
    /// How many sessions go on, by operator.
    SESSION_COUNTS = ["SELECT operator AS id, COUNT(*) AS sessions FROM operator_session
        WHERE ended_at IS NULL AND expires_at > $1 GROUP BY operator"];
    /// When anybody last used a session of theirs, be it over or not.
    LAST_SEEN = ["SELECT o.id, (SELECT MAX(last_seen_at) FROM operator_session s WHERE s.operator = o.id) AS last_seen_at
        FROM operator o"];
    /// The same of one operator.
    LAST_SEEN_OF = ["SELECT MAX(last_seen_at) AS last_seen_at FROM operator_session WHERE operator = $1"];
    /// Every operator who was invited or has a self.
    ALL_OPERATORS = ["SELECT * FROM operator o WHERE role IS NOT NULL
        OR EXISTS (SELECT 1 FROM operator_identity i WHERE i.operator = o.id) ORDER BY LOWER(name), id"];
    /// Every self.
    ALL_IDENTITIES = [r#"SELECT * FROM operator_identity ORDER BY operator, created_at, connection, "user""#];
    /// Those who were invited, the newest last. Names are compared by us: of letters that aren't English, SQLite knows no case.
    INVITED = ["SELECT * FROM operator WHERE role IS NOT NULL ORDER BY created_at, id"];
    /// The admins who may sign in.
    ADMINS = ["SELECT * FROM operator WHERE role = 'admin' AND deactivated_at IS NULL ORDER BY created_at, id"];
}

impl Store {
    /// The link whose token has this SHA-256.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_link_by_token(&self, hash: &[u8; 32]) -> Result<Option<LoginLink>, StoreError> {
        on_db!(self.0.readers, LOGIN_LINK_BY_TOKEN, [hash.as_slice()], fetch_optional)
    }

    /// The session whose token has this SHA-256, whether it goes on or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator_session_by_token(&self, hash: &[u8; 32]) -> Result<Option<OperatorSession>, StoreError> {
        on_db!(self.0.readers, OPERATOR_SESSION_BY_TOKEN, [hash.as_slice()], fetch_optional)
    }

    /// A session, whether it goes on or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator_session(&self, id: OperatorSessionId) -> Result<Option<OperatorSession>, StoreError> {
        on_db!(self.0.readers, OPERATOR_SESSION, [id.0], fetch_optional)
    }

    /// An operator's sessions that go on, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator_sessions(&self, of: OperatorId, now: Micros) -> Result<Vec<OperatorSession>, StoreError> {
        on_db!(self.0.readers, OPERATOR_SESSIONS, [of.0, now.0], fetch_all)
    }

    /// How many sessions go on, by operator; who has none is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_counts(&self, now: Micros) -> Result<Vec<(OperatorId, i64)>, StoreError> {
        let rows: Vec<(uuid::Uuid, i64)> = on_db!(self.0.readers, SESSION_COUNTS, [now.0], fetch_all)?;
        Ok(rows.into_iter().map(|(id, count)| (id.into(), count)).collect())
    }

    /// When each operator was last signed in, sessions that are over counted too; who never was is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_seen(&self) -> Result<Vec<(OperatorId, Micros)>, StoreError> {
        let rows: Vec<(uuid::Uuid, Option<i64>)> = on_db!(self.0.readers, LAST_SEEN, [], fetch_all)?;
        Ok(rows.into_iter().filter_map(|(id, seen)| Some((id.into(), Micros(seen?)))).collect())
    }

    /// When an operator was last signed in, if they ever were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_seen_of(&self, operator: OperatorId) -> Result<Option<Micros>, StoreError> {
        let (seen,): (Option<i64>,) = on_db!(self.0.readers, LAST_SEEN_OF, [operator.0], fetch_one)?;
        Ok(seen.map(Micros))
    }

    /// Everybody who was invited or has a self, by name. Not those who turned out to be another one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_operators(&self) -> Result<Vec<Operator>, StoreError> {
        on_db!(self.0.readers, ALL_OPERATORS, [], fetch_all)
    }

    /// Every self of every operator; an operator's first one comes first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_identities(&self) -> Result<Vec<Identity>, StoreError> {
        on_db!(self.0.readers, ALL_IDENTITIES, [], fetch_all)
    }

    /// The operators who were invited under that name, in whatever case it is written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invited(&self, name: &str) -> Result<Vec<Operator>, StoreError> {
        let name = name.to_lowercase();
        let mut invited: Vec<Operator> = on_db!(self.0.readers, INVITED, [], fetch_all)?;
        invited.retain(|operator| operator.name.to_lowercase() == name);
        Ok(invited)
    }

    /// The admins who may sign in, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn admins(&self) -> Result<Vec<Operator>, StoreError> {
        on_db!(self.0.readers, ADMINS, [], fetch_all)
    }
}
