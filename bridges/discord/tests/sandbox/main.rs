//! The bridge against a stand-in for Discord, over real sockets.
//!
//! What lives here: what the bridge promises to the program above it, seen from outside. What must not: the bridge's
//! insides, or waiting for anything but an event.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test reports")]

mod answers;
mod catch_up;
mod conformance;
mod diagnosing;
mod gateway;
mod listening;
mod outbox;
mod outbox_archive;
mod people;
mod reading;
mod support;
