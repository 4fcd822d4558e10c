//! Threads that are deleted, and channels that are archived, while messages wait for them.
//!
//! What lives here: the way into the next thread, and the pause of a channel. What must not: sockets and answers.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault};

use super::talk::{Talk, forgetful_team, settings};
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{MINA, PRIYA, SHOP, Team};
use crate::support::visitor::Visitor;

on_both!(
    a_card_deleted_with_messages_waiting,
    a_card_deleted_without_a_word,
    a_card_deleted_while_down,
    a_channel_archived,
    a_channel_archived_without_a_word,
);

async fn a_card_deleted_with_messages_waiting(db: &Database) {
    let team = Team::start().await;
    deleted_with_messages_waiting(db, &team, 0).await;
}

/// The deletion's event is lost: only the refused post tells.
async fn a_card_deleted_without_a_word(db: &Database) {
    let team = forgetful_team().await;
    deleted_with_messages_waiting(db, &team, 50).await;
}

async fn deleted_with_messages_waiting(db: &Database, team: &Team, dropped: u32) {
    let program = Program::with(settings(db, team)).await;
    let mut talk = Talk::new(team, program.visitor("shop.example").await);
    talk.write_and_see("in the first thread").await;
    talk.reply_and_see("answered in the first thread").await;
    let card = talk.card().await;
    let faults = team.slack.faults();
    let wait = faults.add(CallFault::next("chat.postMessage", Act::RateLimited { retry_after_s: 1 }));
    for text in ["waiting one", "waiting two", "waiting three"] {
        talk.write(text).await;
    }
    faults.wait_fired(wait, 1, PATIENCE).await.unwrap();
    team.slack.drop_events(dropped);
    team.slack.delete(PRIYA, SHOP, &card).unwrap();
    team.slack.drop_events(0);
    let next = talk.card().await;
    assert!(next > card);
    talk.shown().await;
    assert_eq!(team.relayed(SHOP, &next), ["waiting one", "waiting two", "waiting three"]);
    talk.reply_and_see("answered in the next").await;
    talk.kept_over_threads().await;
    program.stop().await;
}

async fn a_card_deleted_while_down(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("in the first thread").await;
    talk.reply_and_see("answered in the first thread").await;
    program.stop().await;
    team.slack.delete(PRIYA, SHOP, &talk.card().await).unwrap();
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.write("in the next").await;
    talk.kept_over_threads().await;
    program.stop().await;
}

async fn a_channel_archived(db: &Database) {
    let team = Team::start().await;
    archived(db, &team, 0).await;
}

/// The events are lost: only the refused post tells that it is archived, and only asking that it isn't any more.
async fn a_channel_archived_without_a_word(db: &Database) {
    let team = forgetful_team().await;
    archived(db, &team, 50).await;
}

async fn archived(db: &Database, team: &Team, dropped: u32) {
    let program = Program::with(settings(db, team)).await;
    let mut talk = Talk::new(team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    talk.reply_and_see("answered before").await;
    team.slack.drop_events(dropped);
    team.slack.archive(PRIYA, SHOP, true).unwrap();
    for text in ["while archived", "and one more"] {
        talk.write(text).await;
    }
    let stranger = program.visitor("shop.example").await;
    until_presence(&stranger, false).await;
    team.slack.archive(PRIYA, SHOP, false).unwrap();
    team.slack.drop_events(0);
    until_presence(&stranger, true).await;
    talk.word(MINA, "note: it was archived by mistake").await;
    talk.reply("here again").await;
    talk.kept().await;
    program.stop().await;
}

async fn until_presence(visitor: &Visitor, online: bool) {
    let waiting = async {
        let mut live = visitor.live(0).await;
        while live.frame().await["presence"]["online"] != online {}
    };
    // A channel that nobody speaks of is asked after twice a minute.
    tokio::time::timeout(PATIENCE * 2, waiting).await.unwrap();
}
