//! Socket Mode: the WebSocket that `apps.connections.open` gives out.
//!
//! What lives here: tickets, hello, frames both ways, pings, and the faults on sockets. What must not: payloads or
//! redelivery (see `events` and `delivery`).
//!
//! Frames follow Slack's Socket Mode pages: `hello`, envelopes, `disconnect`; an acknowledgement is
//! `{"envelope_id": …, "payload"?: …}`. Any payload may go to any of an app's sockets, in turn.

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::SlackSandbox;
use super::net::Order;

#[derive(Deserialize)]
pub(crate) struct Ticket {
    #[serde(default)]
    ticket: String,
}

/// Takes a one-use ticket and upgrades.
pub(crate) async fn connect(
    State(sandbox): State<SlackSandbox>,
    Query(query): Query<Ticket>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let app = sandbox.change(|world| {
        if world.net.refuse_sockets {
            world.net.refused += 1;
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        world.net.tickets.remove(&query.ticket).ok_or(StatusCode::FORBIDDEN)
    });
    match app {
        Ok(app) => upgrade.on_upgrade(move |socket| sandbox.hold(app, socket)),
        Err(status) => status.into_response(),
    }
}

fn debug_info(started: i64) -> Value {
    json!({
        "host": "sandbox-applink-1", "started": started.to_string(), "build_number": 1,
        "approximate_connection_time": 18_060,
    })
}

fn disconnect(reason: &str) -> String {
    json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox-applink-1"}}).to_string()
}

impl SlackSandbox {
    /// Gives out an address with a fresh ticket for this app.
    pub(crate) fn socket_url(&self, ticket: &str, app: &str) -> String {
        let base = &self.0.base_url;
        let (secure, rest) = match base.strip_prefix("https") {
            Some(rest) => (true, rest),
            None => (self.0.secure_sockets, base.strip_prefix("http").unwrap_or(base)),
        };
        let scheme = if secure { "wss" } else { "ws" };
        format!("{scheme}{rest}/socket?ticket={ticket}&app_id={app}")
    }

    async fn hold(self, app: String, mut socket: WebSocket) {
        let joined = self.change(|world| world.net.join(&app));
        let Some((id, count, orders)) = joined else {
            let _ = socket.send(Message::text(disconnect("too_many_websockets"))).await;
            let _ = socket.send(Message::Close(None)).await;
            return;
        };
        let hello = json!({
            "type": "hello", "num_connections": count, "connection_info": {"app_id": app},
            "debug_info": debug_info(self.0.started),
        });
        let mut frozen = self.0.frozen.subscribe();
        if socket.send(Message::text(hello.to_string())).await.is_ok() {
            self.serve_socket(&mut socket, orders, &mut frozen).await;
        }
        self.change(|world| world.net.leave(&app, id));
    }

    /// Runs until either side ends the connection. A frozen socket reads and writes nothing, pings included.
    async fn serve_socket(
        &self,
        socket: &mut WebSocket,
        mut orders: mpsc::UnboundedReceiver<Order>,
        frozen: &mut watch::Receiver<bool>,
    ) {
        let mut pings = tokio::time::interval(self.0.ping_every);
        pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut kept = Vec::new();
        loop {
            if *frozen.borrow_and_update() {
                tokio::select! {
                    changed = frozen.changed() => if changed.is_err() { return },
                    () = self.0.stop.cancelled() => return,
                    order = orders.recv() => match order {
                        None | Some(Order::Cut | Order::Close) => return,
                        Some(order) => kept.push(order),
                    },
                }
                continue;
            }
            for order in kept.drain(..) {
                if !obey(socket, Some(order)).await {
                    return;
                }
            }
            let going_on = tokio::select! {
                biased;
                () = self.0.stop.cancelled() => false,
                changed = frozen.changed() => changed.is_ok(),
                order = orders.recv() => obey(socket, order).await,
                frame = socket.recv() => match frame {
                    Some(Ok(frame)) => self.heard(&frame),
                    _ => false,
                },
                _ = pings.tick() => socket.send(Message::Ping("Ping from the sandbox".into())).await.is_ok(),
            };
            if !going_on {
                return;
            }
        }
    }

    fn heard(&self, frame: &Message) -> bool {
        let text = match frame {
            Message::Text(text) => text.as_str(),
            Message::Close(_) => return false,
            _ => return true,
        };
        let Ok(ack) = serde_json::from_str::<Value>(text) else { return true };
        if let Some(envelope) = ack["envelope_id"].as_str() {
            let payload = ack.get("payload").filter(|payload| !payload.is_null()).cloned();
            self.lock().net.acknowledge(envelope, payload);
        }
        true
    }

    /// Sends Slack's `disconnect` to every socket of an app (or of all), then closes them. Returns how many.
    pub fn disconnect_sockets(&self, app: Option<&str>, reason: &str) -> usize {
        self.lock().net.order(app, || Order::Disconnect(reason.to_owned()))
    }

    /// Closes every socket of an app (or of all) cleanly. Returns how many.
    pub fn close_sockets(&self, app: Option<&str>) -> usize {
        self.lock().net.order(app, || Order::Close)
    }

    /// Cuts every socket of an app (or of all) without a closing frame. Returns how many.
    pub fn cut_sockets(&self, app: Option<&str>) -> usize {
        self.lock().net.order(app, || Order::Cut)
    }

    /// Freezes every socket, or lets them go on: frozen ones stay open and answer nothing.
    pub fn freeze_sockets(&self, frozen: bool) {
        self.0.frozen.send_replace(frozen);
        self.0.changes.bump();
    }

    /// Refuses new sockets with 503, or takes them again.
    pub fn refuse_sockets(&self, refuse: bool) {
        self.change(|world| world.net.refuse_sockets = refuse);
    }
}

/// Does what was ordered; false when the socket is to end.
async fn obey(socket: &mut WebSocket, order: Option<Order>) -> bool {
    match order {
        Some(Order::Send(frame)) => socket.send(Message::text(frame)).await.is_ok(),
        Some(Order::Disconnect(reason)) => {
            let _ = socket.send(Message::text(disconnect(&reason))).await;
            // A warning announces the end some seconds ahead; every other reason is the end.
            if reason == "warning" {
                return true;
            }
            let _ = socket.send(Message::Close(None)).await;
            false
        }
        Some(Order::Close) => {
            let _ = socket.send(Message::Close(None)).await;
            false
        }
        Some(Order::Cut) | None => false,
    }
}
