//! A wish to go slower stops what it speaks of, and nothing else.

use std::time::Duration;

use bridge_core::{BridgeError, Op, Scope};

use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(
    who_can_open_no_thread_delays_nobody_who_has_one,
    one_thread_that_waits_delays_no_other,
    a_connection_that_waits_delays_no_other
);

const LONG: Duration = Duration::from_secs(3_600);

fn slower(scope: Scope) -> BridgeError {
    BridgeError::RateLimited { after: LONG, scope }
}

async fn who_can_open_no_thread_delays_nobody_who_has_one(db: &Database) {
    let stage = Stage::new(db).await;
    let (friend, _, [in_one, _]) = stage.talk("hello").await;
    stage.one.obey(|_, op, _| matches!(op, Op::OpenThread(_)).then(|| Err(slower(Scope::Opening))));
    // More strangers than heads are looked at in a round.
    for n in 0..80 {
        let stranger = stage.visitor().await;
        stage.writes(&stranger, &format!("stranger {n}")).await;
    }
    stage.one.until("the first refusal", |world| (world.calls_of("open_thread") > 1).then_some(())).await;
    for n in 0..5 {
        let words = format!("again {n}");
        stage.writes(&friend, &words).await;
        stage.one.until(&words, |world| world.texts(&in_one).contains(&words).then_some(())).await;
    }
    // One thread was opened, and at most two calls were under way when the first was refused. Each of the two may leave
    // its place to one more: to a round that had looked whether to wait just before it ended.
    let opened = stage.one.read(|world| world.calls_of("open_thread"));
    assert!(opened <= 5, "{opened} threads were asked for");
    stage.two.until("everybody", |world| (world.opened.len() == 81).then_some(())).await;
    stage.end().await;
}

async fn one_thread_that_waits_delays_no_other(db: &Database) {
    let stage = Stage::new(db).await;
    let (waits, _, [waiting, _]) = stage.talk("I wait").await;
    let (goes_on, _, [going, _]) = stage.talk("I go on").await;
    let slow = waiting.clone();
    stage.one.obey(move |at, _, _| (at.thread.as_ref() == Some(&slow)).then(|| Err(slower(Scope::Thread))));
    stage.writes(&waits, "one").await;
    stage.one.until("the refusal", |world| (world.calls_of("post") == 3).then_some(())).await;
    stage.writes(&waits, "two").await;
    for n in 0..3 {
        let words = format!("on {n}");
        stage.writes(&goes_on, &words).await;
        stage.one.until(&words, |world| world.texts(&going).contains(&words).then_some(())).await;
    }
    assert_eq!(stage.one.read(|world| world.texts(&waiting)), ["I wait"]);
    assert_eq!(
        stage.one.read(|world| world.calls_of("post")),
        6,
        "the lane that waits is not tried again before its time"
    );
    stage.end().await;
}

async fn a_connection_that_waits_delays_no_other(db: &Database) {
    let stage = Stage::new(db).await;
    let (friend, talk, [_, in_two]) = stage.talk("hello").await;
    stage.one.obey(|_, _, _| Some(Err(slower(Scope::Connection))));
    stage.writes(&friend, "one").await;
    stage.refused(&stage.link(&talk, &stage.one).await).await;
    for n in 0..3 {
        let words = format!("on {n}");
        stage.writes(&friend, &words).await;
        let stranger = stage.visitor().await;
        stage.writes(&stranger, &words).await;
        stage.two.until(&words, |world| world.texts(&in_two).contains(&words).then_some(())).await;
    }
    assert_eq!(stage.one.read(|world| world.calls.len()), 3, "nothing else was tried there");
    stage.end().await;
}
