//! `GET /v1/inbox/conversations`: the list on the left of the inbox.
//!
//! What lives here: the parameters and the answer. What must not: the order (that is the service's).

use axum::extract::State as Shared;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NeedsOperator, TakesQuery};
use super::super::router::url;
use super::asked;
use super::view::summary::SummaryPage;
use crate::service::list_conversations::{InboxFilter, find_conversations, list_conversations};

const USUAL: usize = 50;

/// Which conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Filter {
    /// Those that go on.
    #[default]
    Open,
    /// Those that go on and are in nobody's care.
    Unassigned,
    /// Those that go on and are in the asking operator's care.
    Mine,
    /// Those that are over.
    Closed,
    /// All of them.
    All,
}

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ListParameters {
    /// A domain's name; without it, all that the caller sees.
    domain: Option<String>,
    #[serde(default)]
    #[param(inline)]
    filter: Filter,
    /// Only those that hold all of these words; the last one may be the beginning of a word.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The `next` of an earlier answer to the same question.
    before: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// Lists conversations: the newest activity first, or, with `q`, the newest first.
#[utoipa::path(
    get, path = url::CONVERSATIONS, tag = "inbox", operation_id = "list_conversations", params(ListParameters),
    responses((status = 200, description = "A page of them", body = SummaryPage), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Query(asked): Query<ListParameters>,
) -> Result<axum::Json<SummaryPage>, ApiError> {
    let domains = asked::domains(&current.access, asked.domain.as_deref())?;
    let limit = asked::limit(asked.limit, USUAL)?;
    let me = current.who.operator().map(|operator| operator.id);
    let filter = match asked.filter {
        Filter::Open => InboxFilter::Open,
        Filter::Unassigned => InboxFilter::Unassigned,
        Filter::Mine => InboxFilter::Mine(current.operator()?.id),
        Filter::Closed => InboxFilter::Closed,
        Filter::All => InboxFilter::All,
    };
    let (views, next) = match asked::words(asked.q)? {
        None => {
            let before = asked.before.as_deref().map(str::parse).transpose();
            let before = before.map_err(|error| asked::refuse("before", error))?;
            let (views, next) = list_conversations(&state.service, &domains, filter, before, limit, me).await?;
            (views, next.map(|cursor| cursor.to_string()))
        }
        Some(words) => {
            let before = asked.before.as_deref().map(str::parse).transpose();
            let before = before.map_err(|error| asked::refuse("before", error))?;
            let (views, next) = find_conversations(&state.service, &domains, filter, words, before, limit, me).await?;
            (views, next.map(|place| place.to_string()))
        }
    };
    Ok(axum::Json(SummaryPage { conversations: views.into_iter().map(Into::into).collect(), next }))
}
