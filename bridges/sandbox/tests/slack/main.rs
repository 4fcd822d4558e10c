//! The Slack sandbox, driven over real HTTP and WebSockets as an app would.
//!
//! What lives here: one module a part of Slack. What must not: anything that reaches into the sandbox's inside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test a panic is the report")]

mod faults;
mod hooks;
mod messages;
mod page;
mod people;
mod reading;
mod socket;
mod strictness;
mod support;
