//! `GET /v1/inbox/domains`: the asking operator's domains, with who is monitoring each.
//!
//! What lives here: the answer, and a domain's shape for the live line too. What must not: working out who can answer.

use axum::extract::State as Shared;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::openapi::{Always, NeedsOperator};
use super::super::router::url;
use super::super::widget::view::rfc_3339;
use super::view::domain::{InboxCounts, InboxDomain, InboxDomains, InboxMode, Monitor, OnlineReason};
use crate::model::presence::How;
use crate::model::{DomainId, Mode, OperatorId};
use crate::service::access::Access;
use crate::service::team_presence::{DomainView, Monitoring, view_domains};
use crate::service::{DomainInfo, ServiceError};

/// Lists the domains that the caller sees.
#[utoipa::path(
    get, path = url::DOMAINS, tag = "inbox", operation_id = "list_domains",
    responses((status = 200, description = "The domains, by name", body = InboxDomains), Always, NeedsOperator),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
) -> Result<axum::Json<InboxDomains>, ApiError> {
    let operator = current.who.operator().map(|operator| operator.id);
    let domains = shown(&state, &current.access, None, operator).await?;
    Ok(axum::Json(InboxDomains { domains }))
}

/// The domains that somebody sees, as they stand now; with `only`, those of them.
pub(super) async fn shown(
    state: &State,
    access: &Access,
    only: Option<&[DomainId]>,
    operator: Option<OperatorId>,
) -> Result<Vec<InboxDomain>, ServiceError> {
    let wanted = |domain: &&std::sync::Arc<DomainInfo>| only.is_none_or(|only| only.contains(&domain.id));
    let domains: Vec<_> = access.domains().iter().filter(wanted).cloned().collect();
    Ok(view_domains(&state.service, &domains, operator).await?.into_iter().map(shape).collect())
}

fn shape(view: DomainView) -> InboxDomain {
    let reason = view.monitoring.iter().map(|it| rank(&it.how)).min_by_key(|(rank, _)| *rank).map(|(_, reason)| reason);
    InboxDomain {
        name: view.info.name.clone(),
        mode: match view.info.mode {
            Mode::LiveChat => InboxMode::LiveChat,
            Mode::Form => InboxMode::Form,
        },
        online: view.online,
        since: view.since.map(rfc_3339),
        monitoring: view.monitoring.iter().map(monitor).collect(),
        reason,
        offline_text: offline_text(&view.info),
        settings_url: format!("/admin#domain={}", view.info.name),
        counts: InboxCounts {
            open: view.counts.open,
            unassigned: view.counts.unassigned,
            mine: view.counts.mine,
            waiting: view.counts.waiting,
        },
    }
}

fn monitor(it: &Monitoring) -> Monitor {
    Monitor { operator: (&it.operator).into(), how: it.how.as_str().to_owned(), since: it.since.map(rfc_3339) }
}

/// A page counts before a platform, and a platform before a word.
const fn rank(how: &How) -> (u8, OnlineReason) {
    match how {
        How::Inbox => (0, OnlineReason::Inbox),
        How::Platform(_) => (1, OnlineReason::Platform),
        How::Said => (2, OnlineReason::Said),
    }
}

/// What visitors see now where nobody can answer, in the domain's own language or in English.
fn offline_text(domain: &DomainInfo) -> String {
    let key = match domain.mode {
        Mode::LiveChat => "presence.offline",
        Mode::Form => "presence.form",
    };
    let language = domain.language.map_or("en", |language| language.tag());
    let usual = || threadline_web::texts(language, "widget").get(key).unwrap_or_default().to_owned();
    domain.texts.get(key).cloned().unwrap_or_else(usual)
}
