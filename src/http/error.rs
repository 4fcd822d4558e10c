//! Why a request is refused.
//!
//! What lives here: [`ApiError`] and which status each kind has. What must not: how it is written down (that is
//! [`super::problem`]).

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::limits::TooMany;
use crate::service::ServiceError;

/// How long to wait before trying again what could not be done for a reason that nobody can put a time to.
const LATER: Duration = Duration::from_secs(2);

/// Why a request is refused. A client may rely on each kind's name, see [`ApiError::name`].
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// The domain isn't configured.
    #[error(
        "there is no domain `{name}` here: add it to the configuration file as a [[domain]], or correct data-domain"
    )]
    UnknownDomain {
        /// The name as it was given.
        name: String,
    },
    /// The page isn't one of the domain's.
    #[error("a page of {origin} may not use the chat of the domain `{domain}`: {fix}")]
    OriginNotAllowed {
        /// The page's origin.
        origin: String,
        /// The domain's name.
        domain: String,
        /// What to do about it.
        fix: String,
    },
    /// No token, or none of ours.
    #[error(
        "the visitor token is missing or not valid: start a session to get one, and send it as `Authorization: Bearer TOKEN`"
    )]
    Unauthorized,
    /// A website's word about who its visitor is can't be taken.
    #[error("identity_jwt: {why}")]
    IdentityNotValid {
        /// Why, for the website's developer.
        why: String,
    },
    /// The website vouches for who the visitor is, and the visitor can't change that.
    #[error("the website says who you are, so that can't be changed here")]
    IdentityVerified,
    /// Nobody is signed in.
    #[error(
        "nobody is signed in, or no longer: get a link with `/threadline inbox` in the team's chat, or with `threadline \
         invite` on the server; scripts send a key that is still good as `Authorization: Bearer KEY`"
    )]
    SignedOut,
    /// A request that changes something doesn't come from a page of ours.
    #[error("only our own pages may do that, and the origin of this one is {origin}: open it at {ours}")]
    ForeignOrigin {
        /// The page's origin, as it was given.
        origin: String,
        /// Our own.
        ours: String,
    },
    /// Whoever asks lacks the right to it.
    #[error("{what}")]
    NotAllowed {
        /// What is lacking, and how to get it.
        what: &'static str,
    },
    /// Only a person can do that.
    #[error("a key acts as nobody: only an operator who is signed in can do that")]
    OperatorNeeded,
    /// A link that signs in is no longer good, or never was.
    #[error("{why}")]
    LinkNotValid {
        /// Why, and how to get a new one.
        why: &'static str,
    },
    /// It would leave nobody to look after the whole.
    #[error("this is the only admin who can sign in: make somebody else an admin first")]
    LastAdmin,
    /// A value can't be taken.
    #[error("`{field}`: {why}")]
    Validation {
        /// The value's path in the request.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// The request can't be read.
    #[error("{why}")]
    Malformed {
        /// What is wrong, and where.
        why: String,
    },
    /// The body is too big.
    #[error("the body is over {limit} bytes")]
    TooLarge {
        /// Most bytes.
        limit: usize,
    },
    /// The body isn't JSON by its own account.
    #[error("send JSON, with the header `Content-Type: application/json`")]
    UnsupportedMediaType,
    /// There is no such thing.
    #[error("there is no such {what}")]
    NotFound {
        /// What was asked for.
        what: &'static str,
    },
    /// The URL exists, but not for this method.
    #[error("this URL takes another method: see the Allow header")]
    MethodNotAllowed,
    /// Things stand in a way that does not allow it.
    #[error("{why}")]
    Conflict {
        /// In which way.
        why: String,
    },
    /// There is no open conversation.
    #[error("there is no open conversation")]
    ConversationClosed,
    /// A limit is reached.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// It can't be done now; later it may.
    #[error("it can't be done now")]
    Unavailable {
        /// Why, for the log only.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A mistake of ours.
    #[error("internal error")]
    Internal {
        /// What went wrong, for the log only.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ApiError {
    /// The kind's stable name, the status that it has, and its title.
    pub(super) const fn kind(&self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::UnknownDomain { .. } => ("unknown-domain", StatusCode::NOT_FOUND, "Unknown domain"),
            Self::OriginNotAllowed { .. } => {
                ("origin-not-allowed", StatusCode::FORBIDDEN, "This page may not use the chat")
            }
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED, "Visitor token not valid"),
            Self::IdentityNotValid { .. } => {
                ("identity-not-valid", StatusCode::UNAUTHORIZED, "The identity is not valid")
            }
            Self::IdentityVerified => ("identity-verified", StatusCode::CONFLICT, "The identity can't be changed"),
            Self::SignedOut => ("signed-out", StatusCode::UNAUTHORIZED, "Signed out"),
            Self::ForeignOrigin { .. } => ("origin-not-allowed", StatusCode::FORBIDDEN, "This page may not do that"),
            Self::NotAllowed { .. } => ("not-allowed", StatusCode::FORBIDDEN, "Not allowed"),
            Self::OperatorNeeded => ("operator-needed", StatusCode::FORBIDDEN, "An operator is needed"),
            Self::LinkNotValid { .. } => ("link-not-valid", StatusCode::UNAUTHORIZED, "The link is not valid"),
            Self::LastAdmin => ("last-admin", StatusCode::CONFLICT, "The last admin"),
            Self::Validation { .. } => {
                ("validation-failed", StatusCode::UNPROCESSABLE_ENTITY, "A value can't be taken")
            }
            Self::Malformed { .. } => ("malformed-request", StatusCode::BAD_REQUEST, "The request can't be read"),
            Self::TooLarge { .. } => ("payload-too-large", StatusCode::PAYLOAD_TOO_LARGE, "Too big"),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not the right kind of content")
            }
            Self::NotFound { .. } => ("not-found", StatusCode::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::Conflict { .. } => ("conflict", StatusCode::CONFLICT, "Not as things stand"),
            Self::ConversationClosed => ("conversation-closed", StatusCode::CONFLICT, "The conversation is closed"),
            Self::TooMany(_) => ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Unavailable { .. } => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "Not available now"),
            Self::Internal { .. } => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here"),
        }
    }

    /// How long to wait before trying again, where trying again makes sense.
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooMany(too_many) => Some(too_many.retry_after),
            Self::Unavailable { .. } => Some(LATER),
            Self::UnknownDomain { .. }
            | Self::OriginNotAllowed { .. }
            | Self::Unauthorized
            | Self::IdentityNotValid { .. }
            | Self::IdentityVerified
            | Self::SignedOut
            | Self::ForeignOrigin { .. }
            | Self::NotAllowed { .. }
            | Self::OperatorNeeded
            | Self::LinkNotValid { .. }
            | Self::LastAdmin
            | Self::Validation { .. }
            | Self::Malformed { .. }
            | Self::TooLarge { .. }
            | Self::UnsupportedMediaType
            | Self::NotFound { .. }
            | Self::MethodNotAllowed
            | Self::Conflict { .. }
            | Self::ConversationClosed
            | Self::Internal { .. } => None,
        }
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Unauthorized => Self::Unauthorized,
            ServiceError::IdentityNotValid { why } => Self::IdentityNotValid { why },
            ServiceError::IdentityVerified => Self::IdentityVerified,
            ServiceError::SignedOut => Self::SignedOut,
            ServiceError::LinkNotValid { why } => Self::LinkNotValid { why },
            ServiceError::LastAdmin => Self::LastAdmin,
            ServiceError::NotFound { what } => Self::NotFound { what },
            ServiceError::Invalid { field, why } => Self::Validation { field: field.to_owned(), why },
            ServiceError::Closed => Self::ConversationClosed,
            ServiceError::Conflict { why } => Self::Conflict { why },
            error @ ServiceError::NewerIsOpen => Self::Conflict { why: error.to_string() },
            ServiceError::NotAllowed { what } => Self::NotAllowed { what },
            ServiceError::Unavailable(source) => Self::Unavailable { source },
        }
    }
}

/// The answer carries the error itself; [`super::problem::render`] writes it down, because only there is the request's id.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (_, status, _) = self.kind();
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
