//! What browsers load: the widget's script, the demo, and operators' pictures.
//!
//! What lives here: files and their headers. What must not: the API.

pub(super) mod assets;
pub(super) mod pictures;
