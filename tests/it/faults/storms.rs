//! "429 Too Many Requests", again and again.
//!
//! What lives here: storms over one method, over all, and the platforms' own rates. What must not: other refusals.

use std::time::Duration;

use bridge_sandbox::faults::CallFault;

use super::talk::Talk;
use crate::support::program::{Program, pace};
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{Call, MINA, Nature, Suffered, Team};

everywhere!(over_posts, over_everything, over_posts_with_the_platforms_own_rates);

async fn talk_through(team: &Team, program: &Program, storm: &Suffered, more: usize) {
    let mut talk = Talk::new(team, program.visitor("shop.example").await);
    for text in ["one", "two", "three"] {
        talk.write(text).await;
    }
    talk.reply("first answer").await;
    talk.word(MINA, "!assign").await;
    talk.write("four").await;
    talk.reply("second answer").await;
    talk.shown().await;
    team.suffered(storm, 2).await;
    talk.assigned_to("Mina", 1).await;
    talk.noticed("takes care of this conversation now", 1);
    for number in 1..=more {
        talk.write(&format!("one more: {number}")).await;
    }
    talk.kept().await;
}

async fn over_posts(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let storm = team.suffer(Call::Write, &CallFault::storm("", 1, 2, 1));
    talk_through(&team, &program, &storm, 0).await;
    program.stop().await;
}

async fn over_everything(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let storm = team.suffer(Call::Any, &CallFault::storm("", 1, 2, 1));
    talk_through(&team, &program, &storm, 0).await;
    program.stop().await;
}

async fn over_posts_with_the_platforms_own_rates(stand: &Stand) {
    let team = stand.team_of(Nature::rated()).await;
    let mut settings = stand.settings(&team);
    // Faster than the platforms allow, so that they refuse some by themselves.
    pace(&mut settings, Duration::from_millis(50), 20);
    let program = stand.program_with(&team, settings).await;
    let storm = team.suffer(Call::Write, &CallFault::storm("", 1, 2, 1).times(2));
    talk_through(&team, &program, &storm, 8).await;
    assert!(team.rooms().all(|room| room.limited() > 0), "the platforms' own rates were met");
    program.stop().await;
}
