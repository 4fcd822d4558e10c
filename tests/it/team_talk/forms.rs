//! The forms that a message can have, in both directions.
//!
//! What lives here: broadcasts, `/me`, files, formatting, and messages that one post can't hold. What must not: hostile
//! text (see `disguise`).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::Upload;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Talk;
use crate::support::room::slack::heard;
use crate::support::stand::{Stand, everywhere, on_slack};
use crate::support::team::{About, MINA, SHOP};

everywhere!(a_long_message_arrives_in_parts, what_is_outside_our_threads_is_ignored);
on_slack!(a_broadcast_and_a_me_message_are_replies, a_file_stays_inside_and_its_words_go_out, formatting_arrives);

async fn a_broadcast_and_a_me_message_are_replies(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let slack = talk.team.slack();
    let broadcast = || slack.say_broadcast(MINA.slack(), SHOP.slack(), &talk.card, "For all to see").unwrap();
    heard(slack, "message/thread_broadcast", broadcast).await;
    heard(slack, "message/me_message", || slack.say_me(MINA.slack(), SHOP.slack(), Some(&talk.card), "waves").unwrap())
        .await;
    heard(slack, "message/thread_broadcast", || {
        slack.say_broadcast(MINA.slack(), SHOP.slack(), &talk.card, ";; not for him").unwrap()
    })
    .await;
    talk.only(&["For all to see", "waves"]).await;
    talk.end().await;
}

fn file(comment: &str) -> Upload {
    Upload {
        name: "invoice.pdf".into(),
        mimetype: "application/pdf".into(),
        bytes: Bytes::from_static(b"%PDF-1.7"),
        comment: comment.into(),
    }
}

async fn a_file_stays_inside_and_its_words_go_out(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let upload = |comment| {
        let slack = talk.team.slack();
        let card = &talk.card;
        move || slack.upload(MINA.slack(), SHOP.slack(), Some(card), file(comment)).unwrap()
    };
    heard(talk.team.slack(), "message/file_share", upload("")).await;
    talk.team.told(MINA, "Files can't be sent to visitors yet, so this one stays inside.").await;
    talk.only(&[]).await;
    heard(talk.team.slack(), "message/file_share", upload("Here is your invoice")).await;
    talk.team.told(MINA, "Files can't be sent to visitors yet: your words were sent, the file stays inside.").await;
    heard(talk.team.slack(), "message/file_share", upload(";; his invoice")).await;
    talk.only(&["Here is your invoice"]).await;
    assert!(!talk.all_text().await.contains("invoice.pdf"));
    talk.end().await;
}

/// What there is in a formatted message, as the names of its nodes.
fn kinds(rich: &Value) -> Vec<&str> {
    rich.as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect()
}

async fn formatting_arrives(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let typed = "A *bold* and _slanted_ word, ~gone~, `a < b`\n> quoted\n- one\n- two\n```if a < b {\n    stop\n}```\nhttps://shop.example/?a=1&b=2";
    talk.say(MINA, typed).await;
    let plain = "A bold and slanted word, gone, a < b\n> quoted\n• one\n• two\nif a < b {\n    stop\n}\nhttps://shop.example/?a=1&b=2";
    let seen = talk.visitor.until_told(plain).await;
    let rich = talk.visitor.message(&seen.id).await["rich"].clone();
    assert_eq!(kinds(&rich), ["paragraph", "quote", "list", "code", "paragraph"]);
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(
        rich[0]["children"],
        json!([
            text("A "),
            {"type": "bold", "children": [text("bold")]},
            text(" and "),
            {"type": "italic", "children": [text("slanted")]},
            text(" word, "),
            {"type": "strike", "children": [text("gone")]},
            text(", "),
            {"type": "code", "text": "a < b"},
        ])
    );
    assert_eq!(rich[2], json!({"type": "list", "ordered": false, "items": [[text("one")], [text("two")]]}));
    assert_eq!(rich[3], json!({"type": "code", "text": "if a < b {\n    stop\n}"}));
    assert_eq!(rich[4]["children"][0]["url"], "https://shop.example/?a=1&b=2");
    talk.end().await;
}

async fn a_long_message_arrives_in_parts(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for number in 0.. {
        let line = match number % 12 {
            3 => format!("```rust // {number}"),
            8 => format!("``` // {number}"),
            _ => format!("line {number:04} <b> & “ü”, with enough words in it to make it long"),
        };
        length += line.chars().count() + 1;
        if length > 10_000 {
            break;
        }
        lines.push(line);
    }
    let written = lines.join("\n");
    let rest = 10_000 - written.chars().count();
    let written = format!("{written}{}", "x".repeat(rest));
    talk.visitor.write(&written).await;
    talk.visitor.write("That was all.").await;
    talk.team.shows(SHOP, &talk.card, "That was all.").await;
    let posts = talk.team.relayed(SHOP, &talk.card);
    let (first, parts) = posts.split_first().unwrap();
    let (last, parts) = parts.split_last().unwrap();
    assert_eq!((first.as_str(), last.as_str()), ("Hello", "That was all."));
    assert!(parts.len() >= 4, "{}", parts.len());
    assert_eq!(parts.join("\n"), written, "every line is there, once, in its order, and whole");
    assert_eq!(talk.visitor.sees().await.len(), 3, "it is one message to the visitor");
    talk.end().await;
}

async fn what_is_outside_our_threads_is_ignored(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    let elsewhere = async |thread: Option<&str>, text: &str| {
        talk.heard(About::Message, || talk.team.say(MINA, SHOP, thread, text)).await
    };
    let root = elsewhere(None, "Lunch?").await;
    if talk.team.room().platform() == "slack" {
        elsewhere(Some(&root), "At noon").await;
        elsewhere(Some(&root), "!close").await;
    }
    elsewhere(None, "!close").await;
    talk.only(&[]).await;
    assert!(talk.team.all_told(MINA).is_empty(), "nobody is bothered about other talk");
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open");
    talk.end().await;
}
