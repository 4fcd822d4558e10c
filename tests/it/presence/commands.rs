//! The command that concerns oneself, in the team's chats.
//!
//! What lives here: away, back and auto; the link into the inbox, and that it stands nowhere else. What must not: signing in
//! with it (see `sign_in`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use serde_json::json;

use super::{Line, until_presence};
use crate::sign_in::platforms::link_for;
use crate::support::database::Kind;
use crate::support::operator::{Desk, post_link};
use crate::support::refusal::Refusal;
use crate::support::stand::{Stand, everywhere, on_slack};
use crate::support::team::{JONAS, LUCIA, MINA, PRIYA, Person, SHOP, Team};

everywhere!(a_word_of_ones_own_counts, a_link_is_for_one_pair_of_eyes);
on_slack!(a_word_in_the_chat_reaches_ones_own_pages);

/// Gives the command in the room where the team acts.
async fn command(team: &Team, who: Person, word: &str) {
    if team.room().platform() == "slack" {
        let given = team.slack().command(who.slack(), SHOP.slack(), None, "/threadline", word).await;
        assert!(given.unwrap().acked, "{word} was not acknowledged");
    } else {
        team.command(who, SHOP, None, "threadline", &[(word, json!([]))]).await;
    }
}

async fn a_word_of_ones_own_counts(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mut seen = program.visitor("shop.example").await.live(0).await;
    assert_eq!(seen.frame().await["presence"]["online"], true);
    let mut team_of_room = vec![MINA, JONAS];
    if team.room().platform() == "slack" {
        team_of_room.push(PRIYA);
    }
    // In rooms that mirror each other the same people sit in the other room too, under accounts of their own.
    let alone = team.rooms().count() == 1;
    for who in &team_of_room {
        command(&team, *who, "away").await;
        team.told(*who, "You count as away now").await;
    }
    if alone {
        until_presence(&mut seen, false).await;
        command(&team, MINA, "back").await;
        until_presence(&mut seen, true).await;
        command(&team, MINA, "away").await;
        until_presence(&mut seen, false).await;
        command(&team, MINA, "auto").await;
        until_presence(&mut seen, true).await;
        team.told(MINA, "Whether you count as there follows from what you do now.").await;
    }
    command(&team, LUCIA, "away").await;
    team.told(LUCIA, "Only operators can do that. Ask an admin to make you one.").await;
    program.stop().await;
}

async fn a_word_in_the_chat_reaches_ones_own_pages(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    let mina = Desk::sign_in(&program.url, &link_for(&team, MINA).await).await;
    let (mut one, mut two) = (Line::open(&mina, false).await.0, Line::open(&mina, false).await.0);
    let told = |frame: &serde_json::Value| (frame["type"] == "me").then_some(());
    command(&team, MINA, "away").await;
    one.until("the word of the chat", told).await;
    assert_eq!(mina.get("/v1/inbox/session").await["availability"], "away");
    two.until("the word of the chat", told).await;
    // What is said in one page reaches the other.
    mina.put("/v1/inbox/availability", &json!({"availability": "auto"})).await;
    two.until("the word of the other page", told).await;
    program.stop().await;
}

async fn a_link_is_for_one_pair_of_eyes(stand: &Stand) {
    let team = stand.team().await;
    let program = stand.program(&team).await;
    command(&team, MINA, "inbox").await;
    let told = team.told(MINA, "Here is your link into the inbox").await;
    let link = told.text.split(['<', '>', ' ', '\n']).find(|word| word.contains("/sign-in#")).unwrap().to_owned();
    let token = link.split_once('#').unwrap().1.to_owned();
    for room in team.rooms() {
        assert!(!room.everything(SHOP).iter().any(|shown| shown.whole.contains(&token)), "everybody can read it");
        for who in [JONAS, LUCIA] {
            assert!(!room.told(who).iter().any(|told| told.text.contains(&token)));
        }
    }
    let mina = Desk::sign_in(&program.url, &link).await;
    assert_eq!(mina.get("/v1/inbox/session").await["operator"]["name"], "Mina");
    let again = Refusal::read(post_link(&program.url, &link, None).await).await;
    assert_eq!((again.status, again.problem["type"].as_str()), (401, Some("urn:threadline:problem:link-not-valid")));
    program.stop().await;
    if stand.db.kind == Kind::Sqlite {
        // The file and its journal hold every byte that was ever written down.
        for entry in std::fs::read_dir(stand.db.folder()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(
                !bytes.windows(token.len()).any(|window| window == token.as_bytes()),
                "the database holds the token"
            );
        }
    }
}
