//! A connection that hangs keeps no other one waiting.

use bridge_core::Action;
use threadline::service::report_typing::visitor_types;

use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(cards_of_one_wait_for_no_other, typing_is_shown_where_it_can_be_and_seldom_enough);

async fn cards_of_one_wait_for_no_other(db: &Database) {
    let stage = Stage::new(db).await;
    stage.two.join("700", "Ada", None);
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    stage.one.freeze(true);
    // More cards than are drawn in a round hang there.
    let mut talks = vec![in_two];
    for n in 0..3 {
        let visitor = stage.visitor().await;
        stage.writes(&visitor, &format!("visitor {n}")).await;
    }
    let more = stage.two.until("all threads", |world| (world.opened.len() == 4).then(|| world.opened.clone())).await;
    talks.extend(more.into_iter().filter(|thread| !talks.contains(thread)).collect::<Vec<_>>());
    for thread in &talks {
        stage.answered(&stage.two, "700", Some(thread), Action::Assign).await;
        stage
            .two
            .until("the card", |world| (world.assignees.get(thread)?.as_deref() == Some("Ada")).then_some(()))
            .await;
    }
    assert_eq!(stage.one.read(|world| world.assignees.get(&in_one).cloned()), Some(None));
    stage.one.freeze(false);
    stage.one.until("the card", |world| (world.assignees.get(&in_one)?.as_deref() == Some("Ada")).then_some(())).await;
    stage.end().await;
}

async fn typing_is_shown_where_it_can_be_and_seldom_enough(db: &Database) {
    let stage = Stage::new(db).await;
    let (visitor, _, [in_one, in_two]) = stage.talk("hello").await;
    let (other, _, [_, other_in_two]) = stage.talk("hi").await;
    stage.one.freeze(true);
    for _ in 0..5 {
        visitor_types(&stage.service, &visitor);
    }
    stage.two.until("the sign", |world| world.typing.contains(&in_two).then_some(())).await;
    // A sign waits five seconds at most.
    stage.one.freeze(false);
    stage.one.until("the sign that waited", |world| world.typing.contains(&in_one).then_some(())).await;
    // It is passed on after the others were, so nothing of theirs comes behind it.
    visitor_types(&stage.service, &other);
    stage.two.until("the other's sign", |world| world.typing.contains(&other_in_two).then_some(())).await;
    assert_eq!(stage.two.read(|world| world.typing.iter().filter(|thread| **thread == in_two).count()), 1);
    stage.end().await;
}
