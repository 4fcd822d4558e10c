//! What the sandbox remembers of its traffic: calls, typing, how a click ended.
//!
//! What lives here: plain records for tests to read. What must not: the world itself (see `world`).

use serde::Serialize;
use serde_json::Value;

/// One call of the HTTP API, as the sandbox saw it.
#[derive(Clone, Debug, Serialize)]
pub struct ApiCall {
    /// Unix microseconds.
    pub at: i64,
    /// The app whose token was used, if known.
    pub app: Option<String>,
    /// The operation's name in Discord's published API, such as `create_message`.
    pub operation: String,
    /// The channel or thread in its path.
    pub channel: Option<String>,
    /// HTTP status of the answer; 0 when none was given.
    pub status: u16,
    /// `ok`, Discord's numeric code with its sentence, or `fault: …`.
    pub outcome: String,
    /// The path below the version.
    pub path: String,
    /// The body, or the query for calls without one.
    pub args: Value,
}

/// Somebody is typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Typed {
    /// Unix microseconds.
    pub at: i64,
    /// Who.
    pub user: String,
    /// The channel or thread.
    pub channel: String,
}

/// How a click or a command ended.
#[derive(Debug, Clone, Serialize)]
pub struct Clicked {
    /// The app answered within Discord's three seconds; otherwise the person reads that it failed.
    pub acked: bool,
    /// The interaction's id.
    pub interaction: String,
    /// What the app shows to answer.
    pub token: String,
}

/// A file that a person uploads.
#[derive(Debug, Clone)]
pub struct Upload {
    /// File name.
    pub name: String,
    /// Type, such as `image/png`.
    pub mimetype: String,
    /// The bytes.
    pub bytes: bytes::Bytes,
    /// A text with it; may be empty.
    pub comment: String,
}
