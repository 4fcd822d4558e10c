//! Deletions in the thread.
//!
//! What lives here: taking back one's own words, and that nobody takes back somebody else's. What must not: a thread that
//! is gone as a whole (see the tests of faults).

use super::Talk;
use crate::support::stand::{Stand, everywhere};
use crate::support::team::{JONAS, MINA, PRIYA, SHOP};

everywhere!(a_deleted_reply_is_gone, what_was_inside_goes_without_a_trace, the_visitors_words_stay);

async fn a_deleted_reply_is_gone(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let (first, first_seen) = talk.reply("Our code is 1234").await;
    talk.delete(MINA, &first).await;
    let removed = talk.visitor.until_removed(&first_seen).await;
    assert_eq!((removed["body"].as_str(), removed["author"]["name"].as_str()), (Some(""), Some("Mina")));
    // An admin may delete anybody's message.
    let (second, second_seen) = talk.reply("Our code is 1234, really").await;
    talk.delete(PRIYA, &second).await;
    talk.visitor.until_removed(&second_seen).await;
    talk.only(&[]).await;
    assert!(!talk.all_text().await.contains("1234"));
    talk.end().await;
}

async fn what_was_inside_goes_without_a_trace(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let note = talk.say(MINA, ";; he is lying").await;
    let held = talk.say(MINA, &format!("{} is he lying?", talk.call(JONAS))).await;
    talk.team.told(MINA, "Send to visitor?").await;
    let (before, _, _) = talk.visitor.everything().await;
    talk.delete(MINA, &note).await;
    talk.delete(MINA, &held).await;
    talk.only(&[]).await;
    talk.press_private(MINA, "Send to visitor?", "send_held").await;
    talk.team.told(MINA, "That message was deleted, so there is nothing to send.").await;
    talk.only(&[]).await;
    let (after, _, _) = talk.visitor.everything().await;
    assert_eq!(after.len(), before.len() + 2, "only the two ends were told: {after:?}");
    assert!(!talk.all_text().await.contains("lying"));
    talk.end().await;
}

async fn the_visitors_words_stay(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let copy = talk.team.shows(SHOP, &talk.card, "Hello").await;
    talk.delete(PRIYA, &copy.id).await;
    talk.only(&[]).await;
    let seen: Vec<String> = talk.visitor.sees().await.into_iter().map(|seen| seen.body).collect();
    assert_eq!(seen[0], "Hello");
    talk.visitor.write("Are you there?").await;
    talk.team.shows(SHOP, &talk.card, "Are you there?").await;
    assert_eq!(talk.team.relayed(SHOP, &talk.card), ["Are you there?"], "it is not posted again");
    talk.end().await;
}
