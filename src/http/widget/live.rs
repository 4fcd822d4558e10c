//! `GET /v1/widget/live`: the visitor's live line, a WebSocket.
//!
//! What lives here: the upgrade, the hello, and how a line ends. What must not: what flows in between (that is [`stream`]).

mod frames;
mod line;
mod stream;

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use secrecy::SecretString;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::client_address::ClientAddress;
use super::super::extract::origin::Origin;
use super::super::extract::request_id::RequestId;
use super::super::extract::visitor::CurrentVisitor;
use super::super::openapi::Always;
use super::super::problem::{self, Problem};
use super::super::router::url;
pub(in crate::http) use frames::{ClientFrame, ServerFrame};
use line::{Heard, Line};
use stream::Stream;

/// How long a client may take for its hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a message that the socket reads at all; [`line::LIMIT`] is what is allowed, and is refused with a reason.
const READ_LIMIT: usize = 64 << 10;

/// Why a line ends.
enum End {
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

/// Why a client is refused, and the close code that says so.
struct Refusal {
    error: ApiError,
    code: u16,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        let code = match &error {
            ApiError::Unauthorized => 4401,
            ApiError::OriginNotAllowed { .. } | ApiError::UnknownDomain { .. } => 4403,
            ApiError::TooMany(_) => 4429,
            ApiError::Unavailable { .. } | ApiError::Internal { .. } => 1013,
            ApiError::Validation { .. }
            | ApiError::Malformed { .. }
            | ApiError::TooLarge { .. }
            | ApiError::UnsupportedMediaType
            | ApiError::NotFound { .. }
            | ApiError::MethodNotAllowed
            | ApiError::ConversationClosed => 4400,
        };
        Self { error, code }
    }
}

impl From<ApiError> for End {
    fn from(error: ApiError) -> Self {
        Self::Refused(error.into())
    }
}

fn malformed(why: impl Into<String>) -> ApiError {
    ApiError::Malformed { why: why.into() }
}

/// Opens the live line: a WebSocket. The first frame, within 10 s, is `hello`; then both sides send frames as described by
/// `ServerFrame` and `ClientFrame`. A refusal is an `error` frame and a close code: 4400 malformed, 4401 unauthorized, 4403
/// origin, 4408 no hello in time, 4429 too many, 1001 the server is going away, 1013 try again later.
#[utoipa::path(
    get, path = url::LIVE, tag = "widget", operation_id = "open_live",
    responses(
        (status = 101, description = "The line is open"),
        (status = 400, description = "`malformed-request`: not a WebSocket's handshake", body = Problem, content_type = "application/problem+json"),
        Always,
    ),
)]
pub(in crate::http) async fn open(
    Shared(state): Shared<State>,
    ClientAddress(address): ClientAddress,
    origin: Origin,
    request_id: RequestId,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|rejection| malformed(format!("this URL is for WebSockets: {rejection}")))?;
    let upgrade = upgrade.max_message_size(READ_LIMIT).max_frame_size(READ_LIMIT);
    // Counted from here, so that a shutdown that comes before the upgrade waits for it too.
    let token = state.sockets.token();
    Ok(upgrade.on_upgrade(async move |socket| {
        let mut line = Line::new(socket);
        let end = match serve(&state, &mut line, address, &origin).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        match end {
            End::Gone => {}
            End::Stop => line.close(1001, "the server is going away").await,
            End::Refused(Refusal { error, code }) => {
                problem::log(&error, &request_id);
                let problem = Problem::new(&error, &request_id);
                // Whoever doesn't take the reason gets the code, or nothing.
                let _ = line.send(&ServerFrame::Error { problem }).await;
                line.close(code, error.kind().0).await;
            }
        }
        drop(token);
    }))
}

/// Serves a line until it ends, which is the only way out.
async fn serve(
    state: &State,
    line: &mut Line,
    address: IpAddr,
    origin: &Origin,
) -> Result<std::convert::Infallible, End> {
    let _one_of_the_address = state.limits.socket_from(address).map_err(ApiError::from)?;
    let (token, after) = tokio::select! {
        () = state.stop.cancelled() => return Err(End::Stop),
        hello = tokio::time::timeout(HELLO_WITHIN, hello(line)) => match hello {
            Ok(hello) => hello?,
            Err(_) => {
                let error = malformed(format!("no hello within {} s", HELLO_WITHIN.as_secs()));
                return Err(Refusal { error, code: 4408 }.into());
            }
        },
    };
    let current = CurrentVisitor::find(state, &token, origin).await?;
    let _one_of_the_visitor = state.limits.socket_of(current.visitor.id).map_err(ApiError::from)?;
    Stream::new(state, line, current.visitor, after).run().await
}

async fn hello(line: &mut Line) -> Result<(SecretString, i64), End> {
    match line.hear().await {
        Heard::Frame(ClientFrame::Hello { token, after }) if after >= 0 => Ok((SecretString::from(token), after)),
        Heard::Frame(ClientFrame::Hello { after, .. }) => {
            Err(malformed(format!("`after` is {after}, which is not an event: use 0 for all of them")).into())
        }
        Heard::Frame(ClientFrame::Typing | ClientFrame::Pong) => {
            Err(malformed("the first frame must be a hello").into())
        }
        Heard::Nonsense(error) => Err(error.into()),
        Heard::Nothing => Err(End::Gone),
    }
}
