//! The promise, checked: each message is on each surface exactly once, in order.
//!
//! What lives here: one checker for every fault test. What must not: how a fault is made.
#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test ends where its stand fails")]

use std::collections::BTreeMap;
use std::time::Duration;

use super::PATIENCE;
use super::team::{Place, Room, Shown, Sort, Team, relayed, until_within, words};
use super::visitor::Visitor;

/// Everything that was said has to come to its end, and that may be hundreds of messages, one after the other.
const LONG_PATIENCE: Duration = PATIENCE.saturating_mul(3);

/// Waits until the visitor's words stand in the thread and the team's words with the visitor, then checks that each is
/// there exactly once and in order, on every surface, and that nothing else is. For a channel with one visitor in one
/// thread.
pub(crate) async fn kept(team: &Team, at: Place, visitor: &Visitor, written: &[String], replied: &[String]) {
    kept_over_threads(team, at, visitor, written, replied, 1).await;
    let room = team.room();
    let card = room.cards(at).remove(0);
    assert_eq!(relayed(room, at, &card), written, "the thread holds the visitor's words, each once, in order");
}

/// The same for a visitor whose threads were taken away: what was written stands once in all threads together, the newest of
/// which are the `left` that people still have.
pub(crate) async fn kept_over_threads(
    team: &Team,
    at: Place,
    visitor: &Visitor,
    written: &[String],
    replied: &[String],
    left: usize,
) {
    all_told(visitor, replied).await;
    the_widget_shows(visitor, written, replied).await;
    let enough = |room: &dyn Room| (words(&room.everything(at)).len() >= written.len()).then_some(());
    until_within(LONG_PATIENCE, team.room(), &format!("{} posts", written.len()), enough).await;
    the_room_shows(team.room(), at, written, left);
    for room in team.rooms().skip(1) {
        the_mirror_shows(room, at, written, replied).await;
    }
}

/// A room that shows what was said in another holds the team's words too: each once, under the team's name. What came late
/// stands behind what came before it.
async fn the_mirror_shows(room: &dyn Room, at: Place, written: &[String], replied: &[String]) {
    let sorted = |words: Vec<String>| {
        let mut words = words;
        words.sort_unstable();
        words
    };
    let all = sorted([written, replied].concat());
    // Edits and deletions come when they come.
    let agrees = |room: &dyn Room| (sorted(words(&room.everything(at))) == all).then_some(());
    until_within(LONG_PATIENCE, room, &format!("{written:?} and {replied:?}"), agrees).await;
    let mut posts = room.everything(at);
    posts.retain(|message| message.sort == Sort::Post);
    let (visitors, teams): (Vec<Shown>, Vec<Shown>) =
        posts.into_iter().partition(|post| post.author.ends_with("visitor"));
    assert_eq!(words(&visitors), written, "the mirror holds the visitor's words, each once, in order");
    assert_eq!(sorted(words(&teams)), sorted(replied.to_vec()), "the mirror holds the team's words, each once");
    nothing_else(room, at, 1);
}

fn the_room_shows(room: &dyn Room, at: Place, posts: &[String], left: usize) {
    let messages = room.everything(at);
    assert_eq!(words(&messages), posts, "{}: each of the visitor's words once, in order", room.platform());
    nothing_else(room, at, left);
}

fn nothing_else(room: &dyn Room, at: Place, left: usize) {
    let platform = room.platform();
    let cards: Vec<String> = room.all_cards(at).into_iter().map(|card| card.whole).collect();
    assert_eq!(cards.len(), left, "{platform}: one conversation has one card at a time: {cards:?}");
    let everything = room.everything(at);
    let refused = everything.iter().find(|it| it.sort == Sort::Notice && it.words.contains("Not delivered"));
    assert!(refused.is_none(), "{platform}: nothing was refused: {refused:?}");
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
    if tokio::time::timeout(LONG_PATIENCE, waiting).await.is_err() {
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
