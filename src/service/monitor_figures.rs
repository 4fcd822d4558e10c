//! The figures of a time: how many, how fast, how well.
//!
//! What lives here: counting over plain values, exactly and in whole seconds. What must not: reading them.

use std::collections::BTreeMap;

use bridge_core::Micros;

use crate::model::{DomainId, OperatorId};
use crate::store::Course;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A day in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    /// The day of a moment.
    #[must_use]
    pub const fn of(at: Micros) -> Self {
        Self(at.0.div_euclid(DAY))
    }

    /// Its first moment.
    #[must_use]
    pub const fn start(self) -> Micros {
        Micros(self.0.saturating_mul(DAY))
    }
}

/// How long things took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lengths(Vec<i64>);

impl Lengths {
    fn add(&mut self, from: Micros, to: Micros) {
        // A clock that was set back makes nothing faster than at once.
        self.0.push((to.0 - from.0).max(0) / SECOND);
    }

    /// In whole seconds: the one in the middle, or between the two in the middle.
    #[must_use]
    pub fn median(&self) -> Option<i64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let half = sorted.len() / 2;
        let upper = *sorted.get(half)?;
        if sorted.len() % 2 == 1 {
            return Some(upper);
        }
        let lower = half.checked_sub(1).and_then(|index| sorted.get(index)).copied().unwrap_or(upper);
        Some(lower + (upper - lower) / 2)
    }

    /// In whole seconds: the least within which nine of ten were done.
    #[must_use]
    pub fn p90(&self) -> Option<i64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * 9).div_ceil(10);
        sorted.get(rank.checked_sub(1)?).copied()
    }
}

/// How long things took, altogether and by the day on which the conversation began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times {
    /// Altogether.
    pub all: Lengths,
    /// By day; days without any are missing.
    pub by_day: BTreeMap<Day, Lengths>,
}

impl Times {
    fn add(&mut self, from: Micros, to: Option<Micros>) {
        if let Some(to) = to {
            self.all.add(from, to);
            self.by_day.entry(Day::of(from)).or_default().add(from, to);
        }
    }
}

/// Conversations of a day on a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volume {
    /// How many began.
    pub conversations: i64,
    /// How many of them were closed without an answer.
    pub missed: i64,
}

/// What visitors thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ratings {
    /// How many gave one star, two, … five.
    pub by_stars: [i64; 5],
}

impl Ratings {
    fn add(&mut self, stars: Option<i64>) {
        let index = stars.and_then(|stars| usize::try_from(stars - 1).ok());
        if let Some(count) = index.and_then(|index| self.by_stars.get_mut(index)) {
            *count += 1;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.by_stars.iter().sum()
    }

    /// The average in hundredths of a star, rounded down; `None` where there are none.
    #[must_use]
    pub fn average_hundredths(&self) -> Option<i64> {
        let sum: i64 = self.by_stars.iter().zip(1..).map(|(count, stars)| count * stars).sum();
        (sum * 100).checked_div(self.count())
    }
}

/// A part of the figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Share {
    /// How many conversations.
    pub conversations: i64,
    /// How often an operator wrote to the visitor.
    pub replies: i64,
    /// How long first answers took.
    pub first_response: Lengths,
    /// What visitors thought.
    pub ratings: Ratings,
}

/// The figures of a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// By day and domain; days without any are missing.
    pub volume: BTreeMap<(Day, DomainId), Volume>,
    /// From the beginning to an operator's first answer.
    pub first_response: Times,
    /// From the beginning to the close.
    pub resolution: Times,
    /// First answers by whoever gave them; ratings by who takes care of a conversation, else by who answered first.
    /// `conversations` and `replies` are the caller's to fill.
    pub by_operator: BTreeMap<OperatorId, Share>,
    /// By domain.
    pub by_domain: BTreeMap<DomainId, Share>,
    /// What visitors thought.
    pub ratings: Ratings,
}

impl Figures {
    /// Counts a conversation.
    pub fn add(&mut self, domain: DomainId, it: &Course) {
        let volume = self.volume.entry((Day::of(it.opened_at), domain)).or_default();
        volume.conversations += 1;
        volume.missed += i64::from(it.closed_at.is_some() && it.first_response_at.is_none());
        self.first_response.add(it.opened_at, it.first_response_at);
        self.resolution.add(it.opened_at, it.closed_at);
        self.ratings.add(it.rating);
        let by_domain = self.by_domain.entry(domain).or_default();
        by_domain.conversations += 1;
        by_domain.ratings.add(it.rating);
        if let Some(operator) = it.assignee.or(it.first_responder) {
            self.by_operator.entry(operator).or_default().ratings.add(it.rating);
        }
        if let Some(answered) = it.first_response_at {
            by_domain.first_response.add(it.opened_at, answered);
            if let Some(operator) = it.first_responder {
                self.by_operator.entry(operator).or_default().first_response.add(it.opened_at, answered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ninths_of_ten_are_exact() {
        let of = |seconds: &[i64]| Lengths(seconds.to_vec());
        assert_eq!((of(&[]).median(), of(&[]).p90()), (None, None));
        assert_eq!((of(&[7]).median(), of(&[7]).p90()), (Some(7), Some(7)));
        assert_eq!((of(&[9, 1]).median(), of(&[9, 1]).p90()), (Some(5), Some(9)));
        assert_eq!((of(&[5, 1, 9]).median(), of(&[5, 1, 9]).p90()), (Some(5), Some(9)));
        let ten: Vec<i64> = (1..=10).rev().collect();
        assert_eq!((of(&ten).median(), of(&ten).p90()), (Some(5), Some(9)));
    }

    #[test]
    fn days_and_stars() {
        assert_eq!(Day::of(Micros(-1)), Day(-1));
        assert_eq!(Day::of(Day(20_000).start()), Day(20_000));
        let mut ratings = Ratings::default();
        for stars in [Some(5), Some(4), Some(4), None, Some(0), Some(6)] {
            ratings.add(stars);
        }
        assert_eq!((ratings.by_stars, ratings.average_hundredths()), ([0, 0, 0, 2, 1], Some(433)));
        assert_eq!(Ratings::default().average_hundredths(), None);
    }
}
