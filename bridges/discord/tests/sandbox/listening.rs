//! The gateway: what is heard, stored, told once, and answered in time.

use std::sync::atomic::Ordering;

use bridge_core::{Action, Answer, Bridge, Inbound, InboundEvent, ListenReport, Op, RemoteAuthor, RemoteUser};

use crate::support::*;

/// A listening bridge with one open thread.
async fn listening(sink: &std::sync::Arc<Sink>) -> (Setup, Listening, String) {
    let setup = Setup::new().await;
    let listening = setup.listen(sink);
    sink.connected(1).await;
    let thread = setup.open(7).await;
    (setup, listening, thread)
}

fn ids(told: &Told) -> Vec<String> {
    let id = |inbound: &Inbound| match &inbound.event {
        InboundEvent::Message(message) if matches!(message.author, RemoteAuthor::Person(_)) => Some(message.id.clone()),
        _ => None,
    };
    told.inbound.iter().filter_map(id).collect()
}

#[tokio::test]
async fn a_reply_and_our_own_echo_are_heard() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), &format!("Hi **Ada** <@{JONAS}> &")).unwrap();

    let reply = sink.message(&said).await;
    assert_eq!(reply.author, RemoteAuthor::Person(RemoteUser(MINA.into())));
    assert_eq!((reply.channel.id.as_str(), reply.thread.as_deref()), (CHANNEL, Some(thread.as_str())));
    assert_eq!(reply.mentions, [RemoteUser(JONAS.into())]);
    assert_eq!(reply.body.to_plain(), "Hi Ada @Jonas &");
    let echo = sink.message(&thread).await;
    assert_eq!((echo.author, echo.thread), (RemoteAuthor::Ourselves, None));
    assert_eq!(echo.key, Some(bridge_core::IdempotencyKey::from_bits(7)));
    let posted = setup.apply(&in_thread(&thread), &Op::Post(post("from the visitor")), 8).await;
    let echo = sink.message(&posted).await;
    assert_eq!((echo.author, echo.thread.as_deref()), (RemoteAuthor::Ourselves, Some(thread.as_str())));
    assert_eq!(echo.key, Some(bridge_core::IdempotencyKey::from_bits(8)));
    assert_eq!(listening.stop().await, Ok(()));
}

