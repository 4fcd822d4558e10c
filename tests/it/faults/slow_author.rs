//! An author whom the platform is slow to describe, while what they did arrives in the wrong order.
//!
//! What lives here: what waits for what. What must not: events that are lost.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault};

use crate::support::PATIENCE;
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{About, JONAS, MINA, Nature, Order, SHOP};

on_slack!(an_edit_waits_for_its_message_however_long_its_author_takes);

async fn an_edit_waits_for_its_message_however_long_its_author_takes(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    team.say(MINA, SHOP, card.as_str(), "Hello!");
    visitor.until_told("Hello!").await;
    // Jonas changed his picture, so who he is must be asked anew: three refusals are seven seconds, and an edit alone would
    // wait for three.
    let change = || team.slack().change_profile(JONAS.slack(), |_| ()).unwrap();
    team.heard(About::Person, change).await;
    let faults = team.room().faults();
    let unknown = faults.add(CallFault::next("users.info", Act::Status { code: 503 }).times(3));
    team.room().hold_events();
    let reply = team.say(JONAS, SHOP, card.as_str(), "It costs 10.");
    team.edit(JONAS, SHOP, &reply, "It costs 11.");
    team.room().release_events(Order::Reverse);
    faults.wait_fired(unknown, 3, PATIENCE).await.unwrap();
    visitor.until_told("It costs 11.").await;
    assert!(team.all_told(JONAS).is_empty(), "nothing was held back and asked about");
    assert_eq!(visitor.replies().await, ["Hello!", "It costs 11."]);
    program.stop().await;
}
