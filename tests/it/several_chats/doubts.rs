//! What may have been done already is never done again blindly, however the next tries end.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bridge_core::{
    Action, Applied, BridgeError, Found, InboundEvent, Micros, Op, Outcome, RemoteChannel, Scope, StepState, Target,
};
use threadline::clock::Clock;

use super::chat::Chat;
use super::stage::Stage;
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};

on_both!(
    a_key_that_was_forgotten_meanwhile_is_not_relied_on,
    a_look_that_the_channel_refuses_is_made_again,
    what_was_deleted_while_in_doubt_is_taken_away,
    what_was_edited_while_in_doubt_is_edited_there,
    a_card_that_was_posted_before_a_change_is_drawn_again
);

const WINDOW: Duration = Duration::from_secs(90);

fn lost() -> BridgeError {
    BridgeError::Ambiguous { why: "the answer was lost".into() }
}

fn found(id: &str) -> Found {
    Found::Yes(Outcome::Applied(Applied { id: Some(id.into()), thread: None }))
}

fn says(op: &Op, words: &str) -> bool {
    matches!(op, Op::Post(post) if post.body.to_plain() == words)
}

async fn a_key_that_was_forgotten_meanwhile_is_not_relied_on(db: &Database) {
    let ahead = Arc::new(AtomicI64::new(0));
    let (system, moved) = (Clock::system(), Arc::clone(&ahead));
    let clock = Clock::from_fn(move || Micros(system.now().0 + moved.load(Ordering::SeqCst)));
    let one = Chat::remembering("one", WINDOW);
    let stage = Stage::of(db, one, Chat::new("two", false), clock).await;
    let (visitor, _, [thread, _]) = stage.talk("hello").await;
    let mut tries = 0;
    stage.one.obey(move |_: &Target, op: &Op, _: &StepState| {
        if !says(op, "once") {
            return None;
        }
        tries += 1;
        match tries {
            // It was done.
            1 => Some(Err(lost())),
            // The line is away for ten minutes, and so is what the platform knew of the key.
            2 => {
                ahead.store(600_000_000, Ordering::SeqCst);
                Some(Err(BridgeError::RateLimited { after: Duration::ZERO, scope: Scope::Thread }))
            }
            _ => None,
        }
    });
    stage.one.let_find(found("200000"));
    let before = stage.service.clock.now();
    stage.writes(&visitor, "once").await;
    stage.writes(&visitor, "next").await;
    stage.one.until("what follows", |world| world.texts(&thread).contains(&"next".into()).then_some(())).await;
    assert_eq!(stage.one.read(|world| world.texts(&thread)), ["hello", "next"], "it was sent again");
    let looks = stage.one.read(|world| world.looks.clone());
    assert_eq!(looks.len(), 1);
    let since = looks[0].at.since(before);
    assert!(since < WINDOW, "what the first try left is looked for, not what came {since:?} later");
    stage.end().await;
}

async fn a_look_that_the_channel_refuses_is_made_again(db: &Database) {
    let stage = Stage::new(db).await;
    let (visitor, _, [thread, _]) = stage.talk("hello").await;
    let mut tries = 0;
    stage.one.obey(move |_: &Target, op: &Op, _: &StepState| {
        tries += i32::from(says(op, "once"));
        (says(op, "once") && tries == 1).then(|| Err(lost()))
    });
    stage.one.let_no_look_succeed(BridgeError::ChannelBroken { why: "the bot was removed".into() });
    stage.writes(&visitor, "once").await;
    stage.one.until("the refused look", |world| (!world.looks.is_empty()).then_some(())).await;
    stage.one.let_find(found("200000"));
    let channel: RemoteChannel = stage.one.channel();
    // Told again for as long as the refusal isn't written down yet.
    let begun = Instant::now();
    for n in 0.. {
        if stage.one.read(|world| world.looks.len() > 1 || world.calls_of("post") > 2) {
            break;
        }
        let restored = InboundEvent::ChannelRestored { channel: channel.clone() };
        stage.tell(&stage.one, format!("restored:{n}"), "room", restored).await;
        assert!(begun.elapsed() < PATIENCE, "the channel never went on");
        tokio::task::yield_now().await;
    }
    stage.writes(&visitor, "next").await;
    stage.one.until("what follows", |world| world.texts(&thread).contains(&"next".into()).then_some(())).await;
    assert_eq!(stage.one.read(|world| world.texts(&thread)), ["hello", "next"], "it was sent again");
    stage.end().await;
}

