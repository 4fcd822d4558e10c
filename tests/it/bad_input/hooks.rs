//! Requests to the hooks that Slack did not make, or made long ago.
//!
//! What lives here: signatures, addresses and sizes. What must not: what Slack says when it is Slack (see `team_talk`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::sign;
use reqwest::{Method, Response};
use serde_json::json;
use threadline::clock::Clock;

use super::Stand;
use crate::support::database::{Database, Kind, on_both};
use crate::support::program::{Program, bare, settings};
use crate::support::refusal::Refusal;
use crate::support::team::{JONAS, MINA, SHOP, Team};

on_both!(only_what_slack_signed_is_taken);

const SECRET: &str = "secret-TLINE";

fn now() -> i64 {
    Clock::system().now().0 / 1_000_000
}

/// A request to a hook with this time and this signature.
async fn post(stand: &Stand, path: &str, at: &str, signature: &str, body: Vec<u8>) -> Response {
    let request = stand.request(Method::POST, path).header("content-type", "application/json");
    let request = request.header("x-slack-request-timestamp", at).header("x-slack-signature", signature);
    request.body(body).send().await.unwrap()
}

async fn only_what_slack_signed_is_taken(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::over_hooks(&team, settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    let stand = Stand::of(program);
    let event = |id: &str, text: &str| {
        let event = json!({
            "type": "message", "channel": SHOP.slack(), "user": MINA.slack(), "text": text, "ts": format!("{}.000{id}", now()),
            "thread_ts": card, "event_ts": "1",
        });
        json!({"type": "event_callback", "team_id": "T0SHOP", "api_app_id": "ATLINE", "event_id": format!("Ev{id}"), "event": event})
            .to_string()
            .into_bytes()
    };
    let body = event("100", "forged");
    let (at, events) = (now(), "/hooks/slack/acme/events");
    let good = sign(SECRET, at, &body);
    // Far enough ahead of us that it stays so until it is sent.
    let (stale, early) = (at - 301, at + 600);
    let missing = "Refused: the headers X-Slack-Signature and X-Slack-Request-Timestamp are missing or malformed.";
    let wrong = "Refused: the signature does not fit; check signing_secret.";
    let late = "Refused: the request's time is more than 300 s away from ours; check this machine's clock.";
    let other = event("101", "other words");
    let at_text = at.to_string();
    let mut upper = good.to_uppercase();
    upper.replace_range(..2, "v0");
    for (at, signature, body, said) in [
        (at_text.as_str(), sign("another secret", at, &body), &body, wrong),
        (&at_text, sign("", at, &body), &body, wrong),
        (&at_text, good.clone(), &other, wrong),
        (&(at - 1).to_string(), good.clone(), &body, wrong),
        (&at_text, good.trim_start_matches("v0=").to_owned(), &body, wrong),
        (&at_text, upper, &body, wrong),
        (&at_text, "v0=".to_owned(), &body, wrong),
        (&at_text, String::new(), &body, wrong),
        (&stale.to_string(), sign(SECRET, stale, &body), &body, late),
        (&early.to_string(), sign(SECRET, early, &body), &body, late),
        ("soon", good.clone(), &body, missing),
        ("", good.clone(), &body, missing),
    ] {
        let answer = post(&stand, events, at, &signature, body.clone()).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (401, said), "{at} {signature}");
    }
    let bare = stand.request(Method::POST, events).body(body.clone()).send().await.unwrap();
    assert_eq!((bare.status().as_u16(), bare.text().await.unwrap().as_str()), (401, missing));
    // The same request twice within its time is one event, also for Slack itself, which sends some twice.
    let once = event("102", "said once");
    for _ in 0..2 {
        let answer = post(&stand, events, &at_text, &sign(SECRET, at, &once), once.clone()).await;
        assert_eq!(answer.status(), 200);
    }
    visitor.until_told("said once").await;
    for (endpoint, body, said) in [
        ("events", &b"{broken"[..], "The body holds no usable JSON."),
        ("events", b"\xff\xfe", "The body holds no usable JSON."),
        ("interactions", b"payload=%7B", "The body holds no usable JSON."),
        ("interactions", b"", "The body holds no usable JSON."),
    ] {
        let path = format!("/hooks/slack/acme/{endpoint}");
        let answer = post(&stand, &path, &at_text, &sign(SECRET, at, body), body.to_vec()).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (400, said));
    }
    let odd = br#"{"type":"event_callback","event_id":"Ev103","event":{"type":"hologram_added"}}"#;
    assert_eq!(post(&stand, events, &at_text, &sign(SECRET, at, odd), odd.to_vec()).await.status(), 200);
    let elsewhere = post(&stand, "/hooks/slack/acme/elsewhere", &at_text, &good, body.clone()).await;
    assert_eq!(
        (elsewhere.status().as_u16(), elsewhere.text().await.unwrap().as_str()),
        (404, "The endpoints are events, interactions and commands.")
    );
    team.say(JONAS, SHOP, card.as_str(), "That was all.");
    visitor.until_told("That was all.").await;
    assert_eq!(visitor.replies().await, ["said once", "That was all."]);
    stand.program.stop().await;
}

#[tokio::test]
async fn a_connection_that_nobody_has_takes_nothing() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::of(Program::with(bare(&db)).await);
    for path in ["/hooks/slack/acme/events", "/hooks/discord/acme/events", "/hooks/slack/ACME!/events"] {
        let answer = post(&stand, path, "1", "v0=", Vec::new()).await;
        Refusal::read(answer).await.is(404, "not-found", "There is no such connection that takes requests.");
    }
    let huge = post(&stand, "/hooks/slack/acme/events", "1", "v0=", vec![b' '; (1 << 20) + 1]).await;
    Refusal::read(huge).await.is(413, "payload-too-large", "The body is over 1048576 bytes.");
    stand.program.stop().await;
}

#[tokio::test]
async fn a_connection_with_sockets_takes_no_requests() {
    let (db, team) = (Database::new(Kind::Sqlite).await, Team::in_slack().await);
    let stand = Stand::of(Program::with(settings(&db, &team)).await);
    let at = now();
    // Without a signing secret there is nothing to check against, so nothing is ever taken unchecked.
    for signature in [sign("", at, b"{}"), sign(SECRET, at, b"{}"), "v0=".to_owned()] {
        let answer = post(&stand, "/hooks/slack/acme/events", &at.to_string(), &signature, b"{}".to_vec()).await;
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.text().await.unwrap(), "This connection is fed by Socket Mode, not by HTTP requests.");
    }
    stand.program.stop().await;
}
