//! `/v1/inbox/monitor`: how things stand, and how they went.
//!
//! What lives here: the parameters and the answer. What must not: counting.

use std::collections::{BTreeMap, HashMap};

use axum::extract::State as Shared;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NeedsOperator, TakesQuery};
use super::super::router::url;
use super::super::widget::view::rfc_3339;
use super::asked;
use super::view::people::OperatorBrief;
use super::view::summary::Summary;
use crate::model::DomainId;
use crate::service::Service;
use crate::service::monitor::{self as gathered, ChannelHealth, Health, MOST_DAYS, monitor};
use crate::service::monitor_figures::{Day, Figures, Lengths, Ratings, Times};

/// How many days, where nobody says which.
const USUAL_DAYS: i64 = 30;

/// Which domain and which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct MonitorParameters {
    /// A domain's name; without it, all that the caller sees.
    domain: Option<String>,
    /// The first day, in UTC; without it, 29 days before the last.
    from: Option<String>,
    /// The last day, in UTC; without it, today. At most 366 days in all.
    to: Option<String>,
}

/// How things stand.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorNow {
    /// Conversations that go on.
    open: i64,
    /// Those in which the visitor waits for an answer.
    waiting: i64,
    /// Those in nobody's care.
    unassigned: i64,
    /// Since when the visitor waits who waits longest.
    #[schema(required = true, format = DateTime)]
    longest_wait_since: Option<String>,
}

/// Conversations that began on a day.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorVolume {
    #[schema(format = Date)]
    day: String,
    /// The domain's name.
    domain: String,
    conversations: i64,
    /// Those that were closed without an answer.
    missed: i64,
}

/// How long something took on a day's conversations, in whole seconds.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorDay {
    #[schema(format = Date)]
    day: String,
    #[schema(required = true)]
    median_s: Option<i64>,
    #[schema(required = true)]
    p90_s: Option<i64>,
}

/// How long something took, in whole seconds from a conversation's beginning.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorTimes {
    #[schema(required = true)]
    median_s: Option<i64>,
    /// The least within which nine of ten were done.
    #[schema(required = true)]
    p90_s: Option<i64>,
    /// By the day on which conversations began; days without any are missing.
    by_day: Vec<MonitorDay>,
}

/// An operator's part.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorOperator {
    operator: OperatorBrief,
    /// In how many conversations they answered.
    conversations: i64,
    /// How often they wrote to visitors in them.
    replies: i64,
    /// Of the first answers that they gave.
    #[schema(required = true)]
    median_first_response_s: Option<i64>,
    /// The average of the stars of conversations in their care, or in nobody's and first answered by them.
    #[schema(required = true)]
    rating: Option<f64>,
}

/// A domain's part.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorDomain {
    /// The domain's name.
    domain: String,
    conversations: i64,
    #[schema(required = true)]
    median_first_response_s: Option<i64>,
    #[schema(required = true)]
    rating: Option<f64>,
}

/// What visitors thought.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorRatings {
    #[schema(required = true)]
    average: Option<f64>,
    count: i64,
    /// How many gave one star, two, … five.
    #[schema(min_items = 5, max_items = 5)]
    by_stars: Vec<i64>,
}

/// Whether a channel can be used.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ChannelState {
    /// It can.
    Working,
    /// The platform refuses it.
    Broken,
    /// Its connection isn't heard now.
    Unheard,
}

/// A channel that conversations land in.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MonitorChannel {
    connection: String,
    platform: String,
    /// The platform's id of it.
    channel: String,
    /// The names of the domains whose conversations land there.
    domains: Vec<String>,
    state: ChannelState,
    /// Why the platform refuses it.
    #[schema(required = true)]
    reason: Option<String>,
    /// Since when, where that is known.
    #[schema(required = true, format = DateTime)]
    since: Option<String>,
}

/// How things stand, and how conversations went that began on the days asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Monitoring)]
pub(in crate::http) struct Monitor {
    now: MonitorNow,
    /// At most ten, the newest first.
    recently_closed: Vec<Summary>,
    /// By day and domain; those without any are missing.
    volume: Vec<MonitorVolume>,
    /// To an operator's first answer.
    first_response: MonitorTimes,
    /// To the close.
    resolution: MonitorTimes,
    /// Who answered most comes first.
    by_operator: Vec<MonitorOperator>,
    by_domain: Vec<MonitorDomain>,
    ratings: MonitorRatings,
    /// How much a platform refused, and nobody tried again.
    undelivered: i64,
    channels: Vec<MonitorChannel>,
}

/// Tells how things stand, and how they went.
#[utoipa::path(
    get, path = url::MONITOR, tag = "inbox", operation_id = "show_monitor",
    params(MonitorParameters),
    responses((status = 200, description = "The figures", body = Monitor), Always, NeedsOperator, TakesQuery),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn show(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    Query(asked): Query<MonitorParameters>,
) -> Result<axum::Json<Monitor>, ApiError> {
    let domains = asked::domains(&current.access, asked.domain.as_deref())?;
    let days = days(&asked, Day::of(state.service.clock.now()))?;
    let me = current.who.operator().map(|operator| operator.id);
    let found = monitor(&state.service, &domains, days, me).await?;
    Ok(axum::Json(answer(&state.service, &domains, found)))
}

