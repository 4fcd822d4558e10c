//! A small gateway client, written from Discord's pages alone: what a bot does, frame by frame.
//!
//! What lives here: helpers without assertions about Discord. What must not: tests.

use std::io::Read;
use std::time::Duration;

use bridge_sandbox::discord::DiscordSandbox;
use flate2::read::ZlibDecoder;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longer than anything here takes.
pub(crate) const WITHIN: Duration = Duration::from_secs(30);
/// The demo's bot token.
pub(crate) const TOKEN: &str = "NzAwMDAwMDAwMDAwMDAwNDAx.TLINE.stand-in-for-a-bot-token";
/// GUILDS, GUILD_MESSAGES, GUILD_MESSAGE_REACTIONS, GUILD_MESSAGE_TYPING, MESSAGE_CONTENT.
pub(crate) const USUAL: u64 = 1 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 15;
/// The privileged intent for what messages say.
pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;

/// What came over the socket.
#[derive(Debug, PartialEq)]
pub(crate) enum Got {
    /// A payload; whether it was compressed.
    Payload(Value, bool),
    /// The server closed with this code.
    Closed(u16),
    /// The connection ended without a close frame.
    Cut,
}

/// A bot's end of the gateway.
pub(crate) struct Bot {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The hello's data.
    pub(crate) hello: Value,
    /// The last sequence number.
    pub(crate) seq: u64,
    /// READY's data.
    pub(crate) ready: Value,
}

/// The gateway's address of a sandbox.
pub(crate) fn address(sandbox: &DiscordSandbox) -> String {
    format!("{}/gateway/?v=10&encoding=json", sandbox.base_url().replacen("http", "ws", 1))
}

/// An IDENTIFY's data with these intents.
pub(crate) fn identify(intents: u64) -> Value {
    json!({
        "token": TOKEN, "intents": intents, "shard": [0, 1],
        "properties": {"os": "linux", "browser": "test", "device": "test"},
    })
}

impl Bot {
    /// Connects and reads the hello.
    pub(crate) async fn connect(sandbox: &DiscordSandbox) -> Self {
        Self::connect_to(&address(sandbox)).await
    }

    /// The same, at this address.
    pub(crate) async fn connect_to(address: &str) -> Self {
        let mut bot = Self::connect_silently(address).await;
        bot.hello = bot.payload().await["d"].clone();
        bot
    }

    /// Connects and reads nothing.
    pub(crate) async fn connect_silently(address: &str) -> Self {
        let (stream, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        Self { stream, hello: Value::Null, seq: 0, ready: Value::Null }
    }

    /// Connects, identifies with these intents and reads READY and the guild.
    pub(crate) async fn identified(sandbox: &DiscordSandbox, intents: u64) -> Self {
        let mut bot = Self::connect(sandbox).await;
        bot.send(2, identify(intents)).await;
        bot.ready = bot.event("READY").await;
        if intents & 1 != 0 {
            bot.event("GUILD_CREATE").await;
        }
        bot
    }

    /// A new connection that resumes this one's session.
    pub(crate) async fn resumed(&self, sandbox: &DiscordSandbox) -> Self {
        let mut next = Self::connect(sandbox).await;
        next.seq = self.seq;
        next.ready = self.ready.clone();
        next.send(6, self.resume()).await;
        next
    }

    /// A RESUME's data for the session.
    pub(crate) fn resume(&self) -> Value {
        json!({"token": TOKEN, "session_id": self.ready["session_id"], "seq": self.seq})
    }

    /// Sends a payload.
    pub(crate) async fn send(&mut self, op: u64, data: Value) {
        self.send_text(&json!({"op": op, "d": data}).to_string()).await;
    }

    /// Sends any text; an ended connection is found out by who reads.
    pub(crate) async fn send_text(&mut self, text: &str) {
        let _ = self.stream.send(Message::text(text)).await;
    }

    /// Closes with this code.
    pub(crate) async fn close(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.stream.close(Some(frame)).await.unwrap();
        while !matches!(self.next().await, Got::Cut | Got::Closed(_)) {}
    }

    /// Whatever comes next.
    pub(crate) async fn next(&mut self) -> Got {
        let got = loop {
            match tokio::time::timeout(WITHIN, self.stream.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => break Got::Payload(serde_json::from_str(&text).unwrap(), false),
                Some(Ok(Message::Binary(bytes))) => {
                    let mut text = String::new();
                    ZlibDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
                    break Got::Payload(serde_json::from_str(&text).unwrap(), true);
                }
                Some(Ok(Message::Close(Some(frame)))) => break Got::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => break Got::Cut,
            }
        };
        if let Got::Payload(payload, _) = &got
            && let Some(seq) = payload["s"].as_u64()
        {
            self.seq = seq;
        }
        got
    }

    /// The next payload.
    pub(crate) async fn payload(&mut self) -> Value {
        match self.next().await {
            Got::Payload(payload, _) => payload,
            other => panic!("expected a payload, got {other:?}"),
        }
    }

    /// The next dispatch with its name and its data.
    pub(crate) async fn dispatch(&mut self) -> (String, Value) {
        loop {
            let payload = self.payload().await;
            if payload["op"] == 0 {
                return (payload["t"].as_str().unwrap().to_owned(), payload["d"].clone());
            }
        }
    }

    /// The data of the next dispatch with this name; others are skipped.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let (got, data) = self.dispatch().await;
            if got == name {
                return data;
            }
        }
    }

    /// The data of the next payload with this opcode; others are skipped.
    pub(crate) async fn opcode(&mut self, op: u64) -> Value {
        loop {
            let payload = self.payload().await;
            if payload["op"] == op {
                return payload["d"].clone();
            }
        }
    }

    /// The code with which the server closes; payloads before it are skipped.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Got::Payload(..) => {}
                Got::Closed(code) => return code,
                Got::Cut => panic!("cut without a close frame"),
            }
        }
    }

    /// A round trip: when the acknowledgement is here, everything dispatched before is too.
    pub(crate) async fn names_until_ack(&mut self) -> Vec<String> {
        self.names_until_ack_or_close().await.expect("an acknowledgement")
    }

    /// The same, or the code with which the server closed.
    pub(crate) async fn names_until_ack_or_close(&mut self) -> Result<Vec<String>, u16> {
        self.send(1, json!(self.seq)).await;
        let mut names = Vec::new();
        loop {
            let payload = match self.next().await {
                Got::Payload(payload, _) => payload,
                Got::Closed(code) => return Err(code),
                Got::Cut => panic!("cut without a close frame"),
            };
            match payload["op"].as_u64() {
                Some(0) => names.push(payload["t"].as_str().unwrap().to_owned()),
                Some(11) => return Ok(names),
                _ => {}
            }
        }
    }
}
