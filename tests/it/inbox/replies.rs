//! What operators write in a page, and where it shows.
//!
//! What lives here: replies, notes, edits and removals, in the widget and in every thread. What must not: closing and
//! assigning (see `together`).

use bridge_sandbox::faults::{Act, CallFault};
use reqwest::Method;
use serde_json::json;

use super::{Scene, kind, message_at, write};
use crate::support::stand::{Stand, on_mirrors, on_slack};
use crate::support::team::{Call, MINA, SHOP, Shown, relayed};

on_mirrors!(replies_show_everywhere_once_and_in_order, what_was_said_changes_on_both_sides, notes_stay_inside);
on_slack!(a_refused_reply_is_marked_and_tried_again, words_are_words);

/// How often each room's newest thread shows these words of ours.
fn times(scene: &Scene, text: &str) -> Vec<usize> {
    let count = |thread: &[Shown]| thread.iter().filter(|message| message.says(text)).count();
    scene.team.rooms().map(|room| count(&room.thread(SHOP, room.cards(SHOP).last().unwrap()))).collect()
}

async fn replies_show_everywhere_once_and_in_order(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    let body = json!({"client_key": "first", "body": "We do"});
    let first = scene.desk.send(Method::POST, &format!("{}/messages", scene.at), Some(&body)).await;
    assert_eq!(first.status(), 201);
    let first: serde_json::Value = first.json().await.unwrap();
    let again = scene.desk.send(Method::POST, &format!("{}/messages", scene.at), Some(&body)).await;
    assert_eq!(again.status(), 200, "the same key is the same message");
    assert_eq!(again.json::<serde_json::Value>().await.unwrap()["message"]["id"], first["message"]["id"]);
    assert_eq!(
        (&first["message"]["origin"], &first["message"]["mine"], &first["message"]["author"]["name"]),
        (&json!("inbox"), &json!(true), &json!("Ada"))
    );

    for n in 1..=5 {
        scene.reply(&format!("Reply {n}")).await;
    }
    let told = scene.visitor.until_told("Reply 5").await;
    assert_eq!(told.from, "Ada");
    scene.team.all_show(SHOP, "Reply 5").await;
    let said = ["We do", "Reply 1", "Reply 2", "Reply 3", "Reply 4", "Reply 5"];
    assert_eq!(scene.visitor.replies().await, said);
    for room in scene.team.rooms() {
        let card = room.cards(SHOP).pop().unwrap();
        assert_eq!(relayed(room, SHOP, &card)[1..], said, "each once, in order");
    }
    let shown = scene.team.shows(SHOP, &scene.card, "We do").await;
    assert!(shown.author.contains("Ada"), "{shown:?}");

    scene.team.say(MINA, SHOP, scene.card.as_str(), "And I from the thread");
    scene.visitor.until_told("And I from the thread").await;
    let message = scene.message("And I from the thread").await;
    assert_eq!((&message["author"]["name"], &message["mine"]), (&json!("Mina"), &json!(false)));
    assert!(["slack", "discord"].contains(&message["origin"].as_str().unwrap()), "{message}");
    let delivered = |message: &serde_json::Value| {
        let deliveries = message["deliveries"].as_array()?;
        let there = deliveries.len() == 2 && deliveries.iter().all(|it| it["state"] == "delivered");
        there.then_some(())
    };
    scene.until_message("a reply to be delivered twice", "We do", delivered).await;

    let threads = scene.shown().await["threads"].to_string();
    for room in scene.team.rooms() {
        let id = room.cards(SHOP).pop().unwrap().replace('.', "");
        assert!(threads.contains(&format!("{id}\"")), "an address leads to thread {id}: {threads}");
    }
    scene.program.stop().await;
}

