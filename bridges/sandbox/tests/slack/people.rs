//! Acting as a person: the events that follow, in Rust and over HTTP.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::slack::{PersonError, Seed, SlackOptions, Upload};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{BOT, MINA, SHOP, SOON, Socket, patient, slack, slack_with};

/// The next event of this type and subtype; others are acknowledged and skipped.
async fn event(socket: &mut Socket, kind: &str, subtype: Option<&str>) -> Value {
    loop {
        let event = socket.take().await["payload"]["event"].clone();
        if event["type"] == kind && event["subtype"].as_str() == subtype {
            return event;
        }
    }
}

#[tokio::test]
async fn only_an_edit_carries_edited() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    let root = slack.sandbox.say(MINA, SHOP, None, "root").unwrap();
    let ts = slack.sandbox.say(MINA, SHOP, Some(&root), "before").unwrap();
    let count = event(&mut socket, "message", Some("message_changed")).await;
    assert_eq!((&count["message"]["ts"], &count["message"]["reply_count"]), (&json!(root), &json!(1)));
    assert!(count["message"]["edited"].is_null());
    slack.sandbox.unfurl(SHOP, &ts, "https://a.example").unwrap();
    let unfurled = event(&mut socket, "message", Some("message_changed")).await;
    assert!(unfurled["message"]["edited"].is_null());
    assert_eq!(unfurled["message"]["attachments"][0]["from_url"], "https://a.example");
    slack.sandbox.edit(MINA, SHOP, &ts, "after").unwrap();
    let edited = event(&mut socket, "message", Some("message_changed")).await;
    assert_eq!((&edited["message"]["text"], &edited["previous_message"]["text"]), (&json!("after"), &json!("before")));
    assert_eq!(edited["message"]["edited"]["user"], MINA);
    slack.sandbox.delete(MINA, SHOP, &ts).unwrap();
    let deleted = event(&mut socket, "message", Some("message_deleted")).await;
    assert_eq!((&deleted["deleted_ts"], &deleted["previous_message"]["text"]), (&json!(ts), &json!("after")));
}

#[tokio::test]
async fn deleting_a_root_replays_its_replies_as_changed() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    let root = slack.sandbox.say(MINA, SHOP, None, "root").unwrap();
    let reply = slack.sandbox.say("U0JONAS", SHOP, Some(&root), "reply").unwrap();
    event(&mut socket, "message", Some("message_changed")).await;
    slack.sandbox.delete(MINA, SHOP, &root).unwrap();
    let stone = event(&mut socket, "message", Some("message_changed")).await;
    assert_eq!((&stone["message"]["subtype"], &stone["message"]["ts"]), (&json!("tombstone"), &json!(root)));
    let again = event(&mut socket, "message", Some("message_changed")).await;
    assert_eq!((&again["message"]["ts"], &again["message"]["text"]), (&json!(reply), &json!("reply")));
    assert!(again["message"]["edited"].is_null());
}

#[tokio::test]
async fn every_kind_of_message_has_its_subtype() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    let root = slack.sandbox.say(MINA, SHOP, None, "root").unwrap();
    slack.sandbox.say_broadcast(MINA, SHOP, &root, "to all").unwrap();
    let broadcast = event(&mut socket, "message", Some("thread_broadcast")).await;
    assert_eq!((&broadcast["thread_ts"], &broadcast["root"]["ts"]), (&json!(root), &json!(root)));
    slack.sandbox.say_me(MINA, SHOP, None, "waves").unwrap();
    event(&mut socket, "message", Some("me_message")).await;
    slack.sandbox.say_as_integration(SHOP, None, "Feed", "news").unwrap();
    let bot = event(&mut socket, "message", Some("bot_message")).await;
    assert!(bot["user"].is_null());
    let bytes = bytes::Bytes::from_static(b"%PDF");
    let upload = Upload { name: "a.pdf".into(), mimetype: "application/pdf".into(), bytes, comment: "see".into() };
    let (file, ts) = slack.sandbox.upload(MINA, SHOP, Some(&root), upload).unwrap();
    let shared = event(&mut socket, "message", Some("file_share")).await;
    assert_eq!((&shared["files"][0]["id"], &shared["text"], &shared["ts"]), (&json!(file), &json!("see"), &json!(ts)));
    assert_eq!(shared["files"][0]["shares"]["public"][SHOP][0]["thread_ts"], json!(root));
    slack.sandbox.join("U0SAM", SHOP).unwrap();
    event(&mut socket, "message", Some("channel_join")).await;
    let joined = event(&mut socket, "member_joined_channel", None).await;
    assert_eq!((&joined["user"], &joined["channel_type"]), (&json!("U0SAM"), &json!("C")));
    slack.sandbox.react(MINA, SHOP, &root, "tada").unwrap();
    let reaction = event(&mut socket, "reaction_added", None).await;
    assert_eq!(reaction["item"], json!({"type": "message", "channel": SHOP, "ts": root}));
    assert_eq!(reaction["item_user"], MINA);
}

