//! The operators' pages: inbox, history, monitor, admin, and where a sign-in link leads.
//!
//! What lives here: which page is where, and the headers that keep it ours. What must not: who may see what. The pages are
//! the same for everybody and hold nothing; what they show comes from the API, which knows who asks.

use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::response::{Redirect, Response};

use super::super::State;
use super::super::error::ApiError;
use super::assets::{ASK_EACH_TIME, serve};

/// Nothing but our own scripts, styles, pictures and calls, and nobody may show a page of ours inside theirs. `blob:` is a
/// picture that the operator has just chosen.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// What every page has beside the headers that every answer has (`layers::common_headers`).
const PAGE: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    // For browsers that don't know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-write=(self)",
        ),
    ),
];

/// `GET /`: whoever types the server's bare address wants to work, or, at the demo, to look around.
pub(in crate::http) async fn front(Shared(state): Shared<State>) -> Redirect {
    Redirect::to(if state.demo { "/demo" } else { "/inbox" })
}

/// `GET /inbox/` and the like: people type the slash. What stands behind the sign comes along by itself.
pub(in crate::http) async fn without_slash(address: Uri) -> Redirect {
    let path = address.path().trim_end_matches('/');
    match address.query() {
        Some(query) => Redirect::to(&format!("{path}?{query}")),
        None => Redirect::to(path),
    }
}

/// `GET /inbox`
pub(in crate::http) async fn inbox(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    page(&state, "inbox", &headers)
}

/// `GET /history`
pub(in crate::http) async fn history(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    page(&state, "history", &headers)
}

/// `GET /monitor`
pub(in crate::http) async fn monitor(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    page(&state, "monitor", &headers)
}

/// `GET /admin`
pub(in crate::http) async fn admin(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    page(&state, "admin", &headers)
}

/// `GET /sign-in`. The token is in the fragment, which isn't part of the request.
pub(in crate::http) async fn sign_in(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    page(&state, "sign-in", &headers)
}

/// `GET /pages/assets/{path}`: what the pages load.
pub(in crate::http) async fn part(
    Shared(state): Shared<State>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(&state, &format!("pages/assets/{path}"), &headers, ASK_EACH_TIME)
}

fn page(state: &State, name: &str, asked: &HeaderMap) -> Result<Response, ApiError> {
    let mut response = serve(state, &format!("pages/{name}/index.html"), asked, ASK_EACH_TIME)?;
    // A page is no part of anybody else's website.
    response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    for (name, value) in PAGE {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
