//! Slack's HTTP requests: what is taken, and what is not.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use bridge_core::{Bridge, HookRequest, HookResponse, InboundEvent, ListenReport, Micros, Op};
use bridge_sandbox::slack::{Seed, SlackOptions, sign};
use bridge_slack::Transport;
use serde_json::{Value, json};

use crate::support::*;

const SECRET: &str = "secret-TLINE";
const AT: i64 = 1_790_000_000;

async fn setup() -> Setup {
    let transport = Transport::Hooks { signing_secret: SECRET.into() };
    Setup::with(SlackOptions::seeded(Seed::demo()), |settings| settings.transport = transport).await
}

fn signed(endpoint: &str, body: &str) -> HookRequest {
    HookRequest {
        endpoint: endpoint.into(),
        headers: vec![
            ("x-slack-request-timestamp".into(), AT.to_string()),
            ("x-slack-signature".into(), sign(SECRET, AT, body.as_bytes())),
        ],
        body: body.to_owned().into(),
        received_at: Micros(AT * 1_000_000),
    }
}

fn form(payload: &Value) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish()
}

fn reply_event(text: &str) -> String {
    json!({
        "type": "event_callback", "team_id": "T0SHOP", "api_app_id": APP, "event_id": "Ev1", "event_time": AT,
        "event": {
            "type": "message", "channel": CHANNEL, "user": "U0MINA", "text": text, "ts": "1790000000.000200",
            "thread_ts": "1790000000.000100", "event_ts": "1790000000.000200",
        },
    })
    .to_string()
}

async fn ask(setup: &Setup, request: HookRequest, sink: &Sink) -> HookResponse {
    setup.bridge.hook(request, sink).await
}

#[tokio::test]
async fn a_signed_event_is_stored_and_then_taken() {
    let setup = setup().await;
    let sink = Sink::new();
    assert_eq!(ask(&setup, signed("events", &reply_event("hello")), &sink).await.status, 200);
    let reply = sink.message("1790000000.000200").await;
    assert_eq!(reply.body.to_plain(), "hello");
    assert_eq!(sink.told().inbound[0].dedupe_key, "Ev1");
    assert_eq!(sink.told().inbound[0].lane, format!("{CHANNEL}/1790000000.000100"));

    sink.refuse_next.store(1, Ordering::SeqCst);
    assert_eq!(ask(&setup, signed("events", &reply_event("again")), &sink).await.status, 503);
}

#[tokio::test]
async fn forged_stale_and_unsigned_requests_are_refused() {
    let setup = setup().await;
    let sink = Sink::new();
    let mut forged = signed("events", &reply_event("hello"));
    forged.body = reply_event("other words").into();
    let mut stale = signed("events", &reply_event("hello"));
    stale.received_at = Micros((AT + 301) * 1_000_000);
    let mut bare = signed("events", &reply_event("hello"));
    bare.headers.clear();
    for request in [forged, stale, bare] {
        let answer = ask(&setup, request, &sink).await;
        assert_eq!((answer.status, answer.content_type), (401, "text/plain; charset=utf-8"), "{}", answer.body);
    }
    assert_eq!(ask(&setup, signed("events", "{broken"), &sink).await.status, 400);
    assert_eq!(ask(&setup, signed("interactions", "payload=%7B"), &sink).await.status, 400);
    assert_eq!(ask(&setup, signed("elsewhere", "{}"), &sink).await.status, 404);
    assert_eq!(sink.told().inbound, []);
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_flood_of_forged_requests_writes_one_line_a_minute() {
    let setup = setup().await;
    let sink = Sink::new();
    let log = Log::default();
    let writer = log.clone();
    let logging = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(logging);
    for second in [0, 0, 1, 59, 60, 61] {
        let mut forged = signed("events", "{}");
        forged.headers.clear();
        forged.received_at = Micros((AT + second) * 1_000_000);
        assert_eq!(ask(&setup, forged, &sink).await.status, 401);
    }
    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = written.lines().filter(|line| line.contains("was refused")).collect();
    assert_eq!(lines.len(), 2, "{written}");
    assert!(lines[0].contains("and 0 more") && lines[1].contains("and 3 more"), "{written}");
}

#[tokio::test]
async fn the_address_is_verified_and_what_is_unknown_is_not_wanted_again() {
    let setup = setup().await;
    let sink = Sink::new();
    let challenge = json!({"type": "url_verification", "challenge": "c-1", "token": "x"}).to_string();
    let answer = ask(&setup, signed("events", &challenge), &sink).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "c-1"));
    let odd = json!({"type": "event_callback", "event_id": "Ev2", "event": {"type": "hologram_added"}}).to_string();
    assert_eq!(ask(&setup, signed("events", &odd), &sink).await.status, 200);
    assert_eq!(sink.told().inbound, []);
}

