//! Bodies that can't be taken.
//!
//! What lives here: JSON, bytes, sizes, and the rules of a message. What must not: rates.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};

use super::Stand;
use crate::support::database::{Database, Kind, on_both};
use crate::support::refusal::Refusal;
use crate::support::visitor::Visitor;

on_both!(a_message_has_its_sizes, nul_characters_do_no_harm, a_key_means_one_message);

async fn post(visitor: &Visitor, message: &Value) -> reqwest::Response {
    visitor.request(Method::POST, "/messages").json(message).send().await.unwrap()
}

async fn a_message_has_its_sizes(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    for blank in ["", " ", "\n\t \u{a0}\u{3000}\r\n"] {
        let refusal = Refusal::read(post(&visitor, &json!({"client_key": "k", "body": blank})).await).await;
        refusal.is(422, "validation-failed", "`body`: is empty; write at least one character.");
        assert_eq!(refusal.problem["field"], "body");
    }
    let too_long = "ü".repeat(10_001);
    let refusal = Refusal::read(post(&visitor, &json!({"client_key": "k", "body": too_long})).await).await;
    refusal.is(422, "validation-failed", "`body`: has 10001 characters; at most 10000 can be sent at once.");
    // Characters are counted and not bytes, and what stands around them is not.
    for (key, longest) in
        [("1", "x".repeat(10_000)), ("2", "🧵".repeat(10_000)), ("3", format!(" {}\n", "ü".repeat(10_000)))]
    {
        let answer = post(&visitor, &json!({"client_key": key, "body": longest})).await;
        assert_eq!(answer.status(), 201);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["message"]["body"], longest.trim());
    }
    for key in [String::new(), "k".repeat(65), "a\0b".to_owned()] {
        let refusal = Refusal::read(post(&visitor, &json!({"client_key": key, "body": "hi"})).await).await;
        refusal.is(
            422,
            "validation-failed",
            "`client_key`: must have 1 to 64 characters; any text that is new for each message will do.",
        );
        assert_eq!(refusal.problem["field"], "client_key");
    }
    assert_eq!(post(&visitor, &json!({"client_key": "ü".repeat(64), "body": "hi"})).await.status(), 201);
    assert_eq!(visitor.sees().await.len(), 4);
    stand.program.stop().await;
}

async fn nul_characters_do_no_harm(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let page =
        json!({"url": "https://shop.example/\0cart", "title": "A\0 title", "referrer": "https://elsewhere.example/\0"});
    let answer = post(&visitor, &json!({"client_key": "1", "body": "one\0two", "page": page})).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json::<Value>().await.unwrap()["message"]["body"], "onetwo");
    Refusal::read(post(&visitor, &json!({"client_key": "2", "body": "\0\0"})).await).await.is(
        422,
        "validation-failed",
        "`body`: is empty; write at least one character.",
    );
    let session = json!({"domain": "shop.example", "visitor_token": "a\0b", "page": page});
    assert_eq!(stand.session(None, &session).await.status(), 201);
    stand.program.stop().await;
}

async fn a_key_means_one_message(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let first: Value =
        post(&visitor, &json!({"client_key": "k", "body": "the first words"})).await.json().await.unwrap();
    let again = post(&visitor, &json!({"client_key": "k", "body": "other words"})).await;
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().await.unwrap(), first, "the first words stay");
    // Also once the conversation is closed: nothing is opened for it.
    visitor.close().await;
    let again = post(&visitor, &json!({"client_key": "k", "body": "other words"})).await;
    assert_eq!(again.status(), 200);
    let again: Value = again.json().await.unwrap();
    assert_eq!(
        (again["message"].clone(), again["conversation"]["status"].as_str()),
        (first["message"].clone(), Some("closed"))
    );
    assert_eq!(visitor.sees().await.len(), 1);
    stand.program.stop().await;
}

