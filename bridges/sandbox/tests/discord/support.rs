//! What the tests of the HTTP API and of people need: a sandbox on a free port and calls.
//!
//! What lives here: helpers without assertions about Discord. What must not: tests.

use std::time::Duration;

use bridge_sandbox::discord::seed::TOKEN;
use bridge_sandbox::discord::{DiscordOptions, DiscordSandbox, Seed};
use bridge_sandbox::serve::Serving;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) use bridge_sandbox::discord::seed::{BLOG, BOT, GUILD, HELP, JONAS, MINA, PRIYA, SHOP, SUPPORT, TOM};

/// Longer than anything here takes.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A served sandbox.
pub(crate) struct Discord {
    pub(crate) sandbox: DiscordSandbox,
    pub(crate) serving: Serving,
    pub(crate) http: reqwest::Client,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// Status and Discord's code.
    pub(crate) fn refusal(&self) -> (u16, i64) {
        (self.status, self.body["code"].as_i64().unwrap_or(-1))
    }

    /// The first code of what is wrong with the field at this path.
    pub(crate) fn wrong(&self, path: &[&str]) -> String {
        assert_eq!(self.refusal(), (400, 50_035), "{self:?}");
        let field = path.iter().fold(&self.body["errors"], |at, name| &at[*name]);
        field["_errors"][0]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The object's id.
    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The demo's guild with Discord's figures.
pub(crate) async fn discord() -> Discord {
    discord_with(DiscordOptions::seeded(Seed::demo())).await
}

/// A sandbox with these options.
pub(crate) async fn discord_with(options: DiscordOptions) -> Discord {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (sandbox, serving) = DiscordSandbox::serve(listener, options).unwrap();
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Discord { sandbox, serving, http }
}

impl Discord {
    /// A request with the bot's token, not sent yet.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10/{path}", self.serving.base_url);
        self.http.request(method, url).header("authorization", format!("Bot {TOKEN}"))
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null);
        Answer { status, headers, body }
    }

    /// A call with a JSON body.
    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, &body).await
    }

    pub(crate) async fn put(&self, path: &str) -> Answer {
        self.send(self.request(Method::PUT, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Posts a message.
    pub(crate) async fn create(&self, channel: &str, body: Value) -> Answer {
        self.post(&format!("channels/{channel}/messages"), body).await
    }

    /// Posts words; gives the message's id.
    pub(crate) async fn write(&self, channel: &str, text: &str) -> String {
        let answer = self.create(channel, json!({"content": text})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.id()
    }

    /// Posts a card in a channel and starts a thread from it; gives the id of both.
    pub(crate) async fn thread(&self, channel: &str) -> String {
        let card = self.write(channel, "a card").await;
        let path = format!("channels/{channel}/messages/{card}/threads");
        let answer = self.post(&path, json!({"name": "Visitor 7F3A"})).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        card
    }

    /// Archives a thread, or brings it back.
    pub(crate) async fn archive(&self, thread: &str, archived: bool) {
        let answer = self.patch(&format!("channels/{thread}"), json!({"archived": archived})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Names of the events since the call, oldest first.
    pub(crate) fn events(&self) -> Vec<String> {
        self.sandbox.read(|view| view.events.iter().map(|event| event.name.to_owned()).collect())
    }

    /// The newest event of a name.
    pub(crate) fn last_event(&self, name: &str) -> Value {
        self.sandbox.read(|view| view.events_of(name).last().map(|event| event.data.clone()).unwrap_or_default())
    }
}
