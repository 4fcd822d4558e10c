//! Events that are told twice, in the wrong order, or late.
//!
//! What lives here: repeats, reversals, shuffles, and edits and deletions that come before their message. What must not:
//! events that nobody tells.

use super::talk::Talk;
use crate::support::program::Program;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{End, MINA, Nature, Order, SHOP, Team};

everywhere!(
    each_event_twice,
    in_reverse,
    shuffled,
    twice_and_shuffled,
    an_older_edit_after_a_newer_one,
    a_deletion_before_everything,
    what_was_missed_after_what_was_heard,
);

async fn each_event_twice(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    team.room().repeat_events(3);
    talk.write("Hello?").await;
    talk.reply("Hello!").await;
    let edited = talk.reply_and_see("We have tree left.").await;
    let deleted = talk.reply_and_see("Wrong window, sorry.").await;
    team.edit(MINA, SHOP, &edited, "We have three left.");
    team.delete(MINA, SHOP, &deleted);
    talk.word(MINA, "!assign").await;
    talk.write("I take one.").await;
    talk.replied = ["Hello!", "We have three left."].map(str::to_owned).into();
    talk.assigned_to("Mina", 1).await;
    talk.noticed("takes care of this conversation now", 1);
    talk.kept().await;
    program.stop().await;
}

async fn in_reverse(stand: &Stand) {
    held_and_released(stand, 1, Order::Reverse).await;
}

async fn shuffled(stand: &Stand) {
    for seed in [1, 2, 3] {
        held_and_released(&stand.afresh().await, 1, Order::Shuffled(seed)).await;
    }
}

async fn twice_and_shuffled(stand: &Stand) {
    held_and_released(stand, 2, Order::Shuffled(7)).await;
}

/// Mina writes, edits and deletes while the platform keeps its events back; then they come in this order.
async fn held_and_released(stand: &Stand, copies: u32, order: Order) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    talk.reply_and_see("Hello!").await;
    team.room().repeat_events(copies);
    team.room().hold_events();
    let mut ids = Vec::new();
    for number in 1..=8 {
        ids.push(talk.reply(&format!("answer {number}")).await);
        if number == 4 {
            talk.write_and_see("I am listening.").await;
        }
    }
    team.edit(MINA, SHOP, &ids[2], "answer 3, corrected");
    team.delete(MINA, SHOP, &ids[5]);
    talk.write_and_see("Still here.").await;
    assert!(team.room().release_events(order) >= 10);
    talk.replied[3] = "answer 3, corrected".to_owned();
    talk.replied.remove(6);
    talk.kept().await;
    program.stop().await;
}

async fn an_older_edit_after_a_newer_one(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    let known = talk.reply_and_see("It costs 10.").await;
    team.room().hold_events();
    let unknown = talk.reply("It weighs 1 kg.").await;
    for (id, words) in [
        (&known, "It costs 11."),
        (&unknown, "It weighs 2 kg."),
        (&known, "It costs 12."),
        (&unknown, "It weighs 3 kg."),
    ] {
        team.edit(MINA, SHOP, id, words);
    }
    team.room().release_events(Order::Reverse);
    talk.replied = ["It costs 12.", "It weighs 3 kg."].map(str::to_owned).into();
    talk.kept().await;
    program.stop().await;
}

/// Over HTTP Slack sends one event after the other; two sockets would mix them once more.
async fn one_event_after_the_other(stand: &Stand, team: &Team) -> Program {
    if team.room().platform() == "slack" {
        let program = Program::over_hooks(team, stand.settings(team)).await;
        return program;
    }
    stand.program(team).await
}

async fn a_deletion_before_everything(stand: &Stand) {
    let team = stand.team().await;
    let program = one_event_after_the_other(stand, &team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    talk.reply_and_see("Hello!").await;
    team.room().hold_events();
    let gone = talk.reply("Ask Jonas about the discount.").await;
    team.edit(MINA, SHOP, &gone, "Don't ask Jonas.");
    team.delete(MINA, SHOP, &gone);
    talk.replied.pop();
    talk.reply("How can I help?").await;
    team.room().release_events(Order::Reverse);
    let visitor = talk.visitor.clone();
    talk.kept().await;
    let (events, ..) = visitor.everything().await;
    let posted = events.iter().filter(|event| event["kind"] == "message_posted").count();
    assert_eq!(posted, 5, "the visitor was never told of what was deleted: {events:?}");
    program.stop().await;
}

async fn what_was_missed_after_what_was_heard(stand: &Stand) {
    let team = stand.team_of(Nature::forgetful()).await;
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("Hello?").await;
    talk.reply_and_see("Hello!").await;
    let unheard = 2 * team.room().events_of_a_reply();
    team.room().drop_events(unheard);
    talk.reply("nobody hears this").await;
    talk.reply("nor this").await;
    talk.reply_and_see("but this").await;
    talk.write_and_see("And then?").await;
    assert_eq!(team.room().dropped(), unheard);
    team.end(End::Cut);
    talk.kept().await;
    program.stop().await;
}
