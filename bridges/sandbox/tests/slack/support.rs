//! What every test here needs: a sandbox on a free port, calls, sockets, and an app's HTTP endpoint.
//!
//! What lives here: helpers without assertions about Slack. What must not: tests.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use bridge_sandbox::serve::Serving;
use bridge_sandbox::slack::{Seed, SlackOptions, SlackSandbox};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longer than anything here takes.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// The demo's first channel.
pub(crate) const SHOP: &str = "C0SHOP";
/// A full member.
pub(crate) const MINA: &str = "U0MINA";
/// The app's bot token.
pub(crate) const BOT: &str = "xoxb-TLINE";
/// The app's app-level token.
pub(crate) const APP: &str = "xapp-1-ATLINE";

/// A served sandbox.
pub(crate) struct Slack {
    pub(crate) sandbox: SlackSandbox,
    pub(crate) serving: Serving,
    pub(crate) http: reqwest::Client,
}

/// The demo's workspace with Slack's figures, but patient.
pub(crate) async fn slack() -> Slack {
    slack_with(patient(Seed::demo())).await
}

/// Slack's figures over this seed, but acknowledgements may come late.
pub(crate) fn patient(seed: Seed) -> SlackOptions {
    SlackOptions { ack_within: Duration::from_secs(20), ..SlackOptions::seeded(seed) }
}

/// A sandbox with these options.
pub(crate) async fn slack_with(options: SlackOptions) -> Slack {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (sandbox, serving) = SlackSandbox::serve(listener, options).unwrap();
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Slack { sandbox, serving, http }
}

impl Slack {
    /// A call with a JSON body.
    pub(crate) async fn json(&self, token: &str, method: &str, body: Value) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}/api/{method}", self.serving.base_url);
        let request = self.http.post(url).header("content-type", "application/json; charset=utf-8");
        request.bearer_auth(token).body(body.to_string()).send().await
    }

    /// A call of a writing method with the bot's token.
    pub(crate) async fn write(&self, method: &str, body: Value) -> Value {
        self.json(BOT, method, body).await.unwrap().json().await.unwrap()
    }

    /// A call of a reading method with the bot's token.
    pub(crate) async fn get(&self, method: &str, query: &[(&str, &str)]) -> Value {
        let mut url = url::Url::parse(&format!("{}/api/{method}", self.serving.base_url)).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        self.http.get(url).bearer_auth(BOT).send().await.unwrap().json().await.unwrap()
    }

    /// Posts in the shop's channel.
    pub(crate) async fn post(&self, text: &str) -> String {
        let posted = self.write("chat.postMessage", json!({"channel": SHOP, "text": text})).await;
        posted["ts"].as_str().expect("a post gives its ts").to_owned()
    }

    /// Opens a socket and reads its hello.
    pub(crate) async fn socket(&self) -> Socket {
        let opened: Value = self.json(APP, "apps.connections.open", json!({})).await.unwrap().json().await.unwrap();
        let (stream, _) = tokio_tungstenite::connect_async(opened["url"].as_str().unwrap()).await.unwrap();
        let mut socket = Socket { stream, hello: Value::Null };
        socket.hello = socket.next().await;
        socket
    }
}

/// An app's end of Socket Mode.
pub(crate) struct Socket {
    pub(crate) stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) hello: Value,
}

impl Socket {
    /// The next JSON frame; pings are skipped.
    pub(crate) async fn next(&mut self) -> Value {
        self.try_next().await.expect("the socket ended")
    }

    /// The next JSON frame, or `None` when the socket ends.
    pub(crate) async fn try_next(&mut self) -> Option<Value> {
        loop {
            match tokio::time::timeout(SOON, self.stream.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }

    /// Acknowledges an envelope.
    pub(crate) async fn ack(&mut self, envelope: &Value) {
        let ack = json!({"envelope_id": envelope["envelope_id"]});
        self.stream.send(Message::text(ack.to_string())).await.unwrap();
    }

    /// The next frame, acknowledged.
    pub(crate) async fn take(&mut self) -> Value {
        let envelope = self.next().await;
        self.ack(&envelope).await;
        envelope
    }
}

/// What arrived at an app's endpoint.
pub(crate) struct Arrived {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Arrived {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// An app's endpoint that answers each request with the next of these statuses, then 200.
pub(crate) async fn endpoint(statuses: &[u16]) -> (String, mpsc::UnboundedReceiver<Arrived>) {
    let (sender, arrivals) = mpsc::unbounded_channel();
    let (queue, answers) = mpsc::unbounded_channel();
    for status in statuses {
        queue.send(StatusCode::from_u16(*status).unwrap()).unwrap();
    }
    let answers = std::sync::Arc::new(tokio::sync::Mutex::new(answers));
    let handler = move |State(()): State<()>, headers: HeaderMap, body: Bytes| async move {
        let challenge = serde_json::from_slice::<Value>(&body).unwrap_or_default()["challenge"].clone();
        sender.send(Arrived { headers, body }).unwrap();
        let status = answers.lock().await.try_recv().unwrap_or(StatusCode::OK);
        (status, challenge.as_str().unwrap_or_default().to_owned())
    };
    let app = axum::Router::new().route("/hook", axum::routing::post(handler)).with_state(());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, arrivals)
}

/// The next arrival, in time.
pub(crate) async fn arrival(arrivals: &mut mpsc::UnboundedReceiver<Arrived>) -> Arrived {
    tokio::time::timeout(SOON, arrivals.recv()).await.expect("a request in time").unwrap()
}
