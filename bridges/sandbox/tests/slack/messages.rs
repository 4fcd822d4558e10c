//! Posting, threads, updates, deletes, ephemerals, files.

use serde_json::{Value, json};

use crate::support::{BOT, MINA, SHOP, SOON, slack};

#[tokio::test]
async fn times_grow_and_a_thread_knows_its_root() {
    let slack = slack().await;
    let root = slack.post("root").await;
    let reply = slack.write("chat.postMessage", json!({"channel": SHOP, "thread_ts": root, "text": "one"})).await;
    assert!(reply["ts"].as_str().unwrap() > root.as_str());
    assert_eq!(reply["message"]["thread_ts"], json!(root));
    assert_eq!(reply["message"]["parent_user_id"], "UTLINEBOT");
    assert_eq!(reply["message"]["blocks"][0]["type"], "rich_text", "Slack makes blocks from text");
    let nowhere = json!({"channel": SHOP, "thread_ts": "1700000000.000001", "text": "lost"});
    assert_eq!(slack.write("chat.postMessage", nowhere).await["error"], "thread_not_found");
    let to_reply = json!({"channel": SHOP, "thread_ts": reply["ts"], "text": "x"});
    assert_eq!(slack.write("chat.postMessage", to_reply).await["error"], "cannot_reply_to_message");
}

#[tokio::test]
async fn a_deleted_root_is_a_tombstone_that_takes_no_reply() {
    let slack = slack().await;
    let root = slack.post("root").await;
    slack.sandbox.say(MINA, SHOP, Some(&root), "a reply").unwrap();
    assert_eq!(slack.write("chat.delete", json!({"channel": SHOP, "ts": root})).await["ok"], true);
    let thread = slack.get("conversations.replies", &[("channel", SHOP), ("ts", &root)]).await;
    assert_eq!(thread["messages"][0]["subtype"], "tombstone");
    assert_eq!(thread["messages"][0]["text"], "This message was deleted.");
    assert_eq!(thread["messages"][1]["text"], "a reply");
    let more = json!({"channel": SHOP, "thread_ts": root, "text": "more"});
    assert_eq!(slack.write("chat.postMessage", more).await["error"], "thread_not_found");
    let lonely = slack.post("no replies").await;
    slack.write("chat.delete", json!({"channel": SHOP, "ts": lonely})).await;
    let gone = slack.get("conversations.replies", &[("channel", SHOP), ("ts", &lonely)]).await;
    assert_eq!(gone["error"], "thread_not_found");
}

#[tokio::test]
async fn only_ones_own_messages_change() {
    let slack = slack().await;
    let theirs = slack.sandbox.say(MINA, SHOP, None, "mine").unwrap();
    let update = async |body: Value| slack.write("chat.update", body).await;
    let wrong = update(json!({"channel": SHOP, "ts": theirs, "text": "yours"})).await;
    assert_eq!(wrong["error"], "cant_update_message");
    let wrong = slack.write("chat.delete", json!({"channel": SHOP, "ts": theirs})).await;
    assert_eq!(wrong["error"], "cant_delete_message");
    let nothing = update(json!({"channel": SHOP, "ts": "1700000000.000001", "text": "x"})).await;
    assert_eq!(nothing["error"], "message_not_found");
    let ts = slack.post("before").await;
    let after = update(json!({"channel": SHOP, "ts": ts, "text": "after"})).await;
    assert_eq!(after["text"], "after");
    assert_eq!(after["message"]["edited"]["user"], "UTLINEBOT");
    assert_eq!(after["message"]["blocks"][0]["elements"][0]["elements"][0]["text"], "after");
}

#[tokio::test]
async fn a_custom_name_is_a_bot_message_without_user() {
    let slack = slack().await;
    let body = json!({"channel": SHOP, "text": "hi", "username": "Visitor 7F3A"});
    let message = slack.write("chat.postMessage", body).await["message"].clone();
    assert_eq!(message["subtype"], "bot_message");
    assert_eq!(message["username"], "Visitor 7F3A");
    assert_eq!(message["bot_id"], "BTLINE");
    assert!(message["user"].is_null());
}

#[tokio::test]
async fn ephemerals_are_seen_by_one_person_and_kept_by_nobody() {
    let slack = slack().await;
    let body = |user: &str| json!({"channel": SHOP, "user": user, "text": "only you"});
    let shown = slack.write("chat.postEphemeral", body(MINA)).await;
    assert!(shown["message_ts"].is_string());
    assert_eq!(slack.write("chat.postEphemeral", body("U0SAM")).await["error"], "user_not_in_channel");
    assert_eq!(slack.sandbox.ephemerals(MINA).len(), 1);
    assert!(slack.sandbox.ephemerals("U0JONAS").is_empty());
    assert!(slack.get("conversations.history", &[("channel", SHOP)]).await["messages"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_file_is_shared_some_moments_after_the_answer() {
    let slack = slack().await;
    let root = slack.post("root").await;
    let bytes = b"picture".to_vec();
    let length = bytes.len().to_string();
    let opened = slack.get("files.getUploadURLExternal", &[("filename", "cat.png"), ("length", length.as_str())]).await;
    let id = opened["file_id"].as_str().unwrap();
    let upload = slack.http.post(opened["upload_url"].as_str().unwrap()).header("content-type", "image/png");
    assert_eq!(upload.body(bytes.clone()).send().await.unwrap().status(), 200);
    let body = json!({"files": [{"id": id, "title": "A cat"}], "channel_id": SHOP, "thread_ts": root});
    let done = slack.write("files.completeUploadExternal", body.clone()).await;
    assert_eq!(done["files"][0]["title"], "A cat");
    assert_eq!(done["files"][0]["shares"], json!({}), "no ts yet");
    assert_eq!(slack.write("files.completeUploadExternal", body).await["error"], "file_not_found", "only once");
    let shared = slack.sandbox.wait_for("the share", SOON, |view| {
        view.thread(SHOP, &root).into_iter().find(|message| message.files == [id]).cloned()
    });
    let shared = shared.await.unwrap();
    assert_eq!(shared.subtype.as_deref(), Some("file_share"));
    let info = slack.get("files.info", &[("file", id)]).await;
    assert_eq!(info["file"]["shares"]["public"][SHOP][0]["ts"], json!(shared.ts));
    let url = info["file"]["url_private"].as_str().unwrap();
    let with = slack.http.get(url).bearer_auth(BOT).send().await.unwrap();
    assert_eq!(with.headers()["content-type"], "image/png");
    assert_eq!(with.bytes().await.unwrap().to_vec(), bytes);
    let without = slack.http.get(url).send().await.unwrap();
    assert!(without.status().is_redirection(), "without a token Slack sends you to its sign-in page");
}
