//! Scripts' keys.
//!
//! What lives here: finding them. What must not: keys in the clear, or what a key allows.

use crate::model::ApiKeyId;
use crate::store::rows::ApiKey;
use crate::store::sql::{on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// A key by its hash.
    API_KEY_BY_TOKEN = ["SELECT * FROM api_key WHERE token_hash = $1"];
    /// A key.
    API_KEY = ["SELECT * FROM api_key WHERE id = $1"];
    /// Every key.
    API_KEYS = ["SELECT * FROM api_key ORDER BY created_at DESC, id"];
}

impl Store {
    /// The key that has this SHA-256, whether it is still good or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key_by_token(&self, hash: &[u8; 32]) -> Result<Option<ApiKey>, StoreError> {
        on_db!(self.0.readers, API_KEY_BY_TOKEN, [hash.as_slice()], fetch_optional)
    }

    /// A key, whether it is still good or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        on_db!(self.0.readers, API_KEY, [id.0], fetch_optional)
    }

    /// Every key there ever was, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        on_db!(self.0.readers, API_KEYS, [], fetch_all)
    }
}
