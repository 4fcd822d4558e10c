//! The gateway: hello, IDENTIFY and what it refuses, heartbeats, the budget, and what ends a connection.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::{App, DiscordOptions, DiscordSandbox, Seed};
use bridge_sandbox::serve::Serving;
use serde_json::json;
use tokio::net::TcpListener;

use crate::gateway_client::{Bot, Got, MESSAGE_CONTENT, USUAL, WITHIN, address, identify};

/// A sandbox with these options.
pub(crate) async fn served(options: DiscordOptions) -> (DiscordSandbox, Serving) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    DiscordSandbox::serve(listener, options).unwrap()
}

/// The demo's guild; IDENTIFYs may follow each other at once, and interactions be answered late.
pub(crate) fn demo() -> DiscordOptions {
    let ack_within = Duration::from_secs(20);
    DiscordOptions { identify_every: Duration::ZERO, ack_within, ..DiscordOptions::seeded(Seed::demo()) }
}

#[tokio::test]
async fn hello_comes_first_then_ready_then_the_guild() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::connect(&sandbox).await;
    assert_eq!(bot.hello["heartbeat_interval"], 41_250);
    bot.send(2, identify(USUAL)).await;
    let (name, ready) = bot.dispatch().await;
    assert_eq!((name.as_str(), bot.seq), ("READY", 1));
    assert_eq!((&ready["v"], &ready["user"]["id"]), (&json!(10), &json!("700000000000000401")));
    assert_eq!(ready["user"]["bot"], true);
    assert_eq!(ready["guilds"], json!([{"id": "700000000000000001", "unavailable": true}]));
    assert_eq!((&ready["shard"], &ready["application"]["id"]), (&json!([0, 1]), &json!("700000000000000401")));
    assert!(ready["resume_gateway_url"].as_str().unwrap().starts_with("ws://"));
    let (name, guild) = bot.dispatch().await;
    assert_eq!((name.as_str(), bot.seq), ("GUILD_CREATE", 2));
    assert_eq!(guild["name"], "Tidewater");
    let channels = guild["channels"].as_array().unwrap();
    assert!(channels.iter().any(|channel| channel["id"] == "700000000000000101" && channel["type"] == 0));
    assert_eq!(guild["members"][0]["user"]["id"], "700000000000000401");
    assert!(guild["roles"].as_array().unwrap().iter().any(|role| role["name"] == "Support"));
    assert_eq!(guild["threads"], json!([]));
    sandbox.wait_for("one session", WITHIN, |view| (view.connected_sessions() == 1).then_some(())).await.unwrap();
    assert_eq!((sandbox.identifies(), sandbox.gateway_connections()), (1, 1));
}

#[tokio::test]
async fn what_asks_for_it_is_compressed_when_it_is_large() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::connect(&sandbox).await;
    let mut asked = identify(USUAL);
    asked["compress"] = json!(true);
    bot.send(2, asked).await;
    let mut seen = Vec::new();
    while seen.len() < 2 {
        let Got::Payload(payload, compressed) = bot.next().await else { panic!("a payload") };
        seen.push((payload["t"].as_str().unwrap().to_owned(), compressed));
    }
    assert_eq!(seen[1], ("GUILD_CREATE".to_owned(), true));
    bot.send(1, json!(bot.seq)).await;
    assert!(matches!(bot.next().await, Got::Payload(ack, false) if ack["op"] == 11));
}

#[tokio::test]
async fn a_wrong_identify_is_closed_with_the_code_that_says_why() {
    let (sandbox, _serving) = served(demo()).await;
    let mut token = identify(USUAL);
    token["token"] = json!("of.somebody.else");
    let mut shard = identify(USUAL);
    shard["shard"] = json!([1, 1]);
    let mut bare = identify(USUAL);
    bare.as_object_mut().unwrap().remove("properties");
    let cases = [(token, 4004), (identify(1 << 22), 4013), (shard, 4010), (bare, 4002), (json!({"token": 5}), 4002)];
    for (data, code) in cases {
        let mut bot = Bot::connect(&sandbox).await;
        bot.send(2, data.clone()).await;
        assert_eq!(bot.closed().await, code, "{data}");
    }
    assert_eq!(sandbox.read(|view| view.sessions().len()), 0);
}

#[tokio::test]
async fn a_privileged_intent_must_be_switched_on_in_the_portal() {
    let seed = Seed::demo().with_app(|app: &mut App| app.message_content = false);
    let (sandbox, _serving) = served(DiscordOptions { seed, ..demo() }).await;
    let mut bot = Bot::connect(&sandbox).await;
    bot.send(2, identify(USUAL)).await;
    assert_eq!(bot.closed().await, 4014);
    Bot::identified(&sandbox, USUAL & !MESSAGE_CONTENT).await;
}

#[tokio::test]
async fn other_versions_and_encodings_are_refused() {
    let (sandbox, _serving) = served(demo()).await;
    let old = address(&sandbox).replace("v=10", "v=6");
    assert_eq!(Bot::connect_silently(&old).await.closed().await, 4012);
    let etf = address(&sandbox).replace("json", "etf");
    assert!(tokio_tungstenite::connect_async(etf).await.is_err());
    let stream = format!("{}&compress=zlib-stream", address(&sandbox));
    assert!(tokio_tungstenite::connect_async(stream).await.is_err());
}

