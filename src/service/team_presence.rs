//! Who of the team can answer, on which domain, and by what that is known.
//!
//! What lives here: who is on the board, what platforms and operators themselves tell of them, and how a domain stands for
//! those who look after it. What must not: the rule ([`crate::model::presence`]), and when platforms are asked (a worker).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bridge_core::{Active, BridgeError, ConnectionId, Micros, Person};

use super::access::Access;
use super::{DomainInfo, Service, ServiceError};
use crate::live::presence::Member;
use crate::model::presence::{How, SPOKE_FOR};
use crate::model::{Availability, DomainId, Operator, OperatorId};
use crate::store::{Account, Channel, DomainCounts};

/// A domain as those who look after it see it.
#[derive(Debug, Clone)]
pub struct DomainView {
    /// The domain.
    pub info: Arc<DomainInfo>,
    /// Whether somebody can answer.
    pub online: bool,
    /// Since when it is so.
    pub since: Option<Micros>,
    /// Who can, by name.
    pub monitoring: Vec<Monitoring>,
    /// How many conversations there are.
    pub counts: DomainCounts,
}

/// Somebody who can answer.
#[derive(Debug, Clone)]
pub struct Monitoring {
    /// Who.
    pub operator: Operator,
    /// By what that is known.
    pub how: How,
    /// Since when, where that is known.
    pub since: Option<Micros>,
}

/// Reads anew who the operators are, which domains they serve, and what they say.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn refresh_team(service: &Service) -> Result<(), ServiceError> {
    let read = service.presence.read_team();
    let mut selves: HashMap<OperatorId, Vec<Account>> = HashMap::new();
    for it in service.store.all_identities().await? {
        selves.entry(it.operator).or_default().push(Account { connection: it.connection, user: it.user });
    }
    let mut team = Vec::new();
    for operator in service.store.all_operators().await? {
        if operator.deactivated_at.is_none() {
            let selves = selves.remove(&operator.id).unwrap_or_default();
            team.push(member(service, &operator, selves).await);
        }
    }
    service.presence.set_team(read, team);
    Ok(())
}

async fn member(service: &Service, operator: &Operator, selves: Vec<Account>) -> Member {
    let mut connections = Vec::new();
    for account in selves {
        // What follows from being at one's desk is known from the platform itself; a word outlives the right to give it.
        let by_word_alone = operator.role.is_none() && operator.availability == Availability::Back;
        if !by_word_alone || service.stands(&account).await {
            connections.push(account.connection);
        }
    }
    let domains: HashSet<DomainId> = service.access_of(operator, &connections).domain_ids().into_iter().collect();
    Member { id: operator.id, availability: operator.availability, domains }
}

/// An operator did something on a platform, at that time.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn operator_acted(
    service: &Service,
    operator: &Operator,
    connection: &ConnectionId,
    at: Micros,
) -> Result<(), ServiceError> {
    // What is read again later says nothing about now.
    if service.clock.now().since(at) < SPOKE_FOR {
        if service.presence.availability(operator.id).is_none() {
            refresh_team(service).await?;
        }
        service.presence.note_spoke(operator.id, connection);
    }
    Ok(())
}

/// Asks a platform who is at their desk in each of the channels that domains are mapped to.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the platform or the database can't be reached; what was known holds for a while.
pub async fn ask_who_is_active(service: &Service, connection: &ConnectionId) -> Result<(), ServiceError> {
    let Some(bridge) = service.bridge(connection) else { return Ok(()) };
    let mut failed = None;
    for channel in mapped_channels(service, connection) {
        let asked = service.clock.now();
        match bridge.active_operators(&channel.remote).await {
            Ok(Active::Unknown) => service.presence.set_active(channel.id, None, asked),
            Ok(Active::Known(people)) => {
                let operators = known_operators(service, connection, &people).await?;
                service.presence.set_active(channel.id, Some(operators), asked);
            }
            // A channel that can't be looked into says nothing of the others.
            Err(
                error @ (BridgeError::ChannelBroken { .. } | BridgeError::Rejected { .. } | BridgeError::ThreadGone),
            ) => {
                failed = Some(error);
            }
            Err(error) => return Err(ServiceError::from_bridge(error)),
        }
    }
    failed.map_or(Ok(()), |error| Err(ServiceError::from_bridge(error)))
}

fn mapped_channels(service: &Service, connection: &ConnectionId) -> Vec<Channel> {
    let mapped: BTreeSet<_> = service.book.domains().iter().flat_map(|domain| domain.channels.clone()).collect();
    let mut channels = service.book.channels_of(connection);
    channels.retain(|channel| mapped.contains(&channel.id));
    channels
}

/// The operators that these people are; who wasn't known yet is known from now on.
async fn known_operators(
    service: &Service,
    connection: &ConnectionId,
    people: &[Person],
) -> Result<Vec<OperatorId>, ServiceError> {
    let (mut operators, mut new) = (Vec::new(), false);
    for person in people {
        let operator = match service.store.operator_by_identity(connection, &person.user).await? {
            Some(operator) => operator,
            None => {
                new = true;
                // The picture can follow later: nobody shall count as away for the time that it takes.
                service.keep_operator(connection, &Person { picture: None, ..person.clone() }).await?
            }
        };
        new |= service.presence.availability(operator.id).is_none();
        operators.push(operator.id);
    }
    if new {
        refresh_team(service).await?;
    }
    Ok(operators)
}

/// How these domains stand, by name. `mine` are the conversations in that operator's care.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn view_domains(
    service: &Service,
    domains: &[Arc<DomainInfo>],
    operator: Option<OperatorId>,
) -> Result<Vec<DomainView>, ServiceError> {
    let ids: Vec<DomainId> = domains.iter().map(|domain| domain.id).collect();
    let counts: HashMap<DomainId, DomainCounts> =
        service.store.domain_counts(&ids, operator).await?.into_iter().collect();
    let standings: Vec<_> = ids.iter().map(|id| service.presence.standing(*id)).collect();
    let wanted: BTreeSet<OperatorId> =
        standings.iter().flat_map(|standing| &standing.monitors).map(|monitor| monitor.operator).collect();
    let people = service.store.operators(&wanted.into_iter().collect::<Vec<_>>()).await?;
    let person = |id: OperatorId| people.iter().find(|operator| operator.id == id).cloned();
    let view = |(info, standing): (&Arc<DomainInfo>, crate::live::presence::Standing)| {
        let monitors = standing.monitors.into_iter();
        let mut monitoring: Vec<Monitoring> = monitors
            .filter_map(|it| Some(Monitoring { operator: person(it.operator)?, how: it.how, since: it.since }))
            .collect();
        monitoring.sort_by(|one, other| one.operator.name.cmp(&other.operator.name));
        DomainView {
            info: Arc::clone(info),
            online: standing.online,
            since: standing.since,
            monitoring,
            counts: counts.get(&info.id).copied().unwrap_or_default(),
        }
    };
    Ok(domains.iter().zip(standings).map(view).collect())
}

/// The people who serve any of a caller's domains (or that one), and whether each can answer now.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn colleagues(
    service: &Service,
    access: &Access,
    domain: Option<DomainId>,
) -> Result<Vec<(Operator, bool)>, ServiceError> {
    let domains = domain.map_or_else(|| access.domain_ids(), |domain| vec![domain]);
    let present = service.presence.present(&domains);
    let operators = service.operators_of(&domains).await?;
    Ok(operators.into_iter().map(|operator| (operator.clone(), present.contains(&operator.id))).collect())
}
