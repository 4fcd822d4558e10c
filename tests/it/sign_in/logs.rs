//! What the log must never hold: tokens, and what people said.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use serde_json::json;

use super::platforms::link_for;
use crate::support::operator::Desk;
use crate::support::process::Process;
use crate::support::stand::Stand;
use crate::support::team::{MINA, Nature, SHOP};
use crate::support::visitor::Visitor;

/// Each platform and each database once: what is logged of one has nothing to do with the other.
mod no_log_holds_a_token_or_what_was_said {
    use crate::support::stand::test_on;
    test_on!(no_log_holds_a_token_or_what_was_said: slack_sqlite on Slack with Sqlite);
    test_on!(no_log_holds_a_token_or_what_was_said: discord_postgres on Discord with Postgres);
}

async fn no_log_holds_a_token_or_what_was_said(stand: &Stand) {
    const WORDS: &str = "My number is 5-55-0199";
    let team = stand.team_of(Nature::quiet()).await;
    let mut process = Process::prepare(&stand.db, &team);
    process.log = "trace";
    process.start("").await;
    team.until_heard().await;
    let visitor = Visitor::arrive(&process.url, "shop.example").await;
    visitor.write(WORDS).await;
    team.card(SHOP).await;
    let link = link_for(&team, MINA).await;
    let mina = Desk::sign_in(&process.url, &link).await;
    let code = mina.post("/v1/inbox/profile/link-code", &json!({})).await["code"].as_str().unwrap().to_owned();
    // The last thing that is looked for to have been logged, so that all before it has been.
    let last = "/v1/inbox/availability";
    mina.put(last, &json!({"availability": "back"})).await;
    process.until_said(last).await;
    process.kill().await;

    let said = process.said();
    let token = link.split_once('#').unwrap().1;
    for (what, secret) in [
        ("the link's token", token),
        ("the session's token", &mina.token),
        ("the visitor's token", &visitor.token),
        ("the code", &code),
        ("what was said", WORDS),
    ] {
        let found = said.lines().find(|line| line.contains(secret));
        assert!(found.is_none(), "{what} is in the log: {found:?}");
    }
    assert!(said.contains("TRACE") && said.contains("DEBUG"), "the log was not as talkative as it can be");
}
