//! Taking a request apart: who asks, from where, with what.
//!
//! What lives here: one extractor a file, each refusing with a problem. What must not: what is done with the parts.

pub(super) mod body;
pub(super) mod client_address;
pub(super) mod json;
pub(super) mod operator;
pub(super) mod origin;
pub(super) mod query;
pub(super) mod request_id;
pub(super) mod visitor;
