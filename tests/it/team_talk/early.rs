//! People who are faster than the platform's answer.
//!
//! What lives here: what is done in a thread that is there already, while nobody has told us its id. What must not: answers
//! that never come (see the tests of faults).

use bridge_sandbox::faults::{Act, CallFault};

use crate::support::stand::{Stand, everywhere};
use crate::support::team::{About, Call, JONAS, MINA, Nature, SHOP};
use crate::support::visitor::Visitor;

everywhere!(a_reply_and_a_click_wait_until_the_thread_is_known);

async fn a_reply_and_a_click_wait_until_the_thread_is_known(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    let call = if team.room().method(Call::Open).is_some() { Call::Open } else { Call::Write };
    team.suffer(call, &CallFault::next("", Act::Delay { ms: 1_500 }).after());
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    team.say(JONAS, SHOP, None, "Lunch?");
    let reply = team.say(MINA, SHOP, card.as_str(), "I was fast");
    team.edit(MINA, SHOP, &reply, "I was very fast");
    let gone = team.say(MINA, SHOP, card.as_str(), "too fast");
    team.heard(About::Deletion, || team.delete(MINA, SHOP, &gone)).await;
    team.press(JONAS, SHOP, &card, "assign").await;
    team.shows(SHOP, &card, &format!("{} takes care of this conversation now.", team.room().mention(JONAS))).await;
    visitor.until_told("I was very fast").await;
    assert!(team.all_told(MINA).is_empty() && team.all_told(JONAS).is_empty());
    team.say(JONAS, SHOP, card.as_str(), "That was all.");
    visitor.until_told("That was all.").await;
    let left = ["I was very fast", "That was all."];
    visitor.until("the deletion", async |visitor: &Visitor| (visitor.replies().await == left).then_some(())).await;
    program.stop().await;
}
