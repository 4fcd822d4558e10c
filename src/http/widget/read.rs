//! `POST /v1/widget/read`: how far the visitor has read.
//!
//! What lives here: the handler. What must not: which messages that means.

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken, TakesBody};
use super::super::router::url;
use crate::service::record_read::record_read;

/// How far the visitor has read.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct ReadRequest {
    /// The last event that was on screen.
    #[schema(minimum = 0)]
    #[serde(alias = "event_seq")]
    after: i64,
}

/// Takes note that the visitor has seen everything up to an event; operators see it. About one a second is plenty.
#[utoipa::path(
    post, path = url::READ, tag = "widget", operation_id = "report_read", request_body = ReadRequest,
    responses((status = 204, description = "Taken"), Always, NeedsToken, TakesBody),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn report(
    Shared(state): Shared<State>,
    current: CurrentVisitor,
    Json(request): Json<ReadRequest>,
) -> Result<StatusCode, ApiError> {
    if request.after < 0 {
        let why = format!("{} is not an event", request.after);
        return Err(ApiError::Validation { field: "after".to_owned(), why });
    }
    state.limits.read(current.visitor.id)?;
    record_read(&state.service, &current.visitor, request.after).await?;
    Ok(StatusCode::NO_CONTENT)
}
