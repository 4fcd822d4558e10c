//! What runs beside the requests: delivering, taking in, catching up, keeping cards and channels in order.
//!
//! What lives here: loops that wait for a bell, a due time or the end. What must not: rules; each loop calls a use case.

pub mod cards;
pub mod catch_up;
pub mod deliver;
pub mod health;
pub mod index;
pub mod intake;
pub mod presence;
pub mod retention;
pub mod typing;

use std::time::Duration;

use bridge_core::{ConnectionId, Micros};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::service::Service;

/// How long a loop waits at the most before it looks for work that no bell announced.
const POLL: Duration = Duration::from_secs(5);

/// The figures that the workers go by.
#[derive(Debug, Clone)]
pub struct Figures {
    /// How long a piece of work may be with a platform before nobody is thought to be working on it.
    pub lease: Duration,
    /// How long after an unknown outcome the platform is asked about it.
    pub find_after: Duration,
    /// How many messages before the known position catch-up reads again, for edits and deletions.
    pub catch_up_lookback: u16,
    /// How long the keys of finished events are kept.
    pub keep_intake_keys: Duration,
}

/// Waits for a bell, a due time, the poll or the end. Answers whether to go on.
async fn next_round(
    service: &Service,
    rung: impl Future<Output = ()>,
    due: Option<Micros>,
    stop: &CancellationToken,
) -> bool {
    let until_due = due.map_or(POLL, |due| due.since(service.clock.now()).min(POLL));
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = rung => true,
        () = tokio::time::sleep(until_due) => true,
    }
}

/// Runs a loop for each connection side by side, until all have ended: one that is slow keeps no other waiting.
async fn for_each_connection<F>(
    service: &Service,
    stop: &CancellationToken,
    run: impl Fn(Service, ConnectionId, CancellationToken) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut loops = JoinSet::new();
    for bridge in service.book.bridges() {
        loops.spawn(run(service.clone(), bridge.connection().clone(), stop.clone()));
    }
    // Without any connection there is nothing to do, and that is no reason to end.
    if loops.is_empty() {
        stop.cancelled().await;
    }
    while let Some(ended) = loops.join_next().await {
        // A loop that died ends the whole part, so that somebody hears of it.
        if ended.is_err() || !stop.is_cancelled() {
            return;
        }
    }
}

/// How long to wait before the next attempt: 1, 2, 4 … seconds, at most a minute.
fn backoff(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(0, 6)).unwrap_or(6);
    Duration::from_secs(2_u64.pow(doublings).min(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let seconds: Vec<u64> =
            [-1, 0, 1, 2, 5, 6, 99].into_iter().map(|attempts| backoff(attempts).as_secs()).collect();
        assert_eq!(seconds, [1, 1, 2, 4, 32, 60, 60]);
    }
}
