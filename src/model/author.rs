//! Who said or did something, as people see them.
//!
//! What lives here: the name and picture to show. What must not: how they are looked up.

use bridge_core::Speaker;

use super::ids::PictureId;

/// Somebody, as people see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// What they are to the conversation.
    pub kind: Speaker,
    /// Their name, where they have one.
    pub name: Option<String>,
    /// Their picture, where they have one.
    pub picture: Option<PictureId>,
}
