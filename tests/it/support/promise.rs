//! The promise, checked: each message is on each surface exactly once, in order.
//!
//! What lives here: one checker for every fault test. What must not: how a fault is made.
#![expect(clippy::indexing_slicing, reason = "a test ends where its stand fails")]

use super::team::{Team, is_card, kind, words};
use super::visitor::Visitor;

/// Waits until the visitor's words stand in the thread and the team's words with the visitor, then checks that each is
/// there exactly once and in order, on both sides, and that nothing else is.
pub(crate) async fn kept(team: &Team, channel: &str, visitor: &Visitor, written: &[String], replied: &[String]) {
    let card = team.card(channel).await;
    if let Some(last) = written.last() {
        team.shows(channel, &card, last).await;
    }
    if let Some(last) = replied.last() {
        visitor.until_told(last).await;
    }
    assert_eq!(team.relayed(channel, &card), written, "the thread holds the visitor's words, each once, in order");
    assert_eq!(visitor.replies().await, replied, "the widget holds the team's words, each once, in order");
    let own: Vec<String> =
        visitor.sees().await.into_iter().filter(|seen| seen.from == "visitor").map(|seen| seen.body).collect();
    assert_eq!(own, written, "the widget holds the visitor's own words, each once, in order");
    let cards: Vec<_> = team.slack.channel_messages(channel).into_iter().filter(is_card).collect();
    assert_eq!(cards.len(), 1, "one conversation has one card: {:?}", cards.iter().map(words).collect::<Vec<_>>());
    let (events, _, _) = visitor.everything().await;
    let numbers: Vec<i64> = events.iter().filter_map(|event| event["event_seq"].as_i64()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "the visitor's events only grow: {numbers:?}");
    assert!(
        team.slack
            .thread(channel, &card)
            .iter()
            .all(|message| kind(message) != Some("notice") || !words(message).contains("Not delivered")),
        "nothing was refused"
    );
}