#[tokio::test]
async fn the_workspace_tells_what_changes_around_the_app() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    slack.sandbox.set_in_group("S0SUPPORT", "U0PRIYA", true).unwrap();
    let group = event(&mut socket, "subteam_updated", None).await;
    assert_eq!(group["subteam"]["users"], json!(["U0JONAS", "U0MINA", "U0PRIYA"]));
    slack.sandbox.change_profile(MINA, |person| person.display_name = "Mina O".into()).unwrap();
    let changed = event(&mut socket, "user_change", None).await;
    assert_eq!(changed["user"]["profile"]["display_name"], "Mina O");
    slack.sandbox.rename_channel(MINA, SHOP, "visitors").unwrap();
    assert_eq!(event(&mut socket, "channel_rename", None).await["channel"]["name"], "visitors");
    slack.sandbox.archive(MINA, SHOP, true).unwrap();
    assert_eq!(event(&mut socket, "channel_archive", None).await["channel"], SHOP);
    assert!(matches!(slack.sandbox.say(MINA, SHOP, None, "x"), Err(PersonError::Archived(_))));
    slack.sandbox.archive(MINA, SHOP, false).unwrap();
    event(&mut socket, "channel_unarchive", None).await;
    slack.sandbox.kick(MINA, "UTLINEBOT", "C0BLOG").unwrap();
    assert_eq!(event(&mut socket, "member_left_channel", None).await["user"], "UTLINEBOT");
    slack.sandbox.revoke_bot_token("ATLINE").unwrap();
    assert_eq!(event(&mut socket, "tokens_revoked", None).await["tokens"]["bot"], json!(["UTLINEBOT"]));
}

#[tokio::test]
async fn an_ephemerals_button_works_for_who_sees_it() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    let button = json!({"type": "button", "action_id": "send", "text": {"type": "plain_text", "text": "Send"}});
    let blocks = json!([{"type": "actions", "elements": [button]}]);
    let body = json!({"channel": SHOP, "user": MINA, "text": "Send to visitor?", "blocks": blocks});
    let ts = slack.write("chat.postEphemeral", body).await["message_ts"].as_str().unwrap().to_owned();
    assert!(slack.sandbox.click("U0JONAS", SHOP, &ts, "send").await.is_err());
    let (clicked, envelope) = tokio::join!(slack.sandbox.click(MINA, SHOP, &ts, "send"), socket.take());
    assert!(clicked.unwrap().acked);
    assert_eq!(envelope["type"], "interactive");
    let payload = &envelope["payload"];
    assert_eq!(payload["container"]["is_ephemeral"], true);
    assert!(payload["message"].is_null());
    let url = payload["response_url"].as_str().unwrap();
    slack.http.post(url).json(&json!({"delete_original": true})).send().await.unwrap();
    assert!(slack.sandbox.ephemerals(MINA).is_empty());
}

#[tokio::test]
async fn people_are_held_to_slacks_rules() {
    let slack = slack().await;
    let to = &slack.sandbox;
    let ts = to.say(MINA, SHOP, None, "mine").unwrap();
    assert!(matches!(to.edit("U0JONAS", SHOP, &ts, "yours"), Err(PersonError::NotTheirs(_))));
    assert!(matches!(to.say("U0PRIYA", "C0BLOG", None, "x"), Err(PersonError::NotInChannel { .. })));
    assert!(matches!(to.say("U0SAM", SHOP, None, "x"), Err(PersonError::Deactivated(_))));
    assert!(matches!(to.say(MINA, SHOP, None, "/close"), Err(PersonError::LooksLikeCommand)));
    assert!(matches!(to.say(MINA, SHOP, None, "  "), Err(PersonError::Empty)));
    assert!(to.delete("U0PRIYA", SHOP, &ts).is_ok(), "an admin may delete");
}

