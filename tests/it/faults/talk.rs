//! A conversation that remembers what was said in it.
//!
//! What lives here: speaking for both sides, and ending with the check. What must not: faults.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::PATIENCE;
use crate::support::promise;
use crate::support::team::{MINA, Person, Room, SHOP, Shown, Sort, Team, until};
use crate::support::visitor::Visitor;

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

    /// Waits until what the visitor wrote last stands in the newest thread of every room.
    pub(super) async fn shown(&self) {
        self.team.all_show(SHOP, self.written.last().unwrap()).await;
    }

    /// Mina replies in the newest thread. Gives the message's id.
    pub(super) async fn reply(&mut self, text: &str) -> String {
        let card = self.card().await;
        self.replied.push(text.to_owned());
        self.team.say(MINA, SHOP, card.as_str(), text)
    }

    /// The same, and the visitor sees it.
    pub(super) async fn reply_and_see(&mut self, text: &str) -> String {
        let id = self.reply(text).await;
        self.visitor.until_told(text).await;
        id
    }

    /// Somebody types a word that is no reply.
    pub(super) async fn word(&self, who: Person, word: &str) {
        self.team.say(who, SHOP, self.card().await.as_str(), word);
    }

    /// Waits until every card names who takes care, and that many notices have said so since the beginning.
    pub(super) async fn assigned_to(&self, name: &str, times: usize) {
        self.team.cards_show(SHOP, &format!("assigned to {name}")).await;
        for room in self.team.rooms() {
            let enough = |room: &dyn Room| (notices(&room.everything(SHOP), "takes care") >= times).then_some(());
            until(room, &format!("notices that name {name}"), enough).await;
        }
    }

    /// Holds every room to that many notices with these words.
    pub(super) fn noticed(&self, text: &str, times: usize) {
        for room in self.team.rooms() {
            let found = notices(&room.everything(SHOP), text);
            assert_eq!(found, times, "{}: notices that say {text:?}", room.platform());
        }
    }

    /// Both say a last word, so that everything before it in their lanes has come to its end, and then the promise is
    /// checked.
    pub(super) async fn kept(mut self) {
        self.write("That is all from me.").await;
        self.reply("That is all from us.").await;
        promise::kept(self.team, SHOP, &self.visitor, &self.written, &self.replied).await;
    }

    /// The same for a visitor whose threads were taken away, all but the `left`.
    pub(super) async fn kept_over_threads(mut self, left: usize) {
        self.write_and_see("That is all from me.").await;
        self.reply("That is all from us.").await;
        promise::kept_over_threads(self.team, SHOP, &self.visitor, &self.written, &self.replied, left).await;
    }
}

fn notices(messages: &[Shown], text: &str) -> usize {
    messages.iter().filter(|message| message.sort == Sort::Notice && message.words.contains(text)).count()
}

/// Waits until the visitor is told that somebody can answer, or that nobody can.
pub(super) async fn until_presence(visitor: &Visitor, online: bool) {
    let waiting = async {
        let mut live = visitor.live(0).await;
        while live.frame().await["presence"]["online"] != online {}
    };
    // A channel that nobody speaks of is asked after twice a minute.
    tokio::time::timeout(PATIENCE * 2, waiting).await.unwrap();
}
