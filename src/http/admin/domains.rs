//! `GET /v1/admin/domains`: what is configured.
//!
//! What lives here: the answer. What must not: changing it; the configuration file owns it.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::inbox::view::domain::InboxMode;
use super::super::openapi::{Always, NeedsOperator};
use super::super::router::url;
use crate::model::Mode;
use crate::service::list_domains::{DomainReport, list_domains};
use crate::service::monitor::{ChannelHealth, Health};

/// Every domain.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminDomains {
    domains: Vec<AdminDomain>,
}

/// A domain with all that is configured for it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminDomain {
    name: String,
    mode: InboxMode,
    /// The origins whose pages may hold the widget; with none, the domain's own name over https.
    origins: Vec<String>,
    channels: Vec<AdminChannel>,
    /// Every setting by its key in the configuration file, as text. Of a secret only whether there is one.
    settings: BTreeMap<String, String>,
    /// What the website's pages need for the chat.
    embed: String,
}

/// A channel that a domain's conversations land in.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AdminChannel {
    connection: String,
    platform: String,
    /// The platform's id of it.
    channel: String,
    state: AdminChannelState,
    /// Why it can't be used.
    #[schema(required = true)]
    reason: Option<String>,
}

/// Whether a channel can be used.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum AdminChannelState {
    /// It can, and what is said there is heard.
    Working,
    /// The platform refuses it.
    Broken,
    /// Its connection isn't heard now.
    Unheard,
}

/// Lists what is configured.
#[utoipa::path(
    get, path = url::ADMIN_DOMAINS, tag = "admin", operation_id = "list_admin_domains",
    responses((status = 200, description = "What is configured", body = AdminDomains), Always, NeedsOperator),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    _current: CurrentOperator,
) -> Result<axum::Json<AdminDomains>, ApiError> {
    let domains = list_domains(&state.service).await?;
    Ok(axum::Json(AdminDomains { domains: domains.into_iter().map(Into::into).collect() }))
}

impl From<DomainReport> for AdminDomain {
    fn from(report: DomainReport) -> Self {
        Self {
            name: report.info.name.clone(),
            mode: match report.info.mode {
                Mode::LiveChat => InboxMode::LiveChat,
                Mode::Form => InboxMode::Form,
            },
            origins: report.info.origins.clone(),
            channels: report.channels.into_iter().map(Into::into).collect(),
            settings: report.settings.into_iter().collect(),
            embed: report.embed,
        }
    }
}

impl From<ChannelHealth> for AdminChannel {
    fn from(health: ChannelHealth) -> Self {
        let (state, reason) = match health.state {
            Health::Working => (AdminChannelState::Working, None),
            Health::Broken(why) => (AdminChannelState::Broken, Some(why)),
            Health::Unheard => (AdminChannelState::Unheard, None),
        };
        Self {
            platform: health.remote.connection.kind.to_string(),
            connection: health.remote.connection.to_string(),
            channel: health.remote.id,
            state,
            reason,
        }
    }
}
