//! Passes a visitor's typing on to the platforms that can show it.
//!
//! What lives here: the loop. What must not: anything stored; a sign that comes late is dropped.

use bridge_core::{RemoteThread, Signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::model::VisitorId;
use crate::service::{Service, ServiceError};

/// Passes signs on until `stop`.
pub async fn run(service: Service, mut typing: mpsc::Receiver<VisitorId>, stop: CancellationToken) {
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
            passed = pass_on(&service, visitor) => if let Err(error) = passed {
                tracing::debug!(error = %error, "a typing sign was dropped");
            }
        }
    }
}

async fn pass_on(service: &Service, visitor: VisitorId) -> Result<(), ServiceError> {
    let Some(conversation) = service.store.open_conversation(visitor).await? else { return Ok(()) };
    for link in service.store.links(conversation.id).await? {
        let Some((bridge, channel)) = service.bridge_of(link.channel) else { continue };
        let Some(thread) = link.remote_thread.filter(|_| bridge.capabilities().shows_typing) else { continue };
        let thread = RemoteThread { channel: channel.remote, id: thread };
        if let Err(error) = bridge.signal(&thread, Signal::Typing).await {
            tracing::debug!(error = %error, "{} could not show that the visitor types", bridge.connection());
        }
    }
    Ok(())
}
