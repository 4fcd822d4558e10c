//! Socket Mode: hello, envelopes, acknowledgement, redelivery, many sockets, closing.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::slack::{Seed, SlackOptions};
use serde_json::{Value, json};

use crate::support::{APP, MINA, SHOP, SOON, slack, slack_with};

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let slack = slack().await;
    let opened: Value = slack.json(APP, "apps.connections.open", json!({})).await.unwrap().json().await.unwrap();
    let url = opened["url"].as_str().unwrap();
    assert!(url.starts_with("ws://"));
    let first = tokio_tungstenite::connect_async(url).await;
    assert!(first.is_ok());
    assert!(tokio_tungstenite::connect_async(url).await.is_err(), "the ticket is used up");
    let second = slack.socket().await;
    assert_eq!(second.hello["type"], "hello");
    assert_eq!(second.hello["num_connections"], 2);
    assert_eq!(second.hello["connection_info"]["app_id"], "ATLINE");
    assert!(second.hello["debug_info"]["host"].is_string());
}

#[tokio::test]
async fn what_a_person_writes_arrives_with_blocks() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    let ts = slack.sandbox.say(MINA, SHOP, None, "Hi *there* <@U0JONAS> & <all> https://a.example/?x=1").unwrap();
    let envelope = socket.take().await;
    assert_eq!(envelope["type"], "events_api");
    assert_eq!(envelope["accepts_response_payload"], false);
    assert_eq!(envelope["retry_attempt"], 0);
    let payload = &envelope["payload"];
    assert_eq!(payload["type"], "event_callback");
    assert_eq!(payload["authorizations"][0]["user_id"], "UTLINEBOT");
    let event = &payload["event"];
    assert_eq!((&event["ts"], &event["user"], &event["channel_type"]), (&json!(ts), &json!(MINA), &json!("channel")));
    assert_eq!(event["text"], "Hi *there* <@U0JONAS> &amp; &lt;all&gt; <https://a.example/?x=1>");
    assert!(event["client_msg_id"].is_string());
    let elements = &event["blocks"][0]["elements"][0]["elements"];
    assert_eq!(elements[1], json!({"type": "text", "text": "there", "style": {"bold": true}}));
    assert_eq!(elements[3], json!({"type": "user", "user_id": "U0JONAS"}));
    assert_eq!(elements[4]["text"], " & <all> ");
    assert_eq!(elements[5], json!({"type": "link", "url": "https://a.example/?x=1"}));
}

#[tokio::test]
async fn an_app_sees_its_own_post_with_metadata_and_others_without() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    let metadata = json!({"event_type": "t", "event_payload": {"key": "m1"}});
    let block = json!({"type": "section", "block_id": "m1", "text": {"type": "mrkdwn", "text": "hi"}});
    slack
        .write("chat.postMessage", json!({"channel": SHOP, "text": "hi", "metadata": metadata, "blocks": [block]}))
        .await;
    let echo = socket.take().await["payload"]["event"].clone();
    assert_eq!(echo["metadata"], metadata);
    assert_eq!(echo["blocks"][0]["block_id"], "m1");
    assert_eq!((&echo["bot_id"], &echo["app_id"]), (&json!("BTLINE"), &json!("ATLINE")));
    assert!(echo["subtype"].is_null());
    slack.sandbox.say("UROTABOT", SHOP, None, "another bot").unwrap();
    let other = socket.take().await["payload"]["event"].clone();
    assert_eq!(other["bot_profile"]["app_id"], "AROTA");
    assert!(other["metadata"].is_null());
}

#[tokio::test]
async fn nothing_arrives_from_where_the_bot_is_not() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    slack.sandbox.say(MINA, "C0TEAM", None, "among us").unwrap();
    slack.sandbox.say(MINA, SHOP, None, "for all").unwrap();
    assert_eq!(socket.take().await["payload"]["event"]["text"], "for all");
}

