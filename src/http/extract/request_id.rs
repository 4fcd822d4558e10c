//! The id of a request: in its answer, in its problem document, and in every log line about it.
//!
//! What lives here: giving it out. What must not: taking one from outside, where it could be made to lie about another's.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::clock;

/// The header that tells it.
pub(in crate::http) const HEADER: &str = "x-request-id";

/// A request's id; zero where the layer is missing, as in a test of one handler.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::http) struct RequestId(Uuid);

impl RequestId {
    /// The id that [`assign`] put there.
    pub(in crate::http) fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions))
    }
}

/// The layer that gives each request its id and tells it in the answer.
pub(in crate::http) async fn assign(mut request: Request, next: Next) -> Response {
    let id = RequestId(clock::new_id());
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HeaderName::from_static(HEADER), value);
    }
    response
}
