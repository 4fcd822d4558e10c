//! Why a use case did not happen.
//!
//! What lives here: [`ServiceError`]. What must not: status codes.

use bridge_core::BridgeError;

use crate::store::{CommitError, StoreError};

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The token is none of ours, or no longer valid.
    #[error("the visitor token is not valid")]
    Unauthorized,
    /// There is no such thing, or it is somebody else's.
    #[error("there is no such {what}")]
    NotFound {
        /// What was asked for.
        what: &'static str,
    },
    /// A value can't be taken.
    #[error("{field}: {why}")]
    Invalid {
        /// The value's name in the request.
        field: &'static str,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// Things stand in a way that does not allow it.
    #[error("{why}")]
    Conflict {
        /// In which way.
        why: String,
    },
    /// There is no open conversation.
    #[error("there is no open conversation")]
    Closed,
    /// It can't be done now; later it may.
    #[error("the database can't be used now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    /// A platform's answer to a question. What it refuses for good is counted as a failure; anything else can be had later.
    #[must_use]
    pub fn from_bridge(error: BridgeError) -> Self {
        match error {
            BridgeError::Rejected { .. } | BridgeError::ThreadGone => {
                Self::Invalid { field: "event", why: error.to_string() }
            }
            BridgeError::RateLimited { .. }
            | BridgeError::Ambiguous { .. }
            | BridgeError::Transient { .. }
            | BridgeError::ChannelBroken { .. }
            | BridgeError::Unauthorized { .. } => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<CommitError> for ServiceError {
    fn from(error: CommitError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
