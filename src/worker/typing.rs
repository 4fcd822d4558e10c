//! Passes a visitor's typing on to the platforms that can show it.
//!
//! What lives here: the loop, and how often a sign is worth sending. What must not: anything stored; a sign that comes late
//! is dropped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bridge_core::{ConnectionId, RemoteThread, Signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::model::{LinkId, VisitorId};
use crate::service::{Service, ServiceError, report_typing};

/// A platform shows a sign for some seconds, so another one in less than this adds nothing.
const SHOWN_FOR: Duration = Duration::from_secs(8);
/// How many signs may be on their way to one connection; where it is slow, more are dropped.
const AT_ONCE: usize = 4;
/// The longest that a sign may be on its way: after that it would say what is no longer so.
const WITHIN: Duration = Duration::from_secs(5);
/// How many threads' last signs are remembered before those that no longer show are forgotten.
const REMEMBERED: usize = 1_000;

/// When and where signs were sent.
#[derive(Default)]
struct Signs {
    sent: HashMap<LinkId, Instant>,
    doors: HashMap<ConnectionId, Arc<Semaphore>>,
}

impl Signs {
    /// Whether another sign in that thread would be seen; notes it as sent.
    fn is_worth_it(&mut self, link: LinkId, now: Instant) -> bool {
        let shows = |at: &Instant| now.saturating_duration_since(*at) < SHOWN_FOR;
        if self.sent.get(&link).is_some_and(shows) {
            return false;
        }
        if self.sent.len() >= REMEMBERED {
            self.sent.retain(|_, at| shows(at));
        }
        self.sent.insert(link, now);
        true
    }

    fn door(&mut self, connection: &ConnectionId) -> Option<OwnedSemaphorePermit> {
        let door = self.doors.entry(connection.clone()).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
        Arc::clone(door).try_acquire_owned().ok()
    }
}

/// Passes signs on until `stop`.
pub async fn run(service: Service, mut typing: mpsc::Receiver<VisitorId>, stop: CancellationToken) {
    let mut signs = Signs::default();
    loop {
        let visitor = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            visitor = typing.recv() => match visitor {
                Some(visitor) => visitor,
                None => return,
            },
        };
        tokio::select! {
            () = stop.cancelled() => return,
            passed = pass_on(&service, &mut signs, visitor, &stop) => if let Err(error) = passed {
                tracing::debug!(error = %error, "a typing sign was dropped");
            }
        }
    }
}

async fn pass_on(
    service: &Service,
    signs: &mut Signs,
    visitor: VisitorId,
    stop: &CancellationToken,
) -> Result<(), ServiceError> {
    let Some(conversation) = service.store.open_conversation(visitor).await? else { return Ok(()) };
    report_typing::tell_team(service, &conversation);
    for link in service.store.links(conversation.id).await? {
        let Some((bridge, channel)) = service.bridge_of(link.channel) else { continue };
        let Some(thread) = link.remote_thread.filter(|_| bridge.capabilities().shows_typing) else { continue };
        let Some(permit) = signs.door(bridge.connection()) else { continue };
        if !signs.is_worth_it(link.id, Instant::now()) {
            continue;
        }
        let thread = RemoteThread { channel: channel.remote, id: thread };
        let stop = stop.clone();
        service.tasks.spawn(async move {
            let _permit = permit;
            let shown = tokio::select! {
                () = stop.cancelled() => return,
                shown = tokio::time::timeout(WITHIN, bridge.signal(&thread, Signal::Typing)) => shown,
            };
            match shown {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::debug!(error = %error, "{} could not show that the visitor types", bridge.connection());
                }
                Err(_) => tracing::debug!("{} did not show in time that the visitor types", bridge.connection()),
            }
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sign_that_still_shows_is_not_sent_again() {
        let mut signs = Signs::default();
        let (one, other) = (LinkId(Uuid::from_u128(1)), LinkId(Uuid::from_u128(2)));
        let now = Instant::now();
        assert!(signs.is_worth_it(one, now));
        assert!(!signs.is_worth_it(one, now + SHOWN_FOR - Duration::from_millis(1)));
        assert!(signs.is_worth_it(other, now), "each thread has its own");
        assert!(signs.is_worth_it(one, now + SHOWN_FOR));
    }

    #[test]
    fn what_no_longer_shows_is_forgotten() {
        let mut signs = Signs::default();
        let now = Instant::now();
        for n in 0..REMEMBERED as u128 {
            assert!(signs.is_worth_it(LinkId(Uuid::from_u128(n)), now));
        }
        assert!(signs.is_worth_it(LinkId(Uuid::from_u128(u128::MAX)), now + SHOWN_FOR));
        assert_eq!(signs.sent.len(), 1);
    }

    #[test]
    fn a_slow_connection_takes_only_so_many() {
        let mut signs = Signs::default();
        let (slow, other): (ConnectionId, ConnectionId) = ("chat.slow".parse().unwrap(), "chat.other".parse().unwrap());
        let held: Vec<_> = (0..AT_ONCE).map(|_| signs.door(&slow).unwrap()).collect();
        assert!(signs.door(&slow).is_none());
        assert!(signs.door(&other).is_some());
        drop(held);
        assert!(signs.door(&slow).is_some());
    }
}
