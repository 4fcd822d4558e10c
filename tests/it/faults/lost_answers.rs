//! Answers of a platform's that never come, or say nothing.
//!
//! What lives here: one kind of loss a test, on each kind of call. What must not: sockets.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault, When};

use super::talk::Talk;
use crate::support::PATIENCE;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{Call, MINA, Nature, Room};
use crate::support::visitor::Visitor;

everywhere!(
    dropped_after_the_write,
    dropped_before_the_write,
    garbage_after_the_write,
    garbage_instead_of_the_write,
    unavailable_after_the_write,
    unavailable_before_the_write,
    an_error_of_the_platforms_own,
    hanging_until_the_time_out,
    the_chat_cannot_be_reached_for_a_while,
);

async fn dropped_after_the_write(stand: &Stand) {
    every_call_suffers(stand, |_| Act::Close, When::After).await;
}

async fn dropped_before_the_write(stand: &Stand) {
    every_call_suffers(stand, |_| Act::Close, When::Before).await;
}

async fn garbage_after_the_write(stand: &Stand) {
    every_call_suffers(stand, |_| Act::Garbage, When::After).await;
}

async fn garbage_instead_of_the_write(stand: &Stand) {
    every_call_suffers(stand, |_| Act::Garbage, When::Before).await;
}

async fn unavailable_after_the_write(stand: &Stand) {
    every_call_suffers(stand, |_| Act::Status { code: 503 }, When::After).await;
}

async fn unavailable_before_the_write(stand: &Stand) {
    every_call_suffers(stand, |_| Act::Status { code: 503 }, When::Before).await;
}

async fn an_error_of_the_platforms_own(stand: &Stand) {
    every_call_suffers(stand, |room| Act::Error { code: room.own_error().into() }, When::Before).await;
}

/// Lets the card, the first post, a later post, a notice and the card's update suffer once each.
async fn every_call_suffers(stand: &Stand, act: fn(&dyn Room) -> Act, when: When) {
    // Echoes would tell what became of a call; here only asking can.
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    let once = |room: &dyn Room| CallFault { when, ..CallFault::next("", act(room)) };
    let card = team.suffer_each(Call::Write, once);
    // A card that was not written, or that can be written again without harm, is written again before the first post.
    let again = |room: &dyn Room| {
        let card_again = if when == When::Before { 1 } else { room.calls_after_a_loss() };
        once(room).skip(card_again)
    };
    let post = team.suffer_each(Call::Write, again);
    let thread = team.suffer_each(Call::Open, once);
    talk.write_and_see("the first").await;
    for fault in [card, post, thread] {
        team.suffered(&fault, 1).await;
    }

    let later = team.suffer_each(Call::Write, once);
    talk.write("a later one").await;
    talk.write_and_see("one behind it").await;
    team.suffered(&later, 1).await;

    let (notice, card) = (team.suffer_each(Call::Write, once), team.suffer_each(Call::Change, once));
    talk.word(MINA, "!assign").await;
    team.suffered(&notice, 1).await;
    team.suffered(&card, 1).await;
    talk.reply_and_see("here I am").await;
    talk.assigned_to("Mina", 1).await;
    talk.noticed("takes care of this conversation now", 1);
    talk.kept().await;
    program.stop().await;
}

async fn hanging_until_the_time_out(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("the first").await;
    let hang = team.suffer(Call::Write, &CallFault::next("", Act::Hang).after());
    talk.write("a later one").await;
    team.suffered(&hang, 1).await;
    // Its answer never comes, so it is looked up after the time-out; until then its lane waits.
    talk.write_and_see("one behind it").await;
    talk.reply_and_see("here I am").await;
    talk.kept().await;
    team.release(&hang);
    program.stop().await;
}

async fn the_chat_cannot_be_reached_for_a_while(stand: &Stand) {
    let team = stand.team_of(Nature::behind_doors()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("the first").await;
    talk.reply_and_see("here I am").await;
    team.shut().await;
    talk.write("said to a shut door").await;
    talk.write("and one more").await;
    talk.reply("said behind it").await;
    talk.reply("and one more of ours").await;
    let offline = async |visitor: &Visitor| {
        let mut live = visitor.live(0).await;
        while live.frame().await["presence"]["online"] != false {}
    };
    tokio::time::timeout(PATIENCE, offline(&talk.visitor)).await.unwrap();
    team.open().await;
    talk.kept().await;
    program.stop().await;
}
