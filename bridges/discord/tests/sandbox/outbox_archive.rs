//! Threads that are archived, servers with too many of them, and forums.

use bridge_core::{
    Applied, Bridge, BridgeError, CardStatus, Found, IdempotencyKey, Micros, Op, Outcome, Scope, Target,
};
use bridge_sandbox::discord::seed::SHOP;
use bridge_sandbox::discord::{DiscordOptions, Seed};
use bridge_sandbox::faults::{Act, CallFault};

use crate::support::*;

fn archived(setup: &Setup, thread: &str) -> bool {
    setup.sandbox.read(|view| view.channel(thread).unwrap().is_archived())
}

fn post_of(thread: &str) -> Target {
    Target { thread: Some(thread.into()), ..in_forum() }
}

#[tokio::test]
async fn archiving_can_be_repeated_and_whatever_is_said_brings_the_thread_back() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let at = in_thread(&thread);
    for _ in 0..2 {
        let done = setup.perform(&at, &Op::Archive, 2).await.unwrap();
        assert_eq!(done, Outcome::Applied(Applied::default()));
        assert!(archived(&setup, &thread));
    }
    setup.apply(&at, &Op::Post(post("back again")), 3).await;
    assert!(!archived(&setup, &thread));
}

#[tokio::test]
async fn an_edit_and_a_deletion_in_an_archived_thread_leave_it_archived() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let at = in_thread(&thread);
    let (edited, deleted) =
        (setup.apply(&at, &Op::Post(post("helo")), 2).await, setup.apply(&at, &Op::Post(post("oops")), 3).await);
    setup.perform(&at, &Op::Archive, 4).await.unwrap();
    setup.apply(&at, &Op::Edit { id: edited, post: post("hello") }, 5).await;
    setup.apply(&at, &Op::Delete { id: deleted }, 6).await;
    setup.apply(&at, &Op::UpdateCard { id: thread.clone(), card: card() }, 7).await;
    assert!(archived(&setup, &thread));
    let said: Vec<String> = setup.said(&thread).into_iter().map(|message| message.content).collect();
    assert_eq!(said, ["**Ada · visitor**\nhello"]);
}

#[tokio::test]
async fn where_a_server_has_too_many_threads_the_quietest_of_ours_make_room() {
    let options = DiscordOptions { active_threads: 8, ..options(Seed::demo()) };
    let setup = Setup::with(options, |_| {}).await;
    let mut threads = Vec::new();
    for key in 1..=8 {
        threads.push(setup.open(key).await);
    }
    // The first is the liveliest now.
    setup.apply(&in_thread(&threads[0]), &Op::Post(post("still here")), 20).await;
    let ninth = setup.open(9).await;
    let away: Vec<bool> = threads.iter().map(|thread| archived(&setup, thread)).collect();
    assert_eq!(away, [false, true, true, true, true, true, false, false]);
    assert!(!archived(&setup, &ninth));
    for (key, thread) in (30..).zip(&threads[1..6]) {
        setup.apply(&in_thread(thread), &Op::Post(post("back again")), key).await;
    }
    assert!(!archived(&setup, &threads[5]));
}

#[tokio::test]
async fn where_nothing_can_make_room_only_new_threads_wait() {
    let setup = Setup::new().await;
    let mut refused = CallFault::next("create_thread_from_message", Act::Error { code: "160006".into() });
    refused.times = u32::MAX;
    setup.sandbox.faults().add(refused);
    let open = Op::OpenThread(card());
    let Outcome::Continue(step) = setup.perform(&in_channel(), &open, 1).await.unwrap() else { panic!() };
    let full = setup.bridge.perform(&in_channel(), &open, &IdempotencyKey::from_bits(1), step).await;
    assert!(matches!(full, Err(BridgeError::RateLimited { scope: Scope::Opening, .. })), "{full:?}");
}

