//! Edits between notes, replies and held replies.
//!
//! What lives here: what each edit does to what the visitor sees. What must not: deletions.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use serde_json::Value;

use super::Talk;
use crate::support::stand::{Stand, everywhere, on_slack};
use crate::support::team::{About, JONAS, MINA, SHOP};

everywhere!(
    an_edited_note_is_never_sent,
    a_reply_that_becomes_a_note_is_withdrawn,
    a_reply_is_edited,
    a_reply_that_calls_a_teammate_is_held_back,
    a_held_reply_is_sent_as_it_is_now,
    a_held_reply_that_becomes_a_note_is_not_sent,
    nothing_changes_in_a_closed_conversation_but_a_withdrawal,
);
on_slack!(a_preview_is_no_edit);

const ASKS: &str = "Send to visitor?";

/// The words of a reply in the widget, until they are as wanted.
async fn until_edited(talk: &Talk, id: &str, words: &str) -> Value {
    let look = async |visitor: &crate::support::visitor::Visitor| {
        let message = visitor.message(id).await;
        (message["body"] == words).then_some(message)
    };
    talk.visitor.until("an edit", look).await
}

async fn an_edited_note_is_never_sent(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let note = talk.say(MINA, ";; he is lying").await;
    talk.edit(MINA, &note, "he is lying").await;
    let word = talk.say(MINA, "note: lying again").await;
    talk.edit(MINA, &word, "lying again").await;
    talk.edit(MINA, &word, &format!("{} lying again", talk.call(JONAS))).await;
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn a_reply_that_becomes_a_note_is_withdrawn(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let mut live = talk.visitor.live(0).await;
    let (remote, seen) = talk.reply("We give nobody a discount").await;
    talk.edit(MINA, &remote, ";; We give nobody a discount, he lies").await;
    let removed = talk.visitor.until_removed(&seen).await;
    assert_eq!((removed["body"].as_str(), removed["rich"].is_null()), (Some(""), true));
    talk.team.told(MINA, "Your reply became a note: the visitor no longer sees it.").await;
    loop {
        let frame = live.frame().await;
        let events = frame["events"].as_array().cloned().unwrap_or_default();
        if events.iter().any(|event| event["kind"] == "message_removed" && event["message_id"] == seen.as_str()) {
            break;
        }
    }
    // Once a note, always a note.
    talk.edit(MINA, &remote, "We give everybody a discount").await;
    talk.only(&[]).await;
    let text = talk.all_text().await;
    assert!(!text.contains("discount") && !text.contains("lies"), "{text}");
    let (events, _, _) = talk.visitor.everything().await;
    let kinds: Vec<&str> = events
        .iter()
        .filter(|event| event["message_id"] == seen.as_str())
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["message_posted", "message_removed"]);
    talk.end().await;
}

async fn a_reply_is_edited(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let (remote, seen) = talk.reply("We ship on Munday").await;
    assert!(talk.visitor.message(&seen).await["edited_at"].is_null());
    talk.edit(MINA, &remote, &format!("We ship on {}", talk.team.room().bold("Monday"))).await;
    let edited = until_edited(&talk, &seen, "We ship on Monday").await;
    assert!(edited["edited_at"].is_string());
    assert_eq!(edited["rich"][0]["children"][1]["type"], "bold");
    talk.edit(MINA, &remote, "We ship on Tuesday").await;
    let edited = until_edited(&talk, &seen, "We ship on Tuesday").await;
    assert!(edited["rich"].is_null(), "what was formatted is forgotten: {edited}");
    talk.only(&["We ship on Tuesday"]).await;
    talk.end().await;
}

async fn a_reply_that_calls_a_teammate_is_held_back(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let ask = format!("Ask {} about it", talk.call(JONAS));
    for (typed, shown) in [(ask.as_str(), "Ask @Jonas about it"), ("!close", "!close")] {
        let (remote, seen) = talk.reply(&format!("as first written, {} letters", typed.len())).await;
        talk.edit(MINA, &remote, typed).await;
        talk.visitor.until_removed(&seen).await;
        talk.press_private(MINA, ASKS, "send_held").await;
        let again = until_edited(&talk, &seen, shown).await;
        assert_eq!(again["removed"], false);
    }
    talk.only(&["Ask @Jonas about it", "!close"]).await;
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open", "an edit is never a command");
    talk.end().await;
}

async fn a_held_reply_is_sent_as_it_is_now(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let remote = talk.say(MINA, &format!("{} knows", talk.call(JONAS))).await;
    talk.team.told(MINA, ASKS).await;
    talk.edit(MINA, &remote, "Jonas knows").await;
    talk.only(&[]).await;
    talk.press_private(MINA, ASKS, "send_held").await;
    talk.only(&["Jonas knows"]).await;
    talk.end().await;
}

async fn a_held_reply_that_becomes_a_note_is_not_sent(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let remote = talk.say(MINA, &format!("{} is he lying?", talk.call(JONAS))).await;
    talk.team.told(MINA, ASKS).await;
    talk.edit(MINA, &remote, &format!(";; {} is he lying?", talk.call(JONAS))).await;
    talk.only(&[]).await;
    talk.press_private(MINA, ASKS, "send_held").await;
    talk.team.told(MINA, "It was made a note, so it stays inside. Write it again to send it.").await;
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn nothing_changes_in_a_closed_conversation_but_a_withdrawal(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let (remote, seen) = talk.reply("We ship on Monday").await;
    talk.say(JONAS, "!close").await;
    talk.visitor.until_status("closed").await;
    talk.edit(MINA, &remote, "We ship on Tuesday").await;
    let words = "This conversation is closed, so the visitor still sees your earlier words. Reopen it and edit again to change them.";
    talk.team.told(MINA, words).await;
    assert_eq!(talk.visitor.replies().await, ["We ship on Monday"]);
    talk.edit(MINA, &remote, ";; We never ship").await;
    talk.visitor.until_removed(&seen).await;
    talk.end().await;
}

async fn a_preview_is_no_edit(stand: &Stand) {
    // Here Slack tells of reply counts too, which are no edits either.
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let talk = Talk::between(team, program).await;
    let (remote, seen) = talk.reply("See https://shop.example/help").await;
    let unfurl = || talk.team.slack().unfurl(SHOP.slack(), &remote, "https://shop.example/help").unwrap();
    talk.heard(About::Edit, unfurl).await;
    talk.only(&["See https://shop.example/help"]).await;
    let message = talk.visitor.message(&seen).await;
    assert!(message["edited_at"].is_null(), "{message}");
    let (events, _, _) = talk.visitor.everything().await;
    assert!(!events.iter().any(|event| event["kind"] == "message_edited"), "{events:?}");
    talk.end().await;
}
