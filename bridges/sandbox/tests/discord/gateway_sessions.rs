//! Sessions over several connections: RESUME, cuts, invalid sessions, freezing, refusing, and faults on events.

use std::time::Duration;

use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::{DiscordOptions, DiscordSandbox, ReleaseOrder};
use serde_json::json;

use crate::gateway::{demo, served};
use crate::gateway_client::{Bot, Got, MESSAGE_CONTENT, TOKEN, USUAL, WITHIN, address};

const SHOP: &str = "700000000000000101";
const MINA: &str = "700000000000000301";

async fn nobody_connected(sandbox: &DiscordSandbox) {
    let gone = sandbox.wait_for("no connection", WITHIN, |view| (view.connected_sessions() == 0).then_some(()));
    gone.await.unwrap();
}

/// Says these and gives what the bot is told, in order.
async fn told(sandbox: &DiscordSandbox, bot: &mut Bot, texts: &[&str]) -> Vec<String> {
    for text in texts {
        sandbox.say(MINA, SHOP, None, text).unwrap();
    }
    let mut heard = Vec::new();
    while heard.len() < texts.len() {
        heard.push(bot.event("MESSAGE_CREATE").await["content"].as_str().unwrap().to_owned());
    }
    heard
}

#[tokio::test]
async fn a_cut_session_resumes_with_what_it_missed() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    assert_eq!(told(&sandbox, &mut bot, &["one"]).await, ["one"]);
    assert_eq!(sandbox.cut_gateway(), 1);
    nobody_connected(&sandbox).await;
    for text in ["two", "three"] {
        sandbox.say(MINA, SHOP, None, text).unwrap();
    }
    let mut bot = bot.resumed(&sandbox).await;
    assert_eq!(bot.event("MESSAGE_CREATE").await["content"], "two");
    assert_eq!(bot.event("MESSAGE_CREATE").await["content"], "three");
    assert_eq!(bot.dispatch().await.0, "RESUMED");
    assert_eq!(told(&sandbox, &mut bot, &["four"]).await, ["four"]);
    assert_eq!((sandbox.identifies(), sandbox.resumes(), sandbox.gateway_connections()), (1, 1, 2));
}

#[tokio::test]
async fn a_clean_close_ends_the_session_and_another_code_does_not() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    bot.close(4000).await;
    nobody_connected(&sandbox).await;
    let mut bot = bot.resumed(&sandbox).await;
    bot.event("RESUMED").await;
    bot.close(1000).await;
    sandbox.wait_for("no session", WITHIN, |view| view.sessions().is_empty().then_some(())).await.unwrap();
    assert_eq!(bot.resumed(&sandbox).await.opcode(9).await, json!(false));
}

#[tokio::test]
async fn the_server_s_close_codes_say_whether_the_session_lives_on() {
    let (sandbox, _serving) = served(demo()).await;
    for (code, lives) in [(4000, true), (4008, true), (1001, false), (4009, false)] {
        let mut bot = Bot::identified(&sandbox, USUAL).await;
        assert_eq!(sandbox.close_gateway(code), 1);
        assert_eq!(bot.closed().await, code);
        // The socket's own end follows; only then has the server let go.
        drop(bot.next().await);
        nobody_connected(&sandbox).await;
        let mut again = bot.resumed(&sandbox).await;
        if lives {
            again.event("RESUMED").await;
        } else {
            assert_eq!(again.opcode(9).await, json!(false), "{code}");
        }
        again.close(1000).await;
        sandbox.wait_for("the end", WITHIN, |view| view.sessions().is_empty().then_some(())).await.unwrap();
    }
}

