//! How often a session may still begin today.
//!
//! What lives here: Discord's count and our own. What must not: the beginning.
//!
//! A bot may IDENTIFY a thousand times in a day. Whoever does it with none left loses the token: Discord resets it, and
//! tells the owner by e-mail. So the last ones are never used.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bridge_core::{BridgeError, Micros};
use serde_json::Value;

use crate::message::text;
use crate::settings::GatewaySettings;

/// How many a day Discord gives where it doesn't say.
const A_DAY: u64 = 1_000;
/// A day.
const DAY: Duration = Duration::from_secs(86_400);

/// What `GET /gateway/bot` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Start {
    /// Where the gateway is.
    pub(crate) url: String,
    /// How many sessions may begin in a day.
    pub(crate) total: u64,
    /// How many of them are left.
    pub(crate) remaining: u64,
    /// When there are all again.
    pub(crate) reset_after: Duration,
}

impl Start {
    /// Reads the answer.
    pub(crate) fn read(answer: &Value) -> Result<Self, BridgeError> {
        let limit = answer.get("session_start_limit");
        let number = |name: &str| limit.and_then(|limit| limit.get(name)).and_then(Value::as_u64);
        let url = text(answer, "url").ok_or_else(|| BridgeError::Transient {
            why: "Discord did not say where its gateway is; check api_url".to_owned(),
        })?;
        let total = number("total").unwrap_or(A_DAY);
        Ok(Self {
            url: url.to_owned(),
            total,
            remaining: number("remaining").unwrap_or(total),
            reset_after: number("reset_after").map_or(DAY, Duration::from_millis),
        })
    }

    /// How many of those left are never used.
    fn reserve(&self, settings: &GatewaySettings) -> u64 {
        settings.identify_reserve.min(self.total / 10)
    }

    /// Whether the sessions of the day are spent.
    pub(crate) fn is_spent(&self, settings: &GatewaySettings) -> bool {
        self.remaining <= self.reserve(settings)
    }
}

/// What is said where no session may begin any more.
pub(crate) fn spent_sentence(start: &Start, now: Micros) -> String {
    let until = jiff::Timestamp::from_microsecond(now.plus(start.reset_after).0)
        .map_or_else(|_| "later".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    format!(
        "of the {} sessions that Discord lets the bot begin in a day, {} are left: none is begun until {until}, because with \
         none left Discord resets the token. Look for another process with this token, or for something that restarts again \
         and again",
        start.total, start.remaining
    )
}

/// Our own count, for what Discord's lags behind or leaves out.
#[derive(Debug, Default)]
pub(crate) struct Begun(Mutex<VecDeque<Instant>>);

impl Begun {
    /// Takes note of a session that begins now.
    pub(crate) fn note(&self, now: Instant) {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while begun.front().is_some_and(|at| now.saturating_duration_since(*at) >= DAY) {
            begun.pop_front();
        }
        begun.push_back(now);
    }

    /// What is left by the lower of both counts.
    pub(crate) fn correct(&self, mut start: Start, now: Instant) -> Start {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_today = begun.iter().filter(|at| now.saturating_duration_since(**at) < DAY);
        let ours = u64::try_from(of_today.count()).unwrap_or(u64::MAX);
        start.remaining = start.remaining.min(start.total.saturating_sub(ours));
        start
    }

    /// How long to wait so that two beginnings stay `apart`.
    pub(crate) fn wait(&self, apart: Duration, now: Instant) -> Duration {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        begun.back().map_or(Duration::ZERO, |last| apart.saturating_sub(now.saturating_duration_since(*last)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn start(remaining: u64) -> Start {
        let limit = json!({"total": 1000, "remaining": remaining, "reset_after": 3_600_000, "max_concurrency": 1});
        Start::read(&json!({"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": limit})).unwrap()
    }

    #[test]
    fn the_last_sessions_of_a_day_are_never_begun() {
        let settings = GatewaySettings::default();
        assert!(!start(51).is_spent(&settings));
        assert!(start(50).is_spent(&settings) && start(0).is_spent(&settings));
        let sentence = spent_sentence(&start(7), Micros(1_462_015_105_796_000));
        assert!(sentence.contains("7 are left") && sentence.contains("2016-04-30 12:18 UTC"), "{sentence}");
    }

    #[test]
    fn our_own_count_stands_in_where_discords_lags() {
        let (begun, now) = (Begun::default(), Instant::now());
        for _ in 0..960 {
            begun.note(now);
        }
        assert_eq!(begun.correct(start(1000), now).remaining, 40);
        assert_eq!(begun.correct(start(3), now).remaining, 3);
        assert_eq!(begun.correct(start(1000), now + DAY).remaining, 1000);
        assert_eq!(begun.wait(Duration::from_secs(5), now), Duration::from_secs(5));
        assert_eq!(begun.wait(Duration::from_secs(5), now + Duration::from_secs(9)), Duration::ZERO);
    }

    #[test]
    fn an_answer_without_an_address_is_no_answer() {
        assert!(Start::read(&json!({"shards": 1})).is_err());
        assert_eq!(Start::read(&json!({"url": "wss://x"})).unwrap().remaining, 1000);
    }
}
