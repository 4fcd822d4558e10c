//! A rate, kept for each key by itself.
//!
//! What lives here: the thin layer over `governor`. What must not: which keys and rates there are.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// So many a minute, and so many at once after a quiet while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The steady rate, a minute.
    pub per_minute: NonZeroU32,
    /// How many may come at once.
    pub burst: NonZeroU32,
}

impl Rate {
    pub(in crate::http) const fn quota(self) -> Quota {
        Quota::per_minute(self.per_minute).allow_burst(self.burst)
    }
}

/// A limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many {what}: try again in {} s", retry_after.as_millis().div_ceil(1_000).max(1))]
pub struct TooMany {
    /// Of what.
    pub what: &'static str,
    /// How long to wait.
    pub retry_after: Duration,
}

/// One rate, counted for each key by itself.
pub(super) struct Limiter<K: Hash + Eq + Clone> {
    what: &'static str,
    burst: NonZeroU32,
    inner: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    pub(super) fn new(what: &'static str, rate: Rate) -> Self {
        Self { what, burst: rate.burst, inner: RateLimiter::keyed(rate.quota()), clock: DefaultClock::default() }
    }

    /// Takes `count` of what `key` may have. One that is more than a whole burst costs a burst: else it could never be had.
    pub(super) fn take(&self, key: &K, count: u32) -> Result<(), TooMany> {
        let Some(count) = NonZeroU32::new(count.min(self.burst.get())) else { return Ok(()) };
        match self.inner.check_key_n(key, count) {
            Ok(Ok(())) | Err(_) => Ok(()),
            Ok(Err(not_until)) => {
                Err(TooMany { what: self.what, retry_after: not_until.wait_time_from(self.clock.now()) })
            }
        }
    }

    /// Forgets the keys that have their whole burst again.
    pub(super) fn tidy(&self) {
        self.inner.retain_recent();
        self.inner.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_burst_and_then_waits_for_its_own_time() {
        let rate = Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::new(2).unwrap() };
        let limiter = Limiter::new("things", rate);
        assert!(limiter.take(&1, 1).is_ok() && limiter.take(&1, 1).is_ok());
        let refused = limiter.take(&1, 1).unwrap_err();
        assert!(refused.retry_after > Duration::from_secs(30) && refused.retry_after <= Duration::from_secs(60));
        assert!(limiter.take(&2, 1).is_ok(), "another key has its own");
        limiter.tidy();
        assert!(limiter.take(&1, 1).is_err(), "what is in use is kept");
    }
}
