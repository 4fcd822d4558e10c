//! `POST /v1/widget/typing`: the visitor is typing.
//!
//! What lives here: the handler. What must not: state; a sign of typing passes and is never kept.

use axum::extract::State as Shared;
use axum::http::StatusCode;

use super::super::State;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken};
use super::super::router::url;
use crate::service::report_typing::visitor_types;

/// Shows the operators that the visitor is typing, where their platform can. Best effort: one sign too many is dropped.
#[utoipa::path(
    post, path = url::TYPING, tag = "widget", operation_id = "report_typing",
    responses((status = 204, description = "Taken"), Always, NeedsToken),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn report(Shared(state): Shared<State>, current: CurrentVisitor) -> StatusCode {
    if state.limits.typing(current.visitor.id) {
        visitor_types(&state.service, &current.visitor);
    }
    StatusCode::NO_CONTENT
}