#[tokio::test]
async fn nonsense_on_the_socket_is_closed_with_its_code() {
    let (sandbox, _serving) = served(demo()).await;
    for (text, code) in [
        ("{\"op\": 99, \"d\": null}".to_owned(), 4001),
        ("not json".to_owned(), 4002),
        ("[]".to_owned(), 4002),
        (format!("{{\"op\": 1, \"d\": \"{}\"}}", "x".repeat(5000)), 4002),
        ("{\"op\": 3, \"d\": {}}".to_owned(), 4003),
        ("{\"op\": 8, \"d\": {}}".to_owned(), 4003),
    ] {
        let mut bot = Bot::connect(&sandbox).await;
        bot.send_text(&text).await;
        assert_eq!(bot.closed().await, code, "{text:.40}");
    }
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    bot.send(2, identify(USUAL)).await;
    assert_eq!(bot.closed().await, 4005);
}

#[tokio::test]
async fn more_than_120_payloads_in_a_minute_are_too_many() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    // The IDENTIFY was the first.
    for _ in 0..119 {
        bot.send(3, json!({})).await;
    }
    assert_eq!(bot.names_until_ack_or_close().await, Err(4008), "the 121st");
}

#[tokio::test]
async fn heartbeats_are_acknowledged_and_counted() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    assert_eq!(bot.names_until_ack().await, Vec::<String>::new());
    let seen = sandbox.read(|view| view.sessions().iter().map(|it| (it.heartbeats, it.acked_seq)).collect::<Vec<_>>());
    assert_eq!(seen, [(1, bot.seq)]);
    sandbox.ask_for_heartbeats();
    assert!(bot.opcode(1).await.is_null());
}

#[tokio::test]
async fn a_client_without_heartbeats_is_closed_and_its_session_is_over() {
    let options = DiscordOptions { heartbeat_interval: Duration::from_millis(40), ..demo() };
    let (sandbox, _serving) = served(options).await;
    let mut bot = Bot::connect(&sandbox).await;
    bot.send(2, identify(USUAL)).await;
    assert_eq!(bot.closed().await, 4009);
    sandbox.wait_for("no session", WITHIN, |view| view.sessions().is_empty().then_some(())).await.unwrap();
}

#[tokio::test]
async fn a_second_identify_too_soon_gets_an_invalid_session() {
    let seldom = DiscordOptions { identify_every: Duration::from_secs(3_600), ..demo() };
    let (sandbox, _serving) = served(seldom).await;
    let _first = Bot::identified(&sandbox, USUAL).await;
    let mut second = Bot::connect(&sandbox).await;
    second.send(2, identify(USUAL)).await;
    assert_eq!(second.opcode(9).await, json!(false));
    assert_eq!(sandbox.identifies(), 2, "it counts all the same");
}

#[tokio::test]
async fn one_identify_over_the_budget_resets_the_token() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let (sandbox, _serving) = served(DiscordOptions { clock: clock.clone(), ..demo() }).await;
    sandbox.set_identify_budget(1, Duration::from_secs(3600));
    let left = |sandbox: &DiscordSandbox| sandbox.read(|view| view.apps["700000000000000401"].identify_left);
    let mut first = Bot::identified(&sandbox, USUAL).await;
    assert_eq!(left(&sandbox), 0);
    let mut over = Bot::connect(&sandbox).await;
    over.send(2, identify(USUAL)).await;
    assert_eq!(over.closed().await, 4004);
    assert_eq!(first.closed().await, 4004, "every session of the old token ends");
    clock.advance(Duration::from_secs(3601));
    let mut late = Bot::connect(&sandbox).await;
    late.send(2, identify(USUAL)).await;
    assert_eq!(late.closed().await, 4004, "a new day doesn't bring the token back");
}

#[tokio::test]
async fn the_budget_is_full_again_when_its_time_is_over() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let (sandbox, _serving) = served(DiscordOptions { clock: clock.clone(), ..demo() }).await;
    sandbox.set_identify_budget(0, Duration::from_secs(60));
    clock.advance(Duration::from_secs(61));
    Bot::identified(&sandbox, USUAL).await;
    assert_eq!(sandbox.read(|view| view.apps["700000000000000401"].identify_left), 999);
}

#[tokio::test]
async fn members_are_given_on_request() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    let ids = json!(["700000000000000301", "1"]);
    bot.send(8, json!({"guild_id": "700000000000000001", "user_ids": ids, "limit": 0, "nonce": "n"})).await;
    let chunk = bot.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"][0]["user"]["global_name"], "Mina");
    assert_eq!((&chunk["not_found"], &chunk["nonce"]), (&json!(["1"]), &json!("n")));
    bot.send(8, json!({"guild_id": "700000000000000001", "query": "jo", "limit": 5})).await;
    let chunk = bot.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"].as_array().unwrap().len(), 1);
}
