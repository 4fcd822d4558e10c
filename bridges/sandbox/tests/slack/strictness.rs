//! Tokens, scopes, arguments, membership, limits: what Slack refuses, and in which words.

use bridge_sandbox::clock::Clock;
use bridge_sandbox::slack::{Rates, Seed, SlackOptions};
use serde_json::{Value, json};

use crate::support::{APP, BOT, MINA, SHOP, slack, slack_with};

#[tokio::test]
async fn a_token_is_checked_before_anything() {
    let slack = slack().await;
    let error = async |token: &str, method: &str| -> Value {
        let answer: Value = slack.json(token, method, json!({"channel": SHOP})).await.unwrap().json().await.unwrap();
        assert_eq!(answer["ok"], false);
        answer["error"].clone()
    };
    assert_eq!(error("", "auth.test").await, "not_authed");
    assert_eq!(error("xoxb-unknown", "auth.test").await, "invalid_auth");
    assert_eq!(error(APP, "chat.postMessage").await, "not_allowed_token_type");
    assert_eq!(error(BOT, "apps.connections.open").await, "not_allowed_token_type");
    assert_eq!(error(BOT, "no.such.method").await, "unknown_method");
    slack.sandbox.revoke_bot_token("ATLINE").unwrap();
    assert_eq!(error(BOT, "auth.test").await, "token_revoked");
    slack.sandbox.uninstall("ATLINE").unwrap();
    assert_eq!(error(BOT, "auth.test").await, "account_inactive");
}

#[tokio::test]
async fn auth_test_names_bot_and_workspace() {
    let slack = slack().await;
    let answer = slack.write("auth.test", json!({})).await;
    assert_eq!(answer["ok"], true);
    assert_eq!(answer["team_id"], "T0SHOP");
    assert_eq!(answer["user_id"], "UTLINEBOT");
    assert_eq!(answer["bot_id"], "BTLINE");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let seed = Seed::demo().with_app("TLINE", |app| {
        app.scopes.remove("chat:write");
        app.scopes.remove("groups:history");
    });
    let slack = slack_with(SlackOptions::seeded(seed)).await;
    let answer = slack.json(BOT, "chat.postMessage", json!({"channel": SHOP, "text": "hi"})).await.unwrap();
    let scopes = answer.headers().get("x-oauth-scopes").unwrap().to_str().unwrap().to_owned();
    assert!(scopes.contains("channels:history") && !scopes.contains("chat:write,"));
    assert!(answer.headers().contains_key("x-slack-req-id"));
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((&answer["error"], &answer["needed"]), (&json!("missing_scope"), &json!("chat:write")));
    assert!(answer["provided"].as_str().unwrap().contains("reactions:write"));
}

#[tokio::test]
async fn bodies_are_read_as_slack_reads_them() {
    let slack = slack().await;
    let url = format!("{}/api/chat.postMessage", slack.serving.base_url);
    let form = "channel=C0SHOP&text=a+form&token=xoxb-TLINE";
    let request = slack.http.post(&url).header("content-type", "application/x-www-form-urlencoded").body(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["message"]["text"], "a form");
    let broken = slack.http.post(&url).bearer_auth(BOT).header("content-type", "application/json").body("{");
    let answer: Value = broken.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "invalid_json");
    let list = slack.http.post(&url).bearer_auth(BOT).header("content-type", "application/json").body("[]");
    let answer: Value = list.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "json_not_object");
    // A token inside JSON doesn't count, and a reading method doesn't read JSON at all.
    let inside = slack.json("", "auth.test", json!({"token": BOT})).await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(inside["error"], "not_authed");
    let ignored = slack.write("users.info", json!({"user": MINA})).await;
    assert_eq!(ignored["error"], "user_not_found");
}

#[tokio::test]
async fn channels_are_guarded() {
    let seed = Seed::demo()
        .private_channel("T0SHOP", "C0HIDDEN", "hidden", &[MINA])
        .channel("T0SHOP", "C0OLD", "old", &[MINA, "UTLINEBOT"])
        .archived("C0OLD");
    let slack = slack_with(SlackOptions::seeded(seed)).await;
    let post = async |channel: &str| {
        slack.write("chat.postMessage", json!({"channel": channel, "text": "hi"})).await["error"].clone()
    };
    assert_eq!(post("C0NOWHERE").await, "channel_not_found");
    assert_eq!(post("C0HIDDEN").await, "channel_not_found");
    assert_eq!(post("C0TEAM").await, "not_in_channel");
    assert_eq!(post("C0OLD").await, "is_archived");
    let missing = slack.write("chat.postMessage", json!({"text": "hi"})).await;
    assert_eq!(missing["error"], "invalid_arguments");
    assert_eq!(slack.get("conversations.history", &[("channel", "C0TEAM")]).await["error"], "not_in_channel");
    assert_eq!(slack.get("conversations.info", &[("channel", "C0TEAM")]).await["channel"]["is_member"], false);
}

