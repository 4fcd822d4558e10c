//! A conversation that remembers what was said in it.
//!
//! What lives here: speaking for both sides, and ending with the check. What must not: faults.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use bridge_sandbox::slack::SlackOptions;
use threadline::settings::{Rate, Settings};

use crate::support::database::Database;
use crate::support::program;
use crate::support::promise;
use crate::support::team::{MINA, SHOP, Team, is_card, kind, words};
use crate::support::visitor::Visitor;

/// A team whose Slack tells an unacknowledged event again sooner than the real one.
pub(super) async fn impatient_team() -> Team {
    let soon = [0, 1, 2].map(Duration::from_secs);
    Team::with(|options| SlackOptions { retry_after: soon.into(), ..options }, |_| {}).await
}

/// A team whose Slack tells an unacknowledged event never again: only catch-up can find it.
pub(super) async fn forgetful_team() -> Team {
    Team::with(|options| SlackOptions { retry_after: Vec::new(), ..options }, |_| {}).await
}

/// The usual settings, without the limits that a test with many messages would meet.
pub(super) fn settings(db: &Database, team: &Team) -> Settings {
    let mut settings = program::settings(db, team);
    let plenty = Rate::new(1_000_000, 1_000_000);
    settings.limits.requests_per_address = plenty;
    settings.limits.messages_per_visitor = plenty;
    settings.limits.messages_per_address = plenty;
    settings
}

/// One visitor's conversation in the shop's channel.
pub(super) struct Talk<'a> {
    team: &'a Team,
    pub(super) visitor: Visitor,
    pub(super) written: Vec<String>,
    pub(super) replied: Vec<String>,
}

impl<'a> Talk<'a> {
    pub(super) fn new(team: &'a Team, visitor: Visitor) -> Self {
        Self { team, visitor, written: Vec::new(), replied: Vec::new() }
    }

    /// The newest card.
    pub(super) async fn card(&self) -> String {
        self.team.cards(SHOP, 1).await.pop().unwrap()
    }

    /// The visitor writes, and is told that it was accepted.
    pub(super) async fn write(&mut self, text: &str) {
        self.visitor.write(text).await;
        self.written.push(text.to_owned());
    }

    /// The same, and it shows in the thread.
    pub(super) async fn write_and_see(&mut self, text: &str) {
        self.write(text).await;
        self.shown().await;
    }

    /// Waits until what the visitor wrote last stands in the newest thread.
    pub(super) async fn shown(&self) {
        let last = self.written.last().unwrap();
        self.team.shows(SHOP, &self.card().await, last).await;
    }

    /// Mina replies in the newest thread. Gives the message's id.
    pub(super) async fn reply(&mut self, text: &str) -> String {
        let card = self.card().await;
        self.replied.push(text.to_owned());
        self.team.slack.say(MINA, SHOP, Some(&card), text).unwrap()
    }

    /// The same, and the visitor sees it.
    pub(super) async fn reply_and_see(&mut self, text: &str) -> String {
        let id = self.reply(text).await;
        self.visitor.until_told(text).await;
        id
    }

    /// Somebody types a word that is no reply.
    pub(super) async fn word(&self, who: &str, word: &str) {
        self.team.slack.say(who, SHOP, Some(&self.card().await), word).unwrap();
    }

    /// Waits until the card names who takes care, and that many notices have said so since the beginning.
    pub(super) async fn assigned_to(&self, name: &str, times: usize) {
        let look = |thread: &[&bridge_sandbox::slack::Message]| {
            let card = thread.iter().any(|message| is_card(message) && shows(message, &format!("assigned to {name}")));
            let notices = thread.iter().filter(|message| kind(message) == Some("notice"));
            (card && notices.filter(|it| words(it).contains("takes care")).count() >= times).then_some(())
        };
        self.team.thread(&format!("the card to show {name}"), SHOP, &self.card().await, look).await;
    }

    /// How many notices of the newest thread hold these words.
    pub(super) async fn notices(&self, text: &str) -> usize {
        let thread = self.team.slack.thread(SHOP, &self.card().await);
        thread.iter().filter(|message| kind(message) == Some("notice") && words(message).contains(text)).count()
    }

    /// Both say a last word, so that everything before it in their lanes has come to its end, and then the promise is
    /// checked.
    pub(super) async fn kept(mut self) {
        self.write("That is all from me.").await;
        self.reply("That is all from us.").await;
        promise::kept(self.team, SHOP, &self.visitor, &self.written, &self.replied).await;
    }

    /// The same for a visitor whose threads were taken away.
    pub(super) async fn kept_over_threads(mut self) {
        self.write_and_see("That is all from me.").await;
        self.reply("That is all from us.").await;
        promise::kept_over_threads(self.team, SHOP, &self.visitor, &self.written, &self.replied, 1).await;
    }
}

/// Whether a message shows these words anywhere, its blocks included.
fn shows(message: &bridge_sandbox::slack::Message, text: &str) -> bool {
    words(message).contains(text) || message.blocks.iter().any(|block| block.to_string().contains(text))
}
