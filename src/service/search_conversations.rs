//! Finds conversations by what was said in them, by who took part, and by how they stand; the newest first.
//!
//! What lives here: the shortest way to a page of them. What must not: what a word is ([`crate::model::search`]), and who may
//! see which domain (the caller knows).
//!
//! A tag, a rating, an operator and a status are marks among the words, so that every filter is one more word. The rarest of
//! what is asked for leads; the rows of a word lie in the order of the answer, so that a page ends the walk. Where it doesn't
//! (each word is frequent, and hardly ever are they together), the walk ends after so many rows, and the page says from where
//! to go on: no question holds the database for long.

use std::collections::BTreeSet;
use std::str::FromStr;

use bridge_core::Micros;
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::{Service, ServiceError};
use crate::model::search::{self, Query};
use crate::model::{Conversation, ConversationId, DomainId, OperatorId, Status};
use crate::store::{Reach, Stretch};

/// So many conversations are looked at for one page at most, shared among the domains; the next page goes on from there.
const LOOKED_AT: i64 = 4_000;

/// What a domain's share never falls below.
const LEAST_SHARE: i64 = 250;

/// So many rows of words that begin alike are put in order at most; where there are more, the others lead, or the
/// conversations themselves.
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

    /// Behind everything that began then or later: nothing has the smallest of all ids.
    const fn before(moment: Micros) -> Self {
        Self { opened_at: moment, id: ConversationId(Uuid::nil()) }
    }

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
    /// The conversations, the newest first. Fewer than the limit, even none, doesn't mean that nothing is left.
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
    let (wanted, query_prefix) = (&wanted(search, &query), query.prefix.as_deref());
    let limit = search.limit.max(1);
    let share = LOOKED_AT / i64::try_from(domains.len().max(1)).unwrap_or(LOOKED_AT);
    let found = try_join_all(domains.iter().map(|domain| {
        let stretch = Stretch {
            domain: *domain,
            before: top(search),
            from: search.from.unwrap_or(Micros(i64::MIN)),
            limit: i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1,
        };
        let walk = Walk { service, stretch, share: share.max(LEAST_SHARE) };
        async move { walk.find(wanted, query_prefix).await }
    }))
    .await?;
    // Where one domain was not looked at any further, what others hold behind that moment has to wait.
    let horizon = found.iter().filter_map(|it| it.seen_to).max();
    let mut conversations: Vec<Conversation> = found.into_iter().flat_map(|it| it.conversations).collect();
    conversations.retain(|it| horizon.is_none_or(|moment| it.opened_at >= moment));
    conversations.sort_by_key(|it| std::cmp::Reverse((it.opened_at, it.id)));
    let next = match conversations.get(limit - 1) {
        Some(last) if conversations.len() > limit => Some(Place::of(last)),
        _ => horizon.map(Place::before),
    };
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
        Some(to) if to <= before.opened_at => {
            let end = Place::before(to);
            (end.opened_at, end.id)
        }
        _ => (before.opened_at, before.id),
    }
}

fn stands(it: &Conversation, search: &Search) -> bool {
    let rating = it.rating.as_ref().map(|rating| rating.stars);
    search.status.is_none_or(|status| it.status == status)
        && search.assignee.is_none_or(|assignee| it.assignee == assignee)
        && search.rating.is_none_or(|wanted| rating == wanted)
}

/// A walk through one domain.
struct Walk<'a> {
    service: &'a Service,
    stretch: Stretch,
    /// So many rows are looked at.
    share: i64,
}

/// What a walk found.
struct Stop {
    conversations: Vec<Conversation>,
    /// The walk ended here: what began earlier was not looked at.
    seen_to: Option<Micros>,
}

impl Walk<'_> {
    async fn find(self, wanted: &BTreeSet<String>, prefix: Option<&str>) -> Result<Stop, ServiceError> {
        let (store, whole) = (&self.service.store, &self.stretch);
        // A word that stands alone needs no look around: each of its rows is found.
        if let (Some(word), 1, None) = (wanted.first(), wanted.len(), prefix) {
            return Ok(self.all_of(store.search_by_term(whole, word, &[], None).await?));
        }
        let near = Stretch { limit: self.share, ..self.stretch };
        let mut reaches = Vec::with_capacity(wanted.len());
        for word in wanted {
            let reach = store.reach_of_term(&near, word).await?;
            if reach.count == 0 {
                return Ok(self.all_of(Vec::new()));
            }
            reaches.push((reach, word.as_str()));
        }
        // The rarest first: what has fewer rows, and of two with many, what reaches further back with them.
        reaches.sort_by_key(|(reach, _)| (reach.count, reach.back_to));
        let words: Vec<&str> = reaches.iter().map(|(_, word)| *word).collect();
        if let Some(prefix) = prefix
            && reaches.first().is_none_or(|(reach, _)| reach.count >= FEW.min(self.share))
            && store.count_prefix(whole.domain, prefix, FEW).await? < FEW
        {
            return Ok(self.all_of(store.search_by_prefix(whole, prefix, &words).await?));
        }
        let Some((leader, others)) = words.split_first() else {
            let Some(prefix) = prefix else { return Ok(self.all_of(store.history(whole, None).await?)) };
            let reach = store.reach_of_all(&near).await?;
            let (stretch, seen_to) = self.up_to(reach);
            return Ok(self.stopped(store.history(&stretch, Some(prefix)).await?, seen_to));
        };
        let (stretch, seen_to) = reaches.first().map_or((self.stretch, None), |(reach, _)| self.up_to(*reach));
        Ok(self.stopped(store.search_by_term(&stretch, leader, others, prefix).await?, seen_to))
    }

    /// The part of the stretch that is looked at, and its end where that isn't the stretch's own.
    fn up_to(&self, reach: Reach) -> (Stretch, Option<Micros>) {
        match reach.back_to {
            Some(from) if reach.count >= self.share => (Stretch { from, ..self.stretch }, Some(from)),
            _ => (self.stretch, None),
        }
    }

    /// A full page says by itself where it goes on.
    fn stopped(&self, conversations: Vec<Conversation>, seen_to: Option<Micros>) -> Stop {
        let full = i64::try_from(conversations.len()).is_ok_and(|count| count >= self.stretch.limit);
        Stop { conversations, seen_to: seen_to.filter(|_| !full) }
    }

    fn all_of(&self, conversations: Vec<Conversation>) -> Stop {
        self.stopped(conversations, None)
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
