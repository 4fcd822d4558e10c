//! What a refused request looks like.
//!
//! What lives here: reading a problem document and holding it to its form. What must not: which request is refused.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Response;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;

/// A refusal, read whole.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) problem: Value,
}

impl Refusal {
    /// Reads a problem document; anything else ends the test.
    pub(crate) async fn read(answer: Response) -> Self {
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        let refusal = Self { status, headers, problem };
        assert_eq!(refusal.header("content-type"), Some("application/problem+json"), "{status}: {text}");
        assert_eq!(refusal.problem["status"], status, "{text}");
        assert_eq!(refusal.problem["request_id"].as_str(), refusal.header("x-request-id"), "{text}");
        refusal
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get(HeaderName::from_static(name))?.to_str().ok()
    }

    /// Holds it to its status, its stable name, and the words that explain it.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, name: &str, detail: &str) -> &Self {
        let kind = format!("urn:threadline:problem:{name}");
        let found = (self.status, self.problem["type"].as_str(), self.problem["detail"].as_str());
        assert_eq!(found, (status, Some(kind.as_str()), Some(detail)));
        self
    }

    /// Holds it to 429 and to a wait of whole seconds that both the header and the document tell.
    #[track_caller]
    pub(crate) fn is_too_many(&self, what: &str) {
        let seconds = self.problem["retry_after_s"].as_u64().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds} s");
        assert_eq!(self.header("retry-after"), Some(seconds.to_string().as_str()));
        self.is(429, "too-many-requests", &format!("Too many {what}: try again in {seconds} s."));
    }
}
