//! What is kept when the program dies.
//!
//! What lives here: a reply that is sent again after a kill. What must not: the other places to die (see `faults`).

use reqwest::Method;
use serde_json::{Value, json};

use super::conversation;
use crate::support::operator::Desk;
use crate::support::process::Process;
use crate::support::stand::{Stand, on_mirrors};
use crate::support::team::{Nature, SHOP, relayed};
use crate::support::visitor::Visitor;

on_mirrors!(a_reply_is_kept_once_through_a_kill);

async fn a_reply_is_kept_once_through_a_kill(stand: &Stand) {
    let team = stand.team_of(Nature::impatient()).await;
    let mut process = Process::prepare(&stand.db, &team);
    process.start("").await;
    team.until_heard().await;
    let desk = Desk::admin(&stand.db, &process.url, "Ada").await;
    let visitor = Visitor::arrive(&process.url, "shop.example").await;
    visitor.write("Hello").await;
    team.all_show(SHOP, "Hello").await;
    let at = format!("{}/messages", conversation(&desk).await);
    let body = json!({"client_key": "one", "body": "We are here"});

    // The answer may be lost with the process: the page can't know, and sends it again.
    let sent = desk.request(Method::POST, &at).json(&body).send();
    let first = tokio::select! {
        answer = sent => answer.ok(),
        () = async { visitor.until_told("We are here").await; } => None,
    };
    let first: Option<Value> = match first {
        Some(answer) => answer.json().await.ok(),
        None => None,
    };
    process.kill().await;
    process.start("").await;
    team.until_heard().await;
    let again = desk.send(Method::POST, &at, Some(&body)).await;
    assert_eq!(again.status(), 200, "it was kept before, and whoever signed in stays so");
    let again: Value = again.json().await.unwrap();
    if let Some(first) = first {
        assert_eq!(first["message"]["id"], again["message"]["id"]);
    }
    let end = json!({"client_key": "two", "body": "The end"});
    desk.post(&at, &end).await;
    visitor.until_told("The end").await;
    team.all_show(SHOP, "The end").await;
    assert_eq!(visitor.replies().await, ["We are here", "The end"]);
    for room in team.rooms() {
        let card = room.cards(SHOP).pop().unwrap();
        assert_eq!(relayed(room, SHOP, &card), ["Hello", "We are here", "The end"]);
    }
    process.kill().await;
}
