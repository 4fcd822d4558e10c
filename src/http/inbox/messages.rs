//! The messages of a conversation: reading older ones, writing, changing, taking back, trying again.
//!
//! What lives here: the requests and their answers. What must not: what a message may be (that is the service's).

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;
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
use super::view::message::{ChangedMessage, MessagePage};
use crate::model::MessageId;
use crate::service::edit_reply::{edit_reply, remove_reply};
use crate::service::release_held::{self, Kept, Release};
use crate::service::retry_undelivered::retry_message;
use crate::service::show_conversation::{read_messages, show_message};
use crate::service::write_reply::{NewReply, write_reply};

const USUAL: usize = 50;

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct MessagesParameters {
    /// Those before this `seq`; without it, the latest.
    before: Option<i64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// Reads messages before a place.
#[utoipa::path(
    get, path = url::CONVERSATION_MESSAGES, tag = "inbox", operation_id = "read_messages",
    params(("id" = Uuid, Path, description = "The conversation"), MessagesParameters),
    responses(
        (status = 200, description = "Messages, oldest first", body = MessagePage),
        Always, NeedsOperator, NamesOne, TakesQuery,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    named: Named,
    Query(asked): Query<MessagesParameters>,
) -> Result<axum::Json<MessagePage>, ApiError> {
    let limit = i64::try_from(asked::limit(asked.limit, USUAL)?).unwrap_or(1);
    let before = asked.before.unwrap_or(i64::MAX);
    let (messages, more_before) = read_messages(&state.service, named.conversation, before, limit, named.me()).await?;
    Ok(axum::Json(MessagePage { messages: messages.into_iter().map(Into::into).collect(), more_before }))
}

/// What an operator writes.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct ReplyRequest {
    /// The page's own key for it: sent again under the same key, it is still one message.
    #[schema(min_length = 1, max_length = 64)]
    client_key: String,
    /// The words, as plain text.
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
    /// Whether it is for operators only. Notes stay here; threads don't show them.
    #[serde(default)]
    note: bool,
}

/// Writes a reply or a note. A reply shows in the widget and in every linked thread.
#[utoipa::path(
    post, path = url::CONVERSATION_MESSAGES, tag = "inbox", operation_id = "write_reply",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = ReplyRequest,
    responses(
        (status = 201, description = "The message is kept", body = ChangedMessage),
        (status = 200, description = "It was kept already, under this key", body = ChangedMessage),
        (status = 409, description = "`conversation-closed`: only notes can be written now", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne, TakesBody,
    ),
    security(("session" = [])),
)]
pub(in crate::http) async fn post(
    Shared(state): Shared<State>,
    named: Named,
    Json(request): Json<ReplyRequest>,
) -> Result<(StatusCode, axum::Json<ChangedMessage>), ApiError> {
    let operator = named.current.operator()?;
    state.limits.operator_message(operator.id)?;
    let new = NewReply { client_key: request.client_key, body: request.body, note: request.note };
    let (message, fresh) = write_reply(&state.service, named.conversation, operator, &new).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, changed(&state, &named, message).await?))
}

async fn changed(state: &State, named: &Named, id: MessageId) -> Result<axum::Json<ChangedMessage>, ApiError> {
    Ok(axum::Json(show_message(&state.service, named.conversation, id, named.me()).await?.into()))
}

/// Other words for a message.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct EditRequest {
    /// The words, as plain text.
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
}

/// Changes one's own message that was written in a page.
#[utoipa::path(
    patch, path = url::CONVERSATION_MESSAGE, tag = "inbox", operation_id = "edit_reply",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message" = Uuid, Path, description = "The message"),
    ),
    request_body = EditRequest,
    responses(
        (status = 200, description = "As it stands now", body = ChangedMessage),
        (status = 409, description = "`conversation-closed`, or `conflict`: it was removed", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne, TakesBody,
    ),
    security(("session" = [])),
)]
pub(in crate::http) async fn edit(
    Shared(state): Shared<State>,
    named: Named,
    Json(request): Json<EditRequest>,
) -> Result<axum::Json<ChangedMessage>, ApiError> {
    let (me, message) = (named.current.operator()?.id, named.message()?);
    state.limits.operator_message(me)?;
    edit_reply(&state.service, named.conversation, message, me, &request.body).await?;
    changed(&state, &named, message).await
}

/// Takes back one's own message that was written in a page.
#[utoipa::path(
    delete, path = url::CONVERSATION_MESSAGE, tag = "inbox", operation_id = "remove_reply",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message" = Uuid, Path, description = "The message"),
    ),
    responses((status = 200, description = "As it stands now", body = ChangedMessage), Always, NeedsOperator, NamesOne),
    security(("session" = [])),
)]
pub(in crate::http) async fn remove(
    Shared(state): Shared<State>,
    named: Named,
) -> Result<axum::Json<ChangedMessage>, ApiError> {
    let message = named.message()?;
    remove_reply(&state.service, named.conversation, message, named.current.operator()?.id).await?;
    changed(&state, &named, message).await
}

/// Tries everything of a message again that a platform refused.
#[utoipa::path(
    post, path = url::MESSAGE_RETRY, tag = "inbox", operation_id = "retry_message",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message" = Uuid, Path, description = "The message"),
    ),
    responses(
        (status = 204, description = "It is on its way again"),
        (status = 409, description = "`conflict`: there is nothing to try", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn retry(Shared(state): Shared<State>, named: Named) -> Result<StatusCode, ApiError> {
    retry_message(&state.service, named.conversation, named.message()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn conflict(why: &str) -> ApiError {
    ApiError::Conflict { why: why.to_owned() }
}

/// Sends a held message to the visitor after all.
#[utoipa::path(
    post, path = url::MESSAGE_RELEASE, tag = "inbox", operation_id = "release_message",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message" = Uuid, Path, description = "The message"),
    ),
    responses(
        (status = 200, description = "As it stands now", body = ChangedMessage),
        (status = 409, description = "`conversation-closed`, or `conflict`: it is no longer held", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne,
    ),
    security(("session" = [])),
)]
pub(in crate::http) async fn release(
    Shared(state): Shared<State>,
    named: Named,
) -> Result<axum::Json<ChangedMessage>, ApiError> {
    named.current.operator()?;
    let message = named.message()?;
    match release_held::release(&state.service, named.conversation, message).await? {
        Release::Sent | Release::SentBefore => changed(&state, &named, message).await,
        Release::Deleted => Err(conflict("this message was removed, so there is nothing to send")),
        Release::IsNote => Err(conflict("this message was made a note: write it again to send it")),
        Release::Closed => Err(ApiError::ConversationClosed),
    }
}

/// Makes a held message a note.
#[utoipa::path(
    post, path = url::MESSAGE_KEEP, tag = "inbox", operation_id = "keep_message",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message" = Uuid, Path, description = "The message"),
    ),
    responses(
        (status = 200, description = "As it stands now", body = ChangedMessage),
        (status = 409, description = "`conflict`: it was sent before", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne,
    ),
    security(("session" = [])),
)]
pub(in crate::http) async fn keep(
    Shared(state): Shared<State>,
    named: Named,
) -> Result<axum::Json<ChangedMessage>, ApiError> {
    named.current.operator()?;
    let message = named.message()?;
    match release_held::keep(&state.service, named.conversation, message).await? {
        Kept::Inside => changed(&state, &named, message).await,
        Kept::SentBefore => Err(conflict("this message was sent to the visitor before: take it back instead")),
    }
}
