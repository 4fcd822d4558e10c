//! `GET /v1/admin/audit`: who did what.
//!
//! What lives here: the request and its answer. What must not: what is written down (each use case does that).

use axum::extract::State as Shared;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NeedsOperator, TakesQuery};
use super::super::router::url;
use super::super::widget::view::rfc_3339;
use crate::service::read_audit::{AuditView, read_audit};

const MOST: i64 = 200;
const USUAL: i64 = 50;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct AuditRequest {
    /// Those before this one; without it the newest.
    before: Option<Uuid>,
    /// Most entries of one answer.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
}

/// What was done, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AuditPage {
    entries: Vec<AuditEntry>,
    /// The `before` of the next page.
    #[schema(required = true)]
    next: Option<Uuid>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AuditEntry {
    id: Uuid,
    #[schema(format = DateTime)]
    at: String,
    actor: AuditActor,
    /// What was done, as a word with a dot.
    #[schema(examples("session.started"))]
    action: String,
    /// To whom or what: a name or an id.
    subject: String,
    /// More, for people.
    detail: String,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AuditActor {
    /// `operator`, `api_key`, `command_line` or `system`.
    kind: String,
    #[schema(required = true)]
    name: Option<String>,
}

/// Lists what was done.
#[utoipa::path(
    get, path = url::AUDIT, tag = "admin", operation_id = "list_audit", params(AuditRequest),
    responses((status = 200, description = "What was done", body = AuditPage), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    _current: CurrentOperator,
    Query(request): Query<AuditRequest>,
) -> Result<axum::Json<AuditPage>, ApiError> {
    let limit = request.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        let why = format!("{limit} is not a number from 1 to {MOST}");
        return Err(ApiError::Validation { field: "limit".to_owned(), why });
    }
    let entries = read_audit(&state.service, request.before.map(Into::into), limit).await?;
    let is_full = i64::try_from(entries.len()).is_ok_and(|count| count == limit);
    let next = entries.last().filter(|_| is_full).map(|last| last.entry.id.into());
    Ok(axum::Json(AuditPage { entries: entries.into_iter().map(Into::into).collect(), next }))
}

impl From<AuditView> for AuditEntry {
    fn from(AuditView { entry, actor, subject }: AuditView) -> Self {
        Self {
            id: entry.id.into(),
            at: rfc_3339(entry.at),
            actor: AuditActor { kind: entry.actor_kind, name: actor },
            action: entry.action,
            subject,
            detail: entry.detail,
        }
    }
}