#[tokio::test]
async fn an_envelope_without_acknowledgement_comes_again_up_to_three_times() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let slack = slack_with(SlackOptions { clock: clock.clone(), ..SlackOptions::seeded(Seed::demo()) }).await;
    let mut socket = slack.socket().await;
    slack.sandbox.say(MINA, SHOP, None, "hello?").unwrap();
    let first = socket.next().await;
    for (attempt, wait) in [(1, 0), (2, 60), (3, 300)] {
        clock.advance(Duration::from_secs(3));
        let seen = slack.sandbox.wait_for("the failure", SOON, |view| {
            view.deliveries_about("message").iter().filter(|it| it.outcome == "timeout").count().checked_sub(attempt)
        });
        seen.await.unwrap();
        clock.advance(Duration::from_secs(wait));
        let again = socket.next().await;
        assert_eq!(again["envelope_id"], first["envelope_id"]);
        assert_eq!(again["payload"]["event_id"], first["payload"]["event_id"]);
        assert_eq!((&again["retry_attempt"], &again["retry_reason"]), (&json!(attempt), &json!("timeout")));
    }
    clock.advance(Duration::from_secs(3));
    let last = slack.sandbox.wait_for("the end", SOON, |view| {
        view.deliveries_about("message").into_iter().find(|it| it.last).map(|it| (it.attempt, it.outcome.clone()))
    });
    assert_eq!(last.await.unwrap(), (3, "timeout".to_owned()));
}

#[tokio::test]
async fn a_cut_socket_hands_its_envelope_to_the_other() {
    let slack = slack().await;
    let mut one = slack.socket().await;
    let mut other = slack.socket().await;
    slack.sandbox.say(MINA, SHOP, None, "first").unwrap();
    // Whoever got it is gone without a word before it could acknowledge.
    let (got, mut rest) = tokio::select! {
        got = one.next() => { drop(one); (got, other) }
        got = other.next() => { drop(other); (got, one) }
    };
    let again = rest.take().await;
    assert_eq!(again["payload"]["event_id"], got["payload"]["event_id"]);
    assert_eq!(again["retry_attempt"], 1);
}

#[tokio::test]
async fn an_event_without_any_socket_waits_for_its_retry() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let slack = slack_with(SlackOptions { clock: clock.clone(), ..SlackOptions::seeded(Seed::demo()) }).await;
    slack.sandbox.say(MINA, SHOP, None, "is anybody here").unwrap();
    let twice = slack.sandbox.wait_for("two failures", SOON, |view| {
        (view.deliveries_about("message").iter().filter(|it| it.outcome == "no_socket").count() == 2).then_some(())
    });
    twice.await.unwrap();
    let mut socket = slack.socket().await;
    clock.advance(Duration::from_secs(60));
    let late = socket.take().await;
    assert_eq!(late["retry_attempt"], 2);
    let acked = slack.sandbox.wait_for("the acknowledgement", SOON, |view| {
        view.deliveries_about("message").into_iter().find(|it| it.outcome == "acked").map(|it| it.attempt)
    });
    assert_eq!(acked.await.unwrap(), 2);
}

#[tokio::test]
async fn the_eleventh_socket_is_too_many() {
    let slack = slack().await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(slack.socket().await);
    }
    let mut eleventh = slack.socket().await;
    assert_eq!(eleventh.hello["reason"], "too_many_websockets");
    assert!(eleventh.try_next().await.is_none());
}

#[tokio::test]
async fn disconnects_say_why() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    slack.sandbox.disconnect_sockets(Some("ATLINE"), "warning");
    assert_eq!(socket.next().await["reason"], "warning");
    slack.sandbox.disconnect_sockets(None, "refresh_requested");
    let refresh = socket.next().await;
    assert_eq!((&refresh["type"], &refresh["reason"]), (&json!("disconnect"), &json!("refresh_requested")));
    assert!(socket.try_next().await.is_none());
    let mut socket = slack.socket().await;
    slack.sandbox.revoke_app_token("ATLINE").unwrap();
    assert_eq!(socket.next().await["reason"], "link_disabled");
}
