//! Keys for scripts.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

on_both!(a_key_does_what_it_is_for_and_nothing_else, what_a_key_closes_it_can_reopen);

async fn with_key(url: &str, key: &str, method: Method, path: &str) -> Response {
    let request = reqwest::Client::new().request(method, format!("{url}{path}")).bearer_auth(key);
    request.json(&json!({})).send().await.unwrap()
}

async fn what_a_key_closes_it_can_reopen(db: &Database) {
    let program = Program::with(bare(db)).await;
    let admin = Desk::admin(db, &program.url, "Grace").await;
    let made = admin.post("/v1/admin/api-keys", &json!({"name": "night shift", "scopes": ["write"]})).await;
    let key = made["token"].as_str().unwrap();
    let written = program.visitor("shop.example").await.write("Hello").await;
    let at = format!("/v1/inbox/conversations/{}", written["conversation"]["id"].as_str().unwrap());
    for (what, status) in [("close", "closed"), ("reopen", "open")] {
        let answer = with_key(&program.url, key, Method::POST, &format!("{at}/{what}")).await;
        assert_eq!(answer.status(), 200, "{what}");
        assert_eq!(answer.json::<Value>().await.unwrap()["conversation"]["status"], status);
    }
    program.stop().await;
}

async fn a_key_does_what_it_is_for_and_nothing_else(db: &Database) {
    let program = Program::with(bare(db)).await;
    let admin = Desk::admin(db, &program.url, "Grace").await;
    let make = async |body: Value| admin.post("/v1/admin/api-keys", &body).await;
    let made =
        make(json!({"name": "report", "scopes": ["read"], "domains": ["shop.example"], "expires_in_days": 30})).await;
    let key = made["token"].as_str().unwrap().to_owned();
    assert!(key.starts_with("tlk_") && key.len() == 68, "{key}");
    assert_eq!(made["api_key"]["last_used_at"], json!(null));

    let ask = async |method: Method, path: &str| with_key(&program.url, &key, method, path).await;
    assert_eq!(ask(Method::GET, "/v1/inbox/domains").await.status(), 200);
    Refusal::read(ask(Method::GET, "/v1/inbox/session").await).await.is(
        403,
        "operator-needed",
        "A key acts as nobody: only an operator who is signed in can do that.",
    );
    Refusal::read(ask(Method::PUT, "/v1/inbox/availability").await).await.is(
        403,
        "not-allowed",
        "The key lacks the scope `write`: make one that has it.",
    );
    Refusal::read(ask(Method::GET, "/v1/admin/domains").await).await.is(
        403,
        "not-allowed",
        "The key lacks the scope `admin`: make one that has it.",
    );

    let list = admin.get("/v1/admin/api-keys").await;
    assert!(!list.to_string().contains(&key), "it is told once");
    assert_ne!(list["api_keys"][0]["last_used_at"], json!(null));
    let path = format!("/v1/admin/api-keys/{}", made["api_key"]["id"].as_str().unwrap());
    admin.delete(&path).await;
    admin.delete(&path).await;
    assert_eq!(ask(Method::GET, "/v1/inbox/domains").await.status(), 401);

    let all = make(json!({"name": "deploy", "scopes": ["admin"]})).await;
    let all = all["token"].as_str().unwrap();
    assert_eq!(with_key(&program.url, all, Method::GET, "/v1/admin/operators").await.status(), 200);
    assert_eq!(with_key(&program.url, all, Method::GET, "/v1/inbox/domains").await.status(), 403);
    db.run("UPDATE api_key SET expires_at = 1").await;
    assert_eq!(with_key(&program.url, all, Method::GET, "/v1/admin/operators").await.status(), 401);

    for (body, why) in [
        (json!({"name": "x", "scopes": []}), "`scopes`: name at least one of read, write and admin."),
        (json!({"name": "x", "scopes": ["root"]}), "`scopes`: `root` is none: write read, write or admin."),
        (
            json!({"name": "x", "scopes": ["admin"], "domains": ["shop.example"]}),
            "`domains`: a key with the scope `admin` is for all domains: leave `domains` out, or that scope.",
        ),
        (
            json!({"name": "x", "scopes": ["read"], "expires_in_days": 0}),
            "`expires_in_days`: write a number of days from 1 to 3650, or leave it out.",
        ),
    ] {
        let refusal = admin.refused(Method::POST, "/v1/admin/api-keys", Some(&body)).await;
        refusal.is(422, "validation-failed", why);
    }
    program.stop().await;
}
