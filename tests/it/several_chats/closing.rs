//! What follows from a click or a failure in one chat, in that chat and in the other.
#![expect(clippy::unwrap_used, reason = "a missing row fails the test")]

use bridge_core::{Action, Answer, Applied, BridgeError, Found, Op, Outcome, StepState};
use serde_json::json;
use threadline::store::{OutboxKind, OutboxState};

use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(
    closing_puts_the_thread_away_where_that_is_possible,
    a_conversation_that_goes_on_is_not_put_away,
    every_click_is_answered_once,
    a_reply_that_another_chat_refuses_is_announced_where_it_was_written,
    a_look_knows_what_other_work_left,
    a_thread_that_is_half_open_goes_on_with_its_step,
    a_thread_that_is_gone_in_one_chat_is_opened_again_there
);

async fn closing_puts_the_thread_away_where_that_is_possible(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Close).await;
    stage.two.until("the archive", |world| world.archived.contains(&in_two).then_some(())).await;
    assert_eq!(stage.two.read(|world| world.texts(&in_two)), ["hello", "Ada closed the conversation."]);
    let last =
        stage.two.read(|world| world.calls.iter().rev().find(|(name, ..)| *name != "update_card").map(|it| it.0));
    assert_eq!(last, Some("archive"), "after everything that was to be said");
    stage.one.until("the notice", |world| (world.texts(&in_one).len() == 2).then_some(())).await;
    assert_eq!(stage.one.read(|world| world.calls_of("archive")), 0, "this one can't");
    stage.end().await;
}

async fn a_conversation_that_goes_on_is_not_put_away(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, talk, [in_one, in_two]) = stage.talk("hello").await;
    stage.two.obey(|_, op, _| matches!(op, Op::Archive).then(|| Err(BridgeError::Transient { why: "not now".into() })));
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Close).await;
    // It is tried again after two seconds, which may have passed before anybody reopens it.
    stage.two.until("the attempt", |world| (world.calls_of("archive") >= 1).then_some(())).await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Reopen).await;
    // What stands behind it in the lane comes when it has been dropped.
    stage.two.until("the notice", |world| (world.texts(&in_two).len() == 3).then_some(())).await;
    assert!(!stage.two.read(|world| world.archived.contains(&in_two)), "it was never put away");
    let link = stage.link(&talk, &stage.two).await;
    let rest = stage.service.store.unfinished_outbox(link.id).await.unwrap();
    assert!(rest.iter().all(|row| row.kind != OutboxKind::Archive), "{rest:?}");
    stage.end().await;
}

async fn every_click_is_answered_once(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    stage.one.join("U2", "Bob", None);
    let (_, _, [in_one, _]) = stage.talk("hello").await;
    let there = Some(in_one.as_str());
    let no_conversation = "This thread belongs to no conversation. Write it inside a conversation's thread.";
    let no_operator = "They are no operator, so nothing can be put into their care.";
    let steps = [
        ("U1", None, Action::Close, "Write it inside a conversation's thread."),
        ("U1", Some("elsewhere"), Action::Close, no_conversation),
        ("nobody", there, Action::Close, "Only operators can do that. Ask an admin to make you one."),
        ("U1", there, Action::AssignTo("nobody".into()), no_operator),
        ("U1", there, Action::AssignTo("U2".into()), ""),
        ("U2", there, Action::Assign, "It was like that already."),
        ("U1", there, Action::Close, ""),
        ("U1", there, Action::Close, "It was like that already."),
        ("U1", there, Action::Retry("no id".into()), "There is no such message any more."),
        ("U1", there, Action::SendHeld("no id".into()), "There is no such message any more."),
    ];
    let count = steps.len();
    for (user, thread, action, words) in steps {
        assert_eq!(
            stage.answered(&stage.one, user, thread, action.clone()).await,
            words,
            "{user} {thread:?} {action:?}"
        );
    }
    assert_eq!(stage.one.read(|world| world.answers.len()), count);
    assert!(stage.one.read(|world| world.answers.iter().any(|(_, answer)| *answer == Answer::done())));
    stage.end().await;
}

