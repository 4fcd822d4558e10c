//! `/v1/inbox/history`: conversations over all time, by words and by how they stand.
//!
//! What lives here: the parameters and the answer. What must not: the search.

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
use super::asked::{self, Edge};
use super::view::summary::Summary;
use crate::model::Status;
use crate::service::list_history::list_history;
use crate::service::search_conversations::Search;

/// Which conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct HistoryParameters {
    /// A domain's name; without it, all that the caller sees.
    domain: Option<String>,
    /// All of these words were said, or stand in a note, a tag, or the visitor's name, address or id. The last one may be the
    /// beginning of a word.
    #[param(max_length = 200)]
    q: Option<String>,
    /// `open` or `closed`.
    status: Option<String>,
    /// An operator who answered, closed it, or takes care of it.
    operator: Option<Uuid>,
    /// A tag.
    tag: Option<String>,
    /// `1` to `5`, or `none`.
    rating: Option<String>,
    /// It began on this day (UTC) or later, or at this moment (RFC 3339) or later.
    from: Option<String>,
    /// It began on this day (UTC) or earlier, or before this moment (RFC 3339).
    to: Option<String>,
    /// The `next` of an earlier answer.
    before: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// A conversation, with what was found in it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct HistoryEntry {
    #[serde(flatten)]
    summary: Summary,
    /// The newest of the last 200 messages that holds a word of `q`, cut to 160 characters around it.
    #[schema(required = true)]
    snippet: Option<String>,
}

/// A page of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct HistoryPage {
    /// The newest first, by when they began. They may be fewer than `limit`, even none, although there is a `next`: words that
    /// many conversations hold, but few hold together, are looked for in a bounded number of conversations at a time.
    conversations: Vec<HistoryEntry>,
    /// Ask for what comes behind with this as `before`; null where nothing is left.
    #[schema(required = true)]
    next: Option<String>,
}

/// Finds conversations over all time.
#[utoipa::path(
    get, path = url::HISTORY, tag = "inbox", operation_id = "list_history",
    params(HistoryParameters),
    responses((status = 200, description = "A page of them", body = HistoryPage), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn list(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Query(asked): Query<HistoryParameters>,
) -> Result<axum::Json<HistoryPage>, ApiError> {
    let domains = asked::domains(&current.access, asked.domain.as_deref())?;
    let search = search(asked)?;
    let me = current.who.operator().map(|operator| operator.id);
    let found = list_history(&state.service, &domains, &search, me).await?;
    let entry = |(view, snippet)| HistoryEntry { summary: Summary::from(view), snippet };
    Ok(axum::Json(HistoryPage {
        conversations: found.conversations.into_iter().map(entry).collect(),
        next: found.next.map(|place| place.to_string()),
    }))
}

fn search(asked: HistoryParameters) -> Result<Search, ApiError> {
    let before = match asked.before.as_deref().map(str::parse) {
        Some(Ok(place)) => Some(place),
        Some(Err(error)) => return Err(asked::refuse("before", error)),
        None => None,
    };
    let status = match asked.status.as_deref() {
        None => None,
        Some("open") => Some(Status::Open),
        Some("closed") => Some(Status::Closed),
        Some(_) => return Err(asked::refuse("status", "it is `open` or `closed`")),
    };
    let rating = match asked.rating.as_deref() {
        None => None,
        Some("none") => Some(None),
        Some(stars) => match stars.parse() {
            Ok(stars @ 1..=5) => Some(Some(stars)),
            _ => return Err(asked::refuse("rating", "it is a number from 1 to 5, or `none`")),
        },
    };
    Ok(Search {
        words: asked::words(asked.q)?,
        status,
        operator: asked.operator.map(Into::into),
        assignee: None,
        tag: asked.tag.map(|tag| tag.trim().to_lowercase()),
        rating,
        from: asked::moment("from", asked.from.as_deref(), Edge::Start)?,
        to: asked::moment("to", asked.to.as_deref(), Edge::End)?,
        before,
        limit: asked::limit(asked.limit, 50)?,
    })
}
