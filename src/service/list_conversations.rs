//! An operator looks at the inbox.
//!
//! What lives here: pages of conversations, over one domain or several, the newest activity first. What must not: who may see
//! which domain (the caller has checked), and words that are looked for (that is the search).

use std::fmt;
use std::str::FromStr;

use bridge_core::Micros;
use uuid::Uuid;

use super::inbox_view::SummaryView;
use super::search_conversations::{Place, Search, search_conversations};
use super::{Service, ServiceError};
use crate::model::{Conversation, DomainId, OperatorId, Status};
use crate::store::ActivityPlace;

pub use crate::store::InboxFilter;

/// Where a page of the list ends, as the next request names it. What it means is nobody else's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCursor(ActivityPlace);

impl fmt::Display for ListCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.0.at.0, self.0.id.0.as_simple())
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this was never given out as `next`")]
pub struct NoCursor;

impl FromStr for ListCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (at, id) = text.split_once('-').ok_or(NoCursor)?;
        let at = Micros(i64::from_str_radix(at, 16).map_err(|_| NoCursor)?);
        let id: Uuid = id.parse().map_err(|_| NoCursor)?;
        Ok(Self(ActivityPlace { at, id: id.into() }))
    }
}

/// At most `limit` conversations of these domains behind a place, and where the next page begins, if there is one.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn list_conversations(
    service: &Service,
    domains: &[DomainId],
    filter: InboxFilter,
    before: Option<ListCursor>,
    limit: usize,
    me: Option<OperatorId>,
) -> Result<(Vec<SummaryView>, Option<ListCursor>), ServiceError> {
    let after = before.map_or(ActivityPlace::START, |cursor| cursor.0);
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut found: Vec<Conversation> = Vec::new();
    // Each domain has an index of its own order; a page of all is made of the fronts of each.
    for domain in domains {
        found.extend(service.store.inbox(*domain, filter, after, one_more).await?);
    }
    found.sort_by_key(|it| std::cmp::Reverse(place(it)));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| ListCursor(place(last)));
    Ok((service.summaries(found, me).await?, next))
}

/// At most `limit` conversations of these domains that hold all these words, the newest first, behind a place; and where the
/// next page begins, if there is one.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn find_conversations(
    service: &Service,
    domains: &[DomainId],
    filter: InboxFilter,
    words: String,
    before: Option<Place>,
    limit: usize,
    me: Option<OperatorId>,
) -> Result<(Vec<SummaryView>, Option<Place>), ServiceError> {
    let (status, assignee) = match filter {
        InboxFilter::Open => (Some(Status::Open), None),
        InboxFilter::Unassigned => (Some(Status::Open), Some(None)),
        InboxFilter::Mine(operator) => (Some(Status::Open), Some(Some(operator))),
        InboxFilter::Closed => (Some(Status::Closed), None),
        InboxFilter::All => (None, None),
    };
    let search = Search { words: Some(words), status, assignee, before, limit, ..Search::default() };
    let found = search_conversations(service, domains, &search).await?;
    Ok((service.summaries(found.conversations, me).await?, found.next))
}

fn place(it: &Conversation) -> ActivityPlace {
    ActivityPlace { at: it.last_activity_at, id: it.id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        let cursor = ListCursor(ActivityPlace { at: Micros(1_700_000_000_000_000), id: Uuid::from_u128(7).into() });
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for wrong in ["", "-", "1", "x-1", "1-2", "ffffffffffffffffffff-00000000000000000000000000000007"] {
            assert_eq!(wrong.parse::<ListCursor>(), Err(NoCursor), "{wrong}");
        }
    }
}
