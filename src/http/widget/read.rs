//! `POST /v1/widget/read`: how far the visitor has read.
//!
//! What lives here: the handler. What must not: showing it to operators; no platform has a place for it so far, and so
//! nothing is kept.

use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken, TakesBody};
use super::super::router::url;

/// How far the visitor has read.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct ReadRequest {
    /// The last event that was on screen.
    #[schema(minimum = 0)]
    event_seq: i64,
}

/// Takes note that the visitor has read up to an event. Checked and answered, but shown to nobody so far.
#[utoipa::path(
    post, path = url::READ, tag = "widget", operation_id = "report_read", request_body = ReadRequest,
    responses((status = 204, description = "Taken"), Always, NeedsToken, TakesBody),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn report(
    _visitor: CurrentVisitor,
    Json(request): Json<ReadRequest>,
) -> Result<StatusCode, ApiError> {
    if request.event_seq < 0 {
        let why = format!("{} is not an event", request.event_seq);
        return Err(ApiError::Validation { field: "event_seq".to_owned(), why });
    }
    Ok(StatusCode::NO_CONTENT)
}
