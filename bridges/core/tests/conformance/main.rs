//! The checks themselves on trial: the bridge in memory passes them all, and a naive one fails those that it should.
//!
//! What lives here: the suite run against what this crate has. What must not: a real platform.

mod bent;
mod document;
mod memory;
mod naive;
