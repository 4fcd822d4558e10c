//! The live line.
//!
//! What lives here: going on after a gap, several tabs, and what flows both ways. What must not: misuse.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::json;

use crate::support::database::{Database, on_both};
use crate::support::program::{Program, bare};

on_both!(a_line_goes_on_after_a_gap, every_tab_is_told, typing_is_taken);

async fn a_line_goes_on_after_a_gap(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("one").await;
    let mut live = visitor.live(0).await;
    let ready = live.frame().await;
    assert_eq!(
        (ready["type"].as_str(), ready["presence"]["online"].as_bool(), ready["conversation"]["status"].as_str()),
        (Some("ready"), Some(false), Some("open"))
    );
    let batch = live.frame().await;
    assert_eq!(
        (batch["type"].as_str(), batch["events"].as_array().map(Vec::len), batch["after"].as_i64()),
        (Some("batch"), Some(2), Some(2))
    );
    drop(live);
    visitor.write("two").await;
    visitor.write("three").await;
    let mut live = visitor.live(2).await;
    assert_eq!(live.frame().await["after"], 2);
    let batch = live.frame().await;
    let bodies: Vec<&str> =
        batch["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["two", "three"]);
    visitor.write("four").await;
    let batch = live.frame().await;
    assert_eq!(
        (batch["messages"][0]["body"].as_str(), batch["messages"].as_array().map(Vec::len)),
        (Some("four"), Some(1))
    );
    assert_eq!(batch["after"], 5);
    program.stop().await;
    assert_eq!(live.next().await, Err(Some(1001)), "the server says that it goes away");
}

async fn every_tab_is_told(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    let stranger = program.visitor("shop.example").await;
    let (mut first, mut second, mut other) = (visitor.live(0).await, visitor.live(0).await, stranger.live(0).await);
    for live in [&mut first, &mut second, &mut other] {
        assert_eq!(live.frame().await["type"], "ready");
    }
    visitor.write("Hello").await;
    for live in [&mut first, &mut second] {
        assert_eq!(live.frame().await["messages"][0]["body"], "Hello");
    }
    stranger.write("Mine").await;
    assert_eq!(other.frame().await["messages"][0]["body"], "Mine", "the first thing that the stranger is told");
    program.stop().await;
}

async fn typing_is_taken(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    let mut live = visitor.live(0).await;
    assert_eq!(live.frame().await["type"], "ready");
    for _ in 0..20 {
        live.send(&json!({"type": "typing"})).await;
    }
    live.send(&json!({"type": "pong"})).await;
    let over_http = visitor.request(Method::POST, "/typing").json(&json!({})).send().await.unwrap();
    assert_eq!(over_http.status(), 204);
    visitor.write("Hello").await;
    assert_eq!(live.frame().await["type"], "batch", "the line is still open, and typing is told to nobody here");
    program.stop().await;
}
