//! `PATCH /v1/widget/visitor`: the visitor says who they are.
//!
//! What lives here: the handler. What must not: which names and addresses can be kept.

use axum::extract::State as Shared;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::{Always, NeedsToken, TakesBody};
use super::super::problem::Problem;
use super::super::router::url;
use super::view::WidgetVisitor;
use crate::service::set_visitor::{Contact, set_visitor};

/// Who the visitor is; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct VisitorRequest {
    /// Their name.
    #[schema(max_length = 80)]
    name: Option<String>,
    /// Their e-mail address.
    #[schema(max_length = 254)]
    email: Option<String>,
}

/// The visitor as they are known now.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ChangedVisitor {
    visitor: WidgetVisitor,
}

/// Keeps the visitor's name and e-mail address, and shows them to operators.
#[utoipa::path(
    patch, path = url::VISITOR, tag = "widget", operation_id = "set_visitor", request_body = VisitorRequest,
    responses(
        (status = 200, description = "Kept", body = ChangedVisitor),
        (status = 409, description = "`identity-verified`: the website says who they are", body = Problem, content_type = "application/problem+json"),
        Always, NeedsToken, TakesBody,
    ),
    security(("visitor_token" = [])),
)]
pub(in crate::http) async fn set(
    Shared(state): Shared<State>,
    current: CurrentVisitor,
    Json(request): Json<VisitorRequest>,
) -> Result<axum::Json<ChangedVisitor>, ApiError> {
    state.limits.change(current.visitor.id)?;
    let contact = Contact { name: request.name, email: request.email };
    let visitor = set_visitor(&state.service, &current.visitor, &contact).await?.into();
    Ok(axum::Json(ChangedVisitor { visitor }))
}
