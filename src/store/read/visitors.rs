//! Visitors, and whose token that is.
//!
//! What lives here: finding a visitor. What must not: tokens in the clear.

use crate::model::{Visitor, VisitorId};
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// A visitor.
    VISITOR = ["SELECT * FROM visitor WHERE id = $1"];
    /// The visitor of a session.
    VISITOR_BY_TOKEN = ["SELECT v.* FROM visitor_session s JOIN visitor v ON v.id = s.visitor WHERE s.token_hash = $1"];
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
}
