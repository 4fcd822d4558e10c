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
    /// A website's word about who its visitor is can't be taken.
    #[error("{why}")]
    IdentityNotValid {
        /// Why, for the website's developer.
        why: String,
    },
    /// The website vouches for who the visitor is, and the visitor can't change that.
    #[error("the website says who you are, so that can't be changed here")]
    IdentityVerified,
    /// Nobody is signed in with that session, or that key is no longer good.
    #[error("nobody is signed in")]
    SignedOut,
    /// A link that signs in is no longer good, or never was.
    #[error("{why}")]
    LinkNotValid {
        /// Why, and how to get a new one.
        why: &'static str,
    },
    /// It would leave nobody to look after the whole.
    #[error("this is the only admin who can sign in: make somebody else an admin first")]
    LastAdmin,
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
    /// The visitor has another open conversation, and has at most one.
    #[error("The visitor has begun another conversation since; answer there.")]
    NewerIsOpen,
    /// Whoever asks lacks the right to it.
    #[error("{what}")]
    NotAllowed {
        /// What is lacking, and how to get it.
        what: &'static str,
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
