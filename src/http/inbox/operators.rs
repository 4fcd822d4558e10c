//! `GET /v1/inbox/operators`: the colleagues who serve a domain.
//!
//! What lives here: the answer. What must not: anything that only an admin may know.

use axum::extract::State as Shared;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NeedsOperator, TakesQuery};
use super::super::router::url;
use super::asked;
use super::tags::OfDomain;
use super::view::people::OperatorBrief;
use crate::service::team_presence::colleagues;

/// An operator, and whether they can answer now.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Colleague {
    #[serde(flatten)]
    operator: OperatorBrief,
    online: bool,
}

/// The colleagues who serve a domain.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Colleagues {
    /// By name.
    operators: Vec<Colleague>,
}

/// Lists the operators who serve a domain, or any that the caller sees.
#[utoipa::path(
    get, path = url::OPERATORS, tag = "inbox", operation_id = "list_colleagues", params(OfDomain),
    responses((status = 200, description = "The operators", body = Colleagues), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Query(asked): Query<OfDomain>,
) -> Result<axum::Json<Colleagues>, ApiError> {
    let domains = asked::domains(&current.access, asked.domain.as_deref())?;
    let only = asked.domain.and_then(|_| domains.first().copied());
    let mut operators = colleagues(&state.service, &current.access, only).await?;
    operators.sort_by_key(|(operator, _)| (operator.name.to_lowercase(), operator.id));
    let colleague = |(operator, online)| Colleague { operator: OperatorBrief::from(operator), online };
    Ok(axum::Json(Colleagues { operators: operators.into_iter().map(colleague).collect() }))
}
