//! What events become, and that no event at all makes the reading fail.

use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;

fn me() -> Identity {
    Identity { team: "T1".into(), user: "UBOT".into(), bot: Some("BBOT".into()), url: None }
}

fn hear(event: Value) -> Heard {
    let connection = "slack.acme".parse().unwrap();
    let listener = Listener { connection: &connection, me: &me(), now: Micros(5) };
    super::event(&listener, &json!({"type": "event_callback", "api_app_id": "A1", "event_id": "Ev1", "event": event}))
}

fn inbound(event: Value) -> Inbound {
    match hear(event) {
        Heard::Event(inbound) => *inbound,
        other => panic!("{other:?}"),
    }
}

fn reply() -> Value {
    json!({
        "type": "message", "channel": "C1", "user": "U1", "ts": "1700000000.000200", "thread_ts": "1700000000.000100",
        "text": "Hi *there* <@U2>", "event_ts": "1700000000.000200",
        "blocks": [{"type": "rich_text", "block_id": "x", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": "Hi "}, {"type": "text", "text": "there", "style": {"bold": true}},
            {"type": "text", "text": " "}, {"type": "user", "user_id": "U2"}
        ]}]}],
        "files": [
            {"id": "F1", "name": "a.png", "size": 7, "mimetype": "image/png"},
            {"id": "F2", "mode": "tombstone"}
        ]
    })
}

#[test]
fn a_reply() {
    insta::assert_json_snapshot!(inbound(reply()));
}

#[test]
fn our_own_echo_is_known_by_its_key() {
    let mut echo = reply();
    echo["user"] = Value::Null;
    echo["bot_id"] = json!("BBOT");
    echo["subtype"] = json!("bot_message");
    echo["metadata"] = json!({
        "event_type": "threadline", "event_payload": {"key": "0000000000000000000000007", "kind": "post"}
    });
    let InboundEvent::Message(message) = inbound(echo.clone()).event else { panic!() };
    assert_eq!(message.author, RemoteAuthor::Ourselves);
    assert_eq!(message.key, Some(bridge_core::IdempotencyKey::from_bits(7)));

    // Without metadata the first block tells; and nobody else can bring a key of ours.
    echo["metadata"] = Value::Null;
    echo["blocks"][0]["block_id"] = json!("0000000000000000000000008");
    let InboundEvent::Message(message) = inbound(echo.clone()).event else { panic!() };
    assert_eq!(message.key, Some(bridge_core::IdempotencyKey::from_bits(8)));
    echo["bot_id"] = json!("BOTHER");
    let InboundEvent::Message(message) = inbound(echo).event else { panic!() };
    assert_eq!((message.author, message.key), (RemoteAuthor::Bot("BOTHER".into()), None));
}

#[test]
fn a_change_without_an_edit_and_an_edit_of_ours_are_nothing() {
    let change =
        |message: Value| json!({"type": "message", "subtype": "message_changed", "channel": "C1", "message": message});
    assert_eq!(hear(change(reply())), Heard::Nothing);
    let mut edited = reply();
    edited["edited"] = json!({"user": "U1", "ts": "1700000009.000000"});
    let InboundEvent::Edited(message) = inbound(change(edited.clone())).event else { panic!() };
    assert_eq!(message.edited_at, Some(Micros(1_700_000_009_000_000)));
    edited["bot_id"] = json!("BBOT");
    assert_eq!(hear(change(edited)), Heard::Nothing);
}

#[test]
fn people_and_groups_that_changed_are_forgotten_and_not_stored() {
    let person = |account| Heard::Stale(Stale::Person { id: "U1".into(), account });
    assert_eq!(hear(json!({"type": "user_change", "user": {"id": "U1"}})), person(None));
    assert_eq!(hear(json!({"type": "user_change", "user": "U1"})), person(None));
    let account = json!({"id": "U1", "profile": {"display_name": "Ada"}});
    assert_eq!(hear(json!({"type": "team_join", "user": account})), person(Some(Box::new(account.clone()))));
    assert_eq!(hear(json!({"type": "subteam_updated", "subteam": {}})), Heard::Stale(Stale::Groups));
    assert_eq!(hear(json!({"type": "member_left_channel", "user": "U1", "channel": "C1"})), Heard::Nothing);
    assert_eq!(
        hear(json!({"type": "message", "subtype": "channel_topic", "channel": "C1", "ts": "1.0", "text": "x"})),
        Heard::Nothing
    );
}

#[test]
fn a_press_on_a_private_message_belongs_to_the_thread_it_stands_in_or_to_none() {
    let thread_of = |container: Value| {
        let connection = "slack.acme".parse().unwrap();
        let listener = Listener { connection: &connection, me: &me(), now: Micros(5) };
        let payload = json!({
            "type": "block_actions", "trigger_id": "1.2.abc", "user": {"id": "U1"}, "channel": {"id": "C1"},
            "container": container, "response_url": "https://hooks.slack.com/actions/x",
            "actions": [{"type": "button", "action_id": "threadline.send_held", "value": "m1", "action_ts": "1790000001.5"}],
        });
        let Heard::Event(inbound) = super::interaction(&listener, &payload) else { panic!() };
        let InboundEvent::Click(click) = inbound.event else { panic!() };
        assert_eq!(click.reply.0.get("thread").and_then(Value::as_str), click.thread.as_deref());
        click.thread
    };
    let private = |more: Value| {
        let mut container = json!({"type": "message", "message_ts": "1700000000.000900", "is_ephemeral": true});
        container.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        container
    };
    let root = "1700000000.000100";
    assert_eq!(thread_of(private(json!({"thread_ts": root}))).as_deref(), Some(root));
    assert_eq!(thread_of(private(json!({}))), None);
    assert_eq!(thread_of(json!({"type": "message", "message_ts": root})).as_deref(), Some(root), "a card's own button");
}

/// Any JSON, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z0-9.<>@!|]{0,12}".prop_map(Value::from),
        Just(json!("1700000000.000100")),
        Just(json!("message_changed")),
        Just(json!("tombstone")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![Just("type"), Just("ts"), Just("text"), Just("elements"), Just("id"), Just("user")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_event_makes_it_panic_and_no_reply_is_lost(
        fields in prop::collection::vec((prop::sample::select(vec![
            "user", "text", "blocks", "files", "metadata", "edited", "bot_id", "app_id", "message", "previous_message",
        ]), any_json()), 0..4)
    ) {
        let mut event = reply();
        for (name, value) in fields {
            event[name] = value;
        }
        // Whatever happens to the other fields: a message in a thread is told, readable or not.
        prop_assert!(matches!(hear(event.clone()), Heard::Event(_)), "{event}");
        let _ = hear(json!({"type": "message", "subtype": "message_changed", "channel": "C1", "message": event}));
    }

    #[test]
    fn no_json_at_all_makes_it_panic(payload in any_json(), event in any_json()) {
        let connection = "slack.acme".parse().unwrap();
        let me = me();
        let listener = Listener { connection: &connection, me: &me, now: Micros(5) };
        let _ = super::event(&listener, &payload);
        let _ = super::event(&listener, &json!({"event": event}));
        let _ = super::interaction(&listener, &payload);
        let _ = super::interaction(&listener, &json!({"type": "block_actions", "actions": [event], "user": payload}));
    }
}
