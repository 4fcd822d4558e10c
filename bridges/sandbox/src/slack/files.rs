//! Bytes of files, and pictures of people.
//!
//! What lives here: the upload address, the download behind the bot's token, avatars. What must not: the methods around
//! an upload (see `api::files`).
//!
//! `url_private` without a good token sends the browser to a sign-in page, as Slack does: a client that follows
//! redirects would take that page for the file.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::SlackSandbox;
use super::api::instead;
use crate::faults::When;
use crate::picture;

/// Takes the bytes of an announced file. Faults know this as `files.upload`.
pub(crate) async fn upload(
    State(sandbox): State<SlackSandbox>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut late = None;
    if let Some(hit) = sandbox.0.faults.take("files.upload", None) {
        match (hit.when, instead(&hit.act)) {
            (When::Before, Some(answer)) => return answer,
            (When::After, Some(answer)) => late = Some(answer),
            (_, None) => sandbox.pause(hit).await,
        }
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let stored = sandbox.change(|world| {
        let file = world.files.values_mut().find(|file| file.upload_token.as_deref() == Some(token.as_str()));
        let file = file.ok_or(StatusCode::NOT_FOUND)?;
        if file.length != body.len() {
            return Err(StatusCode::BAD_REQUEST);
        }
        if let Some(kind) = kind.filter(|kind| !kind.starts_with("application/x-www-form")) {
            file.mimetype = kind;
        }
        file.upload_token = None;
        file.bytes = Some(body.clone());
        Ok(())
    });
    match (stored, late) {
        (_, Some(answer)) => answer,
        (Ok(()), None) => format!("OK - {}", body.len()).into_response(),
        (Err(status), None) => (status, "upload refused").into_response(),
    }
}

/// Gives a file's bytes to who may see it. Faults know this as `files.download`.
pub(crate) async fn download(
    State(sandbox): State<SlackSandbox>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Some(hit) = sandbox.0.faults.take("files.download", None) {
        match instead(&hit.act) {
            Some(answer) => return answer,
            None => sandbox.pause(hit).await,
        }
    }
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let world = sandbox.lock();
    let app = world.apps.values().find(|app| app.bot_token == token && !app.bot_token_revoked && !app.uninstalled);
    let Some(app) = app.filter(|app| app.scopes.contains("files:read")) else {
        return Redirect::temporary(&format!("{}/files/signin", world.base)).into_response();
    };
    let visible = world.files.get(&id).filter(|file| {
        let shared = file.shares.iter().filter_map(|(channel, _, _)| world.channels.get(channel));
        file.user == app.bot_user || shared.into_iter().any(|channel| channel.members.contains(&app.bot_user))
    });
    match visible.and_then(|file| file.bytes.clone().map(|bytes| (file.mimetype.clone(), bytes))) {
        Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The page that a download without a token ends on.
pub(crate) async fn sign_in() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], "<!doctype html><title>Sign in</title>Sign in to see this")
        .into_response()
}

/// A person's picture; the name is `{user}-{version}-{size}.png`.
pub(crate) async fn picture(State(sandbox): State<SlackSandbox>, Path(name): Path<String>) -> Response {
    let user = name.split('-').next().unwrap_or_default();
    let real_name = sandbox.lock().users.get(user).map(|user| user.real_name.clone());
    match real_name {
        Some(real_name) => ([(header::CONTENT_TYPE, "image/png")], picture::avatar(&real_name)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
