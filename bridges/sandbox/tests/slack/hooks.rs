//! Events, interactions and commands over HTTP: signatures, retries, answers.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::slack::{Seed, SlackOptions, sign};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::support::{Arrived, MINA, SHOP, SOON, Slack, arrival, endpoint, patient, slack_with};

async fn over_http(url: &str, clock: Clock) -> Slack {
    let url = url.to_owned();
    let seed = Seed::demo().with_app("TLINE", move |app| {
        app.socket_mode = false;
        app.event_url = Some(url.clone());
        app.interaction_url = Some(url.clone());
        app.command_url = Some(url);
    });
    slack_with(SlackOptions { clock, ..patient(seed) }).await
}

fn assert_signed(arrived: &Arrived) {
    let at: i64 = arrived.header("x-slack-request-timestamp").unwrap().parse().unwrap();
    let expected = sign("secret-TLINE", at, &arrived.body);
    assert_eq!(arrived.header("x-slack-signature"), Some(expected.as_str()));
}

#[test]
fn a_signature_is_slacks_own_example() {
    // Secret, timestamp and body of the worked example on Slack's page about verifying requests.
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F\
                96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = sign("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body.as_bytes());
    assert_eq!(signature, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
}

#[tokio::test]
async fn the_request_url_is_verified_by_a_challenge() {
    let (url, mut arrivals) = endpoint(&[]).await;
    let slack = over_http(&url, Clock::machine()).await;
    slack.sandbox.verify_request_url("ATLINE").await.unwrap();
    let arrived = arrival(&mut arrivals).await;
    assert_signed(&arrived);
    assert_eq!(arrived.json()["type"], "url_verification");
}

#[tokio::test]
async fn events_are_signed_and_retried_with_number_and_reason() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let (url, mut arrivals) = endpoint(&[500, 503]).await;
    let slack = over_http(&url, clock.clone()).await;
    slack.sandbox.say(MINA, SHOP, None, "over http").unwrap();
    let first = arrival(&mut arrivals).await;
    assert_signed(&first);
    assert_eq!(first.header("x-slack-retry-num"), None);
    let second = arrival(&mut arrivals).await;
    assert_eq!(
        (second.header("x-slack-retry-num"), second.header("x-slack-retry-reason")),
        (Some("1"), Some("http_error"))
    );
    let failed = slack.sandbox.wait_for("the second failure", SOON, |view| {
        view.deliveries_about("message").into_iter().find(|it| it.outcome == "http_503").map(|_| ())
    });
    failed.await.unwrap();
    clock.advance(Duration::from_secs(60));
    let third = arrival(&mut arrivals).await;
    assert_eq!(third.header("x-slack-retry-num"), Some("2"));
    assert_eq!(third.json()["event_id"], first.json()["event_id"]);
    assert_signed(&third);
}

#[tokio::test]
async fn a_click_is_a_form_and_its_response_url_answers_five_times() {
    let (url, mut arrivals) = endpoint(&[]).await;
    let slack = over_http(&url, Clock::machine()).await;
    let button =
        json!({"type": "button", "action_id": "close", "value": "v1", "text": {"type": "plain_text", "text": "Close"}});
    let blocks = json!([{"type": "actions", "block_id": "card", "elements": [button]}]);
    let posted = slack.write("chat.postMessage", json!({"channel": SHOP, "text": "card", "blocks": blocks})).await;
    let ts = posted["ts"].as_str().unwrap();
    arrival(&mut arrivals).await;
    let clicked = slack.sandbox.click(MINA, SHOP, ts, "close").await.unwrap();
    assert!(clicked.acked);
    let arrived = arrival(&mut arrivals).await;
    assert_signed(&arrived);
    let (name, payload) = form_urlencoded::parse(&arrived.body).next().unwrap();
    assert_eq!(name, "payload");
    let payload: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(
        payload["container"],
        json!({"type": "message", "message_ts": ts, "channel_id": SHOP, "is_ephemeral": false})
    );
    assert_eq!(payload["message"]["blocks"][0]["block_id"], "card");
    let action = &payload["actions"][0];
    assert_eq!(
        (&action["action_id"], &action["block_id"], &action["value"]),
        (&json!("close"), &json!("card"), &json!("v1"))
    );
    let answer = async |body: Value| slack.http.post(&clicked.response_url).json(&body).send().await.unwrap().status();
    for n in 0..4 {
        assert_eq!(answer(json!({"text": format!("private {n}")})).await, 200);
    }
    assert_eq!(answer(json!({"replace_original": true, "text": "closed"})).await, 200);
    assert_eq!(answer(json!({"text": "once more"})).await, 404, "five uses");
    assert_eq!(slack.sandbox.ephemerals(MINA).len(), 4);
    assert_eq!(slack.sandbox.channel_messages(SHOP)[0].text, "closed");
}

#[tokio::test]
async fn a_command_is_a_form_and_works_outside_threads_only() {
    let (url, mut arrivals) = endpoint(&[]).await;
    let slack = over_http(&url, Clock::machine()).await;
    let given = slack.sandbox.command(MINA, SHOP, None, "/threadline", "status now").await.unwrap();
    assert!(given.acked);
    let arrived = arrival(&mut arrivals).await;
    let form: std::collections::BTreeMap<_, _> = form_urlencoded::parse(&arrived.body).into_owned().collect();
    assert_eq!((form["command"].as_str(), form["text"].as_str()), ("/threadline", "status now"));
    assert_eq!(form["response_url"], given.response_url);
    let inside = slack.sandbox.command(MINA, SHOP, Some("1.2"), "/threadline", "").await;
    assert_eq!(inside.unwrap_err().to_string(), "slash commands can't be used in threads");
}
