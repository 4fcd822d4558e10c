//! History, replies, paging, metadata, people, groups, reactions, links.

use serde_json::{Value, json};

use crate::support::{MINA, SHOP, slack};

fn texts(answer: &Value) -> Vec<&str> {
    answer["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn history_holds_roots_newest_first_in_pages() {
    let slack = slack().await;
    let root = slack.post("one").await;
    slack.post("two").await;
    slack.post("three").await;
    slack.sandbox.say(MINA, SHOP, Some(&root), "only in the thread").unwrap();
    slack.sandbox.say_broadcast(MINA, SHOP, &root, "in both").unwrap();
    let first = slack.get("conversations.history", &[("channel", SHOP), ("limit", "2")]).await;
    assert_eq!(texts(&first), ["in both", "three"]);
    assert_eq!(first["messages"][0]["subtype"], "thread_broadcast");
    assert_eq!(first["has_more"], true);
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let second = slack.get("conversations.history", &[("channel", SHOP), ("limit", "2"), ("cursor", cursor)]).await;
    assert_eq!(texts(&second), ["two", "one"]);
    assert_eq!(second["has_more"], false);
    let one = &second["messages"][1];
    assert_eq!((&one["reply_count"], &one["thread_ts"]), (&json!(2), &json!(root)));
    assert_eq!(one["reply_users"], json!([MINA]));
    let after = slack.get("conversations.history", &[("channel", SHOP), ("oldest", &root)]).await;
    assert!(!texts(&after).contains(&"one"));
    let from = slack.get("conversations.history", &[("channel", SHOP), ("oldest", &root), ("inclusive", "1")]).await;
    assert!(texts(&from).contains(&"one"));
    let wrong = slack.get("conversations.history", &[("channel", SHOP), ("cursor", "zz")]).await;
    assert_eq!(wrong["error"], "invalid_cursor");
}

#[tokio::test]
async fn replies_begin_with_the_root_and_go_on_by_cursor() {
    let slack = slack().await;
    let root = slack.post("root").await;
    for n in 0..5 {
        slack.sandbox.say(MINA, SHOP, Some(&root), &format!("reply {n}")).unwrap();
    }
    let base = [("channel", SHOP), ("ts", root.as_str()), ("limit", "4")];
    let first = slack.get("conversations.replies", &base).await;
    assert_eq!(texts(&first), ["root", "reply 0", "reply 1", "reply 2"]);
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let second = slack.get("conversations.replies", &[&base[..], &[("cursor", cursor)]].concat()).await;
    assert_eq!(texts(&second), ["reply 3", "reply 4"]);
    let at = first["messages"][2]["ts"].as_str().unwrap();
    let newer = slack.get("conversations.replies", &[("channel", SHOP), ("ts", &root), ("oldest", at)]).await;
    assert_eq!(texts(&newer), ["root", "reply 2", "reply 3", "reply 4"], "the root leads whatever the range");
}

#[tokio::test]
async fn metadata_comes_back_only_when_asked_for() {
    let slack = slack().await;
    let metadata = json!({"event_type": "threadline", "event_payload": {"key": "m1", "nested": {"a": [1]}}});
    let body = json!({"channel": SHOP, "text": "t", "metadata": metadata});
    let posted = slack.write("chat.postMessage", body).await;
    let ts = posted["ts"].as_str().unwrap();
    let base = [("channel", SHOP), ("ts", ts)];
    let plain = slack.get("conversations.replies", &base).await;
    assert!(plain["messages"][0]["metadata"].is_null());
    let asked = slack.get("conversations.replies", &[&base[..], &[("include_all_metadata", "true")]].concat()).await;
    assert_eq!(asked["messages"][0]["metadata"], metadata);
}

#[tokio::test]
async fn people_show_what_they_are() {
    let slack = slack().await;
    let user = async |id: &str| slack.get("users.info", &[("user", id)]).await["user"].clone();
    let mina = user(MINA).await;
    assert_eq!(mina["profile"]["email"], "mina@kettle-thread.example");
    assert_eq!((&mina["is_restricted"], &mina["is_bot"]), (&json!(false), &json!(false)));
    assert_eq!(user("U0TOM").await["is_restricted"], true);
    assert_eq!(user("U0PRIYA").await["is_admin"], true);
    let stranger = user("U0LUCIA").await;
    assert_eq!((&stranger["is_stranger"], &stranger["team_id"]), (&json!(true), &json!("T0AGENCY")));
    assert_eq!(user("U0SAM").await["deleted"], true);
    assert_eq!(user("UTLINEBOT").await["is_bot"], true);
    let picture = slack.http.get(mina["profile"]["image_192"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let found = slack.get("users.lookupByEmail", &[("email", "jonas@kettle-thread.example")]).await;
    assert_eq!(found["user"]["id"], "U0JONAS");
    slack.sandbox.set_presence(MINA, false).unwrap();
    assert_eq!(slack.get("users.getPresence", &[("user", MINA)]).await["presence"], "away");
    let groups = slack.get("usergroups.list", &[("include_users", "true")]).await;
    assert_eq!(groups["usergroups"][0]["users"], json!(["U0JONAS", "U0MINA"]));
    let members = slack.get("usergroups.users.list", &[("usergroup", "S0SUPPORT")]).await;
    assert_eq!(members["users"], json!(["U0JONAS", "U0MINA"]));
    let page = slack.get("users.list", &[("limit", "3")]).await;
    assert_eq!(page["members"].as_array().unwrap().len(), 3);
    assert_ne!(page["response_metadata"]["next_cursor"], "");
}

#[tokio::test]
async fn reactions_are_counted_once_a_person() {
    let slack = slack().await;
    let ts = slack.post("nice").await;
    let add = json!({"channel": SHOP, "timestamp": ts, "name": "eyes"});
    assert_eq!(slack.write("reactions.add", add.clone()).await["ok"], true);
    assert_eq!(slack.write("reactions.add", add.clone()).await["error"], "already_reacted");
    slack.sandbox.react(MINA, SHOP, &ts, "eyes").unwrap();
    let got = slack.get("reactions.get", &[("channel", SHOP), ("timestamp", &ts)]).await;
    assert_eq!(got["message"]["reactions"][0]["count"], 2);
    assert_eq!(slack.write("reactions.remove", add.clone()).await["ok"], true);
    assert_eq!(slack.write("reactions.remove", add).await["error"], "no_reaction");
    let wrong = json!({"channel": SHOP, "timestamp": ts, "name": "Not An Emoji"});
    assert_eq!(slack.write("reactions.add", wrong).await["error"], "invalid_name");
}

#[tokio::test]
async fn a_permalink_names_channel_and_message() {
    let slack = slack().await;
    let root = slack.post("root").await;
    let reply = slack.sandbox.say(MINA, SHOP, Some(&root), "r").unwrap();
    let link = slack.get("chat.getPermalink", &[("channel", SHOP), ("message_ts", &reply)]).await;
    let link = link["permalink"].as_str().unwrap();
    assert!(link.contains(&format!("/archives/{SHOP}/p{}", reply.replace('.', ""))));
    assert!(link.ends_with(&format!("?thread_ts={root}&cid={SHOP}")));
}
