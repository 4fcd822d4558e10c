//! What the page of every stand-in has: its files, and the stream that tells it of changes.
//!
//! What lives here: answers for a browser. What must not: what a platform's page shows (see its `page` module).

use std::convert::Infallible;

use axum::Router;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::Stream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Where the files are that all pages share.
pub(crate) fn kit<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/kit.css", get(|| css(include_str!("page/kit.css"))))
        .route("/kit.js", get(|| js(include_str!("page/kit.js"))))
}

pub(crate) async fn css(text: &'static str) -> Response {
    file("text/css; charset=utf-8", text)
}

pub(crate) async fn js(text: &'static str) -> Response {
    file("text/javascript; charset=utf-8", text)
}

/// The page itself. `{base}` in it becomes the path of the mount point, which a nested mount may have been asked for
/// without its slash.
pub(crate) fn html(base_url: &str, template: &str) -> Response {
    let base = url::Url::parse(base_url).map(|url| url.path().trim_end_matches('/').to_owned());
    file("text/html; charset=utf-8", template.replace("{base}", &base.unwrap_or_default()))
}

fn file(kind: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], body).into_response()
}

/// Server-sent events: the version number now and at every change, until `stop`.
pub(crate) fn live(
    versions: watch::Receiver<u64>,
    stop: CancellationToken,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let first = Some(*versions.borrow());
    let stream = futures_util::stream::unfold((versions, stop, first), |(mut versions, stop, first)| async move {
        let version = match first {
            Some(version) => version,
            None => tokio::select! {
                changed = versions.changed() => {
                    changed.ok()?;
                    *versions.borrow_and_update()
                }
                () = stop.cancelled() => return None,
            },
        };
        Some((Ok(Event::default().data(version.to_string())), (versions, stop, None)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