async fn a_reply_that_another_chat_refuses_is_announced_where_it_was_written(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    stage
        .two
        .obey(|_, op, _| matches!(op, Op::Post(_)).then(|| Err(BridgeError::Rejected { why: "too shiny.".into() })));
    stage.says(&stage.one, "U1", &in_one, "a reply", true).await;
    let refused = stage.one.until("the notice", |world| {
        let shown = world.threads.get(&in_one)?.iter().find(|shown| shown.text.starts_with("Not delivered."))?;
        Some((shown.text.clone(), shown.notice.clone()?.buttons.first()?.action.clone()))
    });
    let (text, retry) = refused.await;
    assert_eq!(text, "Not delivered. Your message could not be shown in chat.two/room: too shiny.");
    let there = stage.two.until("the notice there", |world| world.texts(&in_two).get(1).cloned()).await;
    assert_eq!(there, "Not delivered. A message was not delivered here: too shiny.");
    stage.two.obey(|_, _, _| None);
    assert_eq!(stage.answered(&stage.one, "U1", Some(&in_one), retry.clone()).await, "Trying again.");
    stage.two.until("the reply", |world| world.texts(&in_two).contains(&"a reply".to_owned()).then_some(())).await;
    assert_eq!(stage.answered(&stage.one, "U1", Some(&in_one), retry).await, "It was tried again already.");
    stage.end().await;
}

async fn a_look_knows_what_other_work_left(db: &Database) {
    let stage = Stage::new(db).await;
    let (visitor, talk, [in_one, _]) = stage.talk("first").await;
    let first = stage.one.read(|world| world.threads[&in_one][0].id.clone());
    let mut lost = false;
    stage.one.obey(move |_, op, _| {
        let loses = !std::mem::replace(&mut lost, true) && matches!(op, Op::Post(_));
        loses.then(|| Err(BridgeError::Ambiguous { why: "the answer was lost".into() }))
    });
    stage.one.let_find(Found::Yes(Outcome::Applied(Applied { id: Some("200000".into()), thread: None })));
    stage.writes(&visitor, "second").await;
    stage.writes(&visitor, "third").await;
    stage.one.until("the third", |world| world.texts(&in_one).contains(&"third".to_owned()).then_some(())).await;
    let looks = stage.one.read(|world| world.looks.clone());
    assert_eq!(looks.iter().map(|sent| sent.taken.clone()).collect::<Vec<_>>(), [vec![first]]);
    let link = stage.link(&talk, &stage.one).await;
    let maps = stage.service.store.latest_maps_of_link(link.id, 9).await.unwrap();
    assert!(maps.iter().any(|map| map.remote_id == "200000"));
    stage.end().await;
}

async fn a_thread_that_is_half_open_goes_on_with_its_step(db: &Database) {
    let stage = Stage::new(db).await;
    let step = || StepState(json!({ "card": "7" }));
    let mut calls = 0;
    stage.one.obey(move |_, op, given| {
        if !matches!(op, Op::OpenThread(_)) {
            return None;
        }
        calls += 1;
        match calls {
            // The card was posted, and nobody heard of it.
            1 => Some(Err(BridgeError::Ambiguous { why: "the answer was lost".into() })),
            2 if *given == step() => Some(Err(BridgeError::Transient { why: "not now".into() })),
            3 if *given == step() => None,
            _ => Some(Err(BridgeError::Rejected { why: format!("call {calls} with {given:?}") })),
        }
    });
    stage.one.let_find(Found::Yes(Outcome::Continue(step())));
    let (_, talk, [in_one, _]) = stage.talk("hello").await;
    let steps = stage.one.read(|world| {
        let opens = world.calls.iter().filter(|(name, ..)| *name == "open_thread");
        opens.map(|(_, _, step)| step.clone()).collect::<Vec<_>>()
    });
    assert_eq!(steps, [StepState::default(), step(), step()]);
    assert_eq!(stage.link(&talk, &stage.one).await.remote_thread, Some(in_one));
    stage.end().await;
}

async fn a_thread_that_is_gone_in_one_chat_is_opened_again_there(db: &Database) {
    let stage = Stage::new(db).await;
    let (visitor, talk, [in_one, in_two]) = stage.talk("hello").await;
    let link = stage.link(&talk, &stage.two).await;
    // What is in doubt while its thread goes is said again in the next one; here, nothing is.
    stage.recorded(&link).await;
    threadline::service::replace_thread::replace_thread(&stage.service, link.id).await.unwrap();
    stage.writes(&visitor, "are you there?").await;
    let again = stage.two.until("the new thread", |world| {
        let thread = world.opened.iter().find(|thread| **thread != in_two)?;
        (world.texts(thread) == ["are you there?"]).then(|| thread.clone())
    });
    let again = again.await;
    assert_eq!(stage.link(&talk, &stage.two).await.remote_thread, Some(again));
    stage.one.until("the words", |world| (world.texts(&in_one).len() == 2).then_some(())).await;
    assert_eq!(stage.one.read(|world| world.opened.len()), 1, "where the thread is there, it goes on");
    let rows = stage.service.store.unfinished_outbox(link.id).await.unwrap();
    assert!(rows.iter().all(|row| row.progress.state == OutboxState::Dropped), "{rows:?}");
    stage.end().await;
}
