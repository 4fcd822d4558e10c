//! Tags: those that are known, and those of a conversation.
//!
//! What lives here: the requests and their answers. What must not: what a tag may be (that is the service's).

use axum::extract::State as Shared;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NamesOne, NeedsOperator, TakesBody, TakesQuery};
use super::super::router::url;
use super::asked;
use super::named::Named;
use crate::service::tag_conversation::{known_tags, set_tags};

/// A domain, or all that the caller sees.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct OfDomain {
    /// A domain's name; without it, all that the caller sees.
    pub(super) domain: Option<String>,
}

/// Tags, in order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::http) struct Tags {
    /// Lower case, at most 20 with at most 40 characters each.
    tags: Vec<String>,
}

/// Lists the tags that were ever used.
#[utoipa::path(
    get, path = url::TAGS, tag = "inbox", operation_id = "list_tags", params(OfDomain),
    responses((status = 200, description = "The tags", body = Tags), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Query(asked): Query<OfDomain>,
) -> Result<axum::Json<Tags>, ApiError> {
    let domains = asked::domains(&current.access, asked.domain.as_deref())?;
    Ok(axum::Json(Tags { tags: known_tags(&state.service, &domains).await? }))
}

/// Gives a conversation these tags and no others.
#[utoipa::path(
    put, path = url::CONVERSATION_TAGS, tag = "inbox", operation_id = "set_tags",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Tags,
    responses(
        (status = 200, description = "The tags in their one form", body = Tags),
        Always, NeedsOperator, NamesOne, TakesBody,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn set(
    Shared(state): Shared<State>,
    named: Named,
    Json(request): Json<Tags>,
) -> Result<axum::Json<Tags>, ApiError> {
    Ok(axum::Json(Tags { tags: set_tags(&state.service, named.conversation, &request.tags).await? }))
}
