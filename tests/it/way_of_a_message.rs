//! The main job, both ways, over real sockets on both databases.
//!
//! What lives here: what everybody does every day. What must not: faults and bad input.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{BLOG, MINA, SHOP, Team, is_card, says, words};

on_both!(there_and_back, closed_by_an_operator, closed_by_the_visitor, domains_never_mix);

async fn there_and_back(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Do you ship to Norway?").await;
    let card = team.card(SHOP).await;
    team.shows(SHOP, &card, "Do you ship to Norway?").await;

    team.slack.say(MINA, SHOP, Some(&card), "Yes, *we do*!").unwrap();
    let told = visitor.until_told("Yes, we do!").await;
    assert_eq!(told.from, "Mina");
    program.stop().await;
}

async fn closed_by_an_operator(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Thank you!").await;
    let card = team.card(SHOP).await;
    team.press(MINA, SHOP, &card, "close").await;
    let conversation = visitor.until_status("closed").await;
    assert_eq!(conversation["closed_by"]["name"], "Mina");
    team.shows(SHOP, &card, "Mina closed the conversation.").await;
    let look = |thread: &[&bridge_sandbox::slack::Message]| {
        thread.iter().find(|message| is_card(message) && words(message).contains("Closed by Mina")).map(|_| ())
    };
    team.thread("the card to show who closed it", SHOP, &card, look).await;
    program.stop().await;
}

async fn closed_by_the_visitor(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Never mind").await;
    let card = team.card(SHOP).await;
    let answer = visitor.close().await;
    assert_eq!(answer["conversation"]["status"], "closed");
    team.shows(SHOP, &card, "The visitor closed the conversation.").await;

    visitor.write("One more thing").await;
    let cards = team.cards(SHOP, 2).await;
    team.shows(SHOP, &cards[1], "One more thing").await;
    assert!(!team.slack.thread(SHOP, &card).iter().any(|message| says(message, "One more thing")));
    program.stop().await;
}

async fn domains_never_mix(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let (shopper, reader) = (program.visitor("shop.example").await, program.visitor("blog.example").await);
    shopper.write("from the shop").await;
    reader.write("from the blog").await;
    let (shop, blog) = (team.card(SHOP).await, team.card(BLOG).await);
    team.shows(SHOP, &shop, "from the shop").await;
    team.shows(BLOG, &blog, "from the blog").await;
    team.slack.say(MINA, SHOP, Some(&shop), "to the shopper").unwrap();
    team.slack.say(MINA, BLOG, Some(&blog), "to the reader").unwrap();
    shopper.until_told("to the shopper").await;
    reader.until_told("to the reader").await;
    assert_eq!(shopper.replies().await, ["to the shopper"]);
    assert_eq!(reader.replies().await, ["to the reader"]);
    assert_eq!((team.cards(SHOP, 1).await.len(), team.cards(BLOG, 1).await.len()), (1, 1));
    program.stop().await;
}
