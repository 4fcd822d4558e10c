//! Helpers for this layer's own tests: one request to a small router, and its answer.
//!
//! What lives here: sending and reading. What must not: a whole server; tests of that stand in `tests/it`.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use tower::ServiceExt;

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// Null when the body isn't JSON.
    pub(super) json: serde_json::Value,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(super) fn get(uri: &str) -> Request {
    Request::get(uri).body(Body::empty()).unwrap()
}

/// A POST of a body of the given type (empty: no type at all).
pub(super) fn post(uri: &str, content_type: &str, body: impl Into<Body>) -> Request {
    let mut request = Request::post(uri);
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    request.body(body.into()).unwrap()
}

pub(super) async fn send(router: Router, request: Request) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        json: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}
