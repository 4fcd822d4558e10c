//! Events and messages over HTTP.
//!
//! What lives here: paging, keys that make a message count once, and the shapes of both. What must not: the live line.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::{Database, on_both};
use crate::support::program::{Program, bare, settings};
use crate::support::refusal::Refusal;
use crate::support::team::{MINA, SHOP, Team};

on_both!(
    events_come_in_pages,
    a_message_sent_twenty_times_at_once_is_one,
    twenty_messages_at_once_are_all_kept_in_one_conversation,
    a_batch_has_its_shape,
    there_is_nothing_to_close,
);

async fn events_come_in_pages(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    for text in ["one", "two", "three", "four"] {
        visitor.write(text).await;
    }
    visitor.close().await;
    let (mut after, mut pages) = (0, Vec::new());
    loop {
        let answer = visitor.request(Method::GET, &format!("/messages?after={after}&limit=2")).send().await.unwrap();
        let batch: Value = answer.json().await.unwrap();
        let kinds: Vec<String> = batch["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["kind"].as_str().unwrap().to_owned())
            .collect();
        let named: BTreeSet<&str> =
            batch["events"].as_array().unwrap().iter().filter_map(|event| event["message_id"].as_str()).collect();
        let given: BTreeSet<&str> =
            batch["messages"].as_array().unwrap().iter().filter_map(|message| message["id"].as_str()).collect();
        assert_eq!(named, given, "a page holds the messages that it names");
        assert_eq!(batch["conversation"]["status"], "closed", "how things stand now");
        assert_eq!(batch["after"], batch["events"].as_array().unwrap().last().unwrap()["event_seq"]);
        pages.push(kinds);
        after = batch["after"].as_i64().unwrap();
        if batch["more"] == false {
            break;
        }
    }
    let posted = "message_posted";
    assert_eq!(pages, [vec!["conversation_opened", posted], vec![posted, posted], vec![posted, "conversation_closed"]]);
    let rest = visitor.events_after(after).await;
    assert_eq!(
        (rest["events"].clone(), rest["more"].as_bool(), rest["after"].as_i64()),
        (json!([]), Some(false), Some(after))
    );
    program.stop().await;
}

async fn a_message_sent_twenty_times_at_once_is_one(db: &Database) {
    let team = Team::in_slack().await;
    let mut settings = settings(db, &team);
    settings.limits.messages_per_visitor = threadline::settings::Rate::new(1_000, 1_000);
    settings.limits.conversations_per_address = threadline::settings::Rate::new(1_000, 1_000);
    let program = Program::with(settings).await;
    let visitor = program.visitor("shop.example").await;
    let answers = join_all((0..20).map(|_| visitor.send("the key", "Only once"))).await;
    let (mut statuses, mut ids) = (Vec::new(), BTreeSet::new());
    for answer in answers {
        let answer = answer.unwrap();
        let status = answer.status().as_u16();
        statuses.push(status);
        let answer: Value = answer.json().await.unwrap();
        assert!(matches!(status, 200 | 201), "{status}: {answer}");
        ids.insert((
            answer["message"]["id"].as_str().unwrap().to_owned(),
            answer["conversation"]["id"].as_str().unwrap().to_owned(),
        ));
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses.iter().filter(|status| **status == 201).count(), statuses[19]), (200, 1, 201));
    assert_eq!(ids.len(), 1);
    assert_eq!(visitor.sees().await.len(), 1);
    visitor.write("And another").await;
    let card = team.card(SHOP).await;
    team.shows(SHOP, &card, "And another").await;
    assert_eq!(team.relayed(SHOP, &card), ["Only once", "And another"]);
    program.stop().await;
}

async fn twenty_messages_at_once_are_all_kept_in_one_conversation(db: &Database) {
    let mut settings = bare(db);
    settings.limits.messages_per_visitor = threadline::settings::Rate::new(1_000, 1_000);
    settings.limits.conversations_per_address = threadline::settings::Rate::new(1_000, 1_000);
    let program = Program::with(settings).await;
    let visitor = program.visitor("shop.example").await;
    let texts: Vec<String> = (0..20).map(|number| format!("message {number}")).collect();
    let answers = join_all(texts.iter().map(|text| visitor.send(text, text))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.status() == 201)));
    let seen = visitor.sees().await;
    let seqs: BTreeSet<i64> = seen.iter().map(|seen| seen.seq).collect();
    assert_eq!(seqs.len(), 20, "in one conversation, each in a place of its own");
    let bodies: BTreeSet<String> = seen.into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, texts.into_iter().collect());
    program.stop().await;
}

async fn a_batch_has_its_shape(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    visitor.write("Do you ship to Norway?").await;
    let card = team.card(SHOP).await;
    team.say(MINA, SHOP, card.as_str(), "See https://shop.example/norway, we *do*");
    visitor.until("an answer", async |visitor: &crate::support::visitor::Visitor| visitor.replies().await.pop()).await;
    team.press(MINA, SHOP, &card, "close").await;
    visitor.until_status("closed").await;
    insta::assert_json_snapshot!("batch", visitor.events_after(0).await, {
        ".**.id" => "[id]",
        ".**.seq" => "[seq]",
        ".**.conversation_id" => "[id]",
        ".**.message_id" => insta::dynamic_redaction(|value, _| if value.is_nil() { value } else { "[id]".into() }),
        ".**.picture" => "[picture]",
        ".**.at" => "[time]",
        ".**.opened_at" => "[time]",
        ".**.closed_at" => "[time]",
        ".**.created_at" => "[time]",
    });
    program.stop().await;
}

async fn there_is_nothing_to_close(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    let close = || visitor.request(Method::POST, "/conversation/close").json(&json!({})).send();
    let refusal = Refusal::read(close().await.unwrap()).await;
    insta::assert_json_snapshot!("problem", refusal.problem, { ".request_id" => "[id]" });
    assert_eq!(refusal.status, 409);
    visitor.write("Hello").await;
    let first = visitor.close().await;
    assert_eq!(visitor.close().await, first, "closing twice changes nothing");
    let (events, _, _) = visitor.everything().await;
    assert_eq!(events.len(), 3);
    program.stop().await;
}
