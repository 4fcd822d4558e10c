//! One conversation: looking at it, following it, and what operators do with it as a whole.
//!
//! What lives here: the requests and their answers. What must not: messages (they have their own file).

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer};
use utoipa::{IntoParams, ToSchema};

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NamesOne, NeedsOperator, TakesBody, TakesQuery};
use super::super::problem::Problem;
use super::super::router::url;
use super::asked;
use super::named::Named;
use super::view::detail::Detail;
use super::view::message::InboxBatch;
use super::view::summary::ChangedConversation;
use crate::model::{ClosedBy, Operator, OperatorId};
use crate::service::access::Caller;
use crate::service::assign_conversation::{assign, unassign};
use crate::service::close_conversation::close as close_it;
use crate::service::read_conversation::read_conversation;
use crate::service::reopen_conversation::reopen as reopen_it;
use crate::service::show_conversation::{follow_conversation, show_conversation};

const USUAL_EVENTS: usize = 100;

/// Shows a conversation with everything around it.
#[utoipa::path(
    get, path = url::CONVERSATION, tag = "inbox", operation_id = "show_conversation",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, description = "The conversation", body = Detail), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn show(Shared(state): Shared<State>, named: Named) -> Result<axum::Json<Detail>, ApiError> {
    let view = show_conversation(&state.service, named.conversation, named.me()).await?;
    Ok(axum::Json(view.into()))
}

/// From where to follow, and how much.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct FollowParameters {
    /// The last event that is known.
    #[param(minimum = 0)]
    after: i64,
    /// Most events of one answer.
    #[param(minimum = 1, maximum = 100, default = 100)]
    limit: Option<i64>,
}

/// Tells what happened in a conversation after an event.
#[utoipa::path(
    get, path = url::CONVERSATION_EVENTS, tag = "inbox", operation_id = "follow_conversation",
    params(("id" = Uuid, Path, description = "The conversation"), FollowParameters),
    responses(
        (status = 200, description = "What happened", body = InboxBatch),
        Always, NeedsOperator, NamesOne, TakesQuery,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn follow(
    Shared(state): Shared<State>,
    named: Named,
    Query(asked): Query<FollowParameters>,
) -> Result<axum::Json<InboxBatch>, ApiError> {
    let limit = i64::try_from(asked::limit(asked.limit, USUAL_EVENTS)?).unwrap_or(1);
    let batch = follow_conversation(&state.service, named.conversation, asked.after, limit, named.me()).await?;
    Ok(axum::Json(batch.into()))
}

async fn changed(state: &State, named: &Named) -> Result<axum::Json<ChangedConversation>, ApiError> {
    Ok(axum::Json(state.service.summary(named.conversation, named.me()).await?.into()))
}

/// Closes a conversation. Closing a closed one changes nothing.
#[utoipa::path(
    post, path = url::CONVERSATION_CLOSE, tag = "inbox", operation_id = "close_as_operator",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, description = "As it stands now", body = ChangedConversation), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn close(
    Shared(state): Shared<State>,
    named: Named,
) -> Result<axum::Json<ChangedConversation>, ApiError> {
    let by = named.me().map_or(ClosedBy::System, ClosedBy::Operator);
    close_it(&state.service, named.conversation, by, &[]).await?;
    changed(&state, &named).await
}

/// Goes on with a closed conversation. Reopening an open one changes nothing.
#[utoipa::path(
    post, path = url::CONVERSATION_REOPEN, tag = "inbox", operation_id = "reopen_conversation",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses(
        (status = 200, description = "As it stands now", body = ChangedConversation),
        (status = 409, description = "`conflict`: the visitor has begun another one since", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn reopen(
    Shared(state): Shared<State>,
    named: Named,
) -> Result<axum::Json<ChangedConversation>, ApiError> {
    reopen_it(&state.service, named.conversation, name(&named.current.who), &[]).await?;
    changed(&state, &named).await
}

/// In whose care a conversation shall be.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::http) struct AssignRequest {
    /// An operator's id, `me`, or null for nobody.
    #[serde(deserialize_with = "given")]
    #[schema(required = true, examples("me"))]
    operator: Option<String>,
}

/// A value that must be there, be it null: an empty request takes nothing out of anybody's care.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// Puts a conversation into somebody's care, or nobody's.
#[utoipa::path(
    post, path = url::CONVERSATION_ASSIGN, tag = "inbox", operation_id = "assign_conversation",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = AssignRequest,
    responses(
        (status = 200, description = "As it stands now", body = ChangedConversation),
        Always, NeedsOperator, NamesOne, TakesBody,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn assign_to(
    Shared(state): Shared<State>,
    named: Named,
    Json(request): Json<AssignRequest>,
) -> Result<axum::Json<ChangedConversation>, ApiError> {
    let to = match request.operator.as_deref() {
        None => None,
        Some("me") => Some(named.current.operator()?.clone()),
        Some(id) => Some(colleague(&state, &named, id).await?),
    };
    match to {
        Some(operator) => assign(&state.service, named.conversation, &operator, &[]).await?,
        None => unassign(&state.service, named.conversation, name(&named.current.who)).await?,
    };
    changed(&state, &named).await
}

/// An operator who serves the conversation's domain too: nobody else could see what is in their care.
async fn colleague(state: &State, named: &Named, id: &str) -> Result<Operator, ApiError> {
    let unknown = || asked::refuse("operator", "it is the id of an operator who serves this domain, `me`, or null");
    let id: OperatorId = id.parse().map_err(|_| unknown())?;
    let conversation = state.service.summary(named.conversation, None).await?.conversation;
    let operators = state.service.operators_of(&[conversation.domain]).await?;
    operators.into_iter().find(|operator| operator.id == id).ok_or_else(unknown)
}

fn name(who: &Caller) -> &str {
    match who {
        Caller::Operator { operator, .. } => &operator.name,
        Caller::Key { name, .. } => name,
    }
}

/// How far the operator has read.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::http) struct ReadMarkRequest {
    /// The `seq` of the last message that they saw.
    #[schema(minimum = 0)]
    seq: i64,
}

/// Notes how far the operator has read.
#[utoipa::path(
    post, path = url::CONVERSATION_READ, tag = "inbox", operation_id = "mark_conversation_read",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = ReadMarkRequest,
    responses((status = 204, description = "Noted"), Always, NeedsOperator, NamesOne, TakesBody),
    security(("session" = [])),
)]
pub(in crate::http) async fn read(
    Shared(state): Shared<State>,
    named: Named,
    Json(request): Json<ReadMarkRequest>,
) -> Result<StatusCode, ApiError> {
    let me = named.current.operator()?.id;
    read_conversation(&state.service, named.conversation, me, request.seq).await?;
    Ok(StatusCode::NO_CONTENT)
}
