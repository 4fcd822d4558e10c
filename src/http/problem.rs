//! Refusals as RFC 9457 problem documents.
//!
//! What lives here: [`Problem`], its making from an [`ApiError`], and the layer that writes it. What must not: deciding what
//! is refused.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ApiError;
use super::extract::request_id::RequestId;

/// A problem document's content type.
pub(super) const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was refused (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Problem {
    /// `urn:threadline:problem:NAME`; the name never changes.
    #[serde(rename = "type")]
    #[schema(examples("urn:threadline:problem:origin-not-allowed"))]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong here, and what would be right. Never there when the fault is ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Names this request in our log.
    request_id: String,
    /// Seconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    /// The value that can't be taken, by its path in the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Problem {
    /// Writes an error down. A fault of ours is described by the request's id and nothing else: the rest is in the log.
    pub(super) fn new(error: &ApiError, request_id: &RequestId) -> Self {
        let (name, status, title) = error.kind();
        let detail = match error {
            ApiError::Unavailable { .. } | ApiError::Internal { .. } => None,
            other => Some(sentence(&other.to_string())),
        };
        let field = match error {
            ApiError::Validation { field, .. } => Some(field.clone()),
            _ => None,
        };
        Self {
            kind: format!("urn:threadline:problem:{name}"),
            title,
            status: status.as_u16(),
            detail,
            request_id: request_id.to_string(),
            retry_after_s: retry_after_s(error),
            field,
        }
    }
}

/// Whole seconds, at least one: a client that waits so long isn't refused again by the same limit.
fn retry_after_s(error: &ApiError) -> Option<u64> {
    error
        .retry_after()
        .map(|wait| wait.as_millis().div_ceil(1_000))
        .map(|s| u64::try_from(s).unwrap_or(u64::MAX).max(1))
}

/// An error's text begins in lower case, because errors are chained; a reader gets a sentence.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '?']) { "" } else { "." };
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect::<String>() + stop)
}

/// Logs what is our own fault; a client's mistakes are the client's to see.
pub(super) fn log(error: &ApiError, request_id: &RequestId) {
    match error {
        ApiError::Unavailable { source } | ApiError::Internal { source } => {
            let (name, _, _) = error.kind();
            tracing::error!(
                request.id = %request_id,
                problem = name,
                error = %chain(source.as_ref()),
                "request {request_id} failed",
            );
        }
        other => {
            tracing::debug!(request.id = %request_id, problem = other.kind().0, "request {request_id} was refused")
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// The layer that turns an [`ApiError`] in an answer into its problem document.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let request_id = RequestId::of(request.extensions());
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else { return response };
    log(&error, &request_id);
    let problem = Problem::new(&error, &request_id);
    let headers = response.headers_mut();
    // It counted the empty body that the document takes the place of.
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if matches!(*error, ApiError::Unauthorized) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    *response.body_mut() = Body::from(serde_json::to_vec(&problem).unwrap_or_default());
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::routing::get;
    use axum::{Router, middleware};
    use rstest::rstest;

    use super::super::limits::TooMany;
    use super::super::testing;
    use super::*;
    use crate::service::ServiceError;

    fn unavailable() -> ServiceError {
        ServiceError::Unavailable("postgres://me:secret@db refused".into())
    }

    #[rstest]
    #[case(ServiceError::Unauthorized, 401, "unauthorized")]
    #[case(ServiceError::NotFound { what: "picture" }, 404, "not-found")]
    #[case(ServiceError::Invalid { field: "body", why: "is empty".into() }, 422, "validation-failed")]
    #[case(ServiceError::Conflict { why: "too late".into() }, 409, "conflict")]
    #[case(ServiceError::Closed, 409, "conversation-closed")]
    #[case(unavailable(), 503, "unavailable")]
    fn a_services_error_has_its_problem(#[case] error: ServiceError, #[case] status: u16, #[case] name: &str) {
        let problem = Problem::new(&error.into(), &RequestId::default());
        assert_eq!((problem.status, problem.kind), (status, format!("urn:threadline:problem:{name}")));
    }

    async fn answer(make: impl Fn() -> ApiError + Clone + Send + Sync + 'static) -> testing::Answer {
        let router = Router::new().route("/", get(async move || make())).layer(middleware::from_fn(render));
        testing::send(router, testing::get("/")).await
    }

    #[tokio::test]
    async fn a_fault_of_ours_shows_an_id_and_nothing_else() {
        let answer = answer(|| unavailable().into()).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("2"));
        let keys: Vec<&String> = answer.json.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["request_id", "retry_after_s", "status", "title", "type"]);
        assert!(!answer.json.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn a_mistake_of_the_clients_is_explained() {
        let answer = answer(|| ServiceError::Invalid { field: "body", why: "is empty".into() }.into()).await;
        assert_eq!(answer.header("content-type"), Some(CONTENT_TYPE));
        assert_eq!(answer.json["field"], "body");
        assert_eq!(answer.json["detail"], "`body`: is empty.");
    }

    #[tokio::test]
    async fn a_wait_is_told_in_whole_seconds_and_is_never_too_short() {
        let too_many = || TooMany { what: "messages", retry_after: Duration::from_millis(1_200) }.into();
        let answer = answer(too_many).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("2")));
        assert_eq!(answer.json["retry_after_s"], 2);
    }
}
