//! Forgets what need not be kept.
//!
//! What lives here: the loop, and for how long. What must not: anything that people wrote.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Figures;
use crate::service::Service;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(3600);

/// Forgets until `stop`.
pub async fn run(service: Service, figures: Figures, stop: CancellationToken) {
    let mut every = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        let before = service.clock.now().minus(figures.keep_intake_keys);
        match service.store.erase_intake(before).await {
            Ok(0) => {}
            Ok(erased) => tracing::info!(erased, "{erased} keys of finished events were forgotten"),
            Err(error) => tracing::warn!(error = %error, "old keys could not be forgotten; it is tried again"),
        }
    }
}