#[tokio::test]
async fn what_is_no_json_is_said_where() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let send = async |content_type: &str, body: Vec<u8>| {
        let request = visitor.request(Method::POST, "/messages").header("content-type", content_type);
        Refusal::read(request.body(body).send().await.unwrap()).await
    };
    for (body, detail) in [
        (&b""[..], "This is not valid JSON: EOF while parsing a value at line 1 column 0."),
        (b"{", "This is not valid JSON: EOF while parsing an object at line 1 column 1."),
        (b"hello", "This is not valid JSON: expected value at line 1 column 1."),
        (b"{\"client_key\":\"k\",}", "This is not valid JSON: trailing comma at line 1 column 19."),
        (
            b"{\"client_key\":\"k\",\"body\":\"hi\"} {}",
            "Something goes on after the JSON: trailing characters at line 1 column 32.",
        ),
        (
            b"{\"client_key\":\"k\",\"body\":\"\xff\"}",
            "The body is not UTF-8: the bytes from number 26 on are no character.",
        ),
        (
            b"{\"client_key\":\"k\",\"body\":\"\xed\xa0\x80\"}",
            "The body is not UTF-8: the bytes from number 26 on are no character.",
        ),
    ] {
        send("application/json", body.to_vec()).await.is(400, "malformed-request", detail);
    }
    let half = send("application/json", br#"{"client_key":"k","body":"\ud800"}"#.to_vec()).await;
    assert_eq!(
        (half.status, half.problem["type"].as_str()),
        (400, Some("urn:threadline:problem:malformed-request")),
        "{half:?}"
    );
    for (body, field, detail) in [
        (
            "[]",
            "the whole document",
            "`the whole document`: invalid length 0, expected struct MessageRequest with 3 elements at line 1 column 2.",
        ),
        ("{\"body\":\"hi\"}", "client_key", "`client_key`: missing field `client_key` at line 1 column 13."),
        ("{\"client_key\":\"k\"}", "body", "`body`: missing field `body` at line 1 column 18."),
        (
            "{\"client_key\":7,\"body\":\"hi\"}",
            "client_key",
            "`client_key`: invalid type: integer `7`, expected a string at line 1 column 15.",
        ),
        (
            "{\"client_key\":\"k\",\"body\":null}",
            "body",
            "`body`: invalid type: null, expected a string at line 1 column 29.",
        ),
        (
            "{\"client_key\":\"k\",\"body\":\"hi\",\"page\":{}}",
            "page.url",
            "`page.url`: missing field `url` at line 1 column 39.",
        ),
    ] {
        let refusal = send("application/json", body.into()).await;
        refusal.is(422, "validation-failed", detail);
        assert_eq!(refusal.problem["field"], field);
    }
    let fine = || br#"{"client_key":"k","body":"hi"}"#.to_vec();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"]
    {
        let detail = "Send JSON, with the header `Content-Type: application/json`.";
        send(content_type, fine()).await.is(415, "unsupported-media-type", detail);
    }
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000)).into_bytes();
    assert_eq!(send("application/json", deep).await.status / 100, 4, "depth is no way to exhaust the stack");
    assert!(visitor.sees().await.is_empty());
    stand.program.stop().await;
}

#[tokio::test]
async fn a_big_body_is_refused() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let detail = "The body is over 65536 bytes.";
    for size in [(64 << 10) + 1, 1 << 20] {
        let body = json!({"client_key": "k", "body": "x".repeat(size)});
        Refusal::read(post(&visitor, &body).await).await.is(413, "payload-too-large", detail);
        Refusal::read(stand.session(None, &json!({"domain": "x".repeat(size)})).await).await.is(
            413,
            "payload-too-large",
            detail,
        );
    }
    assert!(visitor.sees().await.is_empty());
    stand.program.stop().await;
}

#[tokio::test]
async fn a_position_that_was_read_is_a_number_of_an_event() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let read = async |body: Value| visitor.request(Method::POST, "/read").json(&body).send().await.unwrap();
    assert_eq!(read(json!({"after": 0})).await.status(), 204);
    Refusal::read(read(json!({"after": -1})).await).await.is(422, "validation-failed", "`after`: -1 is not an event.");
    stand.program.stop().await;
}
