//! What people of a team do in a thread, and what of it reaches the visitor.
//!
//! What lives here: one file for each kind of thing that people do, and [`Talk`], the stand they share: a visitor and a
//! team in one conversation. What must not: faults, and requests that no person makes.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

mod commands;
mod deletes;
mod disguise;
mod early;
mod edits;
mod forms;
mod held;
mod knocks;
mod languages;
mod notes;
mod people;
mod pings;
mod speakers;
mod transports;
mod words;

use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::program::Program;
use crate::support::stand::Stand;
use crate::support::team::{About, JONAS, MINA, Nature, Person, SHOP, Shown, Team};
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
    /// A conversation in which the visitor has written "Hello".
    async fn begin(stand: &Stand) -> Self {
        let team = stand.team_of(Nature::quiet()).await;
        let program = stand.program(&team).await;
        Self::between(team, program).await
    }

    /// The same where Slack calls us: over HTTP, one event after the other.
    async fn over_hooks(stand: &Stand) -> Self {
        let team = stand.team_of(Nature::quiet()).await;
        let program = Program::over_hooks(&team, stand.settings(&team)).await;
        Self::between(team, program).await
    }

    /// The same in a program that runs already.
    async fn between(team: Team, program: Program) -> Self {
        let visitor = program.visitor("shop.example").await;
        visitor.write("Hello").await;
        let card = team.card(SHOP).await;
        team.all_show(SHOP, "Hello").await;
        Self { team, program, visitor, card, ends: AtomicU32::new(0) }
    }

    /// Somebody writes in the thread; waits until the program has taken it.
    async fn say(&self, user: Person, text: &str) -> String {
        self.heard(About::Message, || self.team.say(user, SHOP, self.card.as_str(), text)).await
    }

    /// Somebody edits their message; waits until the program has taken it.
    async fn edit(&self, user: Person, message: &str, text: &str) {
        self.heard(About::Edit, || self.team.edit(user, SHOP, message, text)).await;
    }

    /// Somebody deletes a message; waits until the program has taken it.
    async fn delete(&self, user: Person, message: &str) {
        self.heard(About::Deletion, || self.team.delete(user, SHOP, message)).await;
    }

    /// Does something, and waits until the program has taken every event of that kind that was told by then.
    async fn heard<T>(&self, about: About, act: impl FnOnce() -> T) -> T {
        self.team.heard(about, act).await
    }

    /// What a person types to call somebody.
    fn call(&self, who: Person) -> String {
        self.team.room().call(who)
    }

    /// Waits until the newest private message to somebody holds these words, and presses a button of it.
    async fn press_private(&self, user: Person, words: &str, action: &str) {
        let told = self.team.told(user, words).await;
        self.team.press(user, SHOP, &told.id, action).await;
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

    /// A reply that has reached the visitor: its id in the room, and its id in the widget.
    async fn reply(&self, text: &str) -> (String, String) {
        let remote = self.say(MINA, text).await;
        let seen = self.visitor.until_told(text).await;
        (remote, seen.id)
    }

    /// Waits until the cards show these words.
    async fn card_shows(&self, words: &str) {
        let look = |thread: &[Shown]| thread.first().filter(|card| card.whole.contains(words)).map(|_| ());
        self.team.until_thread(&format!("the card to show {words:?}"), SHOP, &self.card, look).await;
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
