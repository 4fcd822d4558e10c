//! The sandbox's clock: the machine's, or one that only a test moves.
//!
//! What lives here: the only place of this crate that reads the machine's time. What must not: any policy; retry delays
//! and limits belong to the platforms.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// Tells the time and waits. Clones share one clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Kind);

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    Machine,
    Manual(Arc<watch::Sender<i64>>),
}

/// Microseconds in a duration, capped far beyond any test's patience.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn machine() -> Self {
        Self(Kind::Machine)
    }

    /// A clock that stands still at `start_micros` (Unix microseconds) until [`Clock::advance`] moves it.
    #[must_use]
    pub fn manual(start_micros: i64) -> Self {
        Self(Kind::Manual(Arc::new(watch::Sender::new(start_micros))))
    }

    /// Unix time in microseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the sandbox's clock: the one place that reads the time")]
    pub fn now_micros(&self) -> i64 {
        match &self.0 {
            Kind::Machine => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros),
            Kind::Manual(now) => *now.borrow(),
        }
    }

    /// Unix time in whole seconds.
    #[must_use]
    pub fn now_seconds(&self) -> i64 {
        self.now_micros() / 1_000_000
    }

    /// The moment `after` from now, in Unix microseconds.
    #[must_use]
    pub fn after(&self, after: Duration) -> i64 {
        self.now_micros().saturating_add(micros(after))
    }

    /// Moves a manual clock and wakes who waits on it. Does nothing to the machine's clock.
    pub fn advance(&self, by: Duration) {
        if let Kind::Manual(now) = &self.0 {
            now.send_modify(|at| *at = at.saturating_add(micros(by)));
        }
    }

    /// Waits until the clock shows `deadline_micros` or later.
    pub async fn sleep_until(&self, deadline_micros: i64) {
        match &self.0 {
            Kind::Machine => {
                let left = deadline_micros.saturating_sub(self.now_micros());
                if let Ok(left) = u64::try_from(left) {
                    tokio::time::sleep(Duration::from_micros(left)).await;
                }
            }
            Kind::Manual(now) => {
                // The sender lives in `self`, so this can't end before the time has come.
                let _ = now.subscribe().wait_for(|at| *at >= deadline_micros).await;
            }
        }
    }

    /// Waits for `duration` on this clock.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.after(duration)).await;
    }
}