#[tokio::test]
async fn a_thread_from_before_the_start_is_known() {
    let setup = Setup::new().await;
    let thread = setup.open(7).await;
    let other = bridge(&setup.sandbox, settings(&setup.sandbox));
    let sink = Sink::new();
    let listening = listen(&other, &sink);
    sink.connected(1).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "hello").unwrap();
    assert_eq!(sink.message(&said).await.thread.as_deref(), Some(thread.as_str()));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn edits_deletions_and_previews_are_told_apart() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "helo https://shop.example").unwrap();
    setup.sandbox.unfurl(&thread, &said, "https://shop.example").unwrap();
    setup.sandbox.edit(MINA, &thread, &said, "hello").unwrap();
    let edited = sink
        .event("the edit", |inbound| match &inbound.event {
            InboundEvent::Edited(message) => Some(message.clone()),
            _ => None,
        })
        .await;
    assert_eq!((edited.id.as_str(), edited.body.to_plain().as_str()), (said.as_str(), "hello"));
    assert!(edited.edited_at.is_some());
    setup.sandbox.delete(MINA, &thread, &said).unwrap();
    let (id, lane) = sink
        .event("the deletion", |inbound| match &inbound.event {
            InboundEvent::Deleted { id, .. } => Some((id.clone(), inbound.lane.clone())),
            _ => None,
        })
        .await;
    assert_eq!((id, lane), (said, format!("{CHANNEL}/{thread}")));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_card_may_go_and_its_thread_lives_on_until_it_is_deleted_too() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    setup.sandbox.delete(PRIYA, CHANNEL, &thread).unwrap();
    let said = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "still here").unwrap();
    sink.message(&said).await;
    let deletions = |told: &Told| {
        let deleted = |inbound: &&Inbound| matches!(inbound.event, InboundEvent::Deleted { .. });
        told.inbound.iter().filter(deleted).map(|inbound| inbound.event.clone()).collect::<Vec<_>>()
    };
    assert!(deletions(&sink.told()).is_empty());
    setup.sandbox.delete_thread(PRIYA, &thread).unwrap();
    let gone = sink.wait("the thread's end", |told| deletions(told).pop()).await;
    let InboundEvent::Deleted { channel, thread: within, id, .. } = gone else { panic!("{gone:?}") };
    assert_eq!((channel.id.as_str(), within.as_deref(), id), (CHANNEL, Some(thread.as_str()), thread.clone()));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_said_outside_of_threads_is_nobodys_business() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    let outside = setup.sandbox.say(MINA, CHANNEL, None, "lunch?").unwrap();
    let inside = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "hello").unwrap();
    sink.message(&inside).await;
    assert!(!ids(&sink.told()).contains(&outside));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn many_messages_keep_their_order_and_one_told_twice_has_one_key() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    setup.sandbox.repeat_events(2);
    let said: Vec<String> = (0..60)
        .map(|number| setup.sandbox.say(MINA, CHANNEL, Some(&thread), &format!("message {number}")).unwrap())
        .collect();
    let heard = sink.wait("all of them", |told| Some(ids(told)).filter(|ids| ids.len() >= 120)).await;
    let mut once = heard.clone();
    once.dedup();
    assert_eq!(once, said);
    let keys: std::collections::HashSet<String> = sink
        .told()
        .inbound
        .iter()
        .filter(|one| one.dedupe_key.starts_with("message:"))
        .map(|one| one.dedupe_key.clone())
        .collect();
    assert!(said.iter().all(|id| keys.contains(&format!("message:{thread}:{id}"))));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn what_the_store_refuses_or_panics_at_is_tried_again_in_order() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    sink.message(&thread).await;
    sink.refuse_next.store(2, Ordering::SeqCst);
    let first = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "one").unwrap();
    let second = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "two").unwrap();
    sink.message(&second).await;
    assert_eq!(sink.refused().len(), 2);
    sink.panic_next.store(true, Ordering::SeqCst);
    let third = setup.sandbox.say(MINA, CHANNEL, Some(&thread), "three").unwrap();
    sink.message(&third).await;
    assert_eq!(ids(&sink.told()), [first, second, third]);
    let missed = |report: &ListenReport| matches!(report, ListenReport::Missed { .. });
    assert!(!sink.told().reports.iter().any(missed));
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_press_on_a_card_is_stored_and_answered() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    let clicked = setup.sandbox.click(MINA, CHANNEL, &thread, "threadline.assign").await.unwrap();
    assert!(clicked.acked);
    let click = sink
        .event("the press", |inbound| match &inbound.event {
            InboundEvent::Click(click) => Some(click.clone()),
            _ => None,
        })
        .await;
    assert_eq!((&click.action, click.user.0.as_str()), (&Action::Assign, MINA));
    assert_eq!((click.channel.id.as_str(), click.thread.as_deref()), (CHANNEL, Some(thread.as_str())));
    assert!(setup.bridge.is_private(&click.reply));
    setup.bridge.respond(&click.reply, &Answer::done()).await.unwrap();
    assert!(setup.sandbox.ephemerals(MINA).is_empty());
    setup.bridge.respond(&click.reply, &Answer::text("You have it already.")).await.unwrap();
    let seen = setup.sandbox.ephemerals(MINA);
    assert_eq!(seen.iter().map(|one| one.content.as_str()).collect::<Vec<_>>(), ["You have it already."]);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_command_shows_that_we_think_until_it_is_answered() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    setup
        .sandbox
        .wait_for("the commands", PATIENCE, |view| {
            let put = view.calls_of("bulk_set_guild_application_commands");
            put.iter().any(|call| call.status == 200).then_some(())
        })
        .await
        .unwrap();
    let options = [("operator", serde_json::json!(JONAS))];
    let clicked = setup.sandbox.command(MINA, CHANNEL, Some(&thread), "assign", &options).await.unwrap();
    assert!(clicked.acked);
    let click = sink
        .event("the command", |inbound| match &inbound.event {
            InboundEvent::Click(click) => Some(click.clone()),
            _ => None,
        })
        .await;
    assert_eq!((&click.action, click.thread.as_deref()), (&Action::AssignTo(JONAS.into()), Some(thread.as_str())));
    assert!(setup.sandbox.ephemerals(MINA)[0].pending);
    setup.bridge.respond(&click.reply, &Answer::text("Done.")).await.unwrap();
    let seen = setup.sandbox.ephemerals(MINA);
    assert_eq!((seen.len(), seen[0].pending, seen[0].content.as_str()), (1, false, "Done."));
    setup.bridge.respond(&click.reply, &Answer::done()).await.unwrap();
    assert!(setup.sandbox.ephemerals(MINA).is_empty());
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn while_the_store_is_slow_a_press_is_acknowledged_in_time_all_the_same() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    sink.message(&thread).await;
    let held = sink.hold().await;
    setup.sandbox.say(MINA, CHANNEL, Some(&thread), "in the way").unwrap();
    let clicked = setup.sandbox.click(MINA, CHANNEL, &thread, "threadline.close").await.unwrap();
    assert!(clicked.acked, "nothing was stored yet");
    drop(held);
    let action = sink
        .event("the press", |inbound| match &inbound.event {
            InboundEvent::Click(click) => Some(click.action.clone()),
            _ => None,
        })
        .await;
    assert_eq!(action, Action::Close);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn typing_is_passed_on_for_threads_and_not_for_ourselves() {
    let sink = Sink::new();
    let (setup, listening, thread) = listening(&sink).await;
    setup.bridge.signal(&crate::support::thread(&thread), bridge_core::Signal::Typing).await.unwrap();
    setup.sandbox.typing(MINA, CHANNEL, None).unwrap();
    setup.sandbox.typing(MINA, CHANNEL, Some(&thread)).unwrap();
    let told = sink.wait("the typing", |told| told.typing.first().cloned()).await;
    assert_eq!((told.0.id.as_str(), told.1.0.as_str()), (thread.as_str(), MINA));
    assert_eq!(sink.told().typing.len(), 1);
    listening.stop().await.unwrap();
}

#[tokio::test]
async fn a_deleted_channel_and_a_removed_bot_are_told_with_the_fix() {
    let sink = Sink::new();
    let (setup, listening, _thread) = listening(&sink).await;
    setup.sandbox.delete_channel(PRIYA, BLOG).unwrap();
    let why = sink
        .event("the broken channel", |inbound| match &inbound.event {
            InboundEvent::ChannelBroken { channel, why } if channel.id == BLOG => Some(why.clone()),
            _ => None,
        })
        .await;
    assert!(why.contains("another channel"), "{why}");
    setup.sandbox.remove_bot();
    let why = sink
        .event("the broken connection", |inbound| match &inbound.event {
            InboundEvent::ConnectionBroken { why } => Some(why.clone()),
            _ => None,
        })
        .await;
    assert!(why.contains("invite it again"), "{why}");
    drop(listening);
}