#[tokio::test]
async fn the_same_over_http() {
    let slack = slack().await;
    let act = async |body: Value| -> Value {
        let url = format!("{}/people/do", slack.serving.base_url);
        slack.http.post(url).json(&body).send().await.unwrap().json().await.unwrap()
    };
    let said = act(json!({"do": "say", "user": MINA, "channel": SHOP, "text": "by post"})).await;
    let ts = said["ts"].as_str().unwrap();
    let edited = act(json!({"do": "edit", "user": MINA, "channel": SHOP, "ts": ts, "text": "edited"})).await;
    assert_eq!(edited["ok"], true);
    let wrong = act(json!({"do": "say", "user": "U0NOBODY", "channel": SHOP, "text": "x"})).await;
    assert_eq!(wrong["error"], "there is no person U0NOBODY: add them to the seed");
    let url = format!("{}/people/messages?channel={SHOP}", slack.serving.base_url);
    let read: Value = slack.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(read["messages"][0]["text"], "edited");
    slack.sandbox.wait_for("nothing more", SOON, |view| view.message(SHOP, ts).map(|_| ())).await.unwrap();
    assert_eq!(slack.json(BOT, "api.test", json!({})).await.unwrap().status(), 200);
}

#[tokio::test]
async fn shortcuts_and_commands_travel_over_the_socket() {
    let seed = Seed::demo()
        .with_app("TLINE", |app| app.shortcuts.push(("send_to_visitor".to_owned(), "Send to visitor".to_owned())));
    let slack = slack_with(patient(seed)).await;
    let ts = slack.sandbox.say(MINA, SHOP, None, "a thought").unwrap();
    let mut socket = slack.socket().await;
    let (used, envelope) = tokio::join!(slack.sandbox.shortcut(MINA, SHOP, &ts, "send_to_visitor"), socket.take());
    assert!(used.unwrap().acked);
    let payload = &envelope["payload"];
    assert_eq!((&payload["type"], &payload["callback_id"]), (&json!("message_action"), &json!("send_to_visitor")));
    assert_eq!((&payload["message"]["text"], &payload["message_ts"]), (&json!("a thought"), &json!(ts)));
    let answering = async {
        let envelope = socket.next().await;
        assert_eq!(envelope["type"], "slash_commands");
        assert_eq!(envelope["accepts_response_payload"], true);
        let ack = json!({"envelope_id": envelope["envelope_id"], "payload": {"text": "All quiet."}});
        socket.stream.send(Message::text(ack.to_string())).await.unwrap();
        envelope["payload"]["command"].clone()
    };
    let (given, command) = tokio::join!(slack.sandbox.command(MINA, SHOP, None, "/threadline", "status"), answering);
    assert!(given.unwrap().acked);
    assert_eq!(command, "/threadline");
    assert_eq!(slack.sandbox.ephemerals(MINA)[0].text, "All quiet.");
}

#[tokio::test]
async fn a_click_that_nobody_acknowledges_is_over_and_never_redelivered() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let slack = slack_with(SlackOptions { clock: clock.clone(), ..SlackOptions::seeded(Seed::demo()) }).await;
    let button = json!({"type": "button", "action_id": "close", "text": {"type": "plain_text", "text": "Close"}});
    let blocks = json!([{"type": "actions", "elements": [button]}]);
    let posted = slack.write("chat.postMessage", json!({"channel": SHOP, "text": "card", "blocks": blocks})).await;
    let ts = posted["ts"].as_str().unwrap();
    let alone = slack.sandbox.click(MINA, SHOP, ts, "close").await.unwrap();
    assert!(!alone.acked, "there is no socket");
    let mut socket = slack.socket().await;
    let silence = async {
        assert_eq!(socket.next().await["type"], "interactive");
        clock.advance(Duration::from_secs(3));
    };
    let (clicked, ()) = tokio::join!(slack.sandbox.click(MINA, SHOP, ts, "close"), silence);
    assert!(!clicked.unwrap().acked);
    let attempts = slack.sandbox.read(|view| {
        view.deliveries_about("block_actions").iter().map(|it| (it.outcome.clone(), it.last)).collect::<Vec<_>>()
    });
    assert_eq!(attempts, [("no_socket".to_owned(), true), ("timeout".to_owned(), true)]);
}
