//! Canned replies.
//!
//! What lives here: finding them. What must not: who may use which.

use crate::model::CannedReplyId;
use crate::store::sql::{on_db, sql};
use crate::store::{CannedReply, Store, StoreError};

sql! {
    /// All of them: there are as many as people write by hand.
    CANNED_REPLIES = ["SELECT * FROM canned_reply ORDER BY name"];
    /// One of them.
    CANNED_REPLY = ["SELECT * FROM canned_reply WHERE id = $1"];
    /// The one of that name.
    CANNED_REPLY_BY_NAME = ["SELECT * FROM canned_reply WHERE name = $1"];
}

impl Store {
    /// All canned replies, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn canned_replies(&self) -> Result<Vec<CannedReply>, StoreError> {
        on_db!(self.0.readers, CANNED_REPLIES, [], fetch_all)
    }

    /// A canned reply.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn canned_reply(&self, id: CannedReplyId) -> Result<Option<CannedReply>, StoreError> {
        on_db!(self.0.readers, CANNED_REPLY, [id.0], fetch_optional)
    }

    /// The canned reply of that name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn canned_reply_by_name(&self, name: &str) -> Result<Option<CannedReply>, StoreError> {
        on_db!(self.0.readers, CANNED_REPLY_BY_NAME, [name], fetch_optional)
    }
}
