//! What becomes of each kind of event.

use bridge_core::RemoteUser;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const THREAD: Spot<'static> = Spot { channel: "101", thread: Some("900") };
const CHANNEL: Spot<'static> = Spot { channel: "101", thread: None };
const ID: &str = "175928847299117063";

fn with<T>(look: impl FnOnce(&Listener<'_>) -> T) -> T {
    let connection = "discord.play".parse().unwrap();
    let me = Identity { user: "400".into(), application: "400".into() };
    look(&Listener { connection: &connection, me: &me, now: Micros(5) })
}

fn events(kind: &str, data: &Value, spot: Spot<'_>) -> Vec<Inbound> {
    with(|listener| message_event(listener, kind, data, spot))
}

fn said(author: &Value) -> Value {
    json!({"id": ID, "channel_id": "900", "type": 0, "content": "hello", "author": author, "edited_timestamp": null})
}

fn mina() -> Value {
    json!({"id": "301", "username": "mina"})
}

#[test]
fn a_message_in_a_thread_is_told_with_its_channel() {
    let told = events("MESSAGE_CREATE", &said(&mina()), THREAD);
    let [Inbound { dedupe_key, lane, event: InboundEvent::Message(message), .. }] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!((dedupe_key.as_str(), lane.as_str()), ("message:900:175928847299117063", "101/900"));
    assert_eq!((message.channel.id.as_str(), message.thread.as_deref()), ("101", Some("900")));
    assert_eq!(message.author, RemoteAuthor::Person(RemoteUser("301".into())));
}

#[test]
fn outside_of_threads_only_our_own_cards_are_heard() {
    assert!(events("MESSAGE_CREATE", &said(&mina()), CHANNEL).is_empty());
    let told = events("MESSAGE_CREATE", &said(&json!({"id": "400", "bot": true})), CHANNEL);
    assert!(matches!(&told[..], [Inbound { event: InboundEvent::Message(card), .. }] if card.thread.is_none()));
    assert!(events("MESSAGE_DELETE", &json!({"id": ID}), CHANNEL).is_empty(), "a card may go, its thread lives on");
}

#[test]
fn a_forums_card_may_go_and_its_thread_lives_on() {
    assert!(events("MESSAGE_DELETE", &json!({"id": "900"}), THREAD).is_empty());
    assert_eq!(events("MESSAGE_DELETE_BULK", &json!({"ids": ["900", ID]}), THREAD).len(), 1);
    let gone = json!({"id": "900", "parent_id": "101", "type": 11});
    let told = with(|listener| other_event(listener, "THREAD_DELETE", &gone)).unwrap();
    assert!(matches!(&told.event, InboundEvent::Deleted { id, .. } if id == "900"), "the thread itself: {told:?}");
}

#[test]
fn what_the_platform_says_itself_is_no_content() {
    let mut joined = said(&mina());
    joined["type"] = json!(21);
    assert!(events("MESSAGE_CREATE", &joined, THREAD).is_empty());
}

#[test]
fn only_an_edit_by_a_person_is_an_edit() {
    assert!(events("MESSAGE_UPDATE", &said(&mina()), THREAD).is_empty(), "a preview appeared");
    let mut edited = said(&mina());
    edited["edited_timestamp"] = json!("2016-04-30T11:19:25.796000+00:00");
    let told = events("MESSAGE_UPDATE", &edited, THREAD);
    assert!(matches!(&told[..], [Inbound { event: InboundEvent::Edited(message), .. }] if message.edited_at.is_some()));
    let key = told[0].dedupe_key.clone();
    assert!(key.starts_with("edited:101/900:175928847299117063:1462015165796000:"), "{key}");
    edited["embeds"] = json!([{"title": "a preview"}]);
    assert_eq!(events("MESSAGE_UPDATE", &edited, THREAD)[0].dedupe_key, key);
    edited["content"] = json!("again, in the same moment");
    assert_ne!(events("MESSAGE_UPDATE", &edited, THREAD)[0].dedupe_key, key);
    edited["author"] = json!({"id": "400", "bot": true});
    assert!(events("MESSAGE_UPDATE", &edited, THREAD).is_empty(), "our own edit");
}

#[test]
fn a_part_of_an_edited_message_is_read_again() {
    let part = json!({"id": ID, "channel_id": "900", "edited_timestamp": "2016-04-30T11:19:25.796000+00:00"});
    let told = events("MESSAGE_UPDATE", &part, THREAD);
    assert!(matches!(&told[..], [Inbound { event: InboundEvent::Unreadable { id, .. }, .. }] if id == ID));
}

#[test]
fn deletions_come_one_by_one_or_many_at_once() {
    let told = events("MESSAGE_DELETE_BULK", &json!({"ids": ["1", 2, "3"]}), THREAD);
    let ids: Vec<&str> = told.iter().map(|told| told.dedupe_key.as_str()).collect();
    assert_eq!(ids, ["deleted:101/900:1", "deleted:101/900:3"]);
}

#[test]
fn a_deleted_thread_is_its_first_message_deleted() {
    let gone = json!({"id": "900", "parent_id": "101", "guild_id": "1", "type": 11});
    let told = with(|listener| other_event(listener, "THREAD_DELETE", &gone)).unwrap();
    let InboundEvent::Deleted { channel, thread, id, .. } = told.event else { panic!("{told:?}") };
    assert_eq!((channel.id.as_str(), thread.as_deref(), id.as_str()), ("101", Some("900"), "900"));
}

#[test]
fn lost_channels_and_servers_are_told_with_the_fix() {
    let event = |kind: &str, data: &Value| with(|listener| other_event(listener, kind, data)).map(|told| told.event);
    let channel = json!({"id": "101", "type": 0});
    assert!(
        matches!(event("CHANNEL_DELETE", &channel), Some(InboundEvent::ChannelBroken { why, .. }) if why.contains("View Channel"))
    );
    assert!(matches!(event("CHANNEL_UPDATE", &channel), Some(InboundEvent::ChannelRestored { .. })));
    assert_eq!(event("CHANNEL_DELETE", &json!({"id": "9", "type": 4})), None, "a category");
    assert!(matches!(event("GUILD_DELETE", &json!({"id": "1"})), Some(InboundEvent::ConnectionBroken { .. })));
    assert_eq!(event("GUILD_DELETE", &json!({"id": "1", "unavailable": true})), None, "an outage");
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "id",
        "channel_id",
        "author",
        "content",
        "edited_timestamp",
        "ids",
        "parent_id",
        "type",
        "member",
        "bot",
        "nonce",
        "mentions",
        "attachments",
        "message_snapshots",
        "message",
        "sticker_items",
        "message_reference",
        "data",
        "custom_id",
        "name",
        "options",
        "value",
        "token",
        "application_id",
        "user",
        "channel",
        "unavailable",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
        "threadline\\.(assign|close|retry|send_held|x)?/?.{0,8}".prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("2016-04-30T11:19:25.796000+00:00")),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(names.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_event_panics_and_each_has_a_key(
        data in any_json(),
        kind in prop::sample::select(vec![
            "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "THREAD_DELETE", "CHANNEL_DELETE",
            "CHANNEL_UPDATE", "GUILD_DELETE", "INTERACTION_CREATE", "GUILD_CREATE", "TYPING_START", "NO_SUCH_KIND",
        ]),
        thread in any::<bool>(),
    ) {
        let threads = threads::Threads::default();
        teach(&threads, kind, &data);
        let _ = needs(kind, &data);
        let spot = if thread { THREAD } else { CHANNEL };
        for told in events(kind, &data, spot) {
            prop_assert!(!told.dedupe_key.is_empty() && !told.lane.is_empty());
        }
        with(|listener| {
            let _ = other_event(listener, kind, &data);
            let _ = crate::interactions::read(listener, &data, Some(spot));
        });
    }
}
