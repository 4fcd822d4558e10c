//! The checker itself: it must see what is lost, doubled or out of order, or every other test here proves nothing.
//!
//! What lives here: conversations in which nothing is wrong, checked against what should not be. What must not: faults.

use std::sync::Arc;

use super::talk::Talk;
use crate::support::database::Kind;
use crate::support::promise;
use crate::support::stand::{Stand, Surface};
use crate::support::team::{SHOP, Team};
use crate::support::visitor::Visitor;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_sees_what_is_wrong_in_slack() {
    sees_what_is_wrong(&Stand::new(Surface::Slack, Kind::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_sees_what_is_wrong_in_discord() {
    sees_what_is_wrong(&Stand::new(Surface::Discord, Kind::Sqlite).await).await;
}

async fn sees_what_is_wrong(stand: &Stand) {
    let team = Arc::new(stand.team().await);
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("one").await;
    talk.write_and_see("two").await;
    talk.reply_and_see("three").await;
    talk.reply_and_see("four").await;
    let visitor = talk.visitor.clone();

    assert!(holds(&team, &visitor, &["one", "two"], &["three", "four"]).await, "all is well");
    assert!(!holds(&team, &visitor, &["two", "one"], &["three", "four"]).await, "the visitor's words in another order");
    assert!(!holds(&team, &visitor, &["one", "two"], &["four", "three"]).await, "the team's words in another order");
    assert!(!holds(&team, &visitor, &["two"], &["three", "four"]).await, "a word of the visitor's too many");
    assert!(!holds(&team, &visitor, &["one", "two"], &["four"]).await, "a word of the team's too many");

    team.room().copy_of_ours(SHOP, &talk.card().await, "two").await;
    assert!(!holds(&team, &visitor, &["one", "two"], &["three", "four"]).await, "a word stands twice in the thread");
    program.stop().await;
}

/// A word that never came costs the checker all its patience, so this one is on its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checker_misses_what_is_lost() {
    let stand = Stand::new(Surface::Slack, Kind::Sqlite).await;
    let team = Arc::new(stand.team().await);
    let program = stand.program(&team).await;
    let mut talk = Talk::new(&team, program.visitor("shop.example").await);
    talk.write_and_see("one").await;
    talk.reply_and_see("two").await;
    let (visitor, one, two) = (talk.visitor.clone(), ["one"], ["two"]);
    let (unwritten, unsaid) =
        tokio::join!(holds(&team, &visitor, &["one", "lost"], &two), holds(&team, &visitor, &one, &["two", "lost"]));
    assert!(!unwritten, "a word of the visitor's never came");
    assert!(!unsaid, "a word of the team's never came");
    program.stop().await;
}

/// Whether the checker finds nothing wrong.
async fn holds(team: &Arc<Team>, visitor: &Visitor, written: &[&str], replied: &[&str]) -> bool {
    let own = |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let (team, visitor, written, replied) = (Arc::clone(team), visitor.clone(), own(written), own(replied));
    let checked = async move { promise::kept(&team, SHOP, &visitor, &written, &replied).await };
    tokio::spawn(checked).await.is_ok()
}
