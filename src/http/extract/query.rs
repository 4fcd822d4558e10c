//! A URL's query, with a refusal that is a problem.
//!
//! What lives here: [`Query`]. What must not: rules about the values beyond their type.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::super::error::ApiError;

/// A query's values.
pub(in crate::http) struct Query<T>(pub(in crate::http) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        match axum::extract::Query::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::Malformed { why: rejection.body_text() }),
        }
    }
}
