//! Finds conversations by what was said in them, by who took part, and by how they stand; the newest first.
//!
//! What lives here: the shortest way to a page of them. What must not: what a word is ([`crate::model::search`]), and who may
//! see which domain (the caller knows).
//!
//! A tag, a rating, an operator and a status are marks among the words, so that every filter is one more word. The rarest of
//! what is asked for leads; the rows of a word lie in the order of the answer, so that a page ends the walk.

use std::collections::BTreeSet;
use std::str::FromStr;

use bridge_core::Micros;
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::{Service, ServiceError};
use crate::model::search::{self, Query};
use crate::model::{Conversation, ConversationId, DomainId, OperatorId, Status};
use crate::store::Stretch;

/// Words that at least so many conversations hold count as equally frequent.
const COMMON: i64 = 1_000;

/// So many rows of words that begin alike are put in order at most; where there are more, nearly every conversation holds one,
/// and walking the conversations themselves soon fills a page.
const FEW: i64 = 1_000;

/// What is looked for. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that must have been said, noted, or stand in the visitor's name, address, id or in a tag. The last one may be
    /// the beginning of a word.
    pub words: Option<String>,
    /// Whether the conversation goes on.
    pub status: Option<Status>,
    /// An operator who answered in it, closed it, or takes care of it.
    pub operator: Option<OperatorId>,
    /// Who takes care of it; `Some(None)`: nobody does.
    pub assignee: Option<Option<OperatorId>>,
    /// A tag.
    pub tag: Option<String>,
    /// The visitor's stars; `Some(None)`: there are none.
    pub rating: Option<Option<i64>>,
    /// It began then or later.
    pub from: Option<Micros>,
    /// It began before then.
    pub to: Option<Micros>,
    /// It comes behind this place.
    pub before: Option<Place>,
    /// At most so many.
    pub limit: usize,
}

/// A place in the order of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    opened_at: Micros,
    id: ConversationId,
}

impl Place {
    /// Before everything else.
    const TOP: Self = Self { opened_at: Micros(i64::MAX), id: ConversationId(Uuid::max()) };

    /// Where a conversation stands.
    #[must_use]
    pub fn of(conversation: &Conversation) -> Self {
        Self { opened_at: conversation.opened_at, id: conversation.id }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.opened_at.0, self.id.0.as_simple())
    }
}

/// A text that names no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("take the `next` of an earlier answer as it is")]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (time, id) = text.split_once('.').ok_or(NoPlace)?;
        let opened_at = Micros(time.parse().map_err(|_| NoPlace)?);
        Ok(Self { opened_at, id: id.parse().map_err(|_| NoPlace)? })
    }
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The conversations, the newest first.
    pub conversations: Vec<Conversation>,
    /// Where it goes on; `None` where nothing is left.
    pub next: Option<Place>,
    /// The words that were looked for.
    pub query: Query,
}

/// Finds conversations of these domains. What was said a moment ago is found as soon as the worker `index` has seen it.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn search_conversations(
    service: &Service,
    domains: &[DomainId],
    search: &Search,
) -> Result<Found, ServiceError> {
    let query = search.words.as_deref().map(search::query).unwrap_or_default();
    let wanted = wanted(search, &query);
    let limit = search.limit.max(1);
    let found = try_join_all(domains.iter().map(|domain| {
        let stretch = Stretch {
            domain: *domain,
            before: top(search),
            from: search.from.unwrap_or(Micros(i64::MIN)),
            limit: i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1,
        };
        in_domain(service, stretch, &wanted, query.prefix.as_deref())
    }))
    .await?;
    let mut conversations: Vec<Conversation> = found.into_iter().flatten().collect();
    conversations.sort_by_key(|it| std::cmp::Reverse((it.opened_at, it.id)));
    let next = (conversations.len() > limit).then(|| conversations.get(limit - 1).map(Place::of)).flatten();
    conversations.truncate(limit);
    // A mark may be a moment behind; how things stand is seen here.
    conversations.retain(|it| stands(it, search));
    Ok(Found { conversations, next, query })
}

/// The words and marks that must be there as they are.
fn wanted(search: &Search, query: &Query) -> BTreeSet<String> {
    let marks = [
        search.status.map(|status| search::status_mark(status == Status::Open)),
        search.operator.map(search::operator_mark),
        search.assignee.map(search::assignee_mark),
        search.tag.as_deref().map(search::tag_mark),
        search.rating.map(search::rating_mark),
    ];
    marks.into_iter().flatten().chain(query.words.iter().cloned()).collect()
}

fn top(search: &Search) -> (Micros, ConversationId) {
    let before = search.before.unwrap_or(Place::TOP);
    match search.to {
        // Nothing has the smallest of all ids, so this is before everything of that moment.
        Some(to) if to <= before.opened_at => (to, ConversationId(Uuid::nil())),
        _ => (before.opened_at, before.id),
    }
}

fn stands(it: &Conversation, search: &Search) -> bool {
    let rating = it.rating.as_ref().map(|rating| rating.stars);
    search.status.is_none_or(|status| it.status == status)
        && search.assignee.is_none_or(|assignee| it.assignee == assignee)
        && search.rating.is_none_or(|wanted| rating == wanted)
}

async fn in_domain(
    service: &Service,
    stretch: Stretch,
    wanted: &BTreeSet<String>,
    prefix: Option<&str>,
) -> Result<Vec<Conversation>, ServiceError> {
    let store = &service.store;
    let mut rarest: Option<(i64, &str)> = None;
    for word in wanted {
        // A word that stands alone leads, however frequent it is.
        let count = if wanted.len() == 1 && prefix.is_none() {
            1
        } else {
            store.count_term(stretch.domain, word, COMMON).await?
        };
        if count == 0 {
            return Ok(Vec::new());
        }
        if rarest.is_none_or(|(least, _)| count < least) {
            rarest = Some((count, word));
        }
    }
    if let Some(prefix) = prefix
        && rarest.is_none_or(|(least, _)| least > FEW)
    {
        let count = store.count_prefix(stretch.domain, prefix, FEW).await?;
        if count < FEW {
            let others: Vec<&str> = wanted.iter().map(String::as_str).collect();
            return Ok(store.search_by_prefix(&stretch, prefix, &others).await?);
        }
    }
    match rarest {
        Some((_, leader)) => {
            let others: Vec<&str> = wanted.iter().map(String::as_str).filter(|word| *word != leader).collect();
            Ok(store.search_by_term(&stretch, leader, &others, prefix).await?)
        }
        None => Ok(store.history(&stretch, prefix).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_text() {
        for place in [Place::TOP, Place { opened_at: Micros(-5), id: ConversationId(Uuid::nil()) }] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in ["", ".", "5", "5.x", "x.00000000000000000000000000000000", "99999999999999999999.0"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}
