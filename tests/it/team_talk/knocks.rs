//! When a visitor's message shows in the channel itself.
//!
//! What lives here: the first message after a quiet while. What must not: what the message says.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use bridge_sandbox::slack::Message;

use super::Talk;
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{MINA, Nature, SHOP};

on_slack!(a_quiet_while_ends_with_a_knock, without_a_quiet_while_nobody_knocks);

/// A talk in which a quiet while is that long.
async fn talk(stand: &Stand, quiet_after: Duration) -> Talk {
    let team = stand.team_of(Nature::quiet()).await;
    let mut settings = stand.settings(&team);
    settings.domains[0].quiet_after = quiet_after;
    let program = stand.program_with(&team, settings).await;
    Talk::between(team, program).await
}

/// Waits until the thread shows this text of ours, and gives the message as Slack has it.
async fn shown(talk: &Talk, text: &str) -> Message {
    let id = talk.team.shows(SHOP, &talk.card, text).await.id;
    talk.team.slack().read(|view| view.message(SHOP.slack(), &id).cloned()).unwrap()
}

async fn a_quiet_while_ends_with_a_knock(stand: &Stand) {
    let talk = talk(stand, Duration::ZERO).await;
    assert!(!shown(&talk, "Hello").await.broadcast, "the card shows already");
    talk.visitor.write("Is anybody there?").await;
    assert!(shown(&talk, "Is anybody there?").await.broadcast);
    talk.visitor.write(&format!("{}end", "A long one, too. ".repeat(300))).await;
    talk.team.shows(SHOP, &talk.card, "too. end").await;
    let thread = talk.team.slack().thread(SHOP.slack(), &talk.card);
    let knocks: Vec<bool> = thread.iter().skip(3).map(|part| part.broadcast).collect();
    assert_eq!(knocks, [true, false], "one knock is enough");

    talk.say(MINA, "!assign").await;
    talk.team.shows(SHOP, &talk.card, "takes care of this conversation now.").await;
    talk.visitor.write("Thank you").await;
    assert!(!shown(&talk, "Thank you").await.broadcast, "the assignee follows the thread");
    talk.end().await;
}

async fn without_a_quiet_while_nobody_knocks(stand: &Stand) {
    let talk = talk(stand, Duration::from_secs(600)).await;
    talk.visitor.write("Is anybody there?").await;
    assert!(!shown(&talk, "Is anybody there?").await.broadcast);
    talk.end().await;
}
