//! Lines that end, in every way that the platforms know, while both sides go on talking.
//!
//! What lives here: cuts, closes, refusals, frost. What must not: events that are lost on a working line.

use super::talk::{Talk, until_presence};
use crate::support::database::Kind;
use crate::support::stand::{Stand, Surface, everywhere, on_discord, on_slack};
use crate::support::team::{End, Nature, Room, Team, until};

everywhere!(cut, closed, refreshed, refused_for_a_while, frozen_for_a_while);
on_slack!(warned, too_many);
on_discord!(invalidated_for_good, invalidated_but_resumable);

async fn cut(stand: &Stand) {
    talk_through(stand, |team| team.end(End::Cut)).await;
}

async fn closed(stand: &Stand) {
    talk_through(stand, |team| team.end(End::Closed)).await;
}

async fn refreshed(stand: &Stand) {
    talk_through(stand, |team| team.end(End::Refreshed)).await;
}

async fn warned(stand: &Stand) {
    talk_through(stand, |team| team.slack().disconnect_sockets(None, "warning")).await;
}

async fn too_many(stand: &Stand) {
    talk_through(stand, |team| team.slack().disconnect_sockets(None, "too_many_websockets")).await;
}

/// Ends all lines three times, with words of both sides before, at and after the end.
async fn talk_through(stand: &Stand, end: fn(&Team) -> usize) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    for round in 1..=3 {
        talk.write(&format!("written before end {round}")).await;
        talk.reply(&format!("replied before end {round}")).await;
        team.until_heard().await;
        assert!(end(&team) > 0, "there was something to end");
        talk.reply(&format!("replied at end {round}")).await;
        talk.write(&format!("written at end {round}")).await;
        talk.reply_and_see(&format!("replied after end {round}")).await;
    }
    // What is told to a line that has a successor already is told to nobody, and here nothing is told again.
    for room in team.rooms() {
        let settled = |room: &dyn Room| (room.ears() == room.usual_ears()).then_some(());
        until(room, "no more lines than usual", settled).await;
    }
    talk.kept().await;
    program.stop().await;
}

async fn invalidated_but_resumable(stand: &Stand) {
    talk_through(stand, |team| team.discord().invalidate_sessions(true)).await;
}

/// What was said between two sessions is found by reading.
async fn invalidated_for_good(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    talk.reply_and_see("answered before").await;
    assert!(team.discord().invalidate_sessions(false) > 0, "there was something to invalidate");
    talk.reply("said to nobody").await;
    talk.write_and_see("this goes out").await;
    talk.visitor.until_told("said to nobody").await;
    talk.kept().await;
    assert_eq!(team.discord().identifies(), 2, "a new session was begun once");
    program.stop().await;
}

/// Without the intent there is nothing to hear; with it everything is caught up with. The program asks again twice a
/// minute, so this takes its time, and one database is enough.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_intent_switched_off() {
    let stand = Stand::new(Surface::Discord, Kind::Sqlite).await;
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    team.discord().disallow_intent();
    team.discord().close_gateway(4014);
    let unheard = |room: &dyn Room| (room.ears() == 0).then_some(());
    until(team.room(), "the line to end", unheard).await;
    talk.reply("nobody hears this").await;
    talk.write("written meanwhile").await;
    let before = team.discord().identifies();
    until_presence(&talk.visitor, false).await;
    assert_eq!(team.discord().identifies(), before, "nothing of the day's budget is spent on it");
    team.discord().change_app(|app| app.message_content = true);
    until_presence(&talk.visitor, true).await;
    talk.visitor.until_told("nobody hears this").await;
    talk.kept().await;
    program.stop().await;
}

async fn refused_for_a_while(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    team.rooms().for_each(|room| room.refuse(true));
    team.end(End::Cut);
    talk.reply("nobody hears this").await;
    talk.write_and_see("but this goes out").await;
    for room in team.rooms() {
        let deaf = |room: &dyn Room| (room.ears() == 0 && room.refused() > 0).then_some(());
        until(room, "a line that is refused", deaf).await;
    }
    talk.reply("nor this").await;
    team.rooms().for_each(|room| room.refuse(false));
    talk.kept().await;
    program.stop().await;
}

async fn frozen_for_a_while(stand: &Stand) {
    let team = stand.team_of(Nature::freezing()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("before").await;
    team.rooms().for_each(|room| room.freeze(true));
    talk.reply("said into the frost").await;
    until(team.room(), "a line that is given up", |room| room.given_up().then_some(())).await;
    talk.write_and_see("this goes out all the same").await;
    talk.reply("and one more").await;
    team.rooms().for_each(|room| room.freeze(false));
    talk.kept().await;
    program.stop().await;
}
