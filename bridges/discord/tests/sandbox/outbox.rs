//! The outbox's work: posting, changing, removing, and finding out what was done.

use std::time::Duration;

use bridge_core::{
    Action, AnswerButton, Applied, Bridge, BridgeError, CardStatus, Found, IdempotencyKey, Micros, Notice, Op, Outcome,
    Post, RemoteUser, Scope, Sent, StepState,
};
use bridge_sandbox::discord::Seed;
use bridge_sandbox::discord::permissions;
use bridge_sandbox::discord::seed::SHOP;
use bridge_sandbox::faults::{Act, CallFault};

use crate::support::*;

fn now(setup: &Setup) -> Micros {
    Micros(setup.sandbox.clock().now_micros())
}

fn is(id: &str) -> Found {
    Found::Yes(Outcome::Applied(Applied { id: Some(id.to_owned()), thread: None }))
}

#[tokio::test]
async fn a_card_a_post_and_a_notice_arrive_as_they_were_meant() {
    let setup = Setup::new().await;
    let opened = setup.open(1).await;
    let post = setup.apply(&in_thread(&opened), &Op::Post(post("hello\n@everyone <@&700000000000000201>")), 2).await;
    let said = Notice { mention: Some(RemoteUser(MINA.into())), ..notice("takes care of Ada") };
    let notice = setup.apply(&in_thread(&opened), &Op::Notice(said), 3).await;

    let (timeline, name, members) = setup.sandbox.read(|view| {
        let timeline: Vec<_> = view.timeline(SHOP).into_iter().cloned().collect();
        let thread = view.channel(&opened).unwrap();
        (timeline, thread.name.clone(), thread.thread.clone().unwrap().members)
    });
    assert_eq!(timeline.len(), 1);
    assert_eq!(timeline[0].id, opened, "a thread has its card's id");
    assert_eq!(timeline[0].embeds[0]["title"], "Ada Lovelace");
    let key = IdempotencyKey::from_bits(1);
    let ids: Vec<&str> = timeline[0].buttons().map(|button| button["custom_id"].as_str().unwrap()).collect();
    assert_eq!(ids, [format!("threadline.assign/{key}"), format!("threadline.close/{key}")]);
    assert_eq!(name, "Ada Lovelace · shop.example");
    assert!(members.contains_key(MINA), "whoever is called by name is in the thread");

    let messages: Vec<_> = setup.said(&opened);
    assert_eq!(messages.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(), [post, notice]);
    assert_eq!(messages[0].content, "**Ada · visitor**\nhello\n\\@everyone \\<\\@&700000000000000201>");
    assert_eq!(messages[0].pinged, Vec::<String>::new());
    assert_eq!(messages[1].pinged, [MINA]);
    assert!(messages[1].content.starts_with(&format!("<@{MINA}> ")));
}

#[tokio::test]
async fn the_same_key_leaves_one_message_and_one_thread() {
    let setup = Setup::new().await;
    let opened = setup.open(1).await;
    assert_eq!(setup.open(1).await, opened, "the second start is refused, and that is fine");
    let said = Op::Post(post("hello"));
    let first = setup.apply(&in_thread(&opened), &said, 2).await;
    assert_eq!(setup.apply(&in_thread(&opened), &said, 2).await, first);
    assert_ne!(setup.apply(&in_thread(&opened), &said, 3).await, first);
    assert_eq!(setup.said(&opened).len(), 2);
    assert_eq!(setup.sandbox.read(|view| view.timeline(SHOP).len()), 1);
}

#[tokio::test]
async fn lost_answers_are_found() {
    let setup = Setup::new().await;
    let sent_at = now(&setup);
    let open = Op::OpenThread(card());
    setup.sandbox.faults().add(CallFault::drop_answer("create_message"));
    assert!(matches!(setup.perform(&in_channel(), &open, 1).await, Err(BridgeError::Ambiguous { .. })));
    let Found::Yes(Outcome::Continue(step)) = setup.find(&in_channel(), &open, 1, sent_at).await else {
        panic!("the card is there, its thread is not")
    };
    assert_eq!(setup.find(&in_channel(), &open, 9, sent_at).await, Found::No);

    setup.sandbox.faults().add(CallFault::drop_answer("create_thread_from_message"));
    let key = IdempotencyKey::from_bits(1);
    let lost = setup.bridge.perform(&in_channel(), &open, &key, step.clone()).await;
    assert!(matches!(lost, Err(BridgeError::Transient { .. })), "it can be repeated: {lost:?}");
    let found = setup.find(&in_channel(), &open, 1, sent_at).await;
    let again = setup.bridge.perform(&in_channel(), &open, &key, step).await.unwrap();
    assert_eq!(found, Found::Yes(again.clone()));
    let Outcome::Applied(Applied { id: Some(id), thread: Some(thread) }) = again else { panic!("{again:?}") };
    assert_eq!(id, thread);

    setup.sandbox.faults().add(CallFault::drop_answer("create_message"));
    let said = Op::Post(post("hello"));
    assert!(matches!(setup.perform(&in_thread(&thread), &said, 2).await, Err(BridgeError::Ambiguous { .. })));
    assert_eq!(setup.find(&in_thread(&thread), &said, 2, sent_at).await, is(&setup.said(&thread)[0].id));
}