#[tokio::test]
async fn blocks_are_held_to_slacks_figures() {
    let slack = slack().await;
    let section = |text: &str| json!({"type": "section", "text": {"type": "mrkdwn", "text": text}});
    let button = |text: &str, value: &str| {
        json!({"type": "actions", "elements": [
            {"type": "button", "action_id": "a", "value": value, "text": {"type": "plain_text", "text": text}}]})
    };
    let many: Vec<Value> = (0..51).map(|_| json!({"type": "divider"})).collect();
    let twice = json!({"type": "divider", "block_id": "same"});
    let elements: Vec<Value> = (0..11).map(|_| json!({"type": "mrkdwn", "text": "x"})).collect();
    for wrong in [
        json!([section("")]),
        json!([section(&"x".repeat(3001))]),
        json!([{"type": "header", "text": {"type": "plain_text", "text": "x".repeat(151)}}]),
        json!([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
        json!([button(&"x".repeat(76), "")]),
        json!([button("x", &"x".repeat(2001))]),
        json!([{"type": "divider", "block_id": "x".repeat(256)}]),
        json!([{"type": "context", "elements": elements}]),
        json!([{"type": "actions", "elements": []}]),
        json!([{"type": "nonsense"}]),
        json!([twice, twice]),
        json!(many),
    ] {
        let answer = slack.write("chat.postMessage", json!({"channel": SHOP, "text": "t", "blocks": wrong})).await;
        assert_eq!(answer["error"], "invalid_blocks", "{wrong}");
        assert!(answer["response_metadata"]["messages"][0].as_str().unwrap().contains("[json-pointer:/blocks"));
    }
    let fits = json!([section(&"x".repeat(3000)), button(&"x".repeat(75), &"x".repeat(2000))]);
    let answer = slack.write("chat.postMessage", json!({"channel": SHOP, "text": "t", "blocks": fits})).await;
    assert_eq!(answer["ok"], true);
    assert!(answer["message"]["blocks"][0]["block_id"].is_string(), "Slack makes up missing block ids");
}

#[tokio::test]
async fn text_and_metadata_have_limits() {
    let slack = slack().await;
    let empty = slack.write("chat.postMessage", json!({"channel": SHOP, "text": " "})).await;
    assert_eq!(empty["error"], "no_text");
    let long = slack.write("chat.postMessage", json!({"channel": SHOP, "text": "x".repeat(40_001)})).await;
    assert_eq!(long["message"]["text"].as_str().unwrap().len(), 40_000);
    assert_eq!(long["response_metadata"]["warnings"][0], "message_truncated");
    let ts = slack.post("short").await;
    let update = json!({"channel": SHOP, "ts": ts, "text": "x".repeat(4001)});
    assert_eq!(slack.write("chat.update", update).await["error"], "msg_too_long");
    for wrong in [json!("no"), json!({"event_type": "x"}), json!({"event_type": "x", "event_payload": "flat"})] {
        let answer = slack.write("chat.postMessage", json!({"channel": SHOP, "text": "t", "metadata": wrong})).await;
        assert_eq!(answer["error"], "invalid_metadata_format", "{wrong}");
    }
}

#[tokio::test]
async fn posting_too_fast_is_429_until_time_passes() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let rates = Rates { post_burst: 2.0, ..Rates::slack() };
    let options = SlackOptions { rates, clock: clock.clone(), ..SlackOptions::seeded(Seed::demo()) };
    let slack = slack_with(options).await;
    let post =
        async |channel: &str| slack.json(BOT, "chat.postMessage", json!({"channel": channel, "text": "t"})).await;
    assert_eq!(post(SHOP).await.unwrap().status(), 200);
    assert_eq!(post(SHOP).await.unwrap().status(), 200);
    let limited = post(SHOP).await.unwrap();
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["retry-after"], "1");
    assert_eq!(limited.json::<Value>().await.unwrap()["error"], "ratelimited");
    assert_eq!(post("C0BLOG").await.unwrap().status(), 200, "every channel has a bucket of its own");
    clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(post(SHOP).await.unwrap().status(), 200);
    assert_eq!(slack.sandbox.channel_messages(SHOP).len(), 3, "a limited call writes nothing");
}
