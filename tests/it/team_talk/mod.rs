//! What people of a team do in a thread, and what of it reaches the visitor.
//!
//! What lives here: one file for each kind of thing that people do, and [`Talk`], the stand they share: a visitor and a
//! team in one conversation. What must not: faults, and requests that no person makes.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

mod deletes;
mod disguise;
mod early;
mod edits;
mod forms;
mod held;
mod knocks;
mod notes;
mod people;
mod speakers;
mod transports;
mod words;

use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::PATIENCE;
use crate::support::database::Database;
use crate::support::program::Program;
use crate::support::team::{JONAS, MINA, SHOP, Team, says};
use crate::support::visitor::Visitor;

/// What a visitor of shop.example and the team have begun to talk about.
struct Talk {
    team: Team,
    program: Program,
    visitor: Visitor,
    card: String,
    ends: AtomicU32,
}

impl Talk {
    /// A conversation over Socket Mode in which the visitor has written "Hello".
    async fn begin(db: &Database) -> Self {
        let team = quiet_team().await;
        let program = Program::start(db, &team).await;
        Self::between(team, program).await
    }

    /// The same in a program that runs already.
    async fn between(team: Team, program: Program) -> Self {
        let visitor = program.visitor("shop.example").await;
        visitor.write("Hello").await;
        let card = team.card(SHOP).await;
        team.shows(SHOP, &card, "Hello").await;
        Self { team, program, visitor, card, ends: AtomicU32::new(0) }
    }

    /// Somebody writes in the thread; waits until the program has taken it.
    async fn say(&self, user: &str, text: &str) -> String {
        self.heard("message", || self.team.slack.say(user, SHOP, Some(&self.card), text).unwrap()).await
    }

    /// Somebody edits their message; waits until the program has taken it.
    async fn edit(&self, user: &str, message: &str, text: &str) {
        self.heard("message/message_changed", || self.team.slack.edit(user, SHOP, message, text).unwrap()).await;
    }

    /// Somebody deletes a message; waits until the program has taken it.
    async fn delete(&self, user: &str, message: &str) {
        self.heard("message/message_deleted", || self.team.slack.delete(user, SHOP, message).unwrap()).await;
    }

    /// Does something, and waits until the program has taken one more event of that kind than before.
    async fn heard<T>(&self, about: &str, act: impl FnOnce() -> T) -> T {
        heard(&self.team, about, act).await
    }

    /// Presses a button of the newest private message to an operator.
    async fn press_private(&self, user: &str, words: &str, action: &str) {
        let told = self.team.told(user, words).await;
        self.team.press(user, SHOP, &told.ts, action).await;
    }

    /// Holds the visitor's view to these replies, once everything that was said so far has been worked on. Jonas says
    /// that this is the end, and a thread is worked on in its order.
    async fn only(&self, replies: &[&str]) {
        let end = format!("(end {})", self.ends.fetch_add(1, Ordering::Relaxed));
        self.say(JONAS, &end).await;
        self.visitor.until_told(&end).await;
        let mut told = self.visitor.replies().await;
        told.retain(|words| !words.starts_with("(end "));
        assert_eq!(told, replies);
    }

    /// A reply that has reached the visitor: its id in Slack, and its id in the widget.
    async fn reply(&self, text: &str) -> (String, String) {
        let remote = self.say(MINA, text).await;
        let seen = self.visitor.until_told(text).await;
        (remote, seen.id)
    }

    /// Waits until the card shows these words.
    async fn card_shows(&self, words: &str) {
        let look =
            |thread: &[&bridge_sandbox::slack::Message]| thread.first().filter(|card| says(card, words)).map(|_| ());
        self.team.thread(&format!("the card to show {words:?}"), SHOP, &self.card, look).await;
    }

    /// Everything that the visitor can read, as one text.
    async fn all_text(&self) -> String {
        let (events, messages, _) = self.visitor.everything().await;
        let page = serde_json::json!({"domain": "shop.example", "visitor_token": self.visitor.token});
        let session = self.visitor.request(reqwest::Method::POST, "/sessions").json(&page).send().await.unwrap();
        format!("{events:?} {messages:?} {}", session.text().await.unwrap())
    }

    async fn end(self) {
        self.program.stop().await;
    }
}

/// A team whose Slack tells no reply counts, so that every event of an edit is somebody's edit.
async fn quiet_team() -> Team {
    Team::with(|options| bridge_sandbox::slack::SlackOptions { reply_count_events: false, ..options }, |_| {}).await
}

/// Does something, and waits until the program has taken one more event of that kind than before.
async fn heard<T>(team: &Team, about: &str, act: impl FnOnce() -> T) -> T {
    let taken = |view: &bridge_sandbox::slack::View<'_>| {
        view.deliveries_about(about).iter().filter(|delivery| delivery.outcome == "acked").count()
    };
    let before = team.slack.read(taken);
    let done = act();
    let more = |view: &bridge_sandbox::slack::View<'_>| (taken(view) > before).then_some(());
    team.slack.wait_for(&format!("{about} to be taken"), PATIENCE, more).await.unwrap();
    done
}
