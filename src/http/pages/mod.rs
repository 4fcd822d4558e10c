//! What browsers load: the widget's script, the operators' pages, the demo, and operators' pictures.
//!
//! What lives here: files and their headers. What must not: the API.

pub(super) mod assets;
pub(super) mod demo_inbox;
pub(super) mod operators;
pub(super) mod pictures;
