//! What becomes of a message as Discord tells it.

use serde_json::json;

use super::*;

fn me() -> Identity {
    Identity { user: "400".into(), application: "400".into() }
}

fn read_one(message: &Value) -> Option<RemoteMessage> {
    let connection = "discord.play".parse().unwrap();
    read(&Place { connection: &connection, me: &me(), channel: "101", thread: Some("102") }, message)
}

fn message(more: &Value) -> Value {
    let mut message = json!({
        "id": "175928847299117063", "channel_id": "102", "type": 0, "content": "hello",
        "author": {"id": "301", "username": "mina", "global_name": "Mina"},
        "edited_timestamp": null, "attachments": [], "mentions": [],
    });
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

#[test]
fn a_message_is_read() {
    let found = read_one(&message(&json!({}))).unwrap();
    assert_eq!(found.channel.id, "101");
    assert_eq!(found.thread.as_deref(), Some("102"));
    assert_eq!(found.at, Micros(1_462_015_105_796_007), "messages of one millisecond keep their order");
    assert_eq!(found.author, RemoteAuthor::Person(RemoteUser("301".into())));
    assert_eq!(found.body.to_plain(), "hello");
    assert_eq!(found.edited_at, None);
    let Ok(Handle::Message { channel, message, user }) = Handle::read(&found.reply) else {
        panic!("{:?}", found.reply.0)
    };
    assert_eq!([channel, message, user], ["102", "175928847299117063", "301"]);
}

#[test]
fn who_wrote_it_is_told_by_ids_and_kinds_never_by_names() {
    let author = |more: Value| read_one(&message(&more)).unwrap().author;
    assert_eq!(author(json!({"author": {"id": "400", "username": "x", "bot": true}})), RemoteAuthor::Ourselves);
    assert_eq!(author(json!({"author": {"id": "401", "bot": true}})), RemoteAuthor::Bot("401".into()));
    assert_eq!(author(json!({"webhook_id": "77"})), RemoteAuthor::Bot("77".into()));
    assert_eq!(
        author(json!({"webhook_id": "400", "author": {"id": "400", "bot": true}, "type": 20})),
        RemoteAuthor::Ourselves
    );
    for system in [1, 3, 6, 7, 8, 12, 18, 21, 24, 46, 200] {
        assert_eq!(author(json!({"type": system})), RemoteAuthor::Platform, "type {system}");
    }
    assert_eq!(author(json!({"author": {"id": "1", "system": true}})), RemoteAuthor::Platform);
    assert!(matches!(author(json!({"type": 19})), RemoteAuthor::Person(_)), "a reply is a message");
}

#[test]
fn our_key_is_the_nonce_and_only_on_our_own_messages() {
    let key: bridge_core::IdempotencyKey = bridge_core::IdempotencyKey::from_bits(77);
    let ours = json!({"author": {"id": "400", "bot": true}, "nonce": key.to_string()});
    assert_eq!(read_one(&message(&ours)).unwrap().key, Some(key));
    assert_eq!(read_one(&message(&json!({"nonce": key.to_string()}))).unwrap().key, None);
    let foreign = json!({"author": {"id": "400", "bot": true}, "nonce": 12});
    assert_eq!(read_one(&message(&foreign)).unwrap().key, None);
}

#[test]
fn names_files_and_edits_are_read() {
    let found = read_one(&message(&json!({
        "content": "<@302> and <@&201>, look",
        "mentions": [{"id": "302", "username": "jonas", "global_name": null, "member": {"nick": "Jonas B."}}],
        "edited_timestamp": "2016-04-30T11:19:25.796000+00:00",
        "attachments": [{"id": "9", "filename": "a.png", "size": 12, "content_type": "image/png"}],
        "sticker_items": [{"id": "10", "name": "wave", "format_type": 1}],
    })))
    .unwrap();
    assert_eq!(found.mentions, [RemoteUser("302".into()), RemoteUser("&201".into())]);
    assert!(found.body.to_plain().starts_with("@Jonas B. and "), "{}", found.body.to_plain());
    assert_eq!(found.edited_at, Some(Micros(1_462_015_165_796_000)));
    assert_eq!(found.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a.png", "wave"]);
}

#[test]
fn a_forward_says_what_it_forwards_or_is_read_again() {
    let forward = json!({"content": "", "message_reference": {"type": 1, "message_id": "5"}});
    assert_eq!(read_one(&message(&forward)), None);
    let whole = json!({
        "content": "", "message_reference": {"type": 1},
        "message_snapshots": [{"message": {"content": "old words", "attachments": [{"id": "3", "filename": "b.txt"}]}}],
    });
    let found = read_one(&message(&whole)).unwrap();
    assert!(found.body.to_plain().contains("old words"));
    assert_eq!(found.files.len(), 1);
}

#[test]
fn a_part_of_a_message_is_not_taken_for_one() {
    for part in
        [json!({}), json!({"id": "175928847299117063"}), json!({"id": "x", "content": "a", "author": {"id": "1"}})]
    {
        assert_eq!(read_one(&part), None, "{part}");
    }
    let mut silent = message(&json!({}));
    silent.as_object_mut().unwrap().remove("content");
    assert_eq!(read_one(&silent), None);
}
