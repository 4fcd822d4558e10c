//! Soft stops while work is under way.
//!
//! What lives here: stops that wait, and stops that give up waiting. What must not: kills.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::time::Duration;

use bridge_sandbox::faults::{Act, CallFault};

use super::talk::{Talk, impatient_team, settings};
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};
use crate::support::program::Program;

on_both!(slow_calls_are_waited_for, hanging_calls_are_looked_up_by_the_next);

async fn slow_calls_are_waited_for(db: &Database) {
    let team = impatient_team().await;
    let program = Program::with(settings(db, &team)).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    talk.reply_and_see("answered before").await;
    let faults = team.slack.faults();
    let slow = faults.add(CallFault::next("chat.postMessage", Act::Delay { ms: 1_500 }));
    for text in ["one", "two", "three"] {
        talk.write(text).await;
    }
    talk.reply("said at the stop").await;
    faults.wait_fired(slow, 1, PATIENCE).await.unwrap();
    program.stop().await;
    let card = talk.card().await;
    assert!(
        team.relayed(super::super::support::team::SHOP, &card).contains(&"one".to_owned()),
        "the stop waited for it"
    );
    talk.reply("said while down").await;
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}

async fn hanging_calls_are_looked_up_by_the_next(db: &Database) {
    let team = impatient_team().await;
    let mut impatient = settings(db, &team);
    impatient.delivery.drain = Duration::from_millis(200);
    let program = Program::with(impatient).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    let faults = team.slack.faults();
    let hang = faults.add(CallFault::next("chat.postMessage", Act::Hang).after());
    for text in ["one", "two", "three"] {
        talk.write(text).await;
    }
    talk.reply("said at the stop").await;
    faults.wait_fired(hang, 1, PATIENCE).await.unwrap();
    program.stop().await;
    faults.release(hang);
    let program = Program::with(settings(db, &team)).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}
