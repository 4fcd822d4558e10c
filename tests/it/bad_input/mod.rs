//! Requests and surroundings that are wrong, each with its exact answer.
//!
//! What lives here: one file for each place where something wrong comes in. What must not: what people do in a team chat.

mod bodies;
mod databases;
mod hooks;
mod limits;
mod live;
mod origins;
mod positions;
mod starts;
mod tokens;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::support::database::Database;
use crate::support::program::{Program, bare};

/// A program whose two domains no channel shows, and a client that is no browser.
struct Stand {
    program: Program,
    http: reqwest::Client,
}

impl Stand {
    async fn start(db: &Database) -> Self {
        Self::of(Program::with(bare(db)).await)
    }

    fn of(program: Program) -> Self {
        Self { program, http: reqwest::Client::new() }
    }

    /// A request that says nothing of itself.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.program.url))
    }

    /// A session's start from a page of that origin.
    #[expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]
    async fn session(&self, origin: Option<&str>, body: &Value) -> Response {
        let mut request = self.request(Method::POST, "/v1/widget/sessions").json(body);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.send().await.unwrap()
    }
}
