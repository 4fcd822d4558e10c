//! The Discord sandbox, driven over real HTTP and WebSockets as an app would.
//!
//! What lives here: one module a part of Discord. What must not: anything that reaches into the sandbox's inside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test a panic is the report")]

mod gateway;
mod gateway_client;
mod gateway_sessions;
mod interactions;
mod page;
mod people;
mod rest_faults;
mod rest_messages;
mod rest_threads;
mod strict;
mod support;
