//! Whether somebody can answer.
//!
//! What lives here: presence as a visitor sees it, from a connection that breaks to none at all. What must not: people's
//! own presence in a team chat.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::faults::{Act, CallFault};

use crate::support::binary::{Binary, configure};
use crate::support::database::{Database, on_both};
use crate::support::stand::{Stand, everywhere, on_slack};
use crate::support::team::{Call, Room, SHOP};
use crate::support::visitor::{Live, Visitor};

everywhere!(presence_follows_the_connection, presence_follows_the_app);
on_slack!(a_deaf_connection_still_writes);
on_both!(without_a_connection_conversations_are_stored);

/// Waits for the next change of presence.
async fn next_presence(live: &mut Live) -> bool {
    loop {
        let frame = live.frame().await;
        if frame["type"] == "presence" {
            return frame["presence"]["online"].as_bool().unwrap();
        }
    }
}

async fn presence_follows_the_connection(stand: &Stand) {
    presence_follows(stand, |room| room.revoke()).await;
}

async fn presence_follows_the_app(stand: &Stand) {
    presence_follows(stand, |room| room.remove_app()).await;
}

async fn presence_follows(stand: &Stand, end: fn(&dyn Room)) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    let mut live = visitor.live(0).await;
    assert_eq!(live.frame().await["presence"]["online"], true);
    team.rooms().for_each(end);
    assert!(!next_presence(&mut live).await);
    let kept = visitor.write("Is anybody there?").await;
    assert_eq!(kept["conversation"]["status"], "open", "what is accepted is kept");
    program.stop().await;
}

/// In Slack one token brings us events, and another lets us write: what was with Slack as we went deaf is written.
async fn a_deaf_connection_still_writes(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let visitor = program.visitor("shop.example").await;
    let mut live = visitor.live(0).await;
    assert_eq!(live.frame().await["presence"]["online"], true);
    visitor.write("Hello").await;
    team.all_show(SHOP, "Hello").await;
    let held = team.suffer(Call::Write, &CallFault::next("", Act::Hang));
    visitor.write("Is anybody there?").await;
    team.suffered(&held, 1).await;
    team.room().revoke();
    assert!(!next_presence(&mut live).await);
    team.release(&held);
    team.all_show(SHOP, "Is anybody there?").await;
    program.stop().await;
}

async fn without_a_connection_conversations_are_stored(db: &Database) {
    let domains = "[[domain]]\nname = \"shop.example\"\n";
    let port = configure(db.folder(), db.url(), domains);
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
