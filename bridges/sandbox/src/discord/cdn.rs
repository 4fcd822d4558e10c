//! Pictures and files, as Discord's content network gives them.
//!
//! What lives here: the routes below `/cdn`. What must not: the API.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::DiscordSandbox;
use crate::picture;

fn png(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=31536000")], bytes).into_response()
}

/// A user's picture: only under its present hash, as an old one is gone.
pub(crate) async fn avatar(
    State(sandbox): State<DiscordSandbox>,
    Path((user, file)): Path<(String, String)>,
) -> Response {
    let hash = file.split('.').next().unwrap_or_default();
    let world = sandbox.lock();
    let known = world.users.get(&user).filter(|known| known.avatar.as_deref() == Some(hash));
    match known {
        Some(known) => png(picture::avatar(known.global_name.as_deref().unwrap_or(&known.username))),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A member's picture in one guild.
pub(crate) async fn guild_avatar(
    State(sandbox): State<DiscordSandbox>,
    Path((guild, user, file)): Path<(String, String, String)>,
) -> Response {
    let hash = file.split('.').next().unwrap_or_default();
    let world = sandbox.lock();
    let known = world.member(&guild, &user).filter(|known| known.avatar.as_deref() == Some(hash));
    match known {
        Some(_) => png(picture::avatar(&world.shown_name(&guild, &user))),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The picture of who has none.
pub(crate) async fn default_avatar(Path(_): Path<String>) -> Response {
    png(picture::avatar("?"))
}

/// A file of a message.
pub(crate) async fn attachment(
    State(sandbox): State<DiscordSandbox>,
    Path((channel, id, name)): Path<(String, String, String)>,
) -> Response {
    let world = sandbox.lock();
    let messages = world.channels.get(&channel).into_iter().flat_map(|known| known.messages.values());
    let file = messages.flat_map(|message| &message.attachments).find(|file| file.id == id && file.name == name);
    match file {
        Some(file) => ([(header::CONTENT_TYPE, file.mimetype.clone())], file.bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
