//! One WebSocket, in frames, and how it ends.
//!
//! What lives here: reading and writing with their limits of size and time, the close codes, and the goodbye. What must not:
//! what the frames mean.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::extract::json;
use super::extract::request_id::RequestId;
use super::problem::{self, Problem};

/// Most bytes of a message that the socket reads at all; a line's own limit is what is allowed, and is refused with a reason.
const READ_LIMIT: usize = 64 << 10;

/// How long a client may take to take a frame. A slower one is dropped: it comes back and reads on from where it was.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// How long the client has to answer our close, so that it sees the code before the connection is gone.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Why a line ends.
pub(in crate::http) enum End {
    /// The client is gone, or doesn't take what is sent.
    Gone,
    /// The server is going away.
    Stop,
    /// The client did or is something that ends it.
    Refused(Refusal),
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ApiError> for End {
    fn from(error: ApiError) -> Self {
        Self::Refused(error.into())
    }
}

/// Why a client is refused, and the close code that says so.
pub(in crate::http) struct Refusal {
    /// Why.
    pub(in crate::http) error: ApiError,
    /// The close code.
    pub(in crate::http) code: u16,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let code = match &error {
            ApiError::Unauthorized | ApiError::SignedOut => 4401,
            ApiError::OriginNotAllowed { .. }
            | ApiError::UnknownDomain { .. }
            | ApiError::ForeignOrigin { .. }
            | ApiError::NotAllowed { .. }
            | ApiError::OperatorNeeded => 4403,
            ApiError::TooMany(_) => 4429,
            ApiError::Unavailable { .. } | ApiError::Internal { .. } => 1013,
            // Whatever else is wrong is wrong with what was sent.
            _ => 4400,
        };
        Self { error, code }
    }
}

/// A frame or a handshake that can't be read.
pub(in crate::http) fn malformed(why: impl Into<String>) -> ApiError {
    ApiError::Malformed { why: why.into() }
}

/// The handshake of a WebSocket, with the size of what is read bounded.
///
/// # Errors
/// `Malformed` for a request that is none.
pub(in crate::http) fn handshake(
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<WebSocketUpgrade, ApiError> {
    let upgrade = upgrade.map_err(|rejection| malformed(format!("this URL is for WebSockets: {rejection}")))?;
    Ok(upgrade.max_message_size(READ_LIMIT).max_frame_size(READ_LIMIT))
}

/// An open socket.
pub(in crate::http) struct Line {
    socket: WebSocket,
    limit: usize,
}

/// What came from the client.
pub(in crate::http) enum Heard<F> {
    /// A frame.
    Frame(F),
    /// Something that is no frame of ours.
    Nonsense(ApiError),
    /// The end.
    Nothing,
}

impl Line {
    /// A line whose client's frames have at most so many bytes.
    pub(in crate::http) const fn new(socket: WebSocket, limit: usize) -> Self {
        Self { socket, limit }
    }

    /// Waits for the next frame. May be dropped while waiting without losing one.
    pub(in crate::http) async fn hear<F: DeserializeOwned>(&mut self) -> Heard<F> {
        loop {
            return match self.socket.recv().await {
                Some(Ok(Message::Text(text))) => read(&text, self.limit),
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
    pub(in crate::http) async fn send(&mut self, frame: &impl Serialize) -> Result<(), End> {
        let text =
            serde_json::to_string(frame).map_err(|error| End::from(ApiError::Internal { source: Box::new(error) }))?;
        match tokio::time::timeout(SEND_WITHIN, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Ends it: says why, in a frame and in the close code.
    pub(in crate::http) async fn end<F: Serialize>(
        &mut self,
        end: End,
        request_id: &RequestId,
        frame: impl FnOnce(Problem) -> F,
    ) {
        match end {
            End::Gone => {}
            End::Stop => self.close(1001, "the server is going away").await,
            End::Refused(Refusal { error, code }) => {
                problem::log(&error, request_id);
                // Whoever doesn't take the reason gets the code, or nothing.
                let _ = self.send(&frame(Problem::new(&error, request_id))).await;
                self.close(code, error.kind().0).await;
            }
        }
    }

    /// Says why it ends, and waits a little for the client to have heard it.
    async fn close(&mut self, code: u16, reason: &'static str) {
        let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
        let told = async {
            if self.socket.send(close).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        // Whoever takes longer loses the connection without more ado.
        let _ = tokio::time::timeout(CLOSE_WITHIN, told).await;
    }
}

/// Reads a client's frame.
pub(in crate::http) fn read<F: DeserializeOwned>(text: &str, limit: usize) -> Heard<F> {
    if text.len() > limit {
        return Heard::Nonsense(malformed(format!("the frame is over {limit} bytes")));
    }
    match json::parse(text) {
        Ok(frame) => Heard::Frame(frame),
        Err(error) => Heard::Nonsense(error),
    }
}
