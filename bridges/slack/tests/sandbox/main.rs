//! The bridge against a stand-in for Slack, over real sockets.
//!
//! What lives here: what the bridge promises to the program above it, seen from outside. What must not: the bridge's
//! insides, or waiting for anything but an event.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test reports")]

mod catch_up;
mod conformance;
mod diagnosing;
mod hooks;
mod listening;
mod outbox;
mod people;
mod support;
