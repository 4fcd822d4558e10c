//! Answers of a platform's that never come, or say nothing.
//!
//! What lives here: one kind of loss a test, on each kind of call. What must not: sockets.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault, When};

use super::talk::{Talk, forgetful_team, settings};
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{MINA, Team};

on_both!(
    dropped_after_the_write,
    dropped_before_the_write,
    garbage_after_the_write,
    garbage_instead_of_the_write,
    unavailable_after_the_write,
    unavailable_before_the_write,
    an_error_of_slacks_own,
    hanging_until_the_time_out,
    the_chat_cannot_be_reached_for_a_while,
);

async fn dropped_after_the_write(db: &Database) {
    every_call_suffers(db, &Act::Close, When::After).await;
}

async fn dropped_before_the_write(db: &Database) {
    every_call_suffers(db, &Act::Close, When::Before).await;
}

async fn garbage_after_the_write(db: &Database) {
    every_call_suffers(db, &Act::Garbage, When::After).await;
}

async fn garbage_instead_of_the_write(db: &Database) {
    every_call_suffers(db, &Act::Garbage, When::Before).await;
}

async fn unavailable_after_the_write(db: &Database) {
    every_call_suffers(db, &Act::Status { code: 503 }, When::After).await;
}

async fn unavailable_before_the_write(db: &Database) {
    every_call_suffers(db, &Act::Status { code: 503 }, When::Before).await;
}

async fn an_error_of_slacks_own(db: &Database) {
    every_call_suffers(db, &Act::Error { code: "internal_error".into() }, When::Before).await;
}

/// Lets the card, the first post, a later post, a notice and the card's update suffer once each.
async fn every_call_suffers(db: &Database, act: &Act, when: When) {
    // Echoes would tell what became of a call; here only asking can.
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    let faults = team.slack.faults();
    let once = |method: &str| CallFault { when, ..CallFault::next(method, act.clone()) };
    let mut added = vec![faults.add(once("chat.postMessage"))];
    // A card that was not written is written again before the first post.
    let card_again = u32::from(when == When::Before);
    added.push(faults.add(once("chat.postMessage").skip(card_again)));
    talk.write_and_see("the first").await;
    faults.wait_fired(added[0], 1, PATIENCE).await.unwrap();
    faults.wait_fired(added[1], 1, PATIENCE).await.unwrap();

    let later = faults.add(once("chat.postMessage"));
    talk.write("a later one").await;
    talk.write_and_see("one behind it").await;
    faults.wait_fired(later, 1, PATIENCE).await.unwrap();

    added = vec![faults.add(once("chat.postMessage")), faults.add(once("chat.update"))];
    talk.word(MINA, "!assign").await;
    for fault in added {
        faults.wait_fired(fault, 1, PATIENCE).await.unwrap();
    }
    talk.reply_and_see("here I am").await;
    talk.assigned_to("Mina", 1).await;
    assert_eq!(talk.notices("takes care of this conversation now").await, 1);
    talk.kept().await;
    program.stop().await;
}

async fn hanging_until_the_time_out(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("the first").await;
    let faults = team.slack.faults();
    let hang = faults.add(CallFault::next("chat.postMessage", Act::Hang).after());
    talk.write("a later one").await;
    faults.wait_fired(hang, 1, PATIENCE).await.unwrap();
    // Its answer never comes, so it is looked up after the time-out; until then its lane waits.
    talk.write_and_see("one behind it").await;
    talk.reply_and_see("here I am").await;
    talk.kept().await;
    faults.release(hang);
    program.stop().await;
}

async fn the_chat_cannot_be_reached_for_a_while(db: &Database) {
    let (team, mut door) = Team::behind_a_door().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("the first").await;
    talk.reply_and_see("here I am").await;
    door.shut().await;
    talk.write("said to a shut door").await;
    talk.write("and one more").await;
    talk.reply("said behind it").await;
    talk.reply("and one more of ours").await;
    let offline = async |visitor: &crate::support::visitor::Visitor| {
        let mut live = visitor.live(0).await;
        while live.frame().await["presence"]["online"] != false {}
    };
    tokio::time::timeout(PATIENCE, offline(&talk.visitor)).await.unwrap();
    door.open().await;
    talk.kept().await;
    program.stop().await;
}
