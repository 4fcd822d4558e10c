//! The inbox's API as an operator's page uses it, beside threads and widgets.
//!
//! What lives here: one file for each kind of thing that operators do there, and [`Scene`], the stand that some share. What
//! must not: signing in, presence, and the search (they have folders of their own).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

mod canned;
mod kept;
mod lists;
mod replies;
mod together;
mod transcripts;

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::PATIENCE;
use crate::support::operator::Desk;
use crate::support::program::Program;
use crate::support::refusal::Refusal;
use crate::support::stand::Stand;
use crate::support::team::{Nature, SHOP, Team};
use crate::support::visitor::Visitor;

const LIST: &str = "/v1/inbox/conversations";

/// A visitor of shop.example who wrote "Hello", the team's rooms, and Ada at her desk, who sees everything.
struct Scene {
    team: Team,
    program: Program,
    visitor: Visitor,
    desk: Desk,
    card: String,
    /// The conversation's URL, without a slash at its end.
    at: String,
}

impl Scene {
    async fn begin(stand: &Stand) -> Self {
        let team = stand.team_of(Nature::quiet()).await;
        let program = stand.program(&team).await;
        let desk = Desk::admin(&stand.db, &program.url, "Ada").await;
        let visitor = program.visitor("shop.example").await;
        visitor.write("Hello").await;
        let card = team.card(SHOP).await;
        team.all_show(SHOP, "Hello").await;
        let at = conversation(&desk).await;
        Self { team, program, visitor, desk, card, at }
    }

    /// Writes in the page, under a key of its own.
    async fn reply(&self, text: &str) -> Value {
        write(&self.desk, &self.at, text, false).await
    }

    /// The conversation as the page shows it.
    async fn shown(&self) -> Value {
        self.desk.get(&self.at).await
    }

    /// The message with these words, as the page shows it.
    async fn message(&self, text: &str) -> Value {
        let shown = self.shown().await;
        let messages = shown["messages"].as_array().unwrap();
        messages.iter().find(|message| message["body"] == text).unwrap_or(&Value::Null).clone()
    }

    /// Waits until the page shows a message as wanted.
    async fn until_message<T>(&self, what: &str, text: &str, mut look: impl FnMut(&Value) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let message = self.message(text).await;
            if let Some(found) = look(&message) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}: {message}");
        }
    }
}

/// The URL of the newest conversation that the desk sees.
async fn conversation(desk: &Desk) -> String {
    let list = desk.get(LIST).await;
    format!("{LIST}/{}", list["conversations"][0]["id"].as_str().unwrap())
}

/// Writes in a page; the text is its key, so write each text only once.
async fn write(desk: &Desk, at: &str, text: &str, note: bool) -> Value {
    let key: String = text.chars().take(60).collect();
    let body = json!({"client_key": key, "body": text, "note": note});
    desk.post(&format!("{at}/messages"), &body).await["message"].clone()
}

/// A visitor of a domain writes from the page with the cart.
async fn from_the_cart(program: &Program, domain: &str, text: &str) -> Visitor {
    let visitor = program.visitor(domain).await;
    let page = json!({"url": format!("https://{domain}/cart?token=1"), "title": "Cart"});
    let body = json!({"client_key": "first", "body": text, "page": page});
    let answer = visitor.request(Method::POST, "/messages").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    visitor
}

/// A refusal's status and stable name.
fn kind(refusal: &Refusal) -> (u16, &str) {
    let name = refusal.problem["type"].as_str().and_then(|kind| kind.rsplit(':').next());
    (refusal.status, name.unwrap_or_default())
}

/// The URL of a message.
fn message_at(at: &str, message: &Value) -> String {
    format!("{at}/messages/{}", message["id"].as_str().unwrap())
}
