//! Whether the process lives, and whether it can work.
//!
//! What lives here: what a supervisor and a load balancer ask. What must not: details; those are in the log.

use axum::Json;
use axum::extract::State as Shared;
use serde_json::{Value, json};

use super::State;
use super::error::ApiError;
use crate::service;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /readyz`: the database can be used too.
pub(super) async fn ready(Shared(state): Shared<State>) -> Result<Json<Value>, ApiError> {
    service::ready::ready(&state.service).await?;
    Ok(Json(json!({ "status": "ready" })))
}
