//! `POST /v1/widget/conversation/rating`: the visitor says what they think of a conversation.
//!
//! What lives here: the request. What must not: what a rating may be (that is the service's).

use axum::extract::State as Shared;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken, TakesBody};
use super::super::problem::Problem;
use super::super::router::url;
use super::view::Conversation;
use crate::service::rate_conversation::rate_conversation;

/// What the visitor thinks.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct RatingRequest {
    conversation_id: Uuid,
    /// From 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5)]
    stars: i64,
    /// What they say about it.
    #[schema(max_length = 1_000)]
    comment: Option<String>,
}

/// The conversation that was rated.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Rated {
    conversation: Conversation,
}

/// Keeps a rating of one of the visitor's conversations, open or closed. The last one counts.
#[utoipa::path(
    post, path = url::RATING, tag = "widget", operation_id = "rate_conversation", request_body = RatingRequest,
    responses(
        (status = 200, description = "Kept", body = Rated),
        (status = 404, description = "`not-found`: the visitor has no such conversation", body = Problem, content_type = "application/problem+json"),
        Always, NeedsToken, TakesBody,
    ),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn rate(
    Shared(state): Shared<State>,
    current: CurrentVisitor,
    Json(request): Json<RatingRequest>,
) -> Result<axum::Json<Rated>, ApiError> {
    state.limits.change(current.visitor.id)?;
    let id = request.conversation_id.into();
    let rated =
        rate_conversation(&state.service, &current.visitor, id, request.stars, request.comment.as_deref()).await?;
    Ok(axum::Json(Rated { conversation: rated.into() }))
}