#[tokio::test]
async fn a_post_is_told_from_those_that_are_known_and_from_answers() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let sent_at = now(&setup);
    let said = Op::Post(post("hello"));
    let person = setup.sandbox.say(MINA, SHOP, Some(&thread), "hello").unwrap();
    let handle = setup.handle_of(&thread, &person).await;
    setup.bridge.respond(&handle, &bridge_core::Answer::text("hello")).await.unwrap();
    assert_eq!(setup.find(&in_thread(&thread), &said, 2, sent_at).await, Found::No);
    let first = setup.apply(&in_thread(&thread), &said, 2).await;
    let second = setup.apply(&in_thread(&thread), &Op::Post(post("hello")), 3).await;
    let other = setup.apply(&in_thread(&thread), &Op::Post(post("other")), 4).await;
    let find = async |op: &Op, taken: &[&String]| {
        let sent = Sent { at: sent_at, taken: taken.iter().map(|id| (*id).clone()).collect() };
        setup.bridge.find(&in_thread(&thread), op, &IdempotencyKey::from_bits(9), &sent).await.unwrap()
    };
    assert_eq!(find(&said, &[]).await, is(&first));
    assert_eq!(find(&said, &[&first]).await, is(&second));
    assert_eq!(find(&Op::Post(post("other")), &[]).await, is(&other), "the same words count first");
    assert_eq!(find(&said, &[&first, &second]).await, is(&other));
    assert_eq!(find(&said, &[&first, &second, &other]).await, Found::No);
}

#[tokio::test]
async fn soon_after_a_post_its_absence_proves_nothing() {
    let setup = Setup::with(options(Seed::demo()), |settings| settings.settle = Duration::from_secs(3600)).await;
    let found = setup.find(&in_channel(), &Op::OpenThread(card()), 1, now(&setup)).await;
    assert_eq!(found, Found::NotYet);
}

#[tokio::test]
async fn an_edit_a_card_and_a_deletion_can_be_repeated() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let at = in_thread(&thread);
    let id = setup.apply(&at, &Op::Post(post("helo")), 2).await;
    let closed = bridge_core::Card { status: CardStatus::Closed { by: "Mina".into() }, ..card() };
    for _ in 0..2 {
        setup.apply(&at, &Op::Edit { id: id.clone(), post: post("hello") }, 3).await;
        setup.apply(&at, &Op::UpdateCard { id: thread.clone(), card: closed.clone() }, 4).await;
    }
    assert_eq!(setup.said(&thread)[0].content, "**Ada · visitor**\nhello");
    let card = setup.sandbox.read(|view| view.timeline(SHOP)[0].clone());
    assert!(card.embeds[0].to_string().contains("Closed by Mina"));
    for _ in 0..2 {
        setup.apply(&at, &Op::Delete { id: id.clone() }, 5).await;
    }
    assert!(setup.said(&thread).is_empty());
    let edit = Op::Edit { id, post: post("too late") };
    assert!(matches!(setup.perform(&at, &edit, 6).await, Err(BridgeError::Rejected { .. })));
}

#[tokio::test]
async fn a_long_message_becomes_a_short_one_by_an_edit() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let longest = setup.bridge.capabilities().longest_part;
    let id = setup.apply(&in_thread(&thread), &Op::Post(post(&"*".repeat(longest))), 2).await;
    let long = setup.said(&thread)[0].clone();
    assert_eq!(long.embeds[0]["description"].as_str().unwrap().len(), 2 * longest);
    assert_eq!(long.flags & 4, 0, "its embed is shown");
    setup.apply(&in_thread(&thread), &Op::Edit { id, post: post("short") }, 3).await;
    let short = setup.said(&thread)[0].clone();
    assert!(short.embeds.is_empty() && short.content.ends_with("short"));
    assert_eq!(short.flags & 4, 4, "addresses have no preview");
}

