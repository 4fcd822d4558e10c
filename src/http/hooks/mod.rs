//! Where platforms send their events over HTTP.
//!
//! What lives here: handing a platform's raw request to its bridge. What must not: reading it; a signature covers the
//! unparsed body, and only the bridge knows how.

use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bridge_core::{ConnectionId, HookRequest, HookResponse};

use super::State;
use super::error::ApiError;
use super::extract::body::read_body;
use crate::service;

/// Most bytes of a platform's request.
const LIMIT: usize = 1 << 20;

/// `POST /hooks/{kind}/{connection}/{endpoint}`: takes a platform's request and answers what its bridge says.
pub(super) async fn take(
    Shared(state): Shared<State>,
    Path((kind, name, endpoint)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    const WHAT: &str = "connection that takes requests";
    let connection: ConnectionId = format!("{kind}.{name}").parse().map_err(|_| ApiError::NotFound { what: WHAT })?;
    let received_at = state.clock.now();
    let (parts, body) = request.into_parts();
    let request = HookRequest {
        endpoint,
        headers: text_headers(&parts.headers),
        body: read_body(body, LIMIT).await?,
        received_at,
    };
    let response = service::take_hook::take_hook(&state.service, &connection, request).await;
    Ok(answer(response.ok_or(ApiError::NotFound { what: WHAT })?))
}

fn text_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&header::HeaderName, &HeaderValue)| {
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}

fn answer(response: HookResponse) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = HeaderValue::from_static(response.content_type);
    (status, [(header::CONTENT_TYPE, content_type)], Body::from(response.body)).into_response()
}
