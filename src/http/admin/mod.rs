//! The API of the pages for admins.
//!
//! What lives here: one file a subject, each with its handlers. What must not: who may ask (that is
//! [`super::extract::operator`], by the URL).

pub(super) mod api_keys;
pub(super) mod audit;
pub(super) mod domains;
pub(super) mod operators;
pub(super) mod sessions;

use uuid::Uuid;

use super::error::ApiError;

/// An id out of a URL; what can't be one is nobody's.
fn id<T: From<Uuid>>(text: &str, what: &'static str) -> Result<T, ApiError> {
    text.parse::<Uuid>().map(T::from).map_err(|_| ApiError::NotFound { what })
}
