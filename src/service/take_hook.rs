//! A platform calls us over HTTP.
//!
//! What lives here: finding the connection's bridge and handing it the raw request. What must not: signatures (each
//! bridge knows its platform's).

use bridge_core::{ConnectionId, HookRequest, HookResponse};

use super::Service;
use super::accept_event::Sink;

/// Hands a request to the connection's bridge; `None` where no such connection is configured.
pub async fn take_hook(service: &Service, connection: &ConnectionId, request: HookRequest) -> Option<HookResponse> {
    let bridge = service.bridge(connection)?;
    Some(bridge.hook(request, &Sink::new(service.clone())).await)
}