async fn what_was_deleted_while_in_doubt_is_taken_away(db: &Database) {
    let one = Chat::remembering("one", WINDOW);
    let stage = Stage::of(db, one, Chat::new("two", false), Clock::system()).await;
    stage.two.join("ada", "Ada", None);
    let (_, _, [_, thread]) = stage.talk("hello").await;
    stage.one.freeze(true);
    stage.says(&stage.two, "ada", &thread, "a slip", true).await;
    stage.one.until("the copy", |world| (world.calls_of("post") == 2).then_some(())).await;
    let slip = InboundEvent::Deleted {
        channel: stage.two.channel(),
        thread: Some(thread.clone()),
        id: stage.two.last_id(),
        at: stage.service.clock.now(),
    };
    stage.tell(&stage.two, "deleted".into(), &thread, slip).await;
    // What comes after it in the thread's lane says that it was worked on.
    stage.answered(&stage.two, "ada", Some(&thread), Action::Assign).await;
    stage.one.obey(|_: &Target, op: &Op, _: &StepState| says(op, "a slip").then(|| Err(lost())));
    stage.one.let_find(found("200000"));
    stage.one.freeze(false);
    stage.one.until("the deletion of the copy", |world| (world.calls_of("delete") == 1).then_some(())).await;
    stage.end().await;
}

async fn what_was_edited_while_in_doubt_is_edited_there(db: &Database) {
    let one = Chat::remembering("one", WINDOW);
    let stage = Stage::of(db, one, Chat::new("two", false), Clock::system()).await;
    stage.two.join("ada", "Ada", None);
    let (_, _, [_, thread]) = stage.talk("hello").await;
    stage.one.freeze(true);
    stage.says(&stage.two, "ada", &thread, "helo to you", true).await;
    stage.one.until("the copy", |world| (world.calls_of("post") == 2).then_some(())).await;
    stage.edits(&stage.two, "ada", &thread, &stage.two.last_id(), "hello to you").await;
    stage.answered(&stage.two, "ada", Some(&thread), Action::Assign).await;
    let mut tries = 0;
    stage.one.obey(move |_: &Target, op: &Op, _: &StepState| {
        tries += i32::from(matches!(op, Op::Post(_)));
        match (op, tries) {
            (Op::Post(_), 1) => Some(Err(lost())),
            // The platform knows the key, and gives what stands there.
            (Op::Post(_), 2) => Some(Ok(Outcome::Applied(Applied { id: Some("200000".into()), thread: None }))),
            _ => None,
        }
    });
    stage.one.freeze(false);
    stage.one.until("the edit of the copy", |world| (world.calls_of("edit") == 1).then_some(())).await;
    assert_eq!(stage.one.read(|world| world.looks.len()), 0, "the key was safe");
    stage.end().await;
}

async fn a_card_that_was_posted_before_a_change_is_drawn_again(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.obey(|_: &Target, op: &Op, step: &StepState| {
        let begins = matches!(op, Op::OpenThread(_)) && *step == StepState::default();
        begins.then(|| Ok(Outcome::Continue(StepState(serde_json::json!({ "card": "7" })))))
    });
    stage.one.freeze(true);
    let visitor = stage.visitor().await;
    stage.writes(&visitor, "hello").await;
    stage.one.until("the card", |world| (world.calls_of("open_thread") == 1).then_some(())).await;
    stage.writes_from(&visitor, "https://shop.example/cart", "and this").await;
    stage.one.freeze(false);
    stage.one.until("the new page on the card", |world| (world.calls_of("update_card") == 1).then_some(())).await;
    stage.end().await;
}
