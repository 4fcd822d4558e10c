//! The operator.
//!
//! What lives here: a teammate as visitors and colleagues see them. What must not: how they sign in.

use bridge_core::Micros;

use super::ids::{OperatorId, PictureId};

/// A teammate who answers visitors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Their id.
    pub id: OperatorId,
    /// The name that visitors see.
    pub name: String,
    /// Their e-mail address, where a platform vouches for it.
    pub email: Option<String>,
    /// The picture that visitors see.
    pub picture: Option<PictureId>,
    /// What the platform called the picture when it was copied; a change means that it must be copied again.
    pub picture_source: Option<String>,
    /// When they first spoke.
    pub created_at: Micros,
}