#[tokio::test]
async fn a_forum_holds_the_conversation_in_a_post() {
    let setup = Setup::new().await;
    let done = setup.perform(&in_forum(), &Op::OpenThread(card()), 1).await.unwrap();
    let Outcome::Applied(Applied { id: Some(id), thread: Some(thread) }) = done else { panic!("{done:?}") };
    assert_eq!(id, thread);
    let at = post_of(&thread);
    setup.apply(&at, &Op::Post(post("hello")), 2).await;
    let closed = bridge_core::Card { status: CardStatus::Closed { by: "Mina".into() }, ..card() };
    setup.apply(&at, &Op::UpdateCard { id: id.clone(), card: closed.clone() }, 3).await;
    setup.perform(&at, &Op::Archive, 4).await.unwrap();
    setup.apply(&at, &Op::UpdateCard { id: id.clone(), card: closed }, 5).await;
    assert!(archived(&setup, &thread));
    let messages = setup.sandbox.thread(FORUM, &thread);
    assert_eq!(messages.iter().map(|message| message.id.as_str()).next(), Some(id.as_str()));
    assert!(messages[0].embeds[0].to_string().contains("Closed by Mina"));
    assert_eq!(messages[1].content, "**Ada · visitor**\nhello");
    setup.sandbox.delete_thread(PRIYA, &thread).unwrap();
    assert_eq!(setup.perform(&at, &Op::UpdateCard { id, card: card() }, 6).await, Err(BridgeError::ThreadGone));
}

#[tokio::test]
async fn the_card_of_a_reopened_conversation_does_not_put_its_post_away() {
    let setup = Setup::new().await;
    let Outcome::Applied(Applied { thread: Some(thread), .. }) =
        setup.perform(&in_forum(), &Op::OpenThread(card()), 1).await.unwrap()
    else {
        panic!()
    };
    let at = post_of(&thread);
    setup.perform(&at, &Op::Archive, 2).await.unwrap();
    setup.apply(&at, &Op::UpdateCard { id: thread.clone(), card: card() }, 3).await;
    assert!(!archived(&setup, &thread));
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_by_its_key() {
    let setup = Setup::new().await;
    let sent_at = Micros(setup.sandbox.clock().now_micros());
    let open = Op::OpenThread(card());
    setup.perform(&in_forum(), &open, 2).await.unwrap();
    setup.sandbox.faults().add(CallFault::drop_answer("create_thread"));
    assert!(matches!(setup.perform(&in_forum(), &open, 1).await, Err(BridgeError::Ambiguous { .. })));
    let newest = setup.sandbox.read(|view| view.threads(FORUM).iter().map(|thread| thread.id.clone()).max().unwrap());
    let applied = Applied { id: Some(newest.clone()), thread: Some(newest) };
    assert_eq!(setup.find(&in_forum(), &open, 1, sent_at).await, Found::Yes(Outcome::Applied(applied)));
    assert_eq!(setup.find(&in_forum(), &open, 3, sent_at).await, Found::No);
    let again = setup.perform(&in_forum(), &open, 1).await;
    let found = setup.find(&in_forum(), &open, 1, sent_at).await;
    assert_eq!(again.map(Found::Yes), Ok(found), "the same key, tried again, leaves one post");
}

#[tokio::test]
async fn a_forums_tags_show_how_the_conversation_stands() {
    let seed = Seed::demo().with_channel(FORUM, |channel| {
        channel.tag_required = true;
        let tag = |id: &str, name: &str| bridge_sandbox::discord::world::Tag {
            id: id.into(),
            name: name.into(),
            moderated: false,
        };
        channel.tags = vec![
            tag("700000000000000801", "urgent"),
            tag("700000000000000802", "open"),
            tag("700000000000000803", "closed"),
        ];
    });
    let setup = Setup::with(options(seed), |_| {}).await;
    let tags = |thread: &str| setup.sandbox.read(|view| view.channel(thread).unwrap().thread.clone().unwrap().tags);
    let done = setup.perform(&in_forum(), &Op::OpenThread(card()), 1).await.unwrap();
    let Outcome::Applied(Applied { thread: Some(thread), .. }) = done else { panic!("{done:?}") };
    assert_eq!(tags(&thread), ["700000000000000802"]);
    let closed = bridge_core::Card { status: CardStatus::Closed { by: "Mina".into() }, ..card() };
    let at = post_of(&thread);
    setup.perform(&at, &Op::Archive, 2).await.unwrap();
    setup.apply(&at, &Op::UpdateCard { id: thread.clone(), card: closed }, 3).await;
    assert_eq!(tags(&thread), ["700000000000000803"]);
    assert!(archived(&setup, &thread));
    setup.apply(&at, &Op::UpdateCard { id: thread.clone(), card: card() }, 4).await;
    assert_eq!(tags(&thread), ["700000000000000802"]);
    assert_eq!(setup.sandbox.read(|view| view.timeline(SHOP).len()), 0);
}
