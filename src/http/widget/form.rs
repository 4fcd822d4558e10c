//! `POST /v1/widget/form`: the visitor leaves a message with their name and address.
//!
//! What lives here: the request. What must not: what a message may be (that is the service's).

use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::client_address::ClientAddress;
use super::super::extract::json::Json;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken, TakesBody};
use super::super::router::url;
use super::messages::{PageRequest, Posted, keep};
use crate::service::post_visitor_message::NewMessage;
use crate::service::set_visitor::Contact;

/// A form that was filled in.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct FormRequest {
    /// The visitor's own key for it: sent again under the same key, it is still one message.
    #[schema(min_length = 1, max_length = 64)]
    client_key: String,
    /// Their name.
    #[schema(max_length = 80)]
    name: String,
    /// Their e-mail address, which an answer needs.
    #[schema(min_length = 1, max_length = 254)]
    email: String,
    /// The words, as plain text.
    #[schema(min_length = 1, max_length = 10_000)]
    message: String,
    page: Option<PageRequest>,
}

/// Posts a message from the form, for times when nobody can answer. Opens a conversation where none is open. It is taken
/// also where somebody has come online since: what was typed is never refused for that.
#[utoipa::path(
    post, path = url::FORM, tag = "widget", operation_id = "post_form", request_body = FormRequest,
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
    Json(request): Json<FormRequest>,
) -> Result<(StatusCode, axum::Json<Posted>), ApiError> {
    if request.email.trim().is_empty() {
        let why = "is empty; an answer needs an address".to_owned();
        return Err(ApiError::Validation { field: "email".to_owned(), why });
    }
    let page = request.page.and_then(|page| page.clean(&state, &current.domain));
    let form = Some(Contact { name: Some(request.name), email: Some(request.email) });
    let new = NewMessage { client_key: request.client_key, body: request.message, page, form };
    keep(&state, address, &current, new).await.map_err(|error| match error {
        // The field's name in this request.
        ApiError::Validation { field, why } if field == "body" => ApiError::Validation { field: "message".into(), why },
        other => other,
    })
}