#[tokio::test]
async fn a_message_in_a_shape_of_tomorrow_is_not_lost() {
    let setup = setup().await;
    let sink = Sink::new();
    let strange = json!({
        "type": "event_callback", "event_id": "Ev3", "api_app_id": APP,
        "event": {
            "type": "message", "channel": CHANNEL, "user": "U0MINA", "text": {"now": "an object"},
            "ts": "1790000000.000300", "thread_ts": "1790000000.000100",
        },
    });
    assert_eq!(ask(&setup, signed("events", &strange.to_string()), &sink).await.status, 200);
    let expected = InboundEvent::Unreadable {
        channel: channel(),
        thread: Some("1790000000.000100".into()),
        id: "1790000000.000300".into(),
    };
    assert_eq!(sink.told().inbound[0].event, expected);
}

#[tokio::test]
async fn clicks_and_commands_come_over_http_too() {
    let setup = setup().await;
    let sink = Sink::new();
    let click = json!({
        "type": "block_actions", "api_app_id": APP, "trigger_id": "1.2.abc", "user": {"id": "U0MINA"},
        "container": {"type": "message", "message_ts": "1790000000.000100", "channel_id": CHANNEL, "is_ephemeral": false},
        "channel": {"id": CHANNEL, "name": "shop-visitors"}, "response_url": "https://hooks.slack.com/actions/x",
        "actions": [{"type": "button", "action_id": "threadline.assign", "block_id": "b", "action_ts": "1790000001.5"}],
    });
    assert_eq!(ask(&setup, signed("interactions", &form(&click)), &sink).await.status, 200);
    insta::assert_json_snapshot!(sink.told().inbound[0]);
    let help = ask(&setup, signed("commands", "command=%2Fthreadline&text="), &sink).await;
    assert_eq!((help.status, help.content_type), (200, "application/json; charset=utf-8"));
    assert!(help.body.contains("ephemeral") && help.body.contains("!close"));
    let foreign = json!({"type": "block_actions", "actions": [{"action_id": "other.app"}]});
    assert_eq!(ask(&setup, signed("interactions", &form(&foreign)), &sink).await.status, 200);
    assert_eq!(sink.told().inbound.len(), 1);
}

#[tokio::test]
async fn nothing_is_taken_over_http_where_sockets_are_used() {
    let setup = Setup::new().await;
    let sink = Sink::new();
    assert_eq!(ask(&setup, signed("events", &reply_event("hello")), &sink).await.status, 404);
}

#[tokio::test]
async fn listening_returns_at_once_where_hooks_are_used() {
    let setup = setup().await;
    let sink = Sink::new();
    assert_eq!(setup.listen(&sink).ended().await, Ok(()));
    assert_eq!(sink.told().reports, [ListenReport::Connected]);
    setup.apply(&in_channel(), &Op::OpenThread(card()), 1).await;
}

#[tokio::test]
async fn while_our_own_ids_are_unknown_events_are_asked_for_again() {
    let setup = setup().await;
    let sink = Sink::new();
    setup
        .sandbox
        .faults()
        .add(bridge_sandbox::faults::CallFault::next("auth.test", bridge_sandbox::faults::Act::Status { code: 503 }));
    assert_eq!(ask(&setup, signed("events", &reply_event("hello")), &sink).await.status, 503);
    assert_eq!(ask(&setup, signed("events", &reply_event("hello")), &sink).await.status, 200);
}
