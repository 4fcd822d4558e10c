//! Which pages may read an answer of the widget API. docs/adr/0002-widget-cors.md tells why it is so.
//!
//! What lives here: the preflight and the answer's CORS headers. What must not: the decision whether an origin is one of a
//! domain's (that is [`super::extract::origin`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::router::url;

/// What the widget fetches beside its API: its own parts and the operators' pictures. Everybody may have them (`pages` says
/// so in each answer), but a browser may ask first.
const FILES: [&str; 3] = ["/widget.js", "/widget/", url::PICTURES];

/// Notes whether the page's origin was found to be one of the domain's. Starts at no, so that a handler that forgets to
/// check shares nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict(Arc<AtomicBool>);

impl Verdict {
    /// The origin is one of the domain's.
    pub(super) fn allow(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_allowed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The layer: answers preflights, and lets a page read what it may. A problem document may be read by every page, for it
/// says nothing about a domain's conversations, and its reader needs it to know what to change.
pub(super) async fn share(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path.starts_with(url::WIDGET);
    let is_file = FILES.iter().any(|start| path.starts_with(start));
    let origin = request.headers().get(header::ORIGIN).cloned();
    if let Some(origin) = &origin
        && (is_api || is_file)
        && request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    {
        return preflight(origin, request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS));
    }
    if !is_api {
        return next.run(request).await;
    }
    let verdict = Verdict::default();
    request.extensions_mut().insert(verdict.clone());
    let mut response = next.run(request).await;
    let is_problem = response.extensions().get::<Arc<ApiError>>().is_some();
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin
        && (is_problem || verdict.is_allowed())
    {
        const EXPOSED: HeaderValue = HeaderValue::from_static("Retry-After, X-Request-Id");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

/// Yes to every origin, and to every header that is asked for: websites wrap `fetch` and add what their monitoring wants,
/// also to the widget's requests. It is read nowhere, and no cookie is ever taken.
fn preflight(origin: &HeaderValue, asked: Option<&HeaderValue>) -> Response {
    const USUAL: HeaderValue = HeaderValue::from_static("Authorization, Content-Type");
    const FIXED: [(HeaderName, HeaderValue); 3] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
        (header::VARY, HeaderValue::from_static("Origin, Access-Control-Request-Headers")),
    ];
    let mut headers = HeaderMap::from_iter(FIXED);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.cloned().unwrap_or(USUAL));
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::post;
    use axum::{Extension, Router, middleware};

    use super::super::testing;
    use super::*;

    fn router() -> Router {
        Router::new()
            .route(
                url::TYPING,
                post(async |Extension(verdict): Extension<Verdict>| {
                    verdict.allow();
                    StatusCode::NO_CONTENT
                }),
            )
            .route(url::READ, post(async || StatusCode::NO_CONTENT))
            .route(url::CLOSE, post(async || ApiError::Unauthorized))
            .layer(middleware::from_fn(share))
    }

    fn request(method: &str, uri: &str) -> Request {
        let request = Request::builder().method(method).uri(uri).header("origin", "https://shop.example");
        request.header("access-control-request-method", "POST").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_preflight_is_answered_for_everybody() {
        let answer = testing::send(router(), request("OPTIONS", url::READ)).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("access-control-allow-headers"), Some("Authorization, Content-Type"));
    }

    #[tokio::test]
    async fn a_page_may_add_headers_to_what_the_widget_asks_for() {
        for uri in [url::READ, "/widget.js", "/widget/en-0123abcd.json", "/pictures/maya"] {
            let mut asked = request("OPTIONS", uri);
            let wanted = HeaderValue::from_static("authorization, traceparent, x-app");
            asked.headers_mut().insert(header::ACCESS_CONTROL_REQUEST_HEADERS, wanted);
            let answer = testing::send(router(), asked).await;
            assert_eq!(answer.status, 204, "{uri}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"), "{uri}");
            assert_eq!(
                answer.header("access-control-allow-headers"),
                Some("authorization, traceparent, x-app"),
                "{uri}"
            );
        }
        let elsewhere = testing::send(router(), request("OPTIONS", "/v1/inbox/session")).await;
        assert_eq!(elsewhere.header("access-control-allow-origin"), None);
    }

    #[tokio::test]
    async fn an_answer_is_shared_only_where_the_origin_was_checked() {
        let shared = async |uri| {
            let answer = testing::send(router(), request("POST", uri)).await;
            assert_eq!(answer.header("vary"), Some("Origin"));
            answer.header("access-control-allow-origin").is_some()
        };
        assert!(shared(url::TYPING).await, "checked");
        assert!(!shared(url::READ).await, "not checked");
        assert!(shared(url::CLOSE).await, "a problem");
    }
}
