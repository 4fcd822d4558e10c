//! Settings that the real program refuses, and a port that it can't have.
//!
//! What lives here: what `tests/it/cli.rs` and `tests/it/settings.rs` leave open. What must not: each key's own rule.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use crate::support::binary::{configure, last_words, run};
use crate::support::database::{Database, on_both};

on_both!(a_port_in_use_leaves_the_database_alone);

/// What `threadline check` says about a file, and its exit code.
async fn check(text: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("threadline.toml"), text).unwrap();
    let ran = run(folder.path(), &["check"]).await;
    (String::from_utf8(ran.stdout).unwrap(), ran.status.code())
}

#[tokio::test]
async fn an_unknown_key_deep_inside_is_named() {
    let text = "[slack.acme]\nbot_token = \"xoxb-1\"\napp_token = \"xapp-1\"\noperator = \"members\"\n\n[[domain]]\nname = \"shop.example\"\nchannel = \"slack.acme/C1\"\n";
    let (said, code) = check(text).await;
    insta::assert_snapshot!(said, @r"
    threadline.toml: 2 mistakes

      slack.acme.operator (line 4): is not a key that exists
        fix: did you mean `operators`?

      domain[0].channel (line 8): is not a key that exists
        fix: did you mean `channels`?
    ");
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn a_secret_that_is_nowhere_is_named() {
    let text = "[slack.acme]\nbot_token = { env = \"THREADLINE_TEST_NOT_SET\" }\nsigning_secret = { file = \"no/such/secret\" }\n";
    let (said, code) = check(text).await;
    insta::assert_snapshot!(said, @r"
    threadline.toml: 2 mistakes

      slack.acme.bot_token (line 2): the environment variable THREADLINE_TEST_NOT_SET is not set
        fix: set THREADLINE_TEST_NOT_SET for the process that runs threadline

      slack.acme.signing_secret (line 3): the file no/such/secret does not exist
        fix: make the file, or mend the path; a relative path starts at the folder that threadline is started in
    ");
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn a_connection_without_any_secret_is_explained() {
    let (said, code) = check("[slack.acme]\noperators = \"members\"\n").await;
    insta::assert_snapshot!(said, @r"
    threadline.toml: 2 mistakes

      slack.acme.bot_token (line 1): is missing
        fix: copy the Bot User OAuth Token (xoxb-…) from the app's page, OAuth & Permissions

      slack.acme (line 1): has neither app_token nor signing_secret, so nothing could arrive from Slack
        fix: set app_token (xapp-…) alone for Socket Mode, which needs no public address; set signing_secret alone when Slack is to call server.public_url + /hooks/slack/acme/events
    ");
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn a_file_that_is_no_toml_is_said_where() {
    let (said, code) = check("[server\nlisten = 1\n").await;
    insta::assert_snapshot!(said, @r"
    threadline.toml: 1 mistake

      line 1, column 8: this is not TOML: unclosed table, expected `]`
        fix: mend this line; texts stand in double quotes, lists in [brackets], and each key once
    ");
    assert_eq!(code, Some(1));
}

async fn a_port_in_use_leaves_the_database_alone(db: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let port = configure(folder.path(), db.url(), "[[domain]]\nname = \"shop.example\"\n");
    let port = port.number;
    let _taken = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let (said, code) = last_words(folder.path()).await;
    let wanted =
        format!("threadline: 127.0.0.1:{port} is already in use: stop the other program or change server.listen\n");
    assert_eq!((said, code), (wanted, Some(1)));
    // Nothing was begun: the database is free.
    db.open().await.close().await;
}
