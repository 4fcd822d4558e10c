//! Keeps the words of conversations written down, so that they are found.
//!
//! What lives here: the loop. What must not: which words there are.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::next_round;
use crate::service::Service;
use crate::service::index_conversations::index_conversations;

/// How many conversations are taken at once: few, so that a message waits behind few of them.
const AT_ONCE: i64 = 20;
/// The shortest rest between two rounds; what was said meanwhile is taken together.
const REST: Duration = Duration::from_millis(100);

/// Writes words down until `stop`. After an update it begins with whatever there is. Being found is less urgent than being
/// delivered: it rests twice as long as it works, and leaves that time to the messages themselves.
pub async fn run(service: Service, stop: CancellationToken) {
    loop {
        let begun = Instant::now();
        let more = match index_conversations(&service, AT_ONCE).await {
            Ok(count) => i64::try_from(count).is_ok_and(|count| count >= AT_ONCE),
            Err(error) => {
                tracing::warn!(error = %error, "what was said could not be made findable; it is tried again");
                false
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(REST.max(begun.elapsed() * 2)) => {}
        }
        if !more && !next_round(&service, service.wake.index_rung(), None, &stop).await {
            return;
        }
    }
}
