//! `GET /v1/widget/live`: the visitor's live line, a WebSocket.
//!
//! What lives here: the upgrade, the hello, and how a line ends. What must not: what flows in between (that is [`stream`]).

mod frames;
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
use super::super::line::{End, Heard, Line, Refusal, handshake, malformed};
use super::super::openapi::Always;
use super::super::problem::Problem;
use super::super::router::url;
pub(in crate::http) use frames::{ClientFrame, ServerFrame};
use stream::Stream;

/// How long a client may take for its hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a client's frame.
const LIMIT: usize = 4 << 10;

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
    let upgrade = handshake(upgrade)?;
    // Counted from here, so that a shutdown that comes before the upgrade waits for it too.
    let token = state.sockets.token();
    Ok(upgrade.on_upgrade(async move |socket| {
        let mut line = Line::new(socket, LIMIT);
        let end = match serve(&state, &mut line, address, &origin).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        line.end(end, &request_id, |problem| ServerFrame::Error { problem }).await;
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
    Stream::new(state, line, current.visitor, token, after).run().await
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
