//! Visitors, and whose token that is.
//!
//! What lives here: finding a visitor. What must not: tokens in the clear.

use crate::model::{DomainId, Visitor, VisitorId};
use crate::store::sql::{on_db, sql};
use crate::store::writer::without_nul;
use crate::store::{Session, Store, StoreError};

sql! {
    /// A visitor.
    VISITOR = ["SELECT * FROM visitor WHERE id = $1"];
    /// The visitor of a session.
    VISITOR_BY_TOKEN = ["SELECT v.* FROM visitor_session s JOIN visitor v ON v.id = s.visitor WHERE s.token_hash = $1"];
    /// A session by its token.
    SESSION_BY_TOKEN = ["SELECT * FROM visitor_session WHERE token_hash = $1"];
    /// The visitor for whom a website has a name of its own.
    VISITOR_BY_EXTERNAL_ID = ["SELECT * FROM visitor WHERE domain = $1 AND external_id = $2 AND external_id IS NOT NULL"];
}

impl Store {
    /// A visitor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitor(&self, id: VisitorId) -> Result<Option<Visitor>, StoreError> {
        on_db!(self.0.readers, VISITOR, [id.0], fetch_optional)
    }

    /// The visitor whose session's token has this SHA-256.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitor_by_token(&self, hash: &[u8; 32]) -> Result<Option<Visitor>, StoreError> {
        on_db!(self.0.readers, VISITOR_BY_TOKEN, [hash.as_slice()], fetch_optional)
    }

    /// The session whose token has this SHA-256.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_by_token(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        on_db!(self.0.readers, SESSION_BY_TOKEN, [hash.as_slice()], fetch_optional)
    }

    /// The visitor for whom a domain's website vouches under this name of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitor_by_external_id(&self, domain: DomainId, id: &str) -> Result<Option<Visitor>, StoreError> {
        on_db!(self.0.readers, VISITOR_BY_EXTERNAL_ID, [domain.0, without_nul(id).as_ref()], fetch_optional)
    }
}
