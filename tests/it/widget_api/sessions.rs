//! Sessions: who a visitor stays.
//!
//! What lives here: keeping a token, and what a session begins with. What must not: tokens that are wrong.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::{Database, on_both};
use crate::support::program::{Program, bare, settings};
use crate::support::team::{MINA, SHOP, Team};
use crate::support::visitor::Visitor;

on_both!(
    a_session_is_kept,
    a_session_survives_a_restart,
    a_session_shows_where_things_stand,
    the_latest_hundred_messages_are_shown
);

async fn session(visitor: &Visitor) -> Value {
    let body = json!({"domain": "shop.example", "visitor_token": visitor.token});
    let answer = visitor.request(Method::POST, "/sessions").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

async fn a_session_is_kept(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    let empty = session(&visitor).await;
    assert_eq!(empty["visitor_token"], visitor.token.as_str(), "a good token is kept, and never rotated");
    assert_eq!(
        (empty["conversation"].is_null(), empty["messages"].as_array().map(Vec::len), empty["after"].as_i64()),
        (true, Some(0), Some(0))
    );
    let posted = visitor.write("Hello").await;
    let again = session(&visitor).await;
    assert_eq!(again["visitor_token"], visitor.token.as_str());
    assert_eq!((&again["conversation"], &again["messages"]), (&posted["conversation"], &json!([posted["message"]])));
    assert_eq!(
        visitor.events_after(again["after"].as_i64().unwrap()).await["events"],
        json!([]),
        "nothing is told twice"
    );
    program.stop().await;
}

async fn a_session_survives_a_restart(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello").await;
    program.stop().await;
    let program = Program::with(bare(db)).await;
    let visitor = visitor.at(&program.url);
    assert_eq!(session(&visitor).await["visitor_token"], visitor.token.as_str());
    assert_eq!(visitor.sees().await.len(), 1);
    program.stop().await;
}

async fn a_session_shows_where_things_stand(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Do you ship to Norway?").await;
    let card = team.card(SHOP).await;
    team.press(MINA, SHOP, &card, "assign").await;
    team.say(MINA, SHOP, card.as_str(), "Yes, *we do*!");
    visitor.until_told("Yes, we do!").await;
    insta::assert_json_snapshot!("session", session(&visitor).await, {
        ".visitor_token" => "[token]",
        ".**.id" => "[id]",
        ".**.seq" => "[seq]",
        ".**.conversation_id" => "[id]",
        ".**.picture" => "[picture]",
        ".**.opened_at" => "[time]",
        ".**.created_at" => "[time]",
    });
    program.stop().await;
}

async fn the_latest_hundred_messages_are_shown(db: &Database) {
    let mut settings = bare(db);
    settings.limits.messages_per_visitor = threadline::settings::Rate::new(1_000, 1_000);
    settings.limits.messages_per_address = threadline::settings::Rate::new(1_000, 1_000);
    let program = Program::with(settings).await;
    let visitor = program.visitor("shop.example").await;
    for number in 0..105 {
        visitor.write(&format!("message {number}")).await;
    }
    let session = session(&visitor).await;
    let bodies: Vec<&str> =
        session["messages"].as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap()).collect();
    let wanted: Vec<String> = (5..105).map(|number| format!("message {number}")).collect();
    assert_eq!(bodies, wanted);
    assert_eq!(visitor.sees().await.len(), 105, "the rest can be read");
    program.stop().await;
}
