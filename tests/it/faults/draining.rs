//! Soft stops while work is under way.
//!
//! What lives here: stops that wait, and stops that give up waiting. What must not: kills.

use std::time::Duration;

use bridge_sandbox::faults::{Act, CallFault};

use super::talk::Talk;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{Call, Nature, SHOP};

everywhere!(slow_calls_are_waited_for, hanging_calls_are_looked_up_by_the_next);

async fn slow_calls_are_waited_for(stand: &Stand) {
    let team = stand.team_of(Nature::impatient()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    talk.reply_and_see("answered before").await;
    let slow = team.suffer(Call::Write, &CallFault::next("", Act::Delay { ms: 1_500 }));
    for text in ["one", "two", "three"] {
        talk.write(text).await;
    }
    talk.reply("said at the stop").await;
    team.suffered(&slow, 1).await;
    program.stop().await;
    let card = talk.card().await;
    assert!(team.relayed(SHOP, &card).contains(&"one".to_owned()), "the stop waited for it");
    talk.reply("said while down").await;
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}

async fn hanging_calls_are_looked_up_by_the_next(stand: &Stand) {
    let team = stand.team_of(Nature::impatient()).await;
    let mut impatient = stand.settings(&team);
    impatient.delivery.drain = Duration::from_millis(200);
    let program = stand.program_with(&team, impatient).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    let hang = team.suffer(Call::Write, &CallFault::next("", Act::Hang).after());
    for text in ["one", "two", "three"] {
        talk.write(text).await;
    }
    talk.reply("said at the stop").await;
    team.suffered(&hang, 1).await;
    program.stop().await;
    team.release(&hang);
    let program = stand.program(&team).await;
    talk.visitor = talk.visitor.at(&program.url);
    talk.kept().await;
    program.stop().await;
}
