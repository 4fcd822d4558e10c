//! Keeps the words of conversations written down, so that they are found.
//!
//! What lives here: the loop. What must not: which words there are.

use tokio_util::sync::CancellationToken;

use super::next_round;
use crate::service::Service;
use crate::service::index_conversations::index_conversations;

/// How many conversations are taken at once.
const AT_ONCE: i64 = 100;

/// Writes words down until `stop`. After an update it begins with whatever there is.
pub async fn run(service: Service, stop: CancellationToken) {
    loop {
        match index_conversations(&service, AT_ONCE).await {
            // There may be more.
            Ok(count) if i64::try_from(count).is_ok_and(|count| count >= AT_ONCE) => {
                if stop.is_cancelled() {
                    return;
                }
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %error, "what was said could not be made findable; it is tried again"),
        }
        if !next_round(&service, service.wake.index_rung(), None, &stop).await {
            return;
        }
    }
}
