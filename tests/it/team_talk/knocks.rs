//! When a visitor's message shows in the channel itself.
//!
//! What lives here: the first message after a quiet while. What must not: what the message says.

use std::time::Duration;

use super::{Talk, quiet_team};
use crate::support::database::{Database, on_both};
use crate::support::program::{Program, settings};
use crate::support::team::{MINA, SHOP};

on_both!(a_quiet_while_ends_with_a_knock, without_a_quiet_while_nobody_knocks);

/// A talk in which a quiet while is that long.
async fn talk(db: &Database, quiet_after: Duration) -> Talk {
    let team = quiet_team().await;
    let mut settings = settings(db, &team);
    settings.domains[0].quiet_after = quiet_after;
    Talk::between(team, Program::with(settings).await).await
}

async fn a_quiet_while_ends_with_a_knock(db: &Database) {
    let talk = talk(db, Duration::ZERO).await;
    assert!(!talk.team.shows(SHOP, &talk.card, "Hello").await.broadcast, "the card shows already");
    talk.visitor.write("Is anybody there?").await;
    assert!(talk.team.shows(SHOP, &talk.card, "Is anybody there?").await.broadcast);
    talk.visitor.write(&format!("{}end", "A long one, too. ".repeat(300))).await;
    talk.team.shows(SHOP, &talk.card, "too. end").await;
    let knocks: Vec<bool> =
        talk.team.slack.thread(SHOP, &talk.card).iter().skip(3).map(|part| part.broadcast).collect();
    assert_eq!(knocks, [true, false], "one knock is enough");

    talk.say(MINA, "!assign").await;
    talk.team.shows(SHOP, &talk.card, "takes care of this conversation now.").await;
    talk.visitor.write("Thank you").await;
    assert!(!talk.team.shows(SHOP, &talk.card, "Thank you").await.broadcast, "the assignee follows the thread");
    talk.end().await;
}

async fn without_a_quiet_while_nobody_knocks(db: &Database) {
    let talk = talk(db, Duration::from_secs(600)).await;
    talk.visitor.write("Is anybody there?").await;
    assert!(!talk.team.shows(SHOP, &talk.card, "Is anybody there?").await.broadcast);
    talk.end().await;
}
