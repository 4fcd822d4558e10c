//! `POST /v1/widget/page`: the visitor goes to another page.
//!
//! What lives here: the handler. What must not: what is kept of a page.

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
use super::messages::PageRequest;
use crate::service::follow_page::follow_page;

/// Where the visitor is now.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct WhereRequest {
    page: PageRequest,
}

/// Shows operators which page the visitor looks at, where a conversation is open. More than one in three seconds is too
/// many; tell the last one then.
#[utoipa::path(
    post, path = url::PAGE, tag = "widget", operation_id = "report_page", request_body = WhereRequest,
    responses((status = 204, description = "Taken"), Always, NeedsToken, TakesBody),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn report(
    Shared(state): Shared<State>,
    current: CurrentVisitor,
    Json(request): Json<WhereRequest>,
) -> Result<StatusCode, ApiError> {
    state.limits.page(current.visitor.id)?;
    if let Some(page) = request.page.clean(&state, &current.domain) {
        follow_page(&state.service, &current.visitor, &page).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
