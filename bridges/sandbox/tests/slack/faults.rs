//! Faults: ordered per call, on sockets and on events, each observable.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::faults::{Act, CallFault};
use bridge_sandbox::slack::{ReleaseOrder, Seed, SlackOptions};
use serde_json::{Value, json};

use crate::support::{APP, BOT, MINA, SHOP, SOON, slack, slack_with};

fn hello() -> Value {
    json!({"channel": SHOP, "text": "hello"})
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_write_or_the_call_before_it() {
    let slack = slack().await;
    let faults = slack.sandbox.faults();
    let lost = faults.add(CallFault::drop_answer("chat.postMessage"));
    let cut = faults.add(CallFault::next("chat.postMessage", Act::Close));
    assert!(slack.json(BOT, "chat.postMessage", hello()).await.is_err());
    assert_eq!(slack.sandbox.channel_messages(SHOP).len(), 1, "written, but the answer is lost");
    assert!(slack.json(BOT, "chat.postMessage", hello()).await.is_err());
    assert_eq!(slack.sandbox.channel_messages(SHOP).len(), 1, "nothing written");
    assert_eq!((faults.fired(lost), faults.fired(cut)), (1, 1));
    assert_eq!(slack.json(BOT, "chat.postMessage", hello()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn statuses_garbage_errors_and_channels() {
    let slack = slack().await;
    let faults = slack.sandbox.faults();
    let method = "chat.postMessage";
    faults.add(CallFault::next(method, Act::Status { code: 503 }).on_channel("C0BLOG"));
    faults.add(CallFault::next(method, Act::Garbage).after().skip(1));
    faults.add(CallFault::next(method, Act::Error { code: "internal_error".into() }));
    faults.add(CallFault::next(method, Act::RateLimited { retry_after_s: 7 }));
    assert_eq!(slack.write(method, hello()).await["error"], "internal_error");
    assert!(slack.json(BOT, method, hello()).await.unwrap().json::<Value>().await.is_err());
    let limited = slack.json(BOT, method, hello()).await.unwrap();
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    let other = slack.json(BOT, method, json!({"channel": "C0BLOG", "text": "x"})).await.unwrap();
    assert_eq!(other.status(), 503);
    assert_eq!(slack.sandbox.channel_messages(SHOP).len(), 1, "only the garbled answer was written");
}

#[tokio::test]
async fn a_storm_hits_by_pattern_until_cleared() {
    let slack = slack().await;
    slack.sandbox.faults().add(CallFault::storm("chat.postMessage", 2, 3, 1));
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(slack.json(BOT, "chat.postMessage", hello()).await.unwrap().status().as_u16());
    }
    assert_eq!(seen, [429, 429, 200, 429, 429, 200]);
    slack.sandbox.faults().clear();
    assert_eq!(slack.json(BOT, "chat.postMessage", hello()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_hung_call_goes_on_when_released() {
    let slack = slack().await;
    let faults = slack.sandbox.faults();
    let hang = faults.add(CallFault::next("chat.postMessage", Act::Hang));
    let after = faults.add(CallFault::next("chat.update", Act::Hang).after());
    let call = slack.json(BOT, "chat.postMessage", hello());
    let test = async {
        faults.wait_fired(hang, 1, SOON).await.unwrap();
        assert!(slack.sandbox.channel_messages(SHOP).is_empty(), "hung before the write");
        faults.release(hang);
    };
    let (answer, ()) = tokio::join!(call, test);
    let ts = answer.unwrap().json::<Value>().await.unwrap()["ts"].clone();
    let update = slack.json(BOT, "chat.update", json!({"channel": SHOP, "ts": ts, "text": "new"}));
    let test = async {
        faults.wait_fired(after, 1, SOON).await.unwrap();
        slack
            .sandbox
            .wait_for("the write", SOON, |view| {
                view.channel_messages(SHOP).iter().any(|message| message.text == "new").then_some(())
            })
            .await
            .unwrap();
        faults.release(after);
    };
    let (answer, ()) = tokio::join!(update, test);
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn sockets_can_be_cut_refused_and_frozen() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let slack = slack_with(SlackOptions { clock: clock.clone(), ..SlackOptions::seeded(Seed::demo()) }).await;
    let mut socket = slack.socket().await;
    assert_eq!(slack.sandbox.cut_sockets(Some("ATLINE")), 1);
    assert!(socket.try_next().await.is_none());
    slack.sandbox.wait_for("no socket", SOON, |view| (view.sockets("ATLINE") == 0).then_some(())).await.unwrap();
    slack.sandbox.refuse_sockets(true);
    let opened: Value = slack.json(APP, "apps.connections.open", json!({})).await.unwrap().json().await.unwrap();
    assert!(tokio_tungstenite::connect_async(opened["url"].as_str().unwrap()).await.is_err());
    assert_eq!(slack.sandbox.refused_sockets(), 1);
    slack.sandbox.refuse_sockets(false);
    let mut socket = slack.socket().await;
    slack.sandbox.freeze_sockets(true);
    slack.sandbox.say(MINA, SHOP, None, "through ice").unwrap();
    clock.advance(Duration::from_secs(3));
    let unanswered = slack.sandbox.wait_for("an unanswered envelope", SOON, |view| {
        view.deliveries_about("message").into_iter().find(|it| it.outcome == "timeout").map(|_| ())
    });
    tokio::select! {
        unanswered = unanswered => unanswered.unwrap(),
        _ = socket.next() => panic!("a frozen socket sends nothing"),
    }
    slack.sandbox.freeze_sockets(false);
    assert_eq!(socket.take().await["payload"]["event"]["text"], "through ice");
}

#[tokio::test]
async fn events_can_be_repeated_reordered_and_lost() {
    let slack = slack().await;
    let mut socket = slack.socket().await;
    slack.sandbox.repeat_events(2);
    slack.sandbox.say(MINA, SHOP, None, "twice").unwrap();
    let (one, two) = (socket.take().await, socket.take().await);
    assert_eq!(one["payload"]["event_id"], two["payload"]["event_id"]);
    assert_ne!(one["envelope_id"], two["envelope_id"]);
    slack.sandbox.repeat_events(1);
    slack.sandbox.hold_events();
    for text in ["a", "b", "c"] {
        slack.sandbox.say(MINA, SHOP, None, text).unwrap();
    }
    assert_eq!(slack.sandbox.held_events(), 3);
    assert_eq!(slack.sandbox.release_events(ReleaseOrder::Reverse), 3);
    let mut order = Vec::new();
    for _ in 0..3 {
        order.push(socket.take().await["payload"]["event"]["text"].clone());
    }
    assert_eq!(order, ["c", "b", "a"]);
    slack.sandbox.drop_events(1);
    slack.sandbox.say(MINA, SHOP, None, "lost").unwrap();
    slack.sandbox.say(MINA, SHOP, None, "kept").unwrap();
    assert_eq!(socket.take().await["payload"]["event"]["text"], "kept");
    assert_eq!(slack.sandbox.dropped_events(), 1);
}