async fn what_was_said_changes_on_both_sides(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    let reply = scene.reply("We ship on Monday").await;
    scene.team.all_show(SHOP, "We ship on Monday").await;
    let at = message_at(&scene.at, &reply);
    let edited = scene.desk.patch(&at, &json!({"body": "We ship on Tuesday"})).await;
    assert!(edited["message"]["edited_at"].is_string());
    scene.visitor.until_told("We ship on Tuesday").await;
    scene.team.all_show(SHOP, "We ship on Tuesday").await;
    scene.desk.delete(&at).await;
    scene.visitor.until_removed(reply["id"].as_str().unwrap()).await;
    for room in scene.team.rooms() {
        let gone = |room: &dyn crate::support::team::Room| {
            let card = room.cards(SHOP).pop()?;
            room.thread(SHOP, &card).iter().all(|message| !message.says("We ship on")).then_some(())
        };
        crate::support::team::until(room, "a reply to be gone", gone).await;
    }

    // What is written in a thread is changed there, by who wrote it.
    let remote = scene.team.say(MINA, SHOP, scene.card.as_str(), "From the thread");
    let seen = scene.visitor.until_told("From the thread").await;
    let theirs = message_at(&scene.at, &json!({"id": seen.id}));
    let refused = scene.desk.refused(Method::PATCH, &theirs, Some(&json!({"body": "x"}))).await;
    assert_eq!(kind(&refused), (403, "not-allowed"));
    assert_eq!(scene.desk.refused(Method::DELETE, &theirs, None).await.status, 403);
    scene.team.edit(MINA, SHOP, &remote, "From the thread, mended");
    scene.visitor.until_told("From the thread, mended").await;
    assert!(scene.message("From the thread, mended").await["edited_at"].is_string());
    scene.team.delete(MINA, SHOP, &remote);
    scene.visitor.until_removed(&seen.id).await;
    let shown = scene.shown().await;
    let message = shown["messages"].as_array().unwrap().iter().find(|it| it["id"] == seen.id.as_str()).unwrap();
    assert_eq!((&message["removed"], &message["body"]), (&json!(true), &json!("")));
    scene.program.stop().await;
}

async fn notes_stay_inside(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    let note = write(&scene.desk, &scene.at, "He is lying", true).await;
    assert_eq!((&note["audience"], &note["held"]), (&json!("operators"), &json!(false)));
    scene.desk.patch(&message_at(&scene.at, &note), &json!({"body": "He is not lying"})).await;
    scene.reply("Thank you").await;
    scene.visitor.until_told("Thank you").await;
    scene.team.all_show(SHOP, "Thank you").await;
    assert_eq!(scene.visitor.replies().await, ["Thank you"]);
    let (events, messages, _) = scene.visitor.everything().await;
    let all = format!("{events:?} {messages:?} {}", scene.visitor.events_after(0).await);
    assert!(!all.contains("lying") && !all.contains(note["id"].as_str().unwrap()), "{all}");
    assert_eq!(times(&scene, "lying"), vec![0, 0], "a note that was written in a page stays there");
    assert_eq!(scene.shown().await["checks"]["follow_up"], "recorded");
    scene.program.stop().await;
}

async fn words_are_words(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    let words = [
        "<script>alert(1)</script> <b>bold</b>",
        "!close",
        ";; no note",
        "*stars* _lines_ <!channel> <@U1> https://shop.example/a?b=<c>&d",
    ];
    for text in words {
        let message = scene.reply(text).await;
        assert_eq!((&message["body"], &message["rich"]), (&json!(text), &json!(null)));
        scene.visitor.until_told(text).await;
        scene.team.shows(SHOP, &scene.card, text).await;
    }
    assert_eq!(scene.shown().await["conversation"]["status"], "open", "what is typed in a page is no command");
    scene.visitor.write("<img src=x onerror=alert(1)>").await;
    assert_eq!(scene.message("<img src=x onerror=alert(1)>").await["rich"], json!(null));
    scene.program.stop().await;
}

async fn a_refused_reply_is_marked_and_tried_again(stand: &Stand) {
    let scene = Scene::begin(stand).await;
    let refusal = Act::Error { code: "msg_blocks_too_long".into() };
    let fault = scene.team.suffer(Call::Write, &CallFault::next("", refusal));
    let reply = scene.reply("Too long").await;
    scene.team.suffered(&fault, 1).await;
    let refused = |message: &serde_json::Value| {
        let delivery = message["deliveries"].as_array()?.first()?.clone();
        (delivery["state"] == "undelivered" && delivery["reason"].is_string()).then_some(())
    };
    scene.until_message("a reply to be refused", "Too long", refused).await;
    let shown = scene.shown().await;
    assert_eq!((&shown["conversation"]["undelivered"], &shown["checks"]["undelivered"]), (&json!(true), &json!(1)));
    scene.visitor.until_told("Too long").await;

    let at = message_at(&scene.at, &reply);
    scene.desk.post(&format!("{at}/retry"), &json!({})).await;
    scene.team.shows(SHOP, &scene.card, "Too long").await;
    let delivered = |message: &serde_json::Value| (message["deliveries"][0]["state"] == "delivered").then_some(());
    scene.until_message("a reply to be delivered", "Too long", delivered).await;
    assert_eq!(scene.shown().await["conversation"]["undelivered"], json!(false));
    let nothing = scene.desk.refused(Method::POST, &format!("{at}/retry"), Some(&json!({}))).await;
    assert_eq!(kind(&nothing), (409, "conflict"));
    assert_eq!(times(&scene, "Too long"), vec![1]);
    scene.program.stop().await;
}
