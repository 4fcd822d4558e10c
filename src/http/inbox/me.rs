//! `/v1/inbox/session`, `/v1/inbox/profile`, `/v1/inbox/availability`: signing in and out, and who one is.
//!
//! What lives here: the requests and their answers. What must not: what a session is good for, or what a name may be.

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::body::read_body;
use super::super::extract::client_address::ClientAddress;
use super::super::extract::json::Json;
use super::super::extract::operator::{CurrentOperator, OwnPage};
use super::super::openapi::{Always, NeedsOperator, TakesBody};
use super::super::problem::Problem;
use super::super::router::url;
use super::super::sign_in::cookie;
use super::super::widget::view::rfc_3339;
use super::asked;
use super::view::people::OperatorBrief;
use crate::model;
use crate::service::ServiceError;
use crate::service::access::Access;
use crate::service::link_codes::PageCode;
use crate::service::operator_profile as profile;
use crate::service::sign_in::sign_in;
use crate::service::sign_out::sign_out;

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Role {
    /// Answers visitors.
    Operator,
    /// Looks after domains, operators and keys too.
    Admin,
}

impl From<model::Role> for Role {
    fn from(role: model::Role) -> Self {
        match role {
            model::Role::Operator => Self::Operator,
            model::Role::Admin => Self::Admin,
        }
    }
}

impl From<Role> for model::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Operator => Self::Operator,
            Role::Admin => Self::Admin,
        }
    }
}

/// Whether an operator says that they can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Availability {
    /// It follows from what they do.
    Auto,
    /// They can't.
    Away,
    /// They can.
    Back,
}

impl From<model::Availability> for Availability {
    fn from(availability: model::Availability) -> Self {
        match availability {
            model::Availability::Auto => Self::Auto,
            model::Availability::Away => Self::Away,
            model::Availability::Back => Self::Back,
        }
    }
}

impl From<Availability> for model::Availability {
    fn from(availability: Availability) -> Self {
        match availability {
            Availability::Auto => Self::Auto,
            Availability::Away => Self::Away,
            Availability::Back => Self::Back,
        }
    }
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Me {
    operator: OperatorBrief,
    role: Role,
    /// The names of the domains that they see.
    domains: Vec<String>,
    /// Whether these are all that there are.
    all_domains: bool,
    availability: Availability,
    /// Who they are in the team's chats.
    selves: Vec<SelfBrief>,
    /// Always `null` for now: the page follows the browser.
    #[schema(required = true)]
    language: Option<String>,
}

/// Who somebody is in one of the team's chats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct SelfBrief {
    /// The connection's name, with its platform before the dot.
    connection: String,
    platform: String,
    /// The platform's id of them.
    user: String,
    #[schema(required = true)]
    name: Option<String>,
}

impl SelfBrief {
    /// A self by its connection and the platform's id.
    pub(in crate::http) fn new(connection: &bridge_core::ConnectionId, user: &bridge_core::RemoteUser) -> Self {
        let platform = connection.kind.to_string();
        Self { connection: connection.to_string(), platform, user: user.0.clone(), name: None }
    }
}

/// The token of a link.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SignInRequest {
    /// What stands behind the `#` of the link.
    token: String,
}

/// Signs in with a link's token, once. The session comes as a cookie.
#[utoipa::path(
    post, path = url::SESSION, tag = "inbox", operation_id = "sign_in", request_body = SignInRequest,
    responses(
        (status = 204, description = "Signed in"),
        (status = 401, description = "`link-not-valid`: used, too old or none of ours", body = Problem, content_type = "application/problem+json"),
        Always, TakesBody,
    ),
)]
pub(in crate::http) async fn start(
    Shared(state): Shared<State>,
    _page: OwnPage,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Json(request): Json<SignInRequest>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), ApiError> {
    // Counted before anything is looked up, so that a refusal tells nothing about the token.
    state.limits.sign_in(address)?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let before = cookie::read(&headers, &state);
    let signed_in = sign_in(&state.service, &SecretString::from(request.token), agent, before.as_ref()).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::keep(&signed_in.token, &state))]))
}

/// Signs out: the session ends, and the cookie is taken back.
#[utoipa::path(
    delete, path = url::SESSION, tag = "inbox", operation_id = "sign_out",
    responses((status = 204, description = "Signed out"), Always, NeedsOperator),
    security(("session" = [])),
)]
pub(in crate::http) async fn end(
    Shared(state): Shared<State>,
    current: Result<CurrentOperator, ApiError>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), ApiError> {
    match current {
        Ok(current) => sign_out(&state.service, current.session()?, current.actor()).await?,
        // Whoever is signed out already wants the cookie gone all the same.
        Err(ApiError::SignedOut) => {}
        Err(error) => return Err(error),
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::forget(&state))]))
}

