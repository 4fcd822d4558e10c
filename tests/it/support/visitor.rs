//! A visitor with a browser: the widget's API over real HTTP and a real WebSocket.
//!
//! What lives here: arriving, writing, and seeing what a visitor sees. What must not: the program's own types; a test reads
//! the same JSON as a browser.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where its stand fails")]

use futures_util::{SinkExt, StreamExt};
use reqwest::Response;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::PATIENCE;

/// A visitor. Cheap to clone; clones are further tabs of the same browser.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) http: reqwest::Client,
    origin: String,
}

/// A message as the visitor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) seq: i64,
    /// `visitor` or an operator's name.
    pub(crate) from: String,
    pub(crate) body: String,
}

impl Visitor {
    /// Arrives on a domain for the first time.
    pub(crate) async fn arrive(url: &str, domain: &str) -> Self {
        let http = reqwest::Client::new();
        let origin = format!("https://{domain}");
        let page = json!({"url": format!("{origin}/cart?token=1"), "title": "Cart"});
        let request = http.post(format!("{url}/v1/widget/sessions")).header("origin", &origin);
        let answer = request.json(&json!({"domain": domain, "page": page})).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let session: Value = answer.json().await.unwrap();
        let token = session["visitor_token"].as_str().unwrap().to_owned();
        Self { url: url.to_owned(), token, http, origin }
    }

    /// The same visitor at another address (the program was started again).
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// A visitor who is known already, by their token.
    pub(crate) fn known(url: &str, domain: &str, token: &str) -> Self {
        let origin = format!("https://{domain}");
        Self { url: url.to_owned(), token: token.to_owned(), http: reqwest::Client::new(), origin }
    }

    /// The message with that id as it stands now.
    pub(crate) async fn message(&self, id: &str) -> Value {
        let (_, messages, _) = self.everything().await;
        messages.into_iter().find(|message| message["id"] == id).unwrap()
    }

    /// Waits until the message with that id was removed.
    pub(crate) async fn until_removed(&self, id: &str) -> Value {
        let look = async |visitor: &Self| {
            let message = visitor.message(id).await;
            (message["removed"] == true).then_some(message)
        };
        self.until("a message to be removed", look).await
    }

