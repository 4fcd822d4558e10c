//! Parameters that several questions share.
//!
//! What lives here: reading them, with refusals that say what would be right. What must not: what is done with them.

use bridge_core::Micros;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::super::State;
use super::super::error::ApiError;
use crate::model::DomainId;
use crate::service::access::Access;

/// Most characters of what is looked for.
const LONGEST_QUESTION: usize = 200;

/// Most entries of a page.
const LARGEST_PAGE: i64 = 100;

/// Which end of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// A day stands for its first moment.
    Start,
    /// A day stands for the first moment of the next one.
    End,
}

pub(super) fn refuse(field: &str, why: impl ToString) -> ApiError {
    ApiError::Validation { field: field.to_owned(), why: why.to_string() }
}

/// The domain of that name, or all that the caller sees.
pub(super) fn domains(access: &Access, name: Option<&str>) -> Result<Vec<DomainId>, ApiError> {
    match name {
        None => Ok(access.domain_ids()),
        Some(name) => match access.domain_by_name(name) {
            Some(domain) => Ok(vec![domain.id]),
            None => Err(ApiError::NotFound { what: "domain" }),
        },
    }
}

/// Whether the caller sees every domain there is.
pub(super) fn sees_all(state: &State, access: &Access) -> bool {
    state.service.book.domains().iter().all(|domain| access.sees(domain.id))
}

/// How many entries.
pub(super) fn limit(limit: Option<i64>, usual: usize) -> Result<usize, ApiError> {
    match limit {
        None => Ok(usual),
        Some(limit @ 1..=LARGEST_PAGE) => Ok(usize::try_from(limit).unwrap_or(usual)),
        Some(_) => Err(refuse("limit", format!("it is a number from 1 to {LARGEST_PAGE}"))),
    }
}

/// Words to look for; nothing where there are none.
pub(super) fn words(words: Option<String>) -> Result<Option<String>, ApiError> {
    match words {
        Some(words) if words.chars().count() > LONGEST_QUESTION => {
            Err(refuse("q", format!("at most {LONGEST_QUESTION} characters are looked for")))
        }
        Some(words) if words.trim().is_empty() => Ok(None),
        words => Ok(words),
    }
}

/// A day in UTC.
pub(super) fn day(field: &str, text: Option<&str>) -> Result<Option<Date>, ApiError> {
    let read = |text: &str| text.parse::<Date>().map_err(|_| refuse(field, "it is a day like 2026-11-22"));
    text.map(read).transpose()
}

/// A day in UTC, or a moment.
pub(super) fn moment(field: &str, text: Option<&str>, edge: Edge) -> Result<Option<Micros>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    // A moment reads as a day too, so it is tried first.
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(Micros(moment.as_microsecond())));
    }
    let wrong = || refuse(field, "it is a day like 2026-11-22, or a moment like 2026-11-22T18:45:00Z");
    let day: Date = text.parse().map_err(|_| wrong())?;
    let day = match edge {
        Edge::Start => day,
        Edge::End => day.checked_add(1.day()).map_err(|_| wrong())?,
    };
    let start = day.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    Ok(Some(Micros(start.timestamp().as_microsecond())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments() {
        let read = |text, edge| moment("from", Some(text), edge).ok().flatten().map(|at| at.0 / 1_000_000);
        assert_eq!(read("1970-01-02", Edge::Start), Some(86_400));
        assert_eq!(read("1970-01-02", Edge::End), Some(2 * 86_400));
        assert_eq!(read("1970-01-02T00:00:01Z", Edge::End), Some(86_401));
        assert_eq!(read("1970-01-02T01:00:00+01:00", Edge::Start), Some(86_400));
        for wrong in ["", "yesterday", "1970-13-01", "9999-12-31x"] {
            assert!(moment("from", Some(wrong), Edge::End).is_err(), "{wrong}");
        }
        assert!(moment("to", Some("9999-12-31"), Edge::End).is_err(), "there is no day behind it");
    }
}
