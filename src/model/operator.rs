//! The operator.
//!
//! What lives here: a teammate as visitors and colleagues see them. What must not: how they sign in.

use bridge_core::Micros;
use serde::{Deserialize, Serialize};

use super::ids::{OperatorId, PictureId};

/// What an operator who was invited may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers visitors.
    Operator,
    /// Answers visitors, and looks after domains, operators and keys.
    Admin,
}

/// Whether an operator says that they can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Let it follow from what they do.
    #[default]
    Auto,
    /// They can't, whatever they do.
    Away,
    /// They can, whatever they do.
    Back,
}

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
    /// When they first spoke, or were invited.
    pub created_at: Micros,
    /// Whether name and picture are the operator's own choice; then platforms change them no more.
    pub own_profile: bool,
    /// What they may do, where they were invited. `None`: what they may follows from their selves on platforms.
    pub role: Option<Role>,
    /// The names of the domains that they see. `None`: with a role all of them; without one, those whose channels are on a
    /// connection where they have a self.
    pub domains: Option<Vec<String>>,
    /// Whether they say that they can answer.
    pub availability: Availability,
    /// Since when they may neither sign in nor answer visitors, whatever a platform says of them.
    pub deactivated_at: Option<Micros>,
}

impl Operator {
    /// Somebody about whom nothing is known yet but the name.
    #[must_use]
    pub fn named(id: OperatorId, name: impl Into<String>, now: Micros) -> Self {
        Self {
            id,
            name: name.into(),
            email: None,
            picture: None,
            picture_source: None,
            created_at: now,
            own_profile: false,
            role: None,
            domains: None,
            availability: Availability::Auto,
            deactivated_at: None,
        }
    }
}