/// Tells who is signed in.
#[utoipa::path(
    get, path = url::SESSION, tag = "inbox", operation_id = "show_me",
    responses((status = 200, description = "Who is signed in", body = Me), Always, NeedsOperator),
    security(("session" = [])),
)]
pub(in crate::http) async fn show(
    Shared(state): Shared<State>,
    current: CurrentOperator,
) -> Result<axum::Json<Me>, ApiError> {
    let operator = current.operator()?.clone();
    Ok(axum::Json(me(&state, &operator, &current.access).await?))
}

/// What one says about whether one can answer.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct AvailabilityRequest {
    availability: Availability,
}

/// Says whether one can answer.
#[utoipa::path(
    put, path = url::AVAILABILITY, tag = "inbox", operation_id = "set_availability", request_body = AvailabilityRequest,
    responses((status = 200, description = "It is noted", body = Me), Always, NeedsOperator, TakesBody),
    security(("session" = [])),
)]
pub(in crate::http) async fn say(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Json(request): Json<AvailabilityRequest>,
) -> Result<axum::Json<Me>, ApiError> {
    let id = current.operator()?.id;
    let operator = profile::set_availability(&state.service, id, request.availability.into()).await?;
    Ok(axum::Json(me(&state, &operator, &current.access).await?))
}

/// What shall be different about oneself.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct ProfileRequest {
    /// The name that visitors see.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
}

/// Changes the name that visitors see.
#[utoipa::path(
    patch, path = url::PROFILE, tag = "inbox", operation_id = "change_profile", request_body = ProfileRequest,
    responses(
        (status = 200, description = "It is changed", body = Me),
        (status = 409, description = "`conflict`: it is somebody else's name", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, TakesBody,
    ),
    security(("session" = [])),
)]
pub(in crate::http) async fn change(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Json(request): Json<ProfileRequest>,
) -> Result<axum::Json<Me>, ApiError> {
    let before = current.operator()?.clone();
    let operator = match request.name {
        Some(name) => profile::set_name(&state.service, before.id, &name).await?,
        None => before,
    };
    Ok(axum::Json(me(&state, &operator, &current.access).await?))
}

/// Changes the picture that visitors see: the bytes of a PNG, a JPEG or a WebP of at most 512 KiB.
#[utoipa::path(
    put, path = url::PROFILE_PICTURE, tag = "inbox", operation_id = "set_picture",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "It is changed", body = Me), Always, NeedsOperator, TakesBody),
    security(("session" = [])),
)]
pub(in crate::http) async fn set_picture(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    request: Request,
) -> Result<axum::Json<Me>, ApiError> {
    let id = current.operator()?.id;
    let bytes = read_body(request.into_body(), profile::PICTURE).await?;
    let operator = profile::set_picture(&state.service, id, &bytes).await?;
    Ok(axum::Json(me(&state, &operator, &current.access).await?))
}

/// Takes one's picture away.
#[utoipa::path(
    delete, path = url::PROFILE_PICTURE, tag = "inbox", operation_id = "remove_picture",
    responses((status = 200, description = "It is gone", body = Me), Always, NeedsOperator),
    security(("session" = [])),
)]
pub(in crate::http) async fn remove_picture(
    Shared(state): Shared<State>,
    current: CurrentOperator,
) -> Result<axum::Json<Me>, ApiError> {
    let id = current.operator()?.id;
    let operator = profile::remove_picture(&state.service, id).await?;
    Ok(axum::Json(me(&state, &operator, &current.access).await?))
}

/// A code that ties an account in the team's chat to whoever asked for it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct LinkCode {
    /// To be written there behind the command that links accounts.
    #[schema(examples("K7M2Q9XD"))]
    code: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Gives a code that ties an account in the team's chat to oneself.
#[utoipa::path(
    post, path = url::LINK_CODE, tag = "inbox", operation_id = "make_link_code",
    responses((status = 200, description = "The code", body = LinkCode), Always, NeedsOperator),
    security(("session" = [])),
)]
pub(in crate::http) async fn link_code(
    Shared(state): Shared<State>,
    current: CurrentOperator,
) -> Result<axum::Json<LinkCode>, ApiError> {
    let PageCode { code, expires_at } = state.service.link_code_for(current.operator()?.id);
    Ok(axum::Json(LinkCode { code: code.expose_secret().to_owned(), expires_at: rfc_3339(expires_at) }))
}

async fn me(state: &State, operator: &model::Operator, access: &Access) -> Result<Me, ServiceError> {
    let selves = state.service.selves_of(operator.id).await?;
    Ok(Me {
        operator: operator.into(),
        role: if access.is_admin() { Role::Admin } else { Role::Operator },
        domains: access.domains().iter().map(|domain| domain.name.clone()).collect(),
        all_domains: asked::sees_all(state, access),
        availability: operator.availability.into(),
        selves: selves.iter().map(|account| SelfBrief::new(&account.connection, &account.user)).collect(),
        language: None,
    })
}
