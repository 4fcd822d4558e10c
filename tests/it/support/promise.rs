//! The promise, checked: each message is on each surface exactly once, in order.
//!
//! What lives here: one checker for every fault test. What must not: how a fault is made.
#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test ends where its stand fails")]

use std::collections::BTreeMap;

use super::PATIENCE;
use super::team::{Team, is_card, kind, words};
use super::visitor::Visitor;

/// Waits until the visitor's words stand in the thread and the team's words with the visitor, then checks that each is
/// there exactly once and in order, on both sides, and that nothing else is. For a channel with one visitor in one thread.
pub(crate) async fn kept(team: &Team, channel: &str, visitor: &Visitor, written: &[String], replied: &[String]) {
    let card = team.card(channel).await;
    let all_shown = |thread: &[&bridge_sandbox::slack::Message]| {
        (thread.iter().filter(|message| kind(message) == Some("post")).count() >= written.len()).then_some(())
    };
    team.thread("the visitor's words in the thread", channel, &card, all_shown).await;
    all_told(visitor, replied).await;
    assert_eq!(team.relayed(channel, &card), written, "the thread holds the visitor's words, each once, in order");
    kept_over_threads(team, channel, visitor, written, replied, 1).await;
}

/// The same for a visitor whose threads were taken away: what was written stands once in all threads together, the newest of
/// which are the `cards` that are left.
pub(crate) async fn kept_over_threads(
    team: &Team,
    channel: &str,
    visitor: &Visitor,
    written: &[String],
    replied: &[String],
    cards: usize,
) {
    all_told(visitor, replied).await;
    let messages = team.slack.channel_messages(channel);
    let posts: Vec<String> = messages.iter().filter(|message| kind(message) == Some("post")).map(words).collect();
    assert_eq!(posts, written, "the channel holds the visitor's words, each once, in order");
    let left: Vec<String> = messages.iter().filter(|message| is_card(message)).map(words).collect();
    assert_eq!(left.len(), cards, "one conversation has one card at a time: {left:?}");
    let refused = |message: &bridge_sandbox::slack::Message| {
        kind(message) == Some("notice") && words(message).contains("Not delivered")
    };
    assert!(!messages.iter().any(refused), "nothing was refused");
    the_widget_shows(visitor, written, replied).await;
}

/// Follows the visitor's stream from its beginning until it holds all the team's words.
async fn all_told(visitor: &Visitor, replied: &[String]) {
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    let waiting = async {
        let mut live = visitor.live(0).await;
        while !replied.iter().all(|reply| shown.values().any(|shown| shown == reply)) {
            for message in live.frame().await["messages"].as_array().into_iter().flatten() {
                let id = message["id"].as_str().unwrap_or_default().to_owned();
                shown.insert(id, message["body"].as_str().unwrap_or_default().to_owned());
            }
        }
    };
    if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
        panic!("waited in vain for {replied:?}; the visitor sees {:?}", visitor.sees().await);
    }
}

async fn the_widget_shows(visitor: &Visitor, written: &[String], replied: &[String]) {
    assert_eq!(visitor.replies().await, replied, "the widget holds the team's words, each once, in order");
    let seen = visitor.sees().await.into_iter();
    let own: Vec<String> = seen.filter(|seen| seen.from == "visitor").map(|seen| seen.body).collect();
    assert_eq!(own, written, "the widget holds the visitor's own words, each once, in order");
    let (events, _, _) = visitor.everything().await;
    let numbers: Vec<i64> = events.iter().filter_map(|event| event["event_seq"].as_i64()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "the visitor's events only grow: {numbers:?}");
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for event in events.iter().filter(|event| event["kind"] == "message_posted") {
        *told.entry(event["message_id"].as_str().unwrap_or_default()).or_default() += 1;
    }
    assert!(told.values().all(|times| *times == 1), "an open widget is told of each message once: {told:?}");
}
