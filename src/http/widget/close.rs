//! `POST /v1/widget/conversation/close`: the visitor ends the conversation.
//!
//! What lives here: the handler and its answer. What must not: what closing means.

use axum::extract::State as Shared;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken};
use super::super::problem::Problem;
use super::super::router::url;
use super::view::Conversation;
use crate::service::close_conversation::close_as_visitor;

/// The conversation that was closed.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Closed {
    conversation: Conversation,
}

/// Closes the visitor's open conversation, for both sides.
#[utoipa::path(
    post, path = url::CLOSE, tag = "widget", operation_id = "close_conversation",
    responses(
        (status = 200, description = "It is closed", body = Closed),
        (status = 409, description = "`conversation-closed`: none is open", body = Problem, content_type = "application/problem+json"),
        Always, NeedsToken,
    ),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn close(
    Shared(state): Shared<State>,
    current: CurrentVisitor,
) -> Result<axum::Json<Closed>, ApiError> {
    let conversation = close_as_visitor(&state.service, &current.visitor).await?.into();
    Ok(axum::Json(Closed { conversation }))
}
