//! Words of command and the card's buttons.
//!
//! What lives here: assigning, closing and reopening, twice and by everybody. What must not: unknown words (see `held`).

use super::Talk;
use crate::support::stand::{Stand, everywhere, on_slack};
use crate::support::team::{JONAS, MINA, SHOP};

everywhere!(
    assigned_by_word_and_by_name,
    assigned_by_button,
    closed_and_reopened_by_word,
    reopened_by_button,
    the_newer_conversation_wins
);
on_slack!(assigned_by_full_name);

/// Waits until the visitor sees who takes care.
async fn assigned_to(talk: &Talk, name: &str) {
    let look = async |visitor: &crate::support::visitor::Visitor| {
        let (_, _, conversation) = visitor.everything().await;
        (conversation["assignee"]["name"] == name).then_some(conversation)
    };
    let conversation = talk.visitor.until(&format!("{name} to take care"), look).await;
    assert_eq!(conversation["assignee"]["kind"], "operator");
}

async fn assigned_by_word_and_by_name(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let call = format!("!assign {}", talk.call(JONAS));
    for (word, name, who) in [
        ("!assign", "Mina", MINA),
        (call.as_str(), "Jonas", JONAS),
        ("!ASSIGN", "Mina", MINA),
        ("!assign @Jonas", "Jonas", JONAS),
        ("!assign Mina", "Mina", MINA),
        ("!assign jonas", "Jonas", JONAS),
    ] {
        let mention = format!("{} takes care of this conversation now.", talk.team.room().mention(who));
        talk.say(MINA, word).await;
        assigned_to(&talk, name).await;
        talk.card_shows(&format!("Open · assigned to {name}")).await;
        let notice = talk.team.shows(SHOP, &talk.card, &mention).await;
        assert!(notice.words.starts_with(&mention), "a live mention, which notifies: {}", notice.words);
    }
    for (word, told) in [
        ("!assign @nobody", "I know no operator called @nobody. Write !assign @NAME with one teammate's name."),
        ("!assign @tom", "Write !assign @NAME with one teammate's name."),
        ("!assign @threadline", "Write !assign @NAME with one teammate's name."),
        ("!assign jonas", "It was like that already."),
    ] {
        talk.say(MINA, word).await;
        talk.team.told(MINA, told).await;
    }
    assigned_to(&talk, "Jonas").await;
    talk.only(&[]).await;
    let (events, _, _) = talk.visitor.everything().await;
    assert_eq!(events.iter().filter(|event| event["kind"] == "conversation_assigned").count(), 6);
    talk.end().await;
}

async fn assigned_by_full_name(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(JONAS, "!assign @Mina Okafor").await;
    assigned_to(&talk, "Mina").await;
    talk.say(JONAS, "!assign @lucía").await;
    talk.team.told(JONAS, "Write !assign @NAME with one teammate's name.").await;
    talk.end().await;
}

async fn assigned_by_button(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.team.press(JONAS, SHOP, &talk.card, "assign").await;
    assigned_to(&talk, "Jonas").await;
    talk.card_shows("Open · assigned to Jonas").await;
    let mention = format!("{} takes care of this conversation now.", talk.team.room().mention(JONAS));
    talk.team.shows(SHOP, &talk.card, &mention).await;
    talk.team.press(JONAS, SHOP, &talk.card, "assign").await;
    talk.team.told(JONAS, "It was like that already.").await;
    talk.only(&[]).await;
    let thread = talk.team.thread(SHOP, &talk.card);
    let notices = thread.iter().filter(|message| message.words.contains("takes care")).count();
    assert_eq!(notices, 1);
    talk.end().await;
}

async fn closed_and_reopened_by_word(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, "!close").await;
    let closed = talk.visitor.until_status("closed").await;
    assert_eq!((closed["closed_by"]["name"].as_str(), closed["closed_at"].is_string()), (Some("Mina"), true));
    talk.team.shows(SHOP, &talk.card, "Mina closed the conversation.").await;
    talk.card_shows("Closed by Mina").await;
    talk.say(JONAS, "!close").await;
    talk.team.told(JONAS, "It was like that already.").await;
    assert_eq!(talk.visitor.until_status("closed").await["closed_by"]["name"], "Mina", "the first one closed it");

    talk.say(JONAS, " !Reopen ").await;
    let open = talk.visitor.until_status("open").await;
    assert_eq!(
        (open["id"].as_str(), open["closed_by"].is_null(), open["closed_at"].is_null()),
        (closed["id"].as_str(), true, true)
    );
    talk.team.shows(SHOP, &talk.card, "Jonas reopened the conversation.").await;
    talk.card_shows("Open · assigned to nobody").await;
    talk.say(JONAS, "!reopen").await;
    talk.team.told(JONAS, "It was like that already.").await;
    talk.say(JONAS, "We go on").await;
    talk.only(&["We go on"]).await;
    talk.visitor.write("Fine").await;
    talk.team.shows(SHOP, &talk.card, "Fine").await;
    let (events, _, _) = talk.visitor.everything().await;
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .filter(|kind| kind.starts_with("conversation"))
        .collect();
    assert_eq!(kinds, ["conversation_opened", "conversation_closed", "conversation_reopened"]);
    talk.end().await;
}

async fn reopened_by_button(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.visitor.close().await;
    talk.card_shows("Closed by the visitor").await;
    talk.team.press(MINA, SHOP, &talk.card, "reopen").await;
    talk.visitor.until_status("open").await;
    talk.card_shows("Open · assigned to nobody").await;
    talk.team.press(MINA, SHOP, &talk.card, "close").await;
    talk.visitor.until_status("closed").await;
    talk.end().await;
}

async fn the_newer_conversation_wins(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.visitor.close().await;
    talk.card_shows("Closed by the visitor").await;
    talk.visitor.write("Something else").await;
    let cards = talk.team.cards(SHOP, 2).await;
    let told = "The visitor has begun another conversation since; answer there.";
    talk.say(JONAS, "!reopen").await;
    talk.team.told(JONAS, told).await;
    talk.team.press(MINA, SHOP, &talk.card, "reopen").await;
    talk.team.told(MINA, told).await;
    talk.card_shows("Closed by the visitor").await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open");
    talk.team.say(MINA, SHOP, cards[1].as_str(), "I answer here");
    talk.visitor.until_told("I answer here").await;
    talk.end().await;
}
