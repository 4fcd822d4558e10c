//! `POST /v1/widget/sessions`: a visitor comes to a page.
//!
//! What lives here: the request and its answer. What must not: how tokens are made and kept.

use axum::extract::State as Shared;
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::client_address::ClientAddress;
use super::super::extract::json::Json;
use super::super::extract::origin::Origin;
use super::super::openapi::{Always, TakesBody, TakesDomain};
use super::super::router::url;
use super::messages::PageRequest;
use super::view::{Conversation, Message, Presence};
use crate::model::limits::shorten;
use crate::service::authenticate::authenticate;
use crate::service::start_session::start_session;
use crate::service::{DomainInfo, Service, ServiceError};

/// Most characters of an unknown domain's name that are repeated to who asked for it.
const SHOWN: usize = 100;

/// A visitor comes.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SessionRequest {
    /// The domain's name, as in `data-domain`.
    #[schema(examples("shop.example"))]
    domain: String,
    /// The token from an earlier visit.
    visitor_token: Option<String>,
    /// The page that the visitor looks at.
    #[expect(dead_code, reason = "its shape is checked; what is kept of a page comes with a message")]
    page: Option<PageRequest>,
}

/// Where things stand for this visitor.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Session {
    /// Whoever has it is this visitor. The same as was sent, if that is good.
    visitor_token: String,
    domain: SessionDomain,
    presence: Presence,
    /// The visitor's newest conversation.
    #[schema(required = true)]
    conversation: Option<Conversation>,
    /// That conversation's latest 100, oldest first.
    messages: Vec<Message>,
    /// Follow from here.
    after: i64,
}

/// The domain that the page belongs to.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SessionDomain {
    name: String,
}

/// Starts a session, or goes on with one.
#[utoipa::path(
    post, path = url::SESSIONS, tag = "widget", operation_id = "start_session", request_body = SessionRequest,
    responses((status = 201, description = "Where things stand", body = Session), Always, TakesDomain, TakesBody),
)]
pub(in crate::http) async fn start(
    Shared(state): Shared<State>,
    ClientAddress(address): ClientAddress,
    origin: Origin,
    Json(request): Json<SessionRequest>,
) -> Result<(StatusCode, axum::Json<Session>), ApiError> {
    let domain = state
        .service
        .domain_by_name(&request.domain)
        .ok_or_else(|| ApiError::UnknownDomain { name: shorten(&request.domain, SHOWN) })?;
    origin.check(&domain)?;
    let token = request.visitor_token.map(SecretString::from);
    // Who is known already makes nothing new, and comes again with every page: many such may share one address.
    if !is_known(&state.service, &domain, token.as_ref()).await? {
        state.limits.session(address)?;
    }
    let started = start_session(&state.service, &domain, token.as_ref()).await?;
    let session = Session {
        visitor_token: started.token.expose_secret().to_owned(),
        domain: SessionDomain { name: domain.name.clone() },
        presence: (*state.service.presence(domain.id).borrow()).into(),
        conversation: started.conversation.map(Into::into),
        messages: started.messages.into_iter().map(Into::into).collect(),
        after: started.after,
    };
    Ok((StatusCode::CREATED, axum::Json(session)))
}

async fn is_known(service: &Service, domain: &DomainInfo, token: Option<&SecretString>) -> Result<bool, ApiError> {
    let Some(token) = token else { return Ok(false) };
    match authenticate(service, token).await {
        Ok(visitor) => Ok(visitor.domain == domain.id),
        Err(ServiceError::Unauthorized) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
