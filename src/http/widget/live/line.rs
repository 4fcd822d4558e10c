//! One WebSocket, in frames.
//!
//! What lives here: reading and writing with their limits of size and time. What must not: what the frames mean.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};

use super::super::super::error::ApiError;
use super::super::super::extract::json;
use super::frames::{ClientFrame, ServerFrame};
use super::{End, malformed};

/// Most bytes of a client's frame.
pub(super) const LIMIT: usize = 4 << 10;

/// How long a client may take to take a frame. A slower one is dropped: it comes back and reads on from where it was.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// How long the client has to answer our close, so that it sees the code before the connection is gone.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// An open socket.
pub(super) struct Line(WebSocket);

/// What came from the client.
pub(super) enum Heard {
    /// A frame.
    Frame(ClientFrame),
    /// Something that is no frame of ours.
    Nonsense(ApiError),
    /// The end.
    Nothing,
}

impl Line {
    pub(super) const fn new(socket: WebSocket) -> Self {
        Self(socket)
    }

    /// Waits for the next frame. May be dropped while waiting without losing one.
    pub(super) async fn hear(&mut self) -> Heard {
        loop {
            return match self.0.recv().await {
                Some(Ok(Message::Text(text))) => read(&text),
                Some(Ok(Message::Binary(_))) => Heard::Nonsense(malformed("frames are text, not binary")),
                // The protocol's own; the library answers.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(_))) | None => Heard::Nothing,
                Some(Err(error)) => Heard::Nonsense(malformed(format!("the frame can't be read: {error}"))),
            };
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// [`End::Gone`] when the client doesn't take it in time.
    pub(super) async fn send(&mut self, frame: &ServerFrame) -> Result<(), End> {
        let text =
            serde_json::to_string(frame).map_err(|error| End::from(ApiError::Internal { source: Box::new(error) }))?;
        match tokio::time::timeout(SEND_WITHIN, self.0.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Says why it ends, and waits a little for the client to have heard it.
    pub(super) async fn close(&mut self, code: u16, reason: &'static str) {
        let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
        let told = async {
            if self.0.send(close).await.is_ok() {
                while let Some(Ok(_)) = self.0.recv().await {}
            }
        };
        // Whoever takes longer loses the connection without more ado.
        let _ = tokio::time::timeout(CLOSE_WITHIN, told).await;
    }
}

fn read(text: &str) -> Heard {
    if text.len() > LIMIT {
        return Heard::Nonsense(malformed(format!("the frame is over {LIMIT} bytes")));
    }
    match json::parse(text) {
        Ok(frame) => Heard::Frame(frame),
        Err(error) => Heard::Nonsense(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read() {
        let hello = read(r#"{"type":"hello","token":"abc","after":7}"#);
        assert!(matches!(hello, Heard::Frame(ClientFrame::Hello { token, after: 7 }) if token == "abc"));
        assert!(matches!(read(r#"{"type":"pong"}"#), Heard::Frame(ClientFrame::Pong)));
        for nonsense in ["", "{", "[]", r#"{"type":"dance"}"#, r#"{"type":"hello"}"#, &" ".repeat(LIMIT + 1)] {
            assert!(matches!(read(nonsense), Heard::Nonsense(_)), "{nonsense:.20}");
        }
    }
}
