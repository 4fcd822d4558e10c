//! Slash commands, which people can give inside a thread where the platform has them.
//!
//! What lives here: each of ours, and what looks like one. What must not: words of command (see `words`).

use serde_json::{Value, json};

use super::Talk;
use crate::support::stand::{Stand, on_discord};
use crate::support::team::{JONAS, MINA, Person, SHOP, TOM};

on_discord!(
    a_command_does_what_the_word_does,
    a_command_of_somebody_else_does_nothing,
    a_command_outside_every_conversation_does_nothing,
    a_command_that_was_typed_as_text_is_held
);

/// Gives a command in the thread, or in the channel.
async fn give(talk: &Talk, who: Person, thread: bool, name: &str, options: &[(&str, Value)]) {
    let thread = thread.then_some(talk.card.as_str());
    talk.team.command(who, SHOP, thread, name, options).await;
}

async fn a_command_does_what_the_word_does(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    give(&talk, MINA, true, "assign", &[]).await;
    talk.card_shows("Open · assigned to Mina").await;
    give(&talk, MINA, true, "assign", &[("operator", json!(JONAS.discord()))]).await;
    talk.card_shows("Open · assigned to Jonas").await;
    let mention = format!("{} takes care of this conversation now.", talk.team.room().mention(JONAS));
    talk.team.shows(SHOP, &talk.card, &mention).await;
    give(&talk, MINA, true, "close", &[]).await;
    assert_eq!(talk.visitor.until_status("closed").await["closed_by"]["name"], "Mina");
    talk.card_shows("Closed by Mina").await;
    give(&talk, JONAS, true, "close", &[]).await;
    talk.team.told(JONAS, "It was like that already.").await;
    give(&talk, JONAS, true, "reopen", &[]).await;
    talk.visitor.until_status("open").await;
    talk.card_shows("Open · assigned to Jonas").await;
    talk.only(&[]).await;
    talk.end().await;
}

async fn a_command_of_somebody_else_does_nothing(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    for name in ["close", "assign"] {
        give(&talk, TOM, true, name, &[]).await;
        talk.team.told(TOM, "Only operators can do that.").await;
    }
    talk.only(&[]).await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!((conversation["status"].as_str(), conversation["assignee"].is_null()), (Some("open"), true));
    talk.end().await;
}

async fn a_command_outside_every_conversation_does_nothing(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    give(&talk, MINA, false, "close", &[]).await;
    talk.team.told(MINA, "Write it inside a conversation's thread.").await;
    talk.only(&[]).await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open");
    talk.end().await;
}

async fn a_command_that_was_typed_as_text_is_held(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    talk.say(MINA, "/close").await;
    talk.team.told(MINA, "Send to visitor?").await;
    talk.say(MINA, "// not for him").await;
    talk.say(MINA, "/ is a slash").await;
    talk.only(&["/ is a slash"]).await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open");
    assert!(!talk.all_text().await.contains("not for him"));
    talk.press_private(MINA, "Send to visitor?", "send_held").await;
    talk.only(&["/ is a slash", "/close"]).await;
    talk.end().await;
}
