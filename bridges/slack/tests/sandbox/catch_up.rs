//! What was written while nobody listened.

use std::time::Duration;

use bridge_core::{Bridge, BridgeError, Cursor, DirectoryAnswer, DirectoryQuery, LinkCursor, Op, RemoteAuthor};

use bridge_sandbox::clock::Clock;
use bridge_sandbox::slack::{Seed, SlackOptions};

use crate::support::*;

fn link(thread: &str, cursor: &str) -> LinkCursor {
    LinkCursor { thread: thread.into(), cursor: Cursor(cursor.into()) }
}

#[tokio::test]
async fn only_threads_that_moved_are_named() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let options = SlackOptions { clock: clock.clone(), ..SlackOptions::seeded(Seed::demo()) };
    let setup = Setup::with(options, |_| {}).await;
    let (read, new, quiet, deleted, gone) =
        (setup.open(1).await, setup.open(2).await, setup.open(3).await, setup.open(4).await, setup.open(5).await);
    let say = |root: &str, text: &str| setup.sandbox.say("U0MINA", CHANNEL, Some(root), text).unwrap();
    let last_read = say(&read, "read");
    let first_new = say(&new, "read");
    say(&new, "not read");
    let removed = say(&deleted, "will be deleted");
    setup.sandbox.delete("U0MINA", CHANNEL, &removed).unwrap();
    say(&gone, "stays behind");
    setup.sandbox.delete("U0PRIYA", CHANNEL, &gone).unwrap();

    let links = [
        link(&read, &last_read),
        link(&new, &first_new),
        link(&quiet, ""),
        link(&deleted, &removed),
        link(&gone, ""),
        link("1700000000.000001", ""),
    ];
    let moved = async || -> Vec<String> {
        let moved = setup.bridge.moved(&channel(), &links).await.unwrap();
        moved.into_iter().map(|thread| thread.id).collect()
    };
    let now = moved().await;
    assert_eq!(now, [&read, &new, &deleted, &gone, "1700000000.000001"], "what was just written may have been edited");
    clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(moved().await, [new.as_str(), &deleted, &gone, "1700000000.000001"]);
    assert_eq!(setup.bridge.moved(&channel(), &[]).await.unwrap(), []);
}

#[tokio::test]
async fn a_threads_messages_come_after_the_cursor_and_a_few_before() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let ours = setup.apply(&in_thread(&root), &Op::Post(post("from the visitor")), 2).await;
    let ids: Vec<String> =
        (0..6).map(|n| setup.sandbox.say("U0MINA", CHANNEL, Some(&root), &format!("line {n}")).unwrap()).collect();
    setup.sandbox.edit("U0MINA", CHANNEL, &ids[2], "line 2, better").unwrap();

    let all = setup.bridge.snapshot(&thread(&root), &Cursor::default(), 10).await.unwrap();
    assert_eq!((all.items.len(), all.next), (7, None));
    assert_eq!(all.items[0].id, ours);
    assert_eq!(all.items[0].author, RemoteAuthor::Ourselves);
    assert_eq!(all.items[0].key, Some(bridge_core::IdempotencyKey::from_bits(2)));

    let some = setup.bridge.snapshot(&thread(&root), &Cursor(ids[3].clone()), 2).await.unwrap();
    let seen: Vec<&str> = some.items.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(seen, [&ids[2], &ids[3], &ids[4], &ids[5]]);
    assert_eq!(some.items[0].body.to_plain(), "line 2, better");
    assert!(some.items[0].edited_at.is_some());

    let none = setup.bridge.snapshot(&thread(&root), &Cursor(ids[5].clone()), 0).await.unwrap();
    assert_eq!((none.items, none.next), (vec![], None));
}

#[tokio::test]
async fn a_long_thread_comes_whole() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let ids: Vec<String> =
        (0..1_100).map(|n| setup.sandbox.say("U0MINA", CHANNEL, Some(&root), &format!("line {n}")).unwrap()).collect();
    let mut cursor = Cursor::default();
    let mut seen: Vec<String> = Vec::new();
    loop {
        let page = setup.bridge.snapshot(&thread(&root), &cursor, 0).await.unwrap();
        seen.extend(page.items.into_iter().map(|message| message.id));
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(seen, ids);

    // In a busy thread what is new comes even where it lies far behind what is looked back at.
    let fresh = setup.bridge.snapshot(&thread(&root), &Cursor(ids[1_050].clone()), 20).await.unwrap();
    let fresh: Vec<String> = fresh.items.into_iter().map(|message| message.id).collect();
    assert_eq!(fresh, ids[1_051..]);
}

#[tokio::test]
async fn a_thread_without_its_card_is_gone() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "hello").unwrap();
    setup.sandbox.delete("U0PRIYA", CHANNEL, &root).unwrap();
    let failed = setup.bridge.snapshot(&thread(&root), &Cursor::default(), 5).await;
    assert_eq!(failed.unwrap_err(), BridgeError::ThreadGone);
    let empty = setup.open(2).await;
    setup.apply(&in_channel(), &Op::Delete { id: empty.clone() }, 3).await;
    let failed = setup.bridge.snapshot(&thread(&empty), &Cursor::default(), 5).await;
    assert_eq!(failed.unwrap_err(), BridgeError::ThreadGone);
}

#[tokio::test]
async fn one_message_is_read_as_it_stands_now() {
    let setup = Setup::new().await;
    let root = setup.open(1).await;
    let said = setup.sandbox.say("U0MINA", CHANNEL, Some(&root), "helo").unwrap();
    setup.sandbox.edit("U0MINA", CHANNEL, &said, "hello").unwrap();
    for known in [Some(root.clone()), None] {
        let query = DirectoryQuery::Message { channel: channel(), thread: known, id: said.clone() };
        let DirectoryAnswer::Message(Some(found)) = setup.bridge.directory(query).await.unwrap() else { panic!() };
        assert_eq!((found.body.to_plain().as_str(), found.thread), ("hello", Some(root.clone())));
    }
    setup.sandbox.delete("U0MINA", CHANNEL, &said).unwrap();
    let query = DirectoryQuery::Message { channel: channel(), thread: Some(root), id: said };
    assert_eq!(setup.bridge.directory(query).await.unwrap(), DirectoryAnswer::Message(None));
}