#[tokio::test]
async fn a_deleted_card_leaves_its_thread() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    setup.sandbox.delete(PRIYA, SHOP, &thread).unwrap();
    setup.apply(&in_thread(&thread), &Op::Post(post("still here")), 2).await;
    setup.apply(&in_thread(&thread), &Op::UpdateCard { id: thread.clone(), card: card() }, 3).await;
    assert_eq!(setup.said(&thread).len(), 1);
}

#[tokio::test]
async fn a_card_that_is_deleted_before_its_thread_begins_is_posted_again() {
    let setup = Setup::new().await;
    let open = Op::OpenThread(card());
    let Outcome::Continue(step) = setup.perform(&in_channel(), &open, 1).await.unwrap() else { panic!() };
    let lost = setup.sandbox.read(|view| view.timeline(SHOP)[0].id.clone());
    setup.sandbox.delete(PRIYA, SHOP, &lost).unwrap();
    let key = IdempotencyKey::from_bits(1);
    let mut outcome = setup.bridge.perform(&in_channel(), &open, &key, step).await.unwrap();
    for _ in 0..2 {
        let Outcome::Continue(step) = outcome else { panic!("{outcome:?}") };
        outcome = setup.bridge.perform(&in_channel(), &open, &key, step).await.unwrap();
    }
    let Outcome::Applied(Applied { thread: Some(thread), .. }) = outcome else { panic!("{outcome:?}") };
    assert_ne!(thread, lost);
}

#[tokio::test]
async fn a_broadcast_points_at_the_thread_in_the_channel() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let said = Op::Post(Post { broadcast: true, ..post("back again") });
    for _ in 0..2 {
        setup.apply(&in_thread(&thread), &said, 2).await;
    }
    let lines: Vec<String> =
        setup.sandbox.read(|view| view.timeline(SHOP).iter().skip(1).map(|line| line.content.clone()).collect());
    assert_eq!(lines, [format!("New message in <#{thread}>")]);

    setup.sandbox.faults().add(CallFault { skip: 1, ..CallFault::next("create_message", Act::Status { code: 500 }) });
    setup.apply(&in_thread(&thread), &Op::Post(Post { broadcast: true, ..post("and again") }), 3).await;
}

#[tokio::test]
async fn threads_and_channels_that_are_gone_are_told_apart() {
    let setup = Setup::new().await;
    let (deleted, locked, lost) = (setup.open(1).await, setup.open(2).await, setup.open(3).await);
    let said = Op::Post(post("hello"));
    setup.sandbox.delete_thread(PRIYA, &deleted).unwrap();
    assert_eq!(setup.perform(&in_thread(&deleted), &said, 4).await, Err(BridgeError::ThreadGone));
    let gone = Op::Delete { id: deleted.clone() };
    setup.apply(&in_thread(&deleted), &gone, 5).await;
    setup.sandbox.faults().add(CallFault::next("create_message", Act::Error { code: "160005".into() }));
    assert_eq!(setup.perform(&in_thread(&locked), &said, 6).await, Err(BridgeError::ThreadGone));

    setup.sandbox.forbid(SHOP, permissions::SEND_MESSAGES_IN_THREADS).unwrap();
    let refused = setup.perform(&in_thread(&lost), &said, 7).await;
    let Err(BridgeError::ChannelBroken { why }) = &refused else { panic!("{refused:?}") };
    assert!(why.contains("Send Messages in Threads"), "{why}");
    setup.sandbox.set_permission(SHOP, permissions::SEND_MESSAGES_IN_THREADS, true).unwrap();
    setup.apply(&in_thread(&lost), &said, 8).await;

    setup.sandbox.delete_channel(PRIYA, SHOP).unwrap();
    let refused = setup.perform(&in_thread(&lost), &said, 9).await;
    let Err(BridgeError::ChannelBroken { why }) = &refused else { panic!("{refused:?}") };
    assert!(why.contains("Map the domain to another channel"), "{why}");
    assert!(matches!(
        setup.perform(&in_channel(), &Op::OpenThread(card()), 10).await,
        Err(BridgeError::ChannelBroken { .. })
    ));
}