fn days(asked: &MonitorParameters, today: Day) -> Result<(Day, Day), ApiError> {
    let read = |field, text: Option<&str>| -> Result<Option<Day>, ApiError> {
        let day = asked::day(field, text)?.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        Ok(day.map(|day| Day(day.timestamp().as_second().div_euclid(86_400))))
    };
    let last = read("to", asked.to.as_deref())?.unwrap_or(today);
    let first = read("from", asked.from.as_deref())?.unwrap_or(Day(last.0 - (USUAL_DAYS - 1)));
    match last.0 - first.0 {
        ..0 => Err(asked::refuse("to", "the last day comes before the first")),
        MOST_DAYS.. => Err(asked::refuse("from", format!("at most {MOST_DAYS} days are counted at once"))),
        _ => Ok((first, last)),
    }
}

fn answer(service: &Service, domains: &[DomainId], found: gathered::Monitor) -> Monitor {
    let names: BTreeMap<DomainId, String> =
        domains.iter().filter_map(|id| Some((*id, service.domain(*id)?.name.clone()))).collect();
    let name = |id: &DomainId| names.get(id).cloned().unwrap_or_default();
    let now = MonitorNow {
        open: found.now.open,
        waiting: found.now.waiting,
        unassigned: found.now.unassigned,
        longest_wait_since: found.now.longest_wait_since.map(rfc_3339),
    };
    let figures = &found.figures;
    let volume = figures.volume.iter().map(|((day, domain), volume)| MonitorVolume {
        day: text(*day),
        domain: name(domain),
        conversations: volume.conversations,
        missed: volume.missed,
    });
    let by_domain = domains.iter().map(|domain| {
        let share = figures.by_domain.get(domain).cloned().unwrap_or_default();
        MonitorDomain {
            domain: name(domain),
            conversations: share.conversations,
            median_first_response_s: share.first_response.median(),
            rating: average(&share.ratings),
        }
    });
    Monitor {
        now,
        recently_closed: found.recently_closed.into_iter().map(Into::into).collect(),
        volume: volume.collect(),
        first_response: times(&figures.first_response),
        resolution: times(&figures.resolution),
        by_operator: by_operator(figures, &found.operators),
        by_domain: by_domain.collect(),
        ratings: MonitorRatings {
            average: average(&figures.ratings),
            count: figures.ratings.count(),
            by_stars: figures.ratings.by_stars.to_vec(),
        },
        undelivered: found.undelivered,
        channels: found.channels.into_iter().map(|it| channel(it, name)).collect(),
    }
}

fn by_operator(
    figures: &Figures,
    operators: &HashMap<crate::model::OperatorId, crate::model::Operator>,
) -> Vec<MonitorOperator> {
    let mut shares: Vec<_> =
        figures.by_operator.iter().filter_map(|(id, share)| Some((operators.get(id)?, share))).collect();
    shares.sort_by_key(|(operator, share)| (std::cmp::Reverse(share.replies), operator.name.clone(), operator.id));
    let shown = shares.into_iter().map(|(operator, share)| MonitorOperator {
        operator: operator.into(),
        conversations: share.conversations,
        replies: share.replies,
        median_first_response_s: share.first_response.median(),
        rating: average(&share.ratings),
    });
    shown.collect()
}

fn times(times: &Times) -> MonitorTimes {
    let day = |(day, lengths): (&Day, &Lengths)| MonitorDay {
        day: text(*day),
        median_s: lengths.median(),
        p90_s: lengths.p90(),
    };
    MonitorTimes {
        median_s: times.all.median(),
        p90_s: times.all.p90(),
        by_day: times.by_day.iter().map(day).collect(),
    }
}

fn average(ratings: &Ratings) -> Option<f64> {
    let hundredths = ratings.average_hundredths()?;
    // At most 500, so nothing is lost.
    i32::try_from(hundredths).ok().map(|hundredths| f64::from(hundredths) / 100.0)
}

fn text(day: Day) -> String {
    let moment = Timestamp::from_microsecond(day.start().0).unwrap_or(Timestamp::UNIX_EPOCH);
    let date: Date = moment.to_zoned(TimeZone::UTC).date();
    date.to_string()
}

fn channel(it: ChannelHealth, name: impl Fn(&DomainId) -> String) -> MonitorChannel {
    let (state, reason) = match it.state {
        Health::Working => (ChannelState::Working, None),
        Health::Broken(why) => (ChannelState::Broken, Some(why)),
        Health::Unheard => (ChannelState::Unheard, None),
    };
    MonitorChannel {
        platform: it.remote.connection.kind.to_string(),
        connection: it.remote.connection.to_string(),
        channel: it.remote.id,
        domains: it.domains.iter().map(name).collect(),
        state,
        reason,
        since: it.since.map(rfc_3339),
    }
}
