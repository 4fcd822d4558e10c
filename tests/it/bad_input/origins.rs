//! Pages that may not use the chat.
//!
//! What lives here: origins and domains. What must not: tokens.

use reqwest::Method;
use serde_json::json;

use super::Stand;
use crate::support::database::{Database, Kind, on_both};
use crate::support::refusal::Refusal;

on_both!(an_unknown_domain_is_named);

const SESSIONS: &str = "/v1/widget/sessions";

#[tokio::test]
async fn a_page_of_another_origin_is_refused_everywhere() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let evil = "https://evil.example";
    let detail = "A page of https://evil.example may not use the chat of the domain `shop.example`: to allow it, add \
                  \"https://evil.example\" to `origins` of the [[domain]] named `shop.example` in the configuration file.";
    let answer = stand.session(Some(evil), &json!({"domain": "shop.example"})).await;
    let refusal = Refusal::read(answer).await;
    refusal.is(403, "origin-not-allowed", detail);
    assert_eq!(refusal.header("access-control-allow-origin"), Some(evil), "the page can read why");
    for (method, path) in [
        (Method::GET, "/messages?after=0"),
        (Method::POST, "/messages"),
        (Method::POST, "/typing"),
        (Method::POST, "/read"),
        (Method::POST, "/conversation/close"),
        (Method::POST, "/conversation/rating"),
        (Method::POST, "/form"),
        (Method::POST, "/page"),
        (Method::PATCH, "/visitor"),
    ] {
        let request =
            stand.request(method, &format!("/v1/widget{path}")).bearer_auth(&visitor.token).header("origin", evil);
        let body = json!({"client_key": "1", "body": "hi", "event_seq": 0});
        Refusal::read(request.json(&body).send().await.unwrap()).await.is(403, "origin-not-allowed", detail);
    }
    assert!(visitor.sees().await.is_empty());
    stand.program.stop().await;
}

#[tokio::test]
async fn a_page_without_an_origin_of_its_own_is_refused() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    for origin in
        ["null", "file:///page.html", "https://shop.example/path", "https://shop.example, https://shop.example"]
    {
        let answer = stand.session(Some(origin), &json!({"domain": "shop.example"})).await;
        let detail = format!(
            "A page of {origin} may not use the chat of the domain `shop.example`: files and sandboxed frames have no origin \
             of their own; open the page over http or https, from one of the `origins` of the [[domain]] named \
             `shop.example` in the configuration file."
        );
        Refusal::read(answer).await.is(403, "origin-not-allowed", &detail);
    }
    stand.program.stop().await;
}

#[tokio::test]
async fn origins_that_are_close_are_not_the_same() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    for origin in [
        "http://shop.example",
        "https://shop.example:8443",
        "https://www.shop.example",
        "https://shop.example.evil.example",
        "https://blog.example",
    ] {
        let answer = stand.session(Some(origin), &json!({"domain": "shop.example"})).await;
        let refusal = Refusal::read(answer).await;
        assert_eq!(
            (refusal.status, refusal.problem["title"].as_str()),
            (403, Some("This page may not use the chat")),
            "{origin}"
        );
    }
    for origin in [None, Some("https://shop.example"), Some("HTTPS://SHOP.example:443")] {
        assert_eq!(stand.session(origin, &json!({"domain": "Shop.Example"})).await.status(), 201, "{origin:?}");
    }
    stand.program.stop().await;
}

#[tokio::test]
async fn a_preflight_is_answered_and_promises_nothing() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    let request = stand.request(Method::OPTIONS, SESSIONS).header("origin", "https://evil.example");
    let answer = request.header("access-control-request-method", "POST").send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(answer.status(), 204);
    assert_eq!(header("access-control-allow-origin"), Some("https://evil.example"));
    assert_eq!(header("access-control-allow-credentials"), None, "no cookies are ever used");
    stand.program.stop().await;
}

async fn an_unknown_domain_is_named(db: &Database) {
    let stand = Stand::start(db).await;
    let long = "x".repeat(5_000);
    for (name, shown) in [
        ("nowhere.example", "nowhere.example"),
        ("", ""),
        ("shop.example.", "shop.example."),
        ("shop.example\0", "shop.example\0"),
        ("'; DROP TABLE domain; --", "'; DROP TABLE domain; --"),
        (long.as_str(), &format!("{}…", "x".repeat(99))),
    ] {
        let answer = stand.session(Some("https://nowhere.example"), &json!({"domain": name})).await;
        let detail = format!(
            "There is no domain `{shown}` here: add it to the configuration file as a [[domain]], or correct data-domain."
        );
        Refusal::read(answer).await.is(404, "unknown-domain", &detail);
    }
    stand.program.stop().await;
}

#[tokio::test]
async fn what_is_nowhere_is_said_to_be() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = Stand::start(&db).await;
    for path in ["/v1/widget", "/v1/widget/conversations", "/v1/admin", "/demo", "/../Cargo.toml", "/widget.js/"] {
        let answer = stand.request(Method::GET, path).send().await.unwrap();
        Refusal::read(answer).await.is(404, "not-found", "There is no such page.");
    }
    for (method, path) in [
        (Method::GET, SESSIONS),
        (Method::DELETE, "/v1/widget/messages"),
        (Method::POST, "/healthz"),
        (Method::GET, "/hooks/slack/acme/events"),
    ] {
        let answer = stand.request(method, path).send().await.unwrap();
        Refusal::read(answer).await.is(
            405,
            "method-not-allowed",
            "This URL takes another method: see the Allow header.",
        );
    }
    for path in ["/widget/../../Cargo.toml", "/widget/nothing.js", "/widget/%2e%2e%2fCargo.toml"] {
        let answer = stand.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    stand.program.stop().await;
}