    /// A request of this visitor's browser.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/v1/widget{path}", self.url);
        self.http.request(method, url).bearer_auth(&self.token).header("origin", &self.origin)
    }

    /// Sends a message under a key; whatever the answer.
    pub(crate) async fn send(&self, key: &str, text: &str) -> Result<Response, reqwest::Error> {
        self.request(reqwest::Method::POST, "/messages").json(&json!({"client_key": key, "body": text})).send().await
    }

    /// Writes a message, which is accepted; the text is its key, so write each text only once.
    pub(crate) async fn write(&self, text: &str) -> Value {
        let key: String = text.chars().take(60).collect();
        let answer = self.send(&key, text).await.unwrap();
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert!(status == 201 || status == 200, "{status}: {answer}");
        answer
    }

    /// Closes the conversation.
    pub(crate) async fn close(&self) -> Value {
        let answer = self.request(reqwest::Method::POST, "/conversation/close").json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Everything after an event, as a browser reads it.
    pub(crate) async fn events_after(&self, after: i64) -> Value {
        let path = format!("/messages?after={after}&limit=200");
        let answer = self.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Every event of this visitor, and every message, by reading page after page.
    pub(crate) async fn everything(&self) -> (Vec<Value>, Vec<Value>, Value) {
        let (mut events, mut messages, mut after) = (Vec::new(), std::collections::BTreeMap::new(), 0);
        loop {
            let batch = self.events_after(after).await;
            events.extend(batch["events"].as_array().unwrap().iter().cloned());
            for message in batch["messages"].as_array().unwrap() {
                messages.insert(message["id"].as_str().unwrap().to_owned(), message.clone());
            }
            after = batch["after"].as_i64().unwrap();
            if !batch["more"].as_bool().unwrap() {
                return (events, messages.into_values().collect(), batch["conversation"].clone());
            }
        }
    }

    /// What the visitor sees now, in order, without what was removed.
    pub(crate) async fn sees(&self) -> Vec<Seen> {
        let (_, messages, _) = self.everything().await;
        let mut seen: Vec<(String, Seen)> = messages
            .iter()
            .filter(|message| message["removed"] == false)
            .map(|message| (text(message, "conversation_id"), read(message)))
            .collect();
        seen.sort_by(|a, b| (&a.0, a.1.seq).cmp(&(&b.0, b.1.seq)));
        seen.into_iter().map(|(_, seen)| seen).collect()
    }

    /// The words that the visitor sees from others, in order.
    pub(crate) async fn replies(&self) -> Vec<String> {
        self.sees().await.into_iter().filter(|seen| seen.from != "visitor").map(|seen| seen.body).collect()
    }

    /// Opens the live stream after an event.
    pub(crate) async fn live(&self, after: i64) -> Live {
        let mut live = Live::dial(&self.url, &self.origin).await;
        live.send(&json!({"type": "hello", "token": self.token, "after": after})).await;
        live
    }

    /// Waits until the stream of events has led to something.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut(&Self) -> Option<T>) -> T {
        let waiting = async {
            let mut live = self.live(0).await;
            loop {
                if let Some(found) = look(self).await {
                    return found;
                }
                live.frame().await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}; the visitor sees {:?}", self.sees().await),
        }
    }

    /// Waits until the visitor sees these words from somebody else.
    pub(crate) async fn until_told(&self, words: &str) -> Seen {
        let look = async |visitor: &Self| {
            visitor.sees().await.into_iter().find(|seen| seen.from != "visitor" && seen.body == words)
        };
        self.until(words, look).await
    }

    /// Waits until the newest conversation has this status.
    pub(crate) async fn until_status(&self, status: &str) -> Value {
        let look = async |visitor: &Self| {
            let (_, _, conversation) = visitor.everything().await;
            (conversation["status"] == status).then_some(conversation)
        };
        self.until(status, look).await
    }

    /// Waits until somebody can answer.
    pub(crate) async fn until_online(&self) {
        let waiting = async {
            let mut live = self.live(0).await;
            loop {
                let frame = live.frame().await;
                if frame["presence"]["online"] == true {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn read(message: &Value) -> Seen {
    let author = &message["author"];
    let from = author["name"].as_str().or(author["kind"].as_str()).unwrap_or_default().to_owned();
    Seen { id: text(message, "id"), seq: message["seq"].as_i64().unwrap(), from, body: text(message, "body") }
}

/// An open live stream.
pub(crate) struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Live {
    /// Opens a stream from a page of that origin, and says nothing yet.
    pub(crate) async fn dial(url: &str, origin: &str) -> Self {
        Self::connect(&format!("{url}/v1/widget/live"), &[("origin", origin)]).await.unwrap()
    }

    /// Opens a stream with these headers; the status where it is refused.
    pub(crate) async fn connect(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = url.replacen("http", "ws", 1);
        let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(tokio_tungstenite::tungstenite::Error::Http(refused)) => Err(refused.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends bytes, which are no frame of ours.
    pub(crate) async fn send_bytes(&mut self, bytes: &'static [u8]) {
        self.socket.send(Frame::binary(bytes)).await.unwrap();
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, frame: &Value) {
        self.socket.send(Frame::text(frame.to_string())).await.unwrap();
    }

    /// Sends whatever text.
    pub(crate) async fn send_raw(&mut self, text: &str) {
        self.socket.send(Frame::text(text.to_owned())).await.unwrap();
    }

    /// The same, where the server may have ended the stream before it has read all of it.
    pub(crate) async fn try_send_raw(&mut self, text: &str) {
        drop(self.socket.send(Frame::text(text.to_owned())).await);
    }

    /// The next frame; pings are answered. Ends the test when the stream ends first.
    pub(crate) async fn frame(&mut self) -> Value {
        match self.next().await {
            Ok(frame) => frame,
            Err(code) => panic!("the stream ended with {code:?}"),
        }
    }

    /// The next frame, or the code that the stream ended with.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.unwrap() {
                Some(Ok(Frame::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["type"] == "ping" {
                        self.send(&json!({"type": "pong"})).await;
                        continue;
                    }
                    return Ok(frame);
                }
                Some(Ok(Frame::Close(close))) => return Err(close.map(|close| close.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }
}
