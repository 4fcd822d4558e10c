//! Faults, each with the one checker of the promise: each message is on each surface exactly once, in order.
//!
//! What lives here: one file a kind of fault. What must not: another checker.

mod checker;
mod downtime;
mod draining;
mod killed;
mod lost_answers;
mod reordered;
mod slow_author;
mod sockets;
mod storms;
mod talk;
mod threads_gone;
