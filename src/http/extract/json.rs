//! A JSON body, with a refusal that says where it is wrong.
//!
//! What lives here: [`Json`]. What must not: rules about the values beyond their type.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::super::error::ApiError;
use super::body::read_body;
use crate::model::limits::shorten;

/// Most bytes of a body: a message of 10,000 characters fits, since browsers write none with more than four bytes.
pub(in crate::http) const LIMIT: usize = 64 << 10;

/// Most characters of the parser's explanation that are passed on: it may quote the value.
const EXPLAINED: usize = 300;

/// A JSON body of at most [`LIMIT`] bytes.
pub(in crate::http) struct Json<T>(pub(in crate::http) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        // The body is read first: a client that is still writing may not see an answer at all.
        let bytes = read_body(body, LIMIT).await?;
        if !is_json(&parts.headers) {
            return Err(ApiError::UnsupportedMediaType);
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| ApiError::Malformed {
            why: format!("the body is not UTF-8: the bytes from number {} on are no character", error.valid_up_to()),
        })?;
        parse(text).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads JSON. The parser's own words hold line and column.
///
/// # Errors
/// `Malformed` when it isn't JSON, `Validation` when a value is missing or of the wrong type.
pub(in crate::http) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let why = shorten(&inner.to_string(), EXPLAINED);
        match inner.classify() {
            Category::Data => ApiError::Validation { field: named(&path, &why), why },
            // A path of dots and question marks says nothing.
            Category::Io | Category::Syntax | Category::Eof if matches!(path.as_str(), "." | "?") => {
                ApiError::Malformed { why: format!("this is not valid JSON: {why}") }
            }
            Category::Io | Category::Syntax | Category::Eof => {
                ApiError::Malformed { why: format!("this is not valid JSON at `{path}`: {why}") }
            }
        }
    })?;
    reader.end().map_err(|error| ApiError::Malformed { why: format!("something goes on after the JSON: {error}") })?;
    Ok(value)
}

/// The field that a sentence of the parser's is about: the path, with the field that is missing there.
fn named(path: &str, why: &str) -> String {
    let missing = why.split_once("missing field `").and_then(|(_, rest)| rest.split_once('`')).map(|(name, _)| name);
    match (path, missing) {
        (".", None) => "the whole document".to_owned(),
        (".", Some(name)) => name.to_owned(),
        (path, None) => path.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use axum::{Router, middleware};
    use rstest::rstest;
    use serde::Deserialize;

    use super::super::super::{problem, testing};
    use super::*;

    #[derive(Deserialize)]
    struct Thing {
        body: String,
        #[serde(default)]
        page: Option<Inner>,
    }

    #[derive(Deserialize)]
    struct Inner {
        url: String,
    }

    async fn send(content_type: &str, body: Vec<u8>) -> testing::Answer {
        let take = async |Json(thing): Json<Thing>| thing.page.map_or(thing.body, |page| page.url);
        let router = Router::new().route("/", post(take)).layer(middleware::from_fn(problem::render));
        testing::send(router, testing::post("/", content_type, body)).await
    }

    #[rstest]
    #[case::broken(b"{\"body\": \"hi\",\n oops}", 400, "malformed-request", "line 2 column 2")]
    #[case::cut_off(b"{\"body\": \"hi", 400, "malformed-request", "line 1 column 12")]
    #[case::empty(b"", 400, "malformed-request", "line 1 column 0")]
    #[case::trailing(b"{\"body\": \"hi\"} x", 400, "malformed-request", "goes on after")]
    #[case::not_utf_8(b"{\"body\": \"\xff\"}", 400, "malformed-request", "number 10")]
    #[case::half_a_pair(b"{\"body\": \"\\ud800\"}", 400, "malformed-request", "line 1 column")]
    #[case::wrong_type(b"{\"body\": 7}", 422, "validation-failed", "line 1 column 10")]
    #[case::missing(b"{}", 422, "validation-failed", "missing field `body`")]
    #[tokio::test]
    async fn a_bad_body_is_explained(#[case] body: &[u8], #[case] status: u16, #[case] name: &str, #[case] says: &str) {
        let answer = send("application/json", body.to_vec()).await;
        assert_eq!(
            (answer.status, answer.json["type"].as_str().unwrap_or("")),
            (status, &*format!("urn:threadline:problem:{name}"))
        );
        let detail = answer.json["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{detail}");
    }

    #[tokio::test]
    async fn a_wrong_value_is_named_by_its_path() {
        let answer = send("application/json", b"{\"body\": \"\", \"page\": {\"url\": []}}".to_vec()).await;
        assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some("page.url")));
    }

    #[tokio::test]
    async fn a_missing_field_is_named_and_so_is_a_wrong_document() {
        let answer = send("application/json", b"{}".to_vec()).await;
        assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some("body")));
        assert_eq!(named(".", "missing field `client_key` at line 1 column 14"), "client_key");
        let answer = send("application/json", b"[]".to_vec()).await;
        assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some("the whole document")));
    }

    #[rstest]
    #[case("", 415)]
    #[case("text/plain", 415)]
    #[case("application/json; charset=utf-8", 200)]
    #[case("Application/JSON", 200)]
    #[tokio::test]
    async fn only_json_is_taken(#[case] content_type: &str, #[case] status: u16) {
        assert_eq!(send(content_type, b"{\"body\": \"hi\"}".to_vec()).await.status, status);
    }

    #[tokio::test]
    async fn a_big_body_is_refused() {
        let answer = send("application/json", vec![b' '; 1 << 20]).await;
        assert_eq!(
            (answer.status, answer.json["type"].as_str()),
            (413, Some("urn:threadline:problem:payload-too-large"))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = parse::<Thing>(&text);
        }
    }
}
