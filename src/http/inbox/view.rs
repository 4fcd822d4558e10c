//! The shapes of the inbox API's answers.
//!
//! What lives here: turning what the use cases give into JSON, a file a subject. What must not: shapes that only one handler
//! speaks.

pub(in crate::http) mod detail;
pub(in crate::http) mod domain;
pub(in crate::http) mod message;
pub(in crate::http) mod people;
pub(in crate::http) mod summary;
