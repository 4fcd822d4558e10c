//! `POST /v1/widget/messages`: the visitor writes; `GET` of the same: what happened since.
//!
//! What lives here: the requests and their answers. What must not: what a message may be (that is the service's).

use std::net::IpAddr;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::client_address::ClientAddress;
use super::super::extract::json::Json;
use super::super::extract::origin::is_page_of;
use super::super::extract::query::Query;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken, TakesBody};
use super::super::router::url;
use super::view::{Batch, Conversation, Message};
use crate::model;
use crate::service::DomainInfo;
use crate::service::post_visitor_message::{NewMessage, post_visitor_message, would_open};
use crate::service::read_events::read_events;

const MOST: i64 = 200;
const USUAL: i64 = 100;

/// The page that a visitor looks at. Query and fragment are dropped unless the domain's settings keep them.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct PageRequest {
    /// Its address; one that is not http or https is left out.
    url: String,
    /// Its title.
    #[serde(default)]
    title: String,
    /// Where the visitor came from.
    referrer: Option<String>,
}

impl PageRequest {
    /// The page as it may be kept: one of the domain's, or none.
    pub(super) fn clean(&self, state: &State, domain: &DomainInfo) -> Option<model::Page> {
        model::Page::clean(&self.url, &self.title, self.referrer.as_deref(), domain.keep_page_query)
            .filter(|page| state.demo || is_page_of(&page.url, domain))
    }
}

/// A new message.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct MessageRequest {
    /// The visitor's own key for it: sent again under the same key, it is still one message.
    #[schema(min_length = 1, max_length = 64)]
    client_key: String,
    /// The words, as plain text.
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
    page: Option<PageRequest>,
}

/// A message that is kept.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Posted {
    conversation: Conversation,
    message: Message,
}

/// Posts a message. Opens a conversation where none is open.
#[utoipa::path(
    post, path = url::MESSAGES, tag = "widget", operation_id = "post_message", request_body = MessageRequest,
    responses(
        (status = 201, description = "The message is kept", body = Posted),
        (status = 200, description = "It was kept already, under this key", body = Posted),
        Always, NeedsToken, TakesBody,
    ),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn post(
    Shared(state): Shared<State>,
    ClientAddress(address): ClientAddress,
    current: CurrentVisitor,
    Json(request): Json<MessageRequest>,
) -> Result<(StatusCode, axum::Json<Posted>), ApiError> {
    let page = request.page.and_then(|page| page.clean(&state, &current.domain));
    let new = NewMessage { client_key: request.client_key, body: request.body, page, form: None };
    keep(&state, address, &current, new).await
}

/// Keeps a message, if the limits allow it.
pub(super) async fn keep(
    state: &State,
    address: IpAddr,
    current: &CurrentVisitor,
    new: NewMessage,
) -> Result<(StatusCode, axum::Json<Posted>), ApiError> {
    let CurrentVisitor { visitor, domain } = current;
    state.limits.message(visitor.id, address, new.body.len())?;
    if would_open(&state.service, visitor, &new.client_key).await? {
        state.limits.conversation(address, domain.id)?;
    }
    let posted = post_visitor_message(&state.service, visitor, new).await?;
    let status = if posted.fresh { StatusCode::CREATED } else { StatusCode::OK };
    let posted = Posted { conversation: posted.conversation.into(), message: posted.message.into() };
    Ok((status, axum::Json(posted)))
}

/// From where to read, and how much.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ListRequest {
    /// The last event that is known; 0 for all.
    #[param(minimum = 0)]
    #[serde(default)]
    after: i64,
    /// Most events of one answer.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<i64>,
}

/// Reads what happened after an event.
#[utoipa::path(
    get, path = url::MESSAGES, tag = "widget", operation_id = "read_events", params(ListRequest),
    responses(
        (status = 200, description = "What happened", body = Batch),
        Always, NeedsToken,
        (status = 400, description = "A parameter can't be read", body = super::super::problem::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is out of its range", body = super::super::problem::Problem, content_type = "application/problem+json"),
    ),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentVisitor,
    Query(request): Query<ListRequest>,
) -> Result<axum::Json<Batch>, ApiError> {
    let limit = request.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(out_of_range("limit", format!("{limit} is not a number from 1 to {MOST}")));
    }
    if request.after < 0 {
        return Err(out_of_range("after", format!("{} is not an event: use 0 for all of them", request.after)));
    }
    let batch = read_events(&state.service, &current.visitor, request.after, limit).await?;
    Ok(axum::Json(batch.into()))
}

fn out_of_range(field: &str, why: String) -> ApiError {
    ApiError::Validation { field: field.to_owned(), why }
}
