//! Whether somebody can answer.
//!
//! What lives here: presence as a visitor sees it, from a connection that breaks to none at all. What must not: people's
//! own presence in a team chat.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::binary::{Binary, configure};
use crate::support::database::{Database, on_both};
use crate::support::program::Program;
use crate::support::team::{APP, SHOP, Team};
use crate::support::visitor::{Live, Visitor};

on_both!(presence_follows_the_connection, presence_follows_the_app, without_a_connection_conversations_are_stored);

/// Waits for the next change of presence.
async fn next_presence(live: &mut Live) -> bool {
    loop {
        let frame = live.frame().await;
        if frame["type"] == "presence" {
            return frame["presence"]["online"].as_bool().unwrap();
        }
    }
}

async fn presence_follows_the_connection(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    let mut live = visitor.live(0).await;
    assert_eq!(live.frame().await["presence"]["online"], true);
    team.slack.revoke_app_token(APP).unwrap();
    assert!(!next_presence(&mut live).await);
    visitor.write("Is anybody there?").await;
    let card = team.card(SHOP).await;
    team.shows(SHOP, &card, "Is anybody there?").await;
    program.stop().await;
}

async fn presence_follows_the_app(db: &Database) {
    let team = Team::start().await;
    let program = Program::start(db, &team).await;
    let visitor = program.visitor("shop.example").await;
    let mut live = visitor.live(0).await;
    assert_eq!(live.frame().await["presence"]["online"], true);
    team.slack.uninstall(APP).unwrap();
    assert!(!next_presence(&mut live).await);
    let kept = visitor.write("Is anybody there?").await;
    assert_eq!(kept["conversation"]["status"], "open", "what is accepted is kept");
    program.stop().await;
}

async fn without_a_connection_conversations_are_stored(db: &Database) {
    let domains = "[[domain]]\nname = \"shop.example\"\n";
    let port = configure(db.folder(), db.url(), domains).await;
    let mut binary = Binary::serve(db.folder(), port).await;
    let visitor = Visitor::arrive(&binary.url, "shop.example").await;
    visitor.write("Is anybody there?").await;
    let line = binary.until_said("nobody is mapped: a visitor wrote").await;
    assert!(line.contains("nobody is mapped: a visitor wrote on shop.example, but no channel shows it"), "{line}");
    assert!(!line.contains("anybody there"), "the log holds nobody's words: {line}");
    let mut live = visitor.live(0).await;
    let ready = live.frame().await;
    assert_eq!(
        (ready["presence"]["online"].as_bool(), ready["conversation"]["status"].as_str()),
        (Some(false), Some("open"))
    );
    assert_eq!(visitor.sees().await.len(), 1);
}
