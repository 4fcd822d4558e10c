//! What is no longer so is found no longer, and what was counted once is counted once.
//!
//! What lives here: tags and ratings that are taken back, and conversations that move to another visitor. What must not: what
//! was edited (see `found`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use threadline::settings::{Rate, Settings};

use super::{Script, key};
use crate::support::database::{Database, on_both};
use crate::support::jwt::{self, identity};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};
use crate::support::visitor::Visitor;

on_both!(what_is_taken_back_is_not_found, an_answer_counts_once_when_its_conversation_moves);

/// A script asks again and again until it finds.
fn unlimited(db: &Database) -> Settings {
    let mut settings = bare(db);
    settings.limits.requests_per_address = Rate::new(1_000_000, 1_000_000);
    settings
}

async fn what_is_taken_back_is_not_found(db: &Database) {
    let store = db.open().await;
    key(&store, "tlk_all", None).await;
    store.close().await;
    let program = Program::with(unlimited(db)).await;
    let (script, desk) = (Script::new(&program.url, "tlk_all"), Desk::admin(db, &program.url, "Ada").await);
    let visitor = program.visitor("shop.example").await;
    let id = visitor.write("Hello, is Refund a word?").await["conversation"]["id"].as_str().unwrap().to_owned();

    let tags = format!("/v1/inbox/conversations/{id}/tags");
    desk.put(&tags, &json!({"tags": ["wants voucher", "refund"]})).await;
    script.until(1, &[("q", "voucher refund ")]).await;
    desk.put(&tags, &json!({"tags": []})).await;
    script.until(0, &[("q", "voucher ")]).await;
    script.until(1, &[("q", "refund ")]).await;

    let rate = async |stars: i64, comment: Option<&str>| {
        let body = json!({"conversation_id": id, "stars": stars, "comment": comment});
        let answer = visitor.request(Method::POST, "/conversation/rating").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    };
    rate(1, Some("Dreadful")).await;
    script.until(1, &[("q", "dreadful "), ("rating", "1")]).await;
    rate(5, None).await;
    script.until(1, &[("q", "hello "), ("rating", "5")]).await;
    script.until(0, &[("q", "dreadful ")]).await;
    program.stop().await;
}

async fn an_answer_counts_once_when_its_conversation_moves(db: &Database) {
    let store = db.open().await;
    key(&store, "tlk_all", None).await;
    store.close().await;
    let mut settings = unlimited(db);
    settings.domains[0].identity_secret = Some(SecretString::from(jwt::SECRET));
    let program = Program::with(settings).await;
    let (script, desk) = (Script::new(&program.url, "tlk_all"), Desk::admin(db, &program.url, "Ada").await);
    let session = async |token: Option<&str>| -> Value {
        let body = json!({"domain": "shop.example", "visitor_token": token, "identity_jwt": identity("ada")});
        let request = reqwest::Client::new().post(format!("{}/v1/widget/sessions", program.url));
        request.header("origin", "https://shop.example").json(&body).send().await.unwrap().json().await.unwrap()
    };
    let known =
        |session: &Value| Visitor::known(&program.url, "shop.example", session["visitor_token"].as_str().unwrap());
    known(&session(None).await).write("Long ago").await;

    // Everything that the website says of her she has said herself, so that no word is new.
    let stranger = program.visitor("shop.example").await;
    let id = stranger.write("I am Name of ada").await["conversation"]["id"].as_str().unwrap().to_owned();
    let said = json!({"name": "Name of ada", "email": "ada@shop.example"});
    assert_eq!(stranger.request(Method::PATCH, "/visitor").json(&said).send().await.unwrap().status(), 200);
    let messages = format!("/v1/inbox/conversations/{id}/messages");
    desk.post(&messages, &json!({"client_key": "1", "body": "Welcome, friend"})).await;
    let operator = ("operator", desk.id.as_str());
    script.until(1, &[("q", "friend ada@shop.example"), operator]).await;

    known(&session(Some(&stranger.token)).await).write("Here I am again").await;
    script.until(1, &[("q", "again "), operator]).await;
    let figures = script.get("monitor", &[]).await;
    assert_eq!((&figures["by_operator"][0]["replies"], &figures["now"]["open"]), (&json!(1), &json!(1)));
    program.stop().await;
}
