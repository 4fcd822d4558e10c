//! `GET /v1/inbox/live`: the live line of an operator's page, a WebSocket.
//!
//! What lives here: the upgrade, the hello, and how a line ends. What must not: what flows in between (that is [`stream`]).

mod frames;
mod stream;
mod watch;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::operator::CurrentOperator;
use super::super::extract::request_id::RequestId;
use super::super::line::{End, Heard, Line, Refusal, handshake, malformed};
use super::super::openapi::{Always, NeedsOperator};
use super::super::problem::Problem;
use super::super::router::url;
use crate::model::{Operator, OperatorSessionId};
use crate::service::access::Access;
pub(in crate::http) use frames::{InboxClientFrame, InboxServerFrame};
use stream::Stream;

/// How long a page may take for its hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// Most bytes of a page's frame.
const LIMIT: usize = 16 << 10;

/// Who opened a line.
pub(super) struct Opened {
    operator: Operator,
    session: OperatorSessionId,
    access: Access,
    request_id: RequestId,
}

/// Opens the live line of an operator's page: a WebSocket. The first frame, within 10 s, is `hello`; then both sides send
/// frames as described by `InboxServerFrame` and `InboxClientFrame`. A refusal is an `error` frame and a close code: 4400
/// malformed, 4401 signed out, 4408 no hello in time, 4429 too many, 1001 the server is going away, 1013 try again later.
#[utoipa::path(
    get, path = url::INBOX_LIVE, tag = "inbox", operation_id = "open_inbox_live",
    responses(
        (status = 101, description = "The line is open"),
        (status = 400, description = "`malformed-request`: not a WebSocket's handshake", body = Problem, content_type = "application/problem+json"),
        Always, NeedsOperator,
    ),
    security(("session" = [])),
)]
pub(in crate::http) async fn open(
    Shared(state): Shared<State>,
    current: CurrentOperator,
    request_id: RequestId,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let (operator, session) = (current.operator()?.clone(), current.session()?);
    let upgrade = handshake(upgrade)?;
    let opened = Opened { operator, session, access: current.access, request_id };
    // Counted from here, so that a shutdown that comes before the upgrade waits for it too.
    let token = state.sockets.token();
    Ok(upgrade.on_upgrade(async move |socket| {
        let mut line = Line::new(socket, LIMIT);
        let request_id = opened.request_id;
        let end = match serve(&state, &mut line, opened).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        let signed_out = matches!(&end, End::Refused(Refusal { error: ApiError::SignedOut, .. }));
        let farewell =
            |problem| if signed_out { InboxServerFrame::SignedOut } else { InboxServerFrame::Error { problem } };
        line.end(end, &request_id, farewell).await;
        drop(token);
    }))
}

/// Serves a line until it ends, which is the only way out.
async fn serve(state: &State, line: &mut Line, opened: Opened) -> Result<Infallible, End> {
    let _one_of_the_operator = state.limits.socket_of_operator(opened.operator.id).map_err(ApiError::from)?;
    let active = tokio::select! {
        () = state.stop.cancelled() => return Err(End::Stop),
        hello = tokio::time::timeout(HELLO_WITHIN, line.hear()) => match hello {
            Ok(Heard::Frame(InboxClientFrame::Hello { active })) => active,
            Ok(Heard::Frame(_)) => return Err(malformed("the first frame must be a hello").into()),
            Ok(Heard::Nonsense(error)) => return Err(error.into()),
            Ok(Heard::Nothing) => return Err(End::Gone),
            Err(_) => {
                let error = malformed(format!("no hello within {} s", HELLO_WITHIN.as_secs()));
                return Err(Refusal { error, code: 4408 }.into());
            }
        },
    };
    Stream::new(state, line, opened).await?.run(active).await
}
