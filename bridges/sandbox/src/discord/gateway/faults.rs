//! What a test may do to the gateway, and what it may read of it.
//!
//! What lives here: faults on connections, sessions and events as Rust methods. What must not: faults on calls (see
//! [`crate::faults`]).

use std::time::Duration;

use super::sessions::{Order, Session};
use super::wire::Ending;
use super::{Gateway, wire};
use crate::discord::{DiscordSandbox, View};
use crate::order::ReleaseOrder;

impl DiscordSandbox {
    /// Cuts every gateway connection without a closing frame; sessions can be resumed. Returns how many.
    pub fn cut_gateway(&self) -> usize {
        self.change(|world| world.gateway.order(|| Order::Cut))
    }

    /// Closes every gateway connection with this code; Discord's table says whether its session outlives it. Returns
    /// how many.
    pub fn close_gateway(&self, code: u16) -> usize {
        self.change(|world| world.gateway.order(|| Order::Close(Ending::Other(code))))
    }

    /// Op 7: asks every client to reconnect and resume. Returns how many.
    pub fn reconnect_gateway(&self) -> usize {
        let frame = wire::payload(wire::op::RECONNECT, &serde_json::Value::Null);
        self.change(|world| world.gateway.order(|| Order::Send(frame.clone())))
    }

    /// Op 1: asks every client for a heartbeat at once. Returns how many.
    pub fn ask_for_heartbeats(&self) -> usize {
        let frame = wire::payload(wire::op::HEARTBEAT, &serde_json::Value::Null);
        self.change(|world| world.gateway.order(|| Order::Send(frame.clone())))
    }

    /// Op 9 for every session; those that are not resumable are forgotten. Returns how many were told.
    pub fn invalidate_sessions(&self, resumable: bool) -> usize {
        let forget_at = self.0.clock.after(self.0.resume_within);
        self.change(|world| world.gateway.invalidate(resumable, forget_at))
    }

    /// Forgets every session that no connection holds, as Discord does after a while: a RESUME gets op 9 with `false`.
    /// Returns how many.
    pub fn forget_sessions(&self) -> usize {
        self.change(|world| world.gateway.forget_dropped())
    }

    /// Freezes every gateway connection, or lets them go on: frozen ones stay open, and nothing is read or sent, neither
    /// acknowledgements nor, on new ones, the hello.
    pub fn freeze_gateway(&self, frozen: bool) {
        self.0.frozen.send_replace(frozen);
        self.0.changes.bump();
    }

    /// Leaves new gateway connections without any answer to their handshake, or lets them in.
    pub fn stall_gateway(&self, stalled: bool) {
        self.0.stalled.send_replace(stalled);
        self.0.changes.bump();
    }

    /// Refuses new gateway connections with 503, or takes them again.
    pub fn refuse_gateway(&self, refuse: bool) {
        self.change(|world| world.gateway.refuse = refuse);
    }

    /// Sets how many IDENTIFYs every app has left, and when the budget is full again.
    pub fn set_identify_budget(&self, remaining: u32, reset_after: Duration) {
        let resets = self.0.clock.after(reset_after);
        self.change(|world| {
            for app in world.apps.values_mut() {
                app.identify_left = remaining;
                app.identify_reset = resets;
            }
        });
    }

    /// From now on each event is sent this many times (1 is usual).
    pub fn repeat_events(&self, copies: u32) {
        self.change(|world| world.gateway.events.copies = copies.max(1));
    }

    /// Keeps events back until [`DiscordSandbox::release_events`].
    pub fn hold_events(&self) {
        self.change(|world| world.gateway.events.holding = true);
    }

    /// How many events are kept back.
    #[must_use]
    pub fn held_events(&self) -> usize {
        self.lock().gateway.events.held.len()
    }

    /// Sends what was kept back, in this order. Returns how many.
    pub fn release_events(&self, order: ReleaseOrder) -> usize {
        self.change(|world| {
            world.gateway.events.holding = false;
            let mut held = std::mem::take(&mut world.gateway.events.held);
            order.arrange(&mut held);
            held.iter().for_each(|out| world.tell(out));
            held.len()
        })
    }

    /// Loses the next events without a trace.
    pub fn drop_events(&self, count: u32) {
        self.change(|world| world.gateway.events.drop_next = count);
    }

    /// How many events were lost that way.
    #[must_use]
    pub fn dropped_events(&self) -> u32 {
        self.lock().gateway.events.dropped
    }

    /// IDENTIFYs with a token that is good, since the start.
    #[must_use]
    pub fn identifies(&self) -> u32 {
        self.lock().gateway.counters.identifies
    }

    /// RESUMEs that succeeded, since the start.
    #[must_use]
    pub fn resumes(&self) -> u32 {
        self.lock().gateway.counters.resumes
    }

    /// Gateway connections that were let in, since the start.
    #[must_use]
    pub fn gateway_connections(&self) -> u32 {
        self.lock().gateway.counters.connections
    }

    /// Gateway connections that were refused, since the start.
    #[must_use]
    pub fn refused_connections(&self) -> u32 {
        self.lock().gateway.counters.refused
    }
}

impl View<'_> {
    fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Every session that could still be resumed, connected or not.
    #[must_use]
    pub fn sessions(&self) -> Vec<&Session> {
        self.gateway().sessions().collect()
    }

    /// How many sessions a connection holds now.
    #[must_use]
    pub fn connected_sessions(&self) -> usize {
        self.gateway().sessions().filter(|session| session.connected).count()
    }

    /// IDENTIFYs with a token that is good, since the start.
    #[must_use]
    pub fn identifies(&self) -> u32 {
        self.gateway().counters.identifies
    }

    /// RESUMEs that succeeded, since the start.
    #[must_use]
    pub fn resumes(&self) -> u32 {
        self.gateway().counters.resumes
    }

    /// Gateway connections that were let in, since the start.
    #[must_use]
    pub fn gateway_connections(&self) -> u32 {
        self.gateway().counters.connections
    }

    /// Gateway connections that were refused, since the start.
    #[must_use]
    pub fn refused_connections(&self) -> u32 {
        self.gateway().counters.refused
    }
}
