//! The front end's files.
//!
//! What lives here: finding a file, and how long it may be kept. What must not: the files (they are in the crate
//! `threadline-web`).

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;
use threadline_web::Asset;

use super::super::State;
use super::super::error::ApiError;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A name that stays while its content changes: a browser asks each time whether it has, which costs one small answer. An
/// old loader would ask for parts that an upgrade took away.
pub(super) const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");

/// `GET /widget.js`: what a website embeds.
pub(in crate::http) async fn loader(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    serve(&state, "widget.js", &headers, ASK_EACH_TIME)
}

/// `GET /widget/{path}`: what the loader loads.
pub(in crate::http) async fn part(
    Shared(state): Shared<State>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(&state, &format!("widget/{path}"), &headers, ASK_EACH_TIME)
}

/// `GET /demo`: a shop's page with the widget, beside the team's chat.
pub(in crate::http) async fn demo(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    serve(&state, "demo/index.html", &headers, ASK_EACH_TIME)
}

/// `GET /demo/assets/{path}`: what the demo's page loads.
pub(in crate::http) async fn demo_part(
    Shared(state): Shared<State>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(&state, &format!("demo/assets/{path}"), &headers, ASK_EACH_TIME)
}

/// Finds a file. Reading blocks only with a folder on the developer's own disk; the program's own files are in memory.
pub(super) fn serve(state: &State, path: &str, asked: &HeaderMap, keep: HeaderValue) -> Result<Response, ApiError> {
    let asset = state.assets.get(path).ok_or(ApiError::NotFound { what: "file" })?;
    Ok(answer(asset, asked, keep))
}

fn answer(asset: Asset, asked: &HeaderMap, keep: HeaderValue) -> Response {
    // Websites load these from another origin, as scripts and as modules.
    const SHARED: [(HeaderName, HeaderValue); 2] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    let mut headers = HeaderMap::from_iter(SHARED);
    headers.insert(header::CACHE_CONTROL, if asset.immutable { FOR_EVER } else { keep });
    if let Ok(tag) = HeaderValue::from_str(&asset.etag) {
        headers.insert(header::ETAG, tag);
    }
    if is_known(asked, &asset.etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let bytes = match asset.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    (headers, Body::from(bytes)).into_response()
}

/// Whether the browser has this very content (RFC 9110: a weak comparison, so that a proxy that compresses may weaken it).
fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let tags = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(',')).map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(immutable: bool) -> Asset {
        Asset { bytes: Cow::Borrowed(b"hi"), content_type: "text/javascript", immutable, etag: "\"abc\"".into() }
    }

    fn asked(tag: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(tag))])
    }

    #[test]
    fn a_browser_that_has_it_is_told_so() {
        for tag in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            let response = answer(asset(false), &asked(tag), ASK_EACH_TIME);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{tag}");
            assert_eq!(response.headers()[header::ETAG], "\"abc\"");
        }
        assert_eq!(answer(asset(false), &asked("\"old\""), ASK_EACH_TIME).status(), StatusCode::OK);
    }

    #[test]
    fn only_what_never_changes_is_kept_for_ever() {
        let keep = |immutable| {
            answer(asset(immutable), &HeaderMap::new(), ASK_EACH_TIME).headers()[header::CACHE_CONTROL].clone()
        };
        assert_eq!((keep(true), keep(false)), (FOR_EVER, ASK_EACH_TIME));
    }
}
