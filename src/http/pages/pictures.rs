//! Operators' pictures, served by us so that a visitor's browser asks no platform for them.
//!
//! What lives here: one picture and the headers that keep it a picture. What must not: fetching it.

use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::super::State;
use super::super::error::ApiError;
use crate::model::PictureId;
use crate::service;

/// `GET /pictures/{id}`. A picture never changes: a new one has a new id.
pub(in crate::http) async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Response, ApiError> {
    const MISSING: ApiError = ApiError::NotFound { what: "picture" };
    const FIXED: [(HeaderName, HeaderValue); 4] = [
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // Opened by itself it can load and run nothing, whatever its bytes are.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
        // It is shown on customers' websites, also on those that ask every picture for this.
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    let id: PictureId = id.parse().map_err(|_| MISSING)?;
    let picture = service::show_picture::show_picture(&state.service, id).await?.ok_or(MISSING)?;
    let content_type =
        HeaderValue::from_str(&picture.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    Ok(([(header::CONTENT_TYPE, content_type)], FIXED, Body::from(picture.bytes)).into_response())
}
