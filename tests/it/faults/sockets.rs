//! Sockets that end, in every way that Slack knows, while both sides go on talking.
//!
//! What lives here: cuts, closes, refusals, frost. What must not: events that are lost on a working socket.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::SlackSandbox;

use super::talk::{Talk, forgetful_team, settings};
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::APP;

on_both!(cut, closed, warned, refreshed, too_many, refused_for_a_while, frozen_for_a_while);

async fn cut(db: &Database) {
    talk_through(db, |slack| slack.cut_sockets(None)).await;
}

async fn closed(db: &Database) {
    talk_through(db, |slack| slack.close_sockets(None)).await;
}

async fn warned(db: &Database) {
    talk_through(db, |slack| slack.disconnect_sockets(None, "warning")).await;
}

async fn refreshed(db: &Database) {
    talk_through(db, |slack| slack.disconnect_sockets(None, "refresh_requested")).await;
}

async fn too_many(db: &Database) {
    talk_through(db, |slack| slack.disconnect_sockets(None, "too_many_websockets")).await;
}

/// Ends all sockets three times, with words of both sides before, at and after the end.
async fn talk_through(db: &Database, end: fn(&SlackSandbox) -> usize) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    for round in 1..=3 {
        talk.write(&format!("written before end {round}")).await;
        talk.reply(&format!("replied before end {round}")).await;
        let some = |view: &bridge_sandbox::slack::View<'_>| (view.sockets(APP) > 0).then_some(());
        team.slack.wait_for("a socket", PATIENCE, some).await.unwrap();
        assert!(end(&team.slack) > 0, "there was something to end");
        talk.reply(&format!("replied at end {round}")).await;
        talk.write(&format!("written at end {round}")).await;
        talk.reply_and_see(&format!("replied after end {round}")).await;
    }
    talk.kept().await;
    program.stop().await;
}

async fn refused_for_a_while(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    team.slack.refuse_sockets(true);
    team.slack.cut_sockets(None);
    talk.reply("nobody hears this").await;
    talk.write_and_see("but this goes out").await;
    let refused = |view: &bridge_sandbox::slack::View<'_>| (view.sockets(APP) == 0).then_some(());
    team.slack.wait_for("no socket", PATIENCE, refused).await.unwrap();
    let mut changes = team.slack.watch();
    while team.slack.refused_sockets() == 0 {
        tokio::time::timeout(PATIENCE, changes.changed()).await.unwrap().unwrap();
    }
    talk.reply("nor this").await;
    team.slack.refuse_sockets(false);
    talk.kept().await;
    program.stop().await;
}

async fn frozen_for_a_while(db: &Database) {
    let team = forgetful_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    team.slack.freeze_sockets(true);
    talk.reply("said into the frost").await;
    let unheard = |view: &bridge_sandbox::slack::View<'_>| {
        view.deliveries_about("message").iter().any(|delivery| delivery.outcome == "timeout").then_some(())
    };
    team.slack.wait_for("an event that nobody acknowledged", PATIENCE, unheard).await.unwrap();
    talk.write_and_see("this goes out all the same").await;
    talk.reply("and one more").await;
    team.slack.freeze_sockets(false);
    talk.kept().await;
    program.stop().await;
}
