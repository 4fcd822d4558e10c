//! Events that are told twice, in the wrong order, or late.
//!
//! What lives here: repeats, reversals, shuffles, and edits and deletions that come before their message. What must not:
//! events that nobody tells.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::ReleaseOrder;

use super::talk::{Talk, forgetful_team, settings};
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{MINA, SHOP, Team};

on_both!(
    each_event_twice,
    in_reverse,
    shuffled,
    twice_and_shuffled,
    an_older_edit_after_a_newer_one,
    a_deletion_before_everything,
    what_was_missed_after_what_was_heard,
);

async fn each_event_twice(db: &Database) {
    let team = Team::start().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    team.slack.repeat_events(3);
    talk.write("Hello?").await;
    talk.reply("Hello!").await;
    let edited = talk.reply_and_see("We have tree left.").await;
    let deleted = talk.reply_and_see("Wrong window, sorry.").await;
    team.slack.edit(MINA, SHOP, &edited, "We have three left.").unwrap();
    team.slack.delete(MINA, SHOP, &deleted).unwrap();
    talk.word(MINA, "!assign").await;
    talk.write("I take one.").await;
    talk.replied = ["Hello!", "We have three left."].map(str::to_owned).into();
    talk.assigned_to("Mina", 1).await;
    assert_eq!(talk.notices("takes care of this conversation now").await, 1);
    talk.kept().await;
    program.stop().await;
}

async fn in_reverse(db: &Database) {
    held_and_released(db, 1, ReleaseOrder::Reverse).await;
}

async fn shuffled(db: &Database) {
    for seed in [1, 2, 3] {
        held_and_released(&Database::new(db.kind).await, 1, ReleaseOrder::Shuffle { seed }).await;
    }
}

async fn twice_and_shuffled(db: &Database) {
    held_and_released(db, 2, ReleaseOrder::Shuffle { seed: 7 }).await;
}

/// Mina writes, edits and deletes while Slack keeps its events back; then they come in this order.
async fn held_and_released(db: &Database, copies: u32, order: ReleaseOrder) {
    let team = Team::start().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    talk.reply_and_see("Hello!").await;
    team.slack.repeat_events(copies);
    team.slack.hold_events();
    let mut ids = Vec::new();
    for number in 1..=8 {
        ids.push(talk.reply(&format!("answer {number}")).await);
        if number == 4 {
            talk.write_and_see("I am listening.").await;
        }
    }
    team.slack.edit(MINA, SHOP, &ids[2], "answer 3, corrected").unwrap();
    team.slack.delete(MINA, SHOP, &ids[5]).unwrap();
    talk.write_and_see("Still here.").await;
    assert!(team.slack.release_events(order) >= 10);
    talk.replied[3] = "answer 3, corrected".to_owned();
    talk.replied.remove(6);
    talk.kept().await;
    program.stop().await;
}

async fn an_older_edit_after_a_newer_one(db: &Database) {
    let team = Team::start().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let known = talk.reply_and_see("It costs 10.").await;
    team.slack.hold_events();
    let unknown = talk.reply("It weighs 1 kg.").await;
    for (id, words) in [
        (&known, "It costs 11."),
        (&unknown, "It weighs 2 kg."),
        (&known, "It costs 12."),
        (&unknown, "It weighs 3 kg."),
    ] {
        team.slack.edit(MINA, SHOP, id, words).unwrap();
    }
    team.slack.release_events(ReleaseOrder::Reverse);
    talk.replied = ["It costs 12.", "It weighs 3 kg."].map(str::to_owned).into();
    talk.kept().await;
    program.stop().await;
}

async fn a_deletion_before_everything(db: &Database) {
    let team = Team::start().await;
    // Over HTTP one event comes after the other; two sockets would mix them once more.
    let program = Program::over_hooks(&team, settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    talk.reply_and_see("Hello!").await;
    team.slack.hold_events();
    let gone = talk.reply("Ask Jonas about the discount.").await;
    team.slack.edit(MINA, SHOP, &gone, "Don't ask Jonas.").unwrap();
    team.slack.delete(MINA, SHOP, &gone).unwrap();
    talk.replied.pop();
    talk.reply("How can I help?").await;
    team.slack.release_events(ReleaseOrder::Reverse);
    let visitor = talk.visitor.clone();
    talk.kept().await;
    let (events, ..) = visitor.everything().await;
    let posted = events.iter().filter(|event| event["kind"] == "message_posted").count();
    assert_eq!(posted, 5, "the visitor was never told of what was deleted: {events:?}");
    program.stop().await;
}

async fn what_was_missed_after_what_was_heard(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    talk.reply_and_see("Hello!").await;
    // Each reply is told by two events: its own, and the thread's new count.
    team.slack.drop_events(4);
    talk.reply("nobody hears this").await;
    talk.reply("nor this").await;
    talk.reply_and_see("but this").await;
    talk.write_and_see("And then?").await;
    assert_eq!(team.slack.dropped_events(), 4);
    team.slack.cut_sockets(None);
    talk.kept().await;
    program.stop().await;
}
