//! `/v1/admin/api-keys`: keys for scripts.
//!
//! What lives here: the requests and their answers. What must not: what a key allows.

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use bridge_core::Micros;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::json::Json;
use super::super::extract::operator::CurrentOperator;
use super::super::openapi::{Always, NamesOne, NeedsOperator, TakesBody};
use super::super::router::url;
use super::super::widget::view::rfc_3339;
use super::id;
use crate::service::api_keys::{KeyView, NewApiKey, list_api_keys, make_api_key, revoke_api_key};

/// Every key there ever was, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ApiKeys {
    api_keys: Vec<ApiKey>,
}

/// A script's key. What it is itself is told once, when it is made.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ApiKey {
    id: Uuid,
    name: String,
    /// What it is good for: `read`, `write`, `admin`.
    scopes: Vec<String>,
    /// The names of the domains that it sees; without it all of them.
    #[schema(required = true)]
    domains: Option<Vec<String>>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    expires_at: Option<String>,
    #[schema(required = true, format = DateTime)]
    last_used_at: Option<String>,
    revoked: bool,
}

/// A new key.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct ApiKeyRequest {
    /// Its name for people.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// What it shall be good for: `read`, `write`, `admin`.
    #[schema(min_items = 1)]
    scopes: Vec<String>,
    /// The names of the domains that it shall see; without it all of them.
    domains: Option<Vec<String>>,
    /// For how many days it shall be good; without it for ever.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct MadeApiKey {
    api_key: ApiKey,
    /// The key itself. It is told here and never again.
    token: String,
}

/// Lists the keys.
#[utoipa::path(
    get, path = url::ADMIN_API_KEYS, tag = "admin", operation_id = "list_api_keys",
    responses((status = 200, description = "The keys", body = ApiKeys), Always, NeedsOperator),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    _current: CurrentOperator,
) -> Result<axum::Json<ApiKeys>, ApiError> {
    let keys = list_api_keys(&state.service).await?;
    Ok(axum::Json(ApiKeys { api_keys: keys.into_iter().map(Into::into).collect() }))
}

/// Makes a key.
#[utoipa::path(
    post, path = url::ADMIN_API_KEYS, tag = "admin", operation_id = "make_api_key", request_body = ApiKeyRequest,
    responses((status = 201, description = "The key", body = MadeApiKey), Always, NeedsOperator, TakesBody),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn make(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Json(request): Json<ApiKeyRequest>,
) -> Result<(StatusCode, axum::Json<MadeApiKey>), ApiError> {
    let new = NewApiKey {
        name: request.name,
        scopes: request.scopes,
        domains: request.domains,
        expires_in_days: request.expires_in_days,
    };
    let (key, token) = make_api_key(&state.service, &new, current.actor()).await?;
    let made = MadeApiKey { api_key: key.into(), token: token.expose_secret().to_owned() };
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Revokes a key.
#[utoipa::path(
    delete, path = url::ADMIN_API_KEY, tag = "admin", operation_id = "revoke_api_key", params(("id" = String, Path)),
    responses((status = 204, description = "It is no longer good"), Always, NeedsOperator, NamesOne),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn revoke(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Path(key): Path<String>,
) -> Result<StatusCode, ApiError> {
    revoke_api_key(&state.service, id(&key, "key")?, current.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<KeyView> for ApiKey {
    fn from(key: KeyView) -> Self {
        let time = |at: Option<Micros>| at.map(rfc_3339);
        Self {
            id: key.id.into(),
            name: key.name,
            scopes: key.scopes,
            domains: key.domains,
            created_at: rfc_3339(key.created_at),
            expires_at: time(key.expires_at),
            last_used_at: time(key.last_used_at),
            revoked: key.revoked_at.is_some(),
        }
    }
}