#[tokio::test]
async fn a_resume_that_can_t_be_is_refused() {
    let (sandbox, _serving) = served(demo()).await;
    let bot = Bot::identified(&sandbox, USUAL).await;
    let mut ahead = Bot::connect(&sandbox).await;
    ahead.send(6, json!({"token": TOKEN, "session_id": bot.ready["session_id"], "seq": 999})).await;
    assert_eq!(ahead.closed().await, 4007);
    let mut unknown = Bot::connect(&sandbox).await;
    unknown.send(6, json!({"token": TOKEN, "session_id": "nobody", "seq": 1})).await;
    assert_eq!(unknown.opcode(9).await, json!(false));
    let mut token = Bot::connect(&sandbox).await;
    token.send(6, json!({"token": "a.b.c", "session_id": "nobody", "seq": 1})).await;
    assert_eq!(token.closed().await, 4004);
}

#[tokio::test]
async fn a_session_is_forgotten_after_a_while() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let (sandbox, _serving) = served(DiscordOptions { clock: clock.clone(), ..demo() }).await;
    let bot = Bot::identified(&sandbox, USUAL).await;
    sandbox.cut_gateway();
    nobody_connected(&sandbox).await;
    clock.advance(Duration::from_secs(181));
    assert_eq!(bot.resumed(&sandbox).await.opcode(9).await, json!(false));
}

#[tokio::test]
async fn reconnect_and_invalid_session_say_what_to_do_next() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    assert_eq!(sandbox.reconnect_gateway(), 1);
    assert!(bot.opcode(7).await.is_null());
    let mut bot = bot.resumed(&sandbox).await;
    bot.event("RESUMED").await;
    assert_eq!(sandbox.invalidate_sessions(true), 1);
    assert_eq!(bot.opcode(9).await, json!(true));
    sandbox.say(MINA, SHOP, None, "meanwhile").unwrap();
    let resume = bot.resume();
    bot.send(6, resume).await;
    assert_eq!(bot.event("MESSAGE_CREATE").await["content"], "meanwhile");
    assert_eq!(sandbox.invalidate_sessions(false), 1);
    assert_eq!(bot.opcode(9).await, json!(false));
    let resume = bot.resume();
    bot.send(6, resume).await;
    assert_eq!(bot.opcode(9).await, json!(false), "it is forgotten");
}

#[tokio::test]
async fn a_frozen_gateway_says_nothing_and_its_session_moves_to_the_next_connection() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    sandbox.freeze_gateway(true);
    bot.send(1, json!(bot.seq)).await;
    sandbox.say(MINA, SHOP, None, "is anybody there").unwrap();
    let mut late = Bot::connect_silently(&address(&sandbox)).await;
    let silent = Duration::from_millis(50);
    assert!(tokio::time::timeout(silent, bot.next()).await.is_err(), "no acknowledgement");
    assert!(tokio::time::timeout(silent, late.next()).await.is_err(), "no hello either");
    sandbox.freeze_gateway(false);
    assert_eq!(late.payload().await["op"], 10);
    late.send(6, bot.resume()).await;
    assert_eq!(late.event("MESSAGE_CREATE").await["content"], "is anybody there");
    late.event("RESUMED").await;
    assert_eq!(bot.closed().await, 4000, "one session, one connection");
}

#[tokio::test]
async fn connections_are_refused_or_left_waiting_on_request() {
    let (sandbox, _serving) = served(demo()).await;
    sandbox.refuse_gateway(true);
    assert!(tokio_tungstenite::connect_async(address(&sandbox)).await.is_err());
    assert_eq!(sandbox.refused_connections(), 1);
    sandbox.refuse_gateway(false);
    sandbox.stall_gateway(true);
    let connecting = Bot::connect(&sandbox);
    tokio::pin!(connecting);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut connecting).await.is_err());
    sandbox.stall_gateway(false);
    assert_eq!(connecting.await.hello["heartbeat_interval"], 41_250);
}

