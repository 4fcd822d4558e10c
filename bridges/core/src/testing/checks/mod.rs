//! The checks themselves, grouped by what they are about.
//!
//! What lives here: one function for each check of [`super::conformance::CHECKS`]. What must not: a platform's name, and
//! waiting for anything but an event.

pub(super) mod changing;
pub(super) mod ears;
pub(super) mod hearing;
pub(super) mod opening;
pub(super) mod people;
pub(super) mod posting;
pub(super) mod reading;
pub(super) mod trouble;
pub(super) mod words;
