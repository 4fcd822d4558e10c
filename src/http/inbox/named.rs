//! The conversation that a URL names.
//!
//! What lives here: from the path to a conversation that the caller may see. One of a foreign domain is not there for them,
//! so that nobody learns of it. What must not: what is done with it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use crate::model::{ConversationId, MessageId, OperatorId};
use crate::service::show_conversation::domain_of;

/// A conversation that the caller may see, and the message in it where the URL names one.
pub(in crate::http) struct Named {
    /// Who asks.
    pub(in crate::http) current: CurrentOperator,
    /// The conversation.
    pub(in crate::http) conversation: ConversationId,
    message: Option<MessageId>,
}

impl Named {
    /// The operator who asks; `None` for a script.
    pub(in crate::http) fn me(&self) -> Option<OperatorId> {
        self.current.who.operator().map(|operator| operator.id)
    }

    /// The message that the URL names.
    ///
    /// # Errors
    /// `NotFound` where it is no message's id.
    pub(in crate::http) fn message(&self) -> Result<MessageId, ApiError> {
        self.message.ok_or(ApiError::NotFound { what: "message" })
    }
}

impl FromRequestParts<State> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let missing = || ApiError::NotFound { what: "conversation" };
        let current = CurrentOperator::from_request_parts(parts, state).await?;
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| missing())?;
        let part = |wanted: &str| path.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let id: Option<ConversationId> = part("id").and_then(|id| id.parse().ok());
        let conversation = id.ok_or_else(missing)?;
        let domain = domain_of(&state.service, conversation).await?;
        if !domain.is_some_and(|domain| current.access.sees(domain)) {
            return Err(missing());
        }
        let message = part("message").and_then(|id| id.parse().ok());
        Ok(Self { current, conversation, message })
    }
}
