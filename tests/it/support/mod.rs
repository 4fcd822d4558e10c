//! What several tests stand on.
//!
//! What lives here: helpers without an opinion. What must not: tests.

pub(crate) mod database;
