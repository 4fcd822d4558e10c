//! `GET /v1/widget/domain`: how a domain wants its chat to look, before anybody has opened it.
//!
//! What lives here: the handler. What must not: anything that makes or needs a visitor.

use axum::extract::State as Shared;
use axum::http::{HeaderName, HeaderValue, header};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::origin::Origin;
use super::super::extract::query::Query;
use super::super::openapi::{Always, TakesDomain};
use super::super::router::url;
use super::sessions::{SHOWN, SessionDomain};
use crate::model::limits::shorten;

/// Every page of a website asks; what an admin changes is seen by everybody this much later at most.
const KEEP: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));

/// Which domain.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct DomainRequest {
    /// Its name, as in `data-domain`.
    name: String,
}

/// Tells how the chat of a domain looks. Costs nothing but reading the settings: `team` is empty here, a session tells it.
#[utoipa::path(
    get, path = url::DOMAIN, tag = "widget", operation_id = "describe_domain", params(DomainRequest),
    responses((status = 200, description = "What the domain wants", body = SessionDomain), Always, TakesDomain),
)]
pub(in crate::http) async fn show(
    Shared(state): Shared<State>,
    origin: Origin,
    Query(request): Query<DomainRequest>,
) -> Result<([(HeaderName, HeaderValue); 1], axum::Json<SessionDomain>), ApiError> {
    let domain = state
        .service
        .domain_by_name(&request.name)
        .ok_or_else(|| ApiError::UnknownDomain { name: shorten(&request.name, SHOWN) })?;
    origin.check(&domain)?;
    Ok(([KEEP], axum::Json(SessionDomain::new(&domain, Vec::new()))))
}
