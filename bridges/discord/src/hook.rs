//! HTTP requests of Discord's to us: there are none, as everything comes over the gateway.
//!
//! What lives here: the answer to whoever tries. What must not: anything that takes an event.

use bridge_core::HookResponse;

/// Says that nothing is here.
pub(crate) fn answer() -> HookResponse {
    HookResponse {
        status: 404,
        content_type: "text/plain; charset=utf-8",
        body: "Discord tells everything over its gateway: leave the Interactions Endpoint URL in the Developer Portal empty\n"
            .to_owned(),
    }
}
