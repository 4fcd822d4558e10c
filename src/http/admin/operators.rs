//! `/v1/admin/operators`: who may answer visitors, inviting them, and what they may.
//!
//! What lives here: the requests and their answers. What must not: sessions ([`super::sessions`]), and the rules.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::operator::CurrentOperator;
use super::super::inbox::me::{Availability, Role, SelfBrief};
use super::super::inbox::view::people::OperatorBrief;
use super::super::openapi::{Always, NamesOne, NeedsOperator, TakesBody};
use super::super::problem::Problem;
use super::super::router::url;
use super::super::widget::view::rfc_3339;
use super::id;
use crate::service::change_access::{AccessChange, change_access};
use crate::service::invite_operator::{Invitation, invite_operator};
use crate::service::list_operators::{OperatorReport, list_operators, show_operator};
use crate::service::sign_in::MadeLink;

/// Everybody who may answer visitors.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminOperators {
    operators: Vec<AdminOperator>,
}

/// Somebody who may answer visitors.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminOperator {
    #[serde(flatten)]
    brief: OperatorBrief,
    /// What they were invited as; without it, what they may follows from the team's chats.
    #[schema(required = true)]
    role: Option<Role>,
    /// The names of the domains that they see; without it, with a role all of them.
    #[schema(required = true)]
    domains: Option<Vec<String>>,
    /// Who they are in the team's chats.
    selves: Vec<SelfBrief>,
    availability: Availability,
    /// Whether they may no longer sign in.
    deactivated: bool,
    /// How many sessions go on.
    sessions: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    last_seen_at: Option<String>,
}

/// Lists everybody who may answer visitors.
#[utoipa::path(
    get, path = url::ADMIN_OPERATORS, tag = "admin", operation_id = "list_admin_operators",
    responses((status = 200, description = "Who they are", body = AdminOperators), Always, NeedsOperator),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    _current: CurrentOperator,
) -> Result<axum::Json<AdminOperators>, ApiError> {
    let operators = list_operators(&state.service).await?;
    Ok(axum::Json(AdminOperators { operators: operators.into_iter().map(Into::into).collect() }))
}

/// Somebody new.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct InviteRequest {
    /// The name that visitors see.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    role: Role,
    /// The names of the domains that they shall see; without it all of them.
    domains: Option<Vec<String>>,
}

/// Somebody new, with the link that signs them in.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct InvitedOperator {
    operator: AdminOperator,
    #[serde(flatten)]
    link: LoginLink,
}

/// A link that signs somebody in, once.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct LoginLink {
    /// Whoever opens it first is signed in.
    link: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<MadeLink> for LoginLink {
    fn from(made: MadeLink) -> Self {
        Self { link: made.url.expose_secret().to_owned(), expires_at: rfc_3339(made.expires_at) }
    }
}

/// Invites somebody.
#[utoipa::path(
    post, path = url::ADMIN_OPERATORS, tag = "admin", operation_id = "invite_operator", request_body = InviteRequest,
    responses((status = 201, description = "They are invited", body = InvitedOperator), Always, NeedsOperator, TakesBody),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn invite(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Json(request): Json<InviteRequest>,
) -> Result<(StatusCode, axum::Json<InvitedOperator>), ApiError> {
    let invitation = Invitation { name: request.name, role: Some(request.role.into()), domains: request.domains };
    let invited = invite_operator(&state.service, &invitation, current.actor()).await?;
    let operator = show_operator(&state.service, invited.operator.id).await?.into();
    Ok((StatusCode::CREATED, axum::Json(InvitedOperator { operator, link: invited.link.into() })))
}

/// Makes a new link for somebody.
#[utoipa::path(
    post, path = url::ADMIN_OPERATOR_LINK, tag = "admin", operation_id = "make_login_link", params(("id" = String, Path)),
    responses((status = 200, description = "The link", body = LoginLink), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn link(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path(operator): Path<String>,
) -> Result<axum::Json<LoginLink>, ApiError> {
    let report = show_operator(&state.service, id(&operator, "operator")?).await?;
    let made = state.service.make_login_link(report.operator.id, None, current.actor()).await?;
    Ok(axum::Json(made.into()))
}

/// What somebody may from now on; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct AccessRequest {
    /// `null` takes the role away: what they may then follows from the team's chats.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Role>)]
    role: Option<Option<Role>>,
    /// `null` for all domains.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<String>>)]
    domains: Option<Option<Vec<String>>>,
    deactivated: Option<bool>,
}

/// Tells `null` from nothing at all.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Changes what somebody may.
#[utoipa::path(
    patch, path = url::ADMIN_OPERATOR, tag = "admin", operation_id = "change_operator", params(("id" = String, Path)),
    request_body = AccessRequest,
    responses(
        (status = 200, description = "It is changed", body = AdminOperator),
        (status = 409, description = "`last-admin`: nobody else could look after the whole", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator, NamesOne, TakesBody,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn change(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path(operator): Path<String>,
    Json(request): Json<AccessRequest>,
) -> Result<axum::Json<AdminOperator>, ApiError> {
    let id = id(&operator, "operator")?;
    let role = request.role.map(|role| role.map(Into::into));
    let change = AccessChange { role, domains: request.domains, deactivated: request.deactivated };
    change_access(&state.service, id, &change, current.actor()).await?;
    Ok(axum::Json(show_operator(&state.service, id).await?.into()))
}

impl From<OperatorReport> for AdminOperator {
    fn from(report: OperatorReport) -> Self {
        let operator = &report.operator;
        Self {
            brief: operator.into(),
            role: operator.role.map(Into::into),
            domains: operator.domains.clone(),
            selves: report.selves.iter().map(|it| SelfBrief::new(&it.connection, &it.user)).collect(),
            availability: operator.availability.into(),
            deactivated: operator.deactivated_at.is_some(),
            sessions: report.sessions,
            created_at: rfc_3339(operator.created_at),
            last_seen_at: report.last_seen_at.map(rfc_3339),
        }
    }
}