#[tokio::test]
async fn events_can_be_lost_repeated_and_put_into_another_order() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    sandbox.drop_events(1);
    sandbox.say(MINA, SHOP, None, "lost").unwrap();
    assert_eq!(sandbox.dropped_events(), 1);
    sandbox.hold_events();
    for text in ["one", "two", "three"] {
        sandbox.say(MINA, SHOP, None, text).unwrap();
    }
    assert_eq!((sandbox.held_events(), bot.names_until_ack().await), (3, Vec::new()));
    assert_eq!(sandbox.release_events(ReleaseOrder::Reverse), 3);
    for text in ["three", "two", "one"] {
        assert_eq!(bot.event("MESSAGE_CREATE").await["content"], text);
    }
    sandbox.repeat_events(2);
    let id = sandbox.say(MINA, SHOP, None, "twice").unwrap();
    let before = bot.seq;
    for _ in 0..2 {
        assert_eq!(bot.event("MESSAGE_CREATE").await["id"], id.as_str());
    }
    assert_eq!(bot.seq, before + 2, "each copy has a number of its own");
}

#[tokio::test]
async fn intents_decide_what_a_session_hears() {
    let (sandbox, _serving) = served(demo()).await;
    let mut deaf = Bot::identified(&sandbox, 1).await;
    let mut blind = Bot::identified(&sandbox, USUAL & !MESSAGE_CONTENT).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    sandbox.say(MINA, SHOP, None, "a secret").unwrap();
    sandbox.say(MINA, SHOP, None, "<@700000000000000401> come here").unwrap();
    assert_eq!(deaf.names_until_ack().await, Vec::<String>::new());
    let unseen = blind.event("MESSAGE_CREATE").await;
    assert_eq!((&unseen["content"], &unseen["author"]["id"]), (&json!(""), &json!(MINA)));
    assert_eq!(blind.event("MESSAGE_CREATE").await["content"], "<@700000000000000401> come here");
    let seen = bot.event("MESSAGE_CREATE").await;
    assert_eq!((&seen["content"], &seen["guild_id"]), (&json!("a secret"), &json!("700000000000000001")));
    assert!(seen["member"]["roles"].is_array());
}

#[tokio::test]
async fn nothing_is_told_of_a_channel_that_the_bot_can_t_see() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    sandbox.forbid(SHOP, bridge_sandbox::discord::permissions::VIEW_CHANNEL).unwrap();
    sandbox.say("700000000000000303", SHOP, None, "among us").ok();
    let names = bot.names_until_ack().await;
    assert!(!names.iter().any(|name| name == "MESSAGE_CREATE"), "{names:?}");
}

#[tokio::test]
async fn a_revoked_token_ends_its_sessions() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    sandbox.revoke_token();
    assert_eq!(bot.closed().await, 4004);
    assert!(matches!(bot.resumed(&sandbox).await.next().await, Got::Closed(4004)));
}

#[tokio::test]
async fn a_thread_s_events_come_in_the_order_in_which_things_happened() {
    let (sandbox, _serving) = served(demo()).await;
    let mut bot = Bot::identified(&sandbox, USUAL).await;
    let first = sandbox.say(MINA, SHOP, None, "let's talk").unwrap();
    sandbox.start_thread(MINA, SHOP, Some(&first), "talk").unwrap();
    sandbox.say(MINA, SHOP, Some(&first), "in here").unwrap();
    sandbox.typing(MINA, SHOP, Some(&first)).unwrap();
    sandbox.archive_thread(MINA, &first, true).unwrap();
    sandbox.say(MINA, SHOP, Some(&first), "back again").unwrap();
    sandbox.delete_thread("700000000000000303", &first).unwrap();
    let names = bot.names_until_ack().await;
    let wanted = [
        "MESSAGE_CREATE",
        "THREAD_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_CREATE",
        "MESSAGE_CREATE",
        "TYPING_START",
        "THREAD_UPDATE",
        "THREAD_UPDATE",
        "MESSAGE_CREATE",
        "THREAD_DELETE",
    ];
    assert_eq!(names, wanted);
}
