//! How fast each channel may be posted to.
//!
//! What lives here: one limiter a channel, and the pauses that platforms ask for. What must not: any figure; they come with
//! each bridge's capabilities.

use std::num::NonZeroU32;
use std::time::Duration;

use bridge_core::Pace;
use dashmap::DashMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::model::ChannelId;

/// All channels' paces.
#[derive(Default)]
pub(super) struct Paces {
    limiters: DashMap<ChannelId, DefaultDirectRateLimiter>,
    clock: DefaultClock,
}

impl Paces {
    /// Takes one turn, or says how long to wait for it.
    pub(super) fn take(&self, channel: ChannelId, pace: Pace) -> Result<(), Duration> {
        let limiter = self.limiters.entry(channel).or_insert_with(|| {
            let burst = NonZeroU32::new(pace.burst).unwrap_or(NonZeroU32::MIN);
            let interval = pace.interval.max(Duration::from_micros(1));
            // The interval is not zero, which is the only thing that makes a quota impossible.
            let quota = Quota::with_period(interval).unwrap_or(Quota::per_second(NonZeroU32::MIN));
            RateLimiter::direct(quota.allow_burst(burst))
        });
        limiter.check().map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_burst_goes_at_once_and_the_next_one_waits() {
        let paces = Paces::default();
        let pace = Pace { interval: Duration::from_secs(60), burst: 2 };
        let channel = ChannelId(Uuid::from_u128(1));
        assert!(paces.take(channel, pace).is_ok());
        assert!(paces.take(channel, pace).is_ok());
        let wait = paces.take(channel, pace).unwrap_err();
        assert!(wait > Duration::from_secs(30) && wait <= Duration::from_secs(60), "{wait:?}");
        assert!(paces.take(ChannelId(Uuid::from_u128(2)), pace).is_ok(), "each channel has its own");
    }
}
