//! "429 Too Many Requests", again and again.
//!
//! What lives here: storms over one method, over all, and Slack's own rates. What must not: other refusals.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use bridge_sandbox::faults::{CallFault, FaultId};
use bridge_sandbox::slack::{Rates, SlackOptions};

use super::talk::{Talk, settings};
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{MINA, Team};

on_both!(over_posts, over_everything, over_posts_with_slacks_own_rates);

async fn talk_through(team: &Team, program: &Program, storm: FaultId, more: usize) {
    let mut talk = Talk::new(team, program.visitor("shop.example").await);
    for text in ["one", "two", "three"] {
        talk.write(text).await;
    }
    talk.reply("first answer").await;
    talk.word(MINA, "!assign").await;
    talk.write("four").await;
    talk.reply("second answer").await;
    talk.shown().await;
    team.slack.faults().wait_fired(storm, 2, PATIENCE).await.unwrap();
    talk.assigned_to("Mina", 1).await;
    assert_eq!(talk.notices("takes care of this conversation now").await, 1);
    for number in 1..=more {
        talk.write(&format!("one more: {number}")).await;
    }
    talk.kept().await;
}

async fn over_posts(db: &Database) {
    let team = Team::start().await;
    let program = Program::with(settings(db, &team)).await;
    let storm = team.slack.faults().add(CallFault::storm("chat.postMessage", 1, 2, 1));
    talk_through(&team, &program, storm, 0).await;
    program.stop().await;
}

async fn over_everything(db: &Database) {
    let team = Team::start().await;
    let program = Program::with(settings(db, &team)).await;
    let storm = team.slack.faults().add(CallFault::storm("*", 1, 2, 1));
    talk_through(&team, &program, storm, 0).await;
    program.stop().await;
}

async fn over_posts_with_slacks_own_rates(db: &Database) {
    let team = Team::with(|options| SlackOptions { rates: Rates::slack(), ..options }, |_| {}).await;
    let mut settings = settings(db, &team);
    // Faster than Slack allows, so that Slack refuses some by itself.
    let pace = settings.slack.get_mut("acme").unwrap();
    (pace.post_interval, pace.post_burst) = (Duration::from_millis(50), 20);
    let program = Program::with(settings).await;
    let storm = team.slack.faults().add(CallFault::storm("chat.postMessage", 1, 2, 1).times(2));
    talk_through(&team, &program, storm, 8).await;
    let limited = |call: &bridge_sandbox::slack::ApiCall| call.outcome == "ratelimited";
    assert!(team.slack.api_calls().iter().any(limited), "Slack's own rates were met");
    program.stop().await;
}