#[tokio::test]
async fn somebody_is_added_to_a_thread_once_the_words_that_name_them_stand_there() {
    let setup = Setup::new().await;
    let opened = setup.open(1).await;
    let said = Op::Notice(Notice { mention: Some(RemoteUser(MINA.into())), ..notice("takes care of Ada") });
    let added = || setup.sandbox.read(|view| view.calls_of("add_thread_member").len());
    setup.sandbox.faults().add(CallFault::next("create_message", Act::Error { code: "50035".into() }));
    let refused = setup.perform(&in_thread(&opened), &said, 2).await;
    assert!(matches!(refused, Err(BridgeError::Rejected { .. })), "{refused:?}");
    assert_eq!(added(), 0);
    setup.apply(&in_thread(&opened), &said, 2).await;
    assert_eq!(added(), 1);
}

#[tokio::test]
async fn every_fault_is_told_by_its_kind() {
    let setup = Setup::new().await;
    let mut settings = settings(&setup.sandbox);
    settings.call_timeout = Duration::from_secs(3);
    let hurried = bridge(&setup.sandbox, settings);
    let thread = setup.open(1).await;
    let said = Op::Post(post("hello"));
    let mut key = 10;
    let mut fault = async |act: Act| {
        // Only who waits in vain should be in a hurry.
        let bridge = if act == Act::Hang { &hurried } else { &setup.bridge };
        setup.sandbox.faults().clear();
        setup.sandbox.faults().add(CallFault::next("create_message", act));
        key += 1;
        let key = IdempotencyKey::from_bits(key);
        bridge.perform(&in_thread(&thread), &said, &key, StepState::default()).await.unwrap_err()
    };
    assert!(matches!(fault(Act::Close).await, BridgeError::Ambiguous { .. }));
    assert!(matches!(fault(Act::Hang).await, BridgeError::Ambiguous { .. }));
    assert!(matches!(fault(Act::Status { code: 503 }).await, BridgeError::Ambiguous { .. }));
    assert!(matches!(fault(Act::Garbage).await, BridgeError::Ambiguous { .. }));
    let refused = fault(Act::Error { code: "50035".into() }).await;
    assert!(matches!(refused, BridgeError::Rejected { .. }), "{refused:?}");
    let limited = fault(Act::RateLimited { retry_after_s: 7 }).await;
    let BridgeError::RateLimited { after, scope: Scope::Thread } = limited else { panic!("{limited:?}") };
    assert!(after > Duration::from_secs(6), "{after:?}");

    let other = in_channel();
    setup.sandbox.faults().add(CallFault::next("create_thread_from_message", Act::RateLimited { retry_after_s: 7 }));
    let Outcome::Continue(step) = setup.perform(&other, &Op::OpenThread(card()), 50).await.unwrap() else { panic!() };
    let limited = setup.bridge.perform(&other, &Op::OpenThread(card()), &IdempotencyKey::from_bits(50), step).await;
    assert!(matches!(limited, Err(BridgeError::RateLimited { scope: Scope::Opening, .. })), "{limited:?}");
}

#[tokio::test]
async fn an_answer_stands_under_the_message_once_and_says_nothing_where_nothing_is_to_be_said() {
    let setup = Setup::new().await;
    let thread = setup.open(1).await;
    let asked = setup.sandbox.say(JONAS, SHOP, Some(&thread), "hello").unwrap();
    let handle = setup.handle_of(&thread, &asked).await;
    let button = AnswerButton { label: "Send".into(), action: Action::SendHeld(asked.clone()) };
    let answer = bridge_core::Answer { buttons: vec![button], ..bridge_core::Answer::text("Send it?") };
    for _ in 0..2 {
        setup.bridge.respond(&handle, &answer).await.unwrap();
    }
    setup.bridge.respond(&handle, &bridge_core::Answer::done()).await.unwrap();
    let said = setup.said(&thread);
    assert_eq!(said.len(), 2);
    assert_eq!(said[1].content, "Send it?");
    assert_eq!(said[1].reference.as_ref().unwrap().message.as_deref(), Some(asked.as_str()));
    assert_eq!(said[1].buttons().next().unwrap()["custom_id"], format!("threadline.send_held/{asked}"));
    assert!(!setup.bridge.is_private(&handle), "colleagues can read it");
}

#[tokio::test]
async fn typing_shows() {
    let setup = Setup::new().await;
    let opened = setup.open(1).await;
    setup.bridge.signal(&thread(&opened), bridge_core::Signal::Typing).await.unwrap();
    assert_eq!(setup.sandbox.typing_seen(BOT, &opened), 1);
}
