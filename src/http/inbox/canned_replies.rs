//! `/v1/inbox/canned-replies`: replies that are kept for use again.
//!
//! What lives here: the requests and their answers. What must not: whose they are (that is the service's).

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NamesOne, NeedsOperator, TakesBody, TakesQuery};
use super::super::problem::Problem;
use super::super::router::url;
use super::asked;
use super::tags::OfDomain;
use crate::model::CannedReplyId;
use crate::service::canned_replies::{self as service, Asking, NewCanned, drop_canned, keep_canned, list_canned};

/// A reply that is kept for use again.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct CannedReply {
    id: Uuid,
    /// What is typed to find it.
    name: String,
    /// The words; the page fills in `{visitor}` and `{me}`.
    body: String,
    /// The domains that it is for; null for all of them.
    #[schema(required = true)]
    domains: Option<Vec<String>>,
}

impl From<service::CannedReply> for CannedReply {
    fn from(it: service::CannedReply) -> Self {
        Self { id: it.id.into(), name: it.name, body: it.body, domains: it.domains }
    }
}

/// The canned replies.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct CannedReplies {
    /// By name.
    canned_replies: Vec<CannedReply>,
}

/// What a canned reply shall be.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::http) struct CannedReplyRequest {
    /// What is typed to find it.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$")]
    name: String,
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
    /// The domains that it is for; all of them where left out.
    domains: Option<Vec<String>>,
}

impl From<CannedReplyRequest> for NewCanned {
    fn from(request: CannedReplyRequest) -> Self {
        Self { name: request.name, body: request.body, domains: request.domains }
    }
}

fn asking<'a>(state: &State, current: &'a CurrentOperator) -> Asking<'a> {
    Asking { domains: current.access.domains(), sees_all: asked::sees_all(state, &current.access) }
}

fn named(id: &str) -> Result<CannedReplyId, ApiError> {
    id.parse().map_err(|_| ApiError::NotFound { what: "canned reply" })
}

/// Lists the canned replies that the caller may use.
#[utoipa::path(
    get, path = url::CANNED_REPLIES, tag = "inbox", operation_id = "list_canned_replies", params(OfDomain),
    responses((status = 200, description = "The canned replies", body = CannedReplies), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Query(asked): Query<OfDomain>,
) -> Result<axum::Json<CannedReplies>, ApiError> {
    asked::domains(&current.access, asked.domain.as_deref())?;
    let domain = asked.domain.map(|name| name.to_lowercase());
    let replies = list_canned(&state.service, &asking(&state, &current), domain.as_deref()).await?;
    Ok(axum::Json(CannedReplies { canned_replies: replies.into_iter().map(Into::into).collect() }))
}

/// Keeps a canned reply.
#[utoipa::path(
    post, path = url::CANNED_REPLIES, tag = "inbox", operation_id = "add_canned_reply", request_body = CannedReplyRequest,
    responses(
        (status = 201, description = "It is kept", body = CannedReply),
        (status = 409, description = "`conflict`: the name is taken", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, TakesBody,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn add(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Json(request): Json<CannedReplyRequest>,
) -> Result<(StatusCode, axum::Json<CannedReply>), ApiError> {
    let reply = keep_canned(&state.service, &asking(&state, &current), None, &request.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(reply.into())))
}

/// Changes a canned reply.
#[utoipa::path(
    put, path = url::CANNED_REPLY, tag = "inbox", operation_id = "change_canned_reply",
    params(("id" = Uuid, Path, description = "The canned reply")), request_body = CannedReplyRequest,
    responses(
        (status = 200, description = "As it stands now", body = CannedReply),
        (status = 409, description = "`conflict`: the name is taken", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne, TakesBody,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn change(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path(id): Path<String>,
    Json(request): Json<CannedReplyRequest>,
) -> Result<axum::Json<CannedReply>, ApiError> {
    let reply = keep_canned(&state.service, &asking(&state, &current), Some(named(&id)?), &request.into()).await?;
    Ok(axum::Json(reply.into()))
}

/// Drops a canned reply.
#[utoipa::path(
    delete, path = url::CANNED_REPLY, tag = "inbox", operation_id = "drop_canned_reply",
    params(("id" = Uuid, Path, description = "The canned reply")),
    responses((status = 204, description = "It is gone"), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn remove(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    drop_canned(&state.service, &asking(&state, &current), named(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
