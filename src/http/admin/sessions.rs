//! `/v1/admin/operators/{id}/sessions`: where somebody is signed in.
//!
//! What lives here: listing and ending them. What must not: what a session is good for.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::openapi::{Always, NamesOne, NeedsOperator};
use super::super::router::url;
use super::super::widget::view::rfc_3339;
use super::id;
use crate::model::browser::browser;
use crate::service::list_operators::list_sessions;
use crate::service::sign_out::revoke_session;

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminSessions {
    sessions: Vec<AdminSession>,
}

/// A session that goes on.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminSession {
    id: Uuid,
    /// The browser and the system it runs on, as it names itself. Untrusted text.
    #[schema(required = true)]
    agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// Whether it is the session that asks.
    current: bool,
    /// The connection on which they asked for the link, where they did.
    #[schema(required = true)]
    by: Option<String>,
}

/// Lists where somebody is signed in.
#[utoipa::path(
    get, path = url::ADMIN_SESSIONS, tag = "admin", operation_id = "list_sessions", params(("id" = String, Path)),
    responses((status = 200, description = "The sessions", body = AdminSessions), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path(operator): Path<String>,
) -> Result<axum::Json<AdminSessions>, ApiError> {
    let mine = current.session().ok();
    let sessions = list_sessions(&state.service, id(&operator, "operator")?).await?;
    let shown = sessions.into_iter().map(|session| AdminSession {
        id: session.id.into(),
        agent: session.agent.as_deref().and_then(browser),
        created_at: rfc_3339(session.created_at),
        last_seen_at: rfc_3339(session.last_seen_at),
        current: mine == Some(session.id),
        by: session.account.map(|account| account.connection.to_string()),
    });
    Ok(axum::Json(AdminSessions { sessions: shown.collect() }))
}

/// Ends a session.
#[utoipa::path(
    delete, path = url::ADMIN_SESSION, tag = "admin", operation_id = "revoke_session",
    params(("id" = String, Path), ("session" = String, Path)),
    responses((status = 204, description = "It has ended"), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn revoke(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path((operator, session)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let (operator, session) = (id(&operator, "operator")?, id(&session, "session")?);
    revoke_session(&state.service, operator, session, current.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
