//! Misuse of the live line.
//!
//! What lives here: what ends a line, with the reason and the code. What must not: too many lines (see `limits`).

use reqwest::Method;
use serde_json::json;

use super::Stand;
use crate::support::database::{Database, Kind, on_both};
use crate::support::refusal::Refusal;
use crate::support::visitor::{Live, Visitor};

on_both!(a_bad_hello_is_refused, a_position_from_the_future_begins_again);

const SHOP_PAGE: &str = "https://shop.example";

/// Reads until the line ends: the last frame must be the reason, and then the code must come.
async fn ends(live: &mut Live, name: &str, detail: &str, code: u16) {
    let mut last = live.frame().await;
    let ended = loop {
        match live.next().await {
            Ok(frame) => last = frame,
            Err(code) => break code,
        }
    };
    let kind = format!("urn:threadline:problem:{name}");
    let found = (last["type"].as_str(), last["problem"]["type"].as_str(), last["problem"]["detail"].as_str(), ended);
    assert_eq!(found, (Some("error"), Some(kind.as_str()), Some(detail), Some(code)));
}

async fn a_bad_hello_is_refused(db: &Database) {
    let stand = Stand::start(db).await;
    let url = &stand.program.url;
    let visitor = stand.program.visitor("shop.example").await;
    let hello = json!({"type": "hello", "token": visitor.token, "after": 0});

    let mut live = Live::dial(url, SHOP_PAGE).await;
    live.send(&json!({"type": "hello", "token": "nonsense", "after": 0})).await;
    let detail = "The visitor token is missing or not valid: start a session to get one, and send it as `Authorization: Bearer TOKEN`.";
    ends(&mut live, "unauthorized", detail, 4401).await;

    let mut live = Live::dial(url, "https://evil.example").await;
    live.send(&hello).await;
    let detail = "A page of https://evil.example may not use the chat of the domain `shop.example`: to allow it, add \
                  \"https://evil.example\" to `origins` of the [[domain]] named `shop.example` in the configuration file.";
    ends(&mut live, "origin-not-allowed", detail, 4403).await;

    let mut live = Live::dial(url, "https://blog.example").await;
    live.send(&hello).await;
    let detail = detail.replace("evil.example", "blog.example");
    ends(&mut live, "origin-not-allowed", &detail, 4403).await;

    for (first, name, detail) in [
        (json!({"type": "typing"}), "malformed-request", "The first frame must be a hello."),
        (json!({"type": "pong"}), "malformed-request", "The first frame must be a hello."),
        (
            json!({"type": "hello", "token": visitor.token, "after": -1}),
            "malformed-request",
            "`after` is -1, which is not an event: use 0 for all of them.",
        ),
        (json!({"type": "hello"}), "validation-failed", "`token`: missing field `token`."),
        (
            json!({"type": "dance"}),
            "validation-failed",
            "`type`: unknown variant `dance`, expected one of `hello`, `typing`, `pong` at line 1 column 15.",
        ),
    ] {
        let mut live = Live::dial(url, SHOP_PAGE).await;
        live.send(&first).await;
        ends(&mut live, name, detail, 4400).await;
    }
    stand.program.stop().await;
}

/// A line that is open and has said so.
async fn ready(visitor: &Visitor) -> Live {
    let mut live = visitor.live(0).await;
    assert_eq!(live.frame().await["type"], "ready");
    live
}

#[tokio::test]
async fn nonsense_ends_an_open_line() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let visitor = stand.program.visitor("shop.example").await;

    let mut live = ready(&visitor).await;
    live.send(&json!({"type": "hello", "token": visitor.token, "after": 0})).await;
    ends(&mut live, "malformed-request", "The hello was said already.", 4400).await;

    let mut live = ready(&visitor).await;
    live.send_bytes(b"\x00\x01").await;
    ends(&mut live, "malformed-request", "Frames are text, not binary.", 4400).await;

    let mut live = ready(&visitor).await;
    live.send_raw("{").await;
    ends(
        &mut live,
        "malformed-request",
        "This is not valid JSON: EOF while parsing an object at line 1 column 1.",
        4400,
    )
    .await;

    let mut live = ready(&visitor).await;
    live.send_raw(&format!("{{\"type\":\"pong\"}}{}", " ".repeat(5_000))).await;
    ends(&mut live, "malformed-request", "The frame is over 4096 bytes.", 4400).await;

    let mut live = ready(&visitor).await;
    live.try_send_raw(&" ".repeat(1 << 20)).await;
    let ended = loop {
        match live.next().await {
            Ok(_) => {}
            Err(code) => break code,
        }
    };
    assert!(matches!(ended, None | Some(4400)), "a huge frame ends the line: {ended:?}");

    let mut live = ready(&visitor).await;
    for _ in 0..200 {
        live.try_send_raw("{\"type\":\"pong\"}").await;
    }
    ends(&mut live, "too-many-requests", "Too many frames: try again in 20 s.", 4429).await;
    stand.program.stop().await;
}

#[tokio::test]
async fn a_line_without_a_hello_is_closed() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let mut live = Live::dial(&stand.program.url, SHOP_PAGE).await;
    ends(&mut live, "malformed-request", "No hello within 10 s.", 4408).await;
    stand.program.stop().await;
}

async fn a_position_from_the_future_begins_again(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.write("Hello").await;
    let mut live = visitor.live(999_999).await;
    assert_eq!(live.frame().await["type"], "ready");
    let batch = live.frame().await;
    assert_eq!(
        (batch["type"].as_str(), batch["reset"].as_bool(), batch["after"].as_i64()),
        (Some("batch"), Some(true), Some(2))
    );
    assert_eq!(batch["messages"][0]["body"], "Hello");
    visitor.write("Still there?").await;
    let batch = live.frame().await;
    assert_eq!((batch["reset"].as_bool(), batch["messages"][0]["body"].as_str()), (Some(false), Some("Still there?")));
    stand.program.stop().await;
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_explained() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let answer = stand.request(Method::GET, "/v1/widget/live").send().await.unwrap();
    let refusal = Refusal::read(answer).await;
    refusal.is(400, "malformed-request", "This URL is for WebSockets: Connection header did not include 'upgrade'.");
    stand.program.stop().await;
}
