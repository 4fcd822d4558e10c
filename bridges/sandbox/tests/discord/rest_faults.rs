//! Faults on calls, and rate limits with their headers.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::{DiscordOptions, Rates, Seed};
use bridge_sandbox::faults::{Act, CallFault};
use serde_json::json;

use crate::support::{BLOG, Discord, SHOP, SOON, discord, discord_with};

#[tokio::test]
async fn a_lost_answer_was_carried_out() {
    let discord = discord().await;
    discord.sandbox.faults().add(CallFault::drop_answer("create_message"));
    let path = format!("channels/{SHOP}/messages");
    let request = discord.request(reqwest::Method::POST, &path).header("content-type", "application/json");
    request.body(json!({"content": "hello"}).to_string()).send().await.unwrap_err();
    assert_eq!(discord.sandbox.channel_messages(SHOP).len(), 1);
}

#[tokio::test]
async fn faults_hit_the_call_that_they_name() {
    let discord = discord().await;
    let faults = discord.sandbox.faults();
    faults.add(CallFault::next("create_message", Act::Status { code: 502 }));
    faults.add(CallFault::next("create_message", Act::RateLimited { retry_after_s: 7 }));
    faults.add(CallFault::next("create_message", Act::Error { code: "160005".to_owned() }));
    faults.add(CallFault::next("create_message", Act::Garbage));
    assert_eq!(discord.get(&format!("channels/{SHOP}")).await.status, 200);
    let hello = || json!({"content": "hello"});
    assert_eq!(discord.create(SHOP, hello()).await.status, 502);
    let limited = discord.create(SHOP, hello()).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")));
    assert_eq!((&limited.body["retry_after"], &limited.body["global"]), (&json!(7.0), &json!(false)));
    assert_eq!(discord.create(SHOP, hello()).await.refusal(), (400, 160_005));
    let garbage = discord.create(SHOP, hello()).await;
    assert_eq!((garbage.status, garbage.body), (200, serde_json::Value::Null));
    assert!(discord.sandbox.channel_messages(SHOP).is_empty());
}

#[tokio::test]
async fn a_fault_on_a_channel_hits_its_threads_too() {
    let discord = discord().await;
    let thread = discord.thread(SHOP).await;
    let fault = CallFault::next("create_message", Act::Status { code: 503 }).on_channel(SHOP);
    let id = discord.sandbox.faults().add(fault);
    assert_eq!(discord.create(BLOG, json!({"content": "x"})).await.status, 200);
    assert_eq!(discord.create(&thread, json!({"content": "x"})).await.status, 503);
    assert_eq!(discord.sandbox.faults().fired(id), 1);
    let call = discord.sandbox.api_calls().pop().unwrap();
    assert_eq!(
        (call.operation.as_str(), call.channel.as_deref(), call.status),
        ("create_message", Some(&*thread), 503)
    );
}

#[tokio::test]
async fn a_hung_call_goes_on_when_released() {
    let discord = discord().await;
    let id = discord.sandbox.faults().add(CallFault::next("create_message", Act::Hang));
    let (answer, ()) = tokio::join!(discord.create(SHOP, json!({"content": "x"})), async {
        discord.sandbox.faults().wait_fired(id, 1, SOON).await.unwrap();
        assert!(discord.sandbox.channel_messages(SHOP).is_empty());
        discord.sandbox.faults().release(id);
    });
    assert_eq!(answer.status, 200);
}

/// A sandbox with Discord's limits, on a clock that stands still.
async fn limited() -> (Discord, Clock) {
    let clock = Clock::manual(1_790_000_000_000_000);
    let options =
        DiscordOptions { clock: clock.clone(), rates: Rates::discord(), ..DiscordOptions::seeded(Seed::demo()) };
    (discord_with(options).await, clock)
}

#[tokio::test]
async fn each_channel_has_a_bucket_of_messages() {
    let (discord, clock) = limited().await;
    let hello = || json!({"content": "hello"});
    for left in (0..5).rev() {
        let answer = discord.create(SHOP, hello()).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, Some(left.to_string().as_str())));
        assert_eq!(answer.header("x-ratelimit-limit"), Some("5"));
        assert_eq!(answer.header("x-ratelimit-reset-after"), Some("5.000"));
    }
    let refused = discord.create(SHOP, hello()).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-scope")), (429, Some("user")));
    assert_eq!((refused.header("retry-after"), &refused.body["retry_after"]), (Some("5"), &json!(5.0)));
    let other = discord.create(BLOG, hello()).await;
    assert_eq!(other.status, 200, "another channel has its own");
    assert_eq!(other.header("x-ratelimit-bucket"), refused.header("x-ratelimit-bucket"));
    clock.advance(Duration::from_secs(5));
    assert_eq!(discord.create(SHOP, hello()).await.status, 200);
    assert_eq!(discord.sandbox.read(|view| view.invalid_requests()), 1);
}

#[tokio::test]
async fn starting_threads_is_limited_for_everybody_together() {
    let (discord, clock) = limited().await;
    let body = |number: usize| json!({"name": format!("talk {number}"), "type": 11});
    let path = format!("channels/{SHOP}/threads");
    for number in 0..10 {
        assert_eq!(discord.post(&path, body(number)).await.status, 201);
    }
    let refused = discord.post(&path, body(10)).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-scope")), (429, Some("shared")));
    assert_eq!(discord.create(SHOP, json!({"content": "x"})).await.status, 200, "messages go on");
    assert_eq!(discord.sandbox.read(|view| view.invalid_requests()), 0, "a shared limit is nobody's fault");
    clock.advance(Duration::from_secs(120));
    assert_eq!(discord.post(&path, body(11)).await.status, 201);
}

#[tokio::test]
async fn a_bot_has_fifty_calls_a_second() {
    let (discord, clock) = limited().await;
    for number in 0..50 {
        let answer = discord.get(&format!("channels/7000000000000001{number:02}")).await;
        assert_ne!(answer.status, 429, "call {number}");
    }
    let refused = discord.get("users/@me").await;
    assert_eq!((refused.status, &refused.body["global"]), (429, &json!(true)));
    assert_eq!(
        (refused.header("x-ratelimit-global"), refused.header("x-ratelimit-scope")),
        (Some("true"), Some("global"))
    );
    clock.advance(Duration::from_secs(1));
    assert_eq!(discord.get("users/@me").await.status, 200);
}
