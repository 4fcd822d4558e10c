//! What was written while nobody listened.

use std::time::Duration;

use bridge_core::{Bridge, BridgeError, Cursor, LinkCursor, Op, RemoteAuthor, RemoteMessage};
use bridge_sandbox::clock::Clock;
use bridge_sandbox::discord::permissions;
use bridge_sandbox::discord::seed::SHOP;
use bridge_sandbox::discord::{DiscordOptions, Seed};

use crate::support::*;

fn link(thread: &str, cursor: &str) -> LinkCursor {
    LinkCursor { thread: thread.into(), cursor: Cursor(cursor.into()) }
}

fn ids(items: &[RemoteMessage]) -> Vec<&str> {
    items.iter().map(|message| message.id.as_str()).collect()
}

#[tokio::test]
async fn only_threads_that_moved_are_named() {
    let clock = Clock::manual(1_800_000_000_000_000);
    let setup = Setup::with(DiscordOptions { clock: clock.clone(), ..options(Seed::demo()) }, |_| {}).await;
    let mut opened = Vec::new();
    for key in 1..=5 {
        opened.push(setup.open(key).await);
        clock.advance(Duration::from_secs(1));
    }
    let [read, new, quiet, deleted, away] = opened.as_slice() else { panic!() };
    let say = |thread: &str, text: &str| {
        clock.advance(Duration::from_secs(1));
        setup.sandbox.say(MINA, SHOP, Some(thread), text).unwrap()
    };
    let last_read = say(read, "read");
    let first_new = say(new, "read");
    say(new, "not read");
    say(deleted, "will be deleted");
    setup.sandbox.delete_thread(PRIYA, deleted).unwrap();
    let last_quiet = say(quiet, "read");
    let before = say(away, "read");
    say(away, "not read, and archived");
    setup.sandbox.archive_thread(PRIYA, away, true).unwrap();

    let links = [
        link(read, &last_read),
        link(new, &first_new),
        link(quiet, &last_quiet),
        link(deleted, ""),
        link(away, &before),
        link("700000000000000999", ""),
    ];
    let moved = async || -> Vec<String> {
        let moved = setup.bridge.moved(&channel(), &links).await.unwrap();
        moved.into_iter().map(|thread| thread.id).collect()
    };
    assert!(moved().await.contains(read), "what was just written may have been edited");
    clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(moved().await, [new.as_str(), deleted, away, "700000000000000999"]);
    assert_eq!(setup.bridge.moved(&channel(), &[]).await.unwrap(), []);

    setup.sandbox.delete_channel(PRIYA, SHOP).unwrap();
    assert!(matches!(setup.bridge.moved(&channel(), &links).await, Err(BridgeError::ChannelBroken { .. })));
}

#[tokio::test]
async fn a_threads_messages_come_after_the_cursor_and_a_few_before() {
    let setup = Setup::new().await;
    let opened = setup.open(1).await;
    let ours = setup.apply(&in_thread(&opened), &Op::Post(post("from the visitor")), 2).await;
    let said: Vec<String> =
        (0..6).map(|n| setup.sandbox.say(MINA, SHOP, Some(&opened), &format!("line {n}")).unwrap()).collect();
    setup.sandbox.edit(MINA, SHOP, &said[2], "line 2, better").unwrap();

    let all = setup.bridge.snapshot(&thread(&opened), &Cursor::default(), 10).await.unwrap();
    assert_eq!(all.next, None);
    let mut expected = vec![ours.as_str()];
    expected.extend(said.iter().map(String::as_str));
    assert_eq!(ids(&all.items), expected, "neither the card nor the platform's own first line");
    assert_eq!(all.items[0].author, RemoteAuthor::Ourselves);
    assert!(all.items.iter().all(|message| message.thread.as_ref() == Some(&opened)));
    assert_eq!(all.items[3].body.to_plain(), "line 2, better");
    assert!(all.items[3].edited_at.is_some());

    let some = setup.bridge.snapshot(&thread(&opened), &Cursor(said[3].clone()), 2).await.unwrap();
    assert_eq!(ids(&some.items), [&said[2], &said[3], &said[4], &said[5]]);
    let none = setup.bridge.snapshot(&thread(&opened), &Cursor(said[5].clone()), 0).await.unwrap();
    assert!(none.items.is_empty() && none.next.is_none());
}

#[tokio::test]
async fn a_very_long_thread_comes_in_pieces() {
    let setup = Setup::new().await;
    let opened = setup.open(1).await;
    let said: Vec<String> =
        (0..1_050).map(|n| setup.sandbox.say(MINA, SHOP, Some(&opened), &format!("line {n}")).unwrap()).collect();
    let mut read = Vec::new();
    let mut from = Cursor::default();
    let mut pieces = 0;
    loop {
        let page = setup.bridge.snapshot(&thread(&opened), &from, 0).await.unwrap();
        pieces += 1;
        read.extend(page.items.into_iter().map(|message| message.id));
        match page.next {
            Some(next) => from = next,
            None => break,
        }
    }
    assert!(pieces > 1);
    assert_eq!(read, said);
    let lookback = setup.bridge.snapshot(&thread(&opened), &Cursor(said[1_049].clone()), 250).await.unwrap();
    assert_eq!(ids(&lookback.items), said[800..].iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_thread_or_channel_that_is_gone_says_so() {
    let setup = Setup::new().await;
    let (first, second) = (setup.open(1).await, setup.open(2).await);
    setup.sandbox.delete_thread(PRIYA, &first).unwrap();
    let gone = setup.bridge.snapshot(&thread(&first), &Cursor::default(), 10).await;
    assert_eq!(gone.err(), Some(BridgeError::ThreadGone));
    setup.sandbox.forbid(SHOP, permissions::VIEW_CHANNEL).unwrap();
    let unseen = setup.bridge.snapshot(&thread(&second), &Cursor::default(), 10).await;
    assert!(matches!(unseen, Err(BridgeError::ChannelBroken { .. })), "{unseen:?}");
}
