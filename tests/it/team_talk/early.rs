//! People who are faster than the platform's answer.
//!
//! What lives here: what is done in a thread that is there already, while nobody has told us its id. What must not: answers
//! that never come (see the tests of faults).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault};

use super::quiet_team;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{JONAS, MINA, SHOP};
use crate::support::visitor::Visitor;

on_both!(a_reply_and_a_click_wait_until_the_thread_is_known);

async fn a_reply_and_a_click_wait_until_the_thread_is_known(db: &Database) {
    let team = quiet_team().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    team.slack.faults().add(CallFault::next("chat.postMessage", Act::Delay { ms: 1_500 }).after());
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    team.slack.say(JONAS, SHOP, None, "Lunch?").unwrap();
    let reply = team.slack.say(MINA, SHOP, Some(&card), "I was fast").unwrap();
    team.slack.edit(MINA, SHOP, &reply, "I was very fast").unwrap();
    let gone = team.slack.say(MINA, SHOP, Some(&card), "too fast").unwrap();
    team.slack.delete(MINA, SHOP, &gone).unwrap();
    team.press(JONAS, SHOP, &card, "assign").await;
    team.shows(SHOP, &card, "<@U0JONAS> takes care of this conversation now.").await;
    visitor.until_told("I was very fast").await;
    assert!(team.slack.ephemerals(MINA).is_empty() && team.slack.ephemerals(JONAS).is_empty());
    team.slack.say(JONAS, SHOP, Some(&card), "That was all.").unwrap();
    visitor.until_told("That was all.").await;
    visitor.until("the deletion", async |visitor: &Visitor| (visitor.replies().await.len() == 2).then_some(())).await;
    assert_eq!(visitor.replies().await, ["I was very fast", "That was all."]);
    program.stop().await;
}
