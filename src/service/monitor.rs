//! How things stand, and how they went.
//!
//! What lives here: gathering the figures of domains over their indexes. What must not: the counting
//! ([`super::monitor_figures`]).

use std::collections::{BTreeMap, HashMap};

use bridge_core::{Micros, RemoteChannel};

use super::inbox_view::SummaryView;
use super::monitor_figures::{Day, Figures};
use super::{Service, ServiceError};
use crate::model::{ChannelId, DomainId, Operator, OperatorId};
use crate::store::Standing;

/// How many closed conversations are shown.
const RECENT: i64 = 10;

/// Most days of the figures.
pub const MOST_DAYS: i64 = 366;

/// How things stand, and how they went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// How things stand.
    pub now: Standing,
    /// What was closed of late, the newest first.
    pub recently_closed: Vec<SummaryView>,
    /// How conversations went that began in the time asked for.
    pub figures: Figures,
    /// The operators who are named there.
    pub operators: HashMap<OperatorId, Operator>,
    /// How much work a platform refused, and nobody tried again.
    pub undelivered: i64,
    /// The domains' channels.
    pub channels: Vec<ChannelHealth>,
}

/// Whether a channel can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelHealth {
    /// The channel.
    pub remote: RemoteChannel,
    /// The domains whose conversations land there.
    pub domains: Vec<DomainId>,
    /// How it is.
    pub state: Health,
    /// Since when, where that is known.
    pub since: Option<Micros>,
}

/// How a channel is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It can be used, and what is said there is heard.
    Working,
    /// The platform refuses it, for this reason.
    Broken(String),
    /// Its connection isn't heard now.
    Unheard,
}

/// Gathers the figures of these domains, for conversations that began on these days (both included, at most
/// [`MOST_DAYS`] of them); `me` is the operator who asks.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn monitor(
    service: &Service,
    domains: &[DomainId],
    days: (Day, Day),
    me: Option<OperatorId>,
) -> Result<Monitor, ServiceError> {
    let last = days.1.0.min(days.0.0.saturating_add(MOST_DAYS - 1));
    let (from, to) = (days.0.start(), Day(last + 1).start());
    let store = &service.store;
    let (mut now, mut figures, mut undelivered) = (Standing::default(), Figures::default(), 0);
    let mut closed = Vec::new();
    for domain in domains {
        let standing = store.standing(*domain).await?;
        now.open += standing.open;
        now.waiting += standing.waiting;
        now.unassigned += standing.unassigned;
        now.longest_wait_since = now.longest_wait_since.into_iter().chain(standing.longest_wait_since).min();
        closed.extend(store.recently_closed(*domain, RECENT).await?);
        for course in store.courses(*domain, from, to).await? {
            figures.add(*domain, &course);
        }
        for part in store.parts(*domain, from, to).await? {
            let share = figures.by_operator.entry(part.operator).or_default();
            share.conversations += part.conversations;
            share.replies += part.replies;
            figures.by_domain.entry(*domain).or_default().replies += part.replies;
        }
        undelivered += store.undelivered_in(*domain).await?;
    }
    closed.sort_by_key(|it| std::cmp::Reverse((it.last_activity_at, it.id)));
    closed.truncate(usize::try_from(RECENT).unwrap_or(0));
    let ids: Vec<OperatorId> = figures.by_operator.keys().copied().collect();
    let operators = store.operators(&ids).await?.into_iter().map(|operator| (operator.id, operator)).collect();
    Ok(Monitor {
        now,
        recently_closed: service.summaries(closed, me).await?,
        figures,
        operators,
        undelivered,
        channels: channels(service, domains).await?,
    })
}

pub(super) async fn channels(service: &Service, domains: &[DomainId]) -> Result<Vec<ChannelHealth>, ServiceError> {
    let mut of: BTreeMap<ChannelId, Vec<DomainId>> = BTreeMap::new();
    for domain in domains.iter().filter_map(|id| service.domain(*id)) {
        for channel in &domain.channels {
            of.entry(*channel).or_default().push(domain.id);
        }
    }
    let broken_since: HashMap<ChannelId, Micros> = service.store.broken_since().await?.into_iter().collect();
    let mut found = Vec::new();
    for channel in service.store.channels().await? {
        let Some(domains) = of.remove(&channel.id) else { continue };
        let heard = service.presence.heard_since(&channel.remote.connection);
        let (state, since) = match (channel.broken, heard) {
            (Some(why), _) => (Health::Broken(why), broken_since.get(&channel.id).copied()),
            (None, Some(since)) => (Health::Working, Some(since)),
            (None, None) => (Health::Unheard, None),
        };
        found.push(ChannelHealth { remote: channel.remote, domains, state, since });
    }
    Ok(found)
}
