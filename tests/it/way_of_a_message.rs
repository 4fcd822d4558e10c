//! The main job, both ways, over real sockets on every surface and both databases.
//!
//! What lives here: what everybody does every day. What must not: faults and bad input.

use crate::support::stand::{Stand, everywhere};
use crate::support::team::{BLOG, MINA, SHOP};

everywhere!(there_and_back, closed_by_an_operator, closed_by_the_visitor, domains_never_mix);

async fn there_and_back(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Do you ship to Norway?").await;
    let card = team.card(SHOP).await;
    team.all_show(SHOP, "Do you ship to Norway?").await;

    team.say(MINA, SHOP, card.as_str(), &format!("Yes, {}!", team.room().bold("we do")));
    let told = visitor.until_told("Yes, we do!").await;
    assert_eq!(told.from, "Mina");
    program.stop().await;
}

async fn closed_by_an_operator(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Thank you!").await;
    let card = team.card(SHOP).await;
    team.press(MINA, SHOP, &card, "close").await;
    let conversation = visitor.until_status("closed").await;
    assert_eq!(conversation["closed_by"]["name"], "Mina");
    team.all_show(SHOP, "Mina closed the conversation.").await;
    team.cards_show(SHOP, "Closed by Mina").await;
    program.stop().await;
}

async fn closed_by_the_visitor(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Never mind").await;
    let card = team.card(SHOP).await;
    let answer = visitor.close().await;
    assert_eq!(answer["conversation"]["status"], "closed");
    team.shows(SHOP, &card, "The visitor closed the conversation.").await;

    visitor.write("One more thing").await;
    let cards = team.cards(SHOP, 2).await;
    team.shows(SHOP, &cards[1], "One more thing").await;
    assert!(!team.thread(SHOP, &card).iter().any(|message| message.says("One more thing")));
    program.stop().await;
}

async fn domains_never_mix(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let (shopper, reader) = (program.visitor("shop.example").await, program.visitor("blog.example").await);
    shopper.write("from the shop").await;
    reader.write("from the blog").await;
    let (shop, blog) = (team.card(SHOP).await, team.card(BLOG).await);
    team.all_show(SHOP, "from the shop").await;
    team.all_show(BLOG, "from the blog").await;
    team.say(MINA, SHOP, shop.as_str(), "to the shopper");
    team.say(MINA, BLOG, blog.as_str(), "to the reader");
    shopper.until_told("to the shopper").await;
    reader.until_told("to the reader").await;
    assert_eq!(shopper.replies().await, ["to the shopper"]);
    assert_eq!(reader.replies().await, ["to the reader"]);
    for room in team.rooms() {
        assert_eq!((room.all_cards(SHOP).len(), room.all_cards(BLOG).len()), (1, 1));
    }
    program.stop().await;
}
