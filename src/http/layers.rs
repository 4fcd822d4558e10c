//! What every request goes through: its trace, its time limit, and the headers that every answer has.
//!
//! What lives here: layers that don't care what a request is about. What must not: CORS and limits, which do.

use std::any::Any;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::trace::{MakeSpan, OnResponse, TraceLayer};
use tracing::Span;

use super::error::ApiError;
use super::extract::request_id::RequestId;

/// Longest that an answer may take. A live socket is open much longer, but its answer is the upgrade.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Refuses a request that takes too long. What it was about to commit may be committed all the same: a message carries a
/// key of its own, so that sending it again is safe.
pub(super) async fn time_limit(request: Request, next: Next) -> Response {
    within(TIME_LIMIT, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(elapsed) => ApiError::Unavailable { source: Box::new(elapsed) }.into_response(),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

/// The answer where a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
pub(super) fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::Internal { source: Box::new(Panicked(text.unwrap_or("without a word").to_owned())) }.into_response()
}

/// Headers that every answer has, unless its handler has said otherwise.
pub(super) async fn common_headers(request: Request, next: Next) -> Response {
    const DEFAULTS: [(HeaderName, HeaderValue); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = next.run(request).await;
    for (name, value) in DEFAULTS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// The layer that puts each request's log lines into a span. Neither query, nor headers, nor bodies are told: they hold
/// tokens and people's words.
pub(super) fn trace() -> TraceLayer<SharedClassifier<ServerErrorsAsFailures>, RequestSpan, (), Answered, (), (), ()> {
    TraceLayer::new_for_http()
        .make_span_with(RequestSpan)
        .on_request(())
        .on_response(Answered)
        .on_body_chunk(())
        .on_eos(())
        // Failures are logged where their cause is known.
        .on_failure(())
}

/// Makes a request's span.
#[derive(Clone)]
pub(super) struct RequestSpan;

impl<B> MakeSpan<B> for RequestSpan {
    fn make_span(&mut self, request: &axum::http::Request<B>) -> Span {
        let request_id = RequestId::of(request.extensions());
        tracing::info_span!(
            "request",
            request.id = %request_id,
            http.method = %request.method(),
            http.path = request.uri().path(),
        )
    }
}

/// Logs that a request was answered.
#[derive(Clone)]
pub(super) struct Answered;

impl<B> OnResponse<B> for Answered {
    fn on_response(self, response: &axum::http::Response<B>, latency: Duration, _span: &Span) {
        let duration_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(http.status = response.status().as_u16(), duration_ms, "answered");
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceBuilder;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::super::extract::request_id;
    use super::super::{problem, testing};
    use super::*;

    fn layered(router: Router) -> Router {
        router.layer(
            ServiceBuilder::new()
                .layer(from_fn(request_id::assign))
                .layer(trace())
                .layer(from_fn(common_headers))
                .layer(from_fn(problem::render))
                .layer(CatchPanicLayer::custom(after_panic))
                .layer(from_fn(time_limit)),
        )
    }

    #[expect(clippy::panic, reason = "what is tested is that a panic is caught")]
    async fn panics() -> &'static str {
        panic!("with a secret")
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_with_the_requests_id() {
        let answer = testing::send(layered(Router::new().route("/", get(panics))), testing::get("/")).await;
        assert_eq!(answer.status, 500);
        assert_eq!(answer.json["type"], "urn:threadline:problem:internal");
        assert_eq!(answer.json["request_id"].as_str(), answer.header("x-request-id"));
        assert!(!answer.json.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn what_takes_too_long_is_refused() {
        let router = Router::new().route("/", get(async || within(Duration::ZERO, std::future::pending()).await));
        let answer = testing::send(layered(router), testing::get("/")).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("2")));
    }

    #[tokio::test]
    async fn nobody_outside_names_a_request() {
        let mut request = testing::get("/");
        request.headers_mut().insert("x-request-id", "mine".parse().unwrap());
        let answer = testing::send(layered(Router::new().route("/", get(async || "hi"))), request).await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!((id.len(), id == "mine"), (32, false));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}
