//! Which work is next: lanes, leases, broken channels, and fairness between channels.
#![expect(clippy::unwrap_used, reason = "a row that can't be written or read fails the test")]

use bridge_core::{ConnectionId, Micros};
use threadline::clock::new_id;
use threadline::model::{IntakeId, Link, OutboxId};
use threadline::store::{Change, IntakeState, Outbox, OutboxKind, OutboxState};

use super::fixtures::{NOW, World, at, intake, outbox};
use crate::support::database::{Database, on_both};

on_both!(
    only_the_head_of_a_lane_is_worked_on,
    a_lease_that_ran_out_is_a_head_again,
    new_threads_wait_behind_everything_else,
    every_channel_gets_its_share,
    a_broken_channel_waits,
    intake_lanes_go_one_by_one,
    finished_intake_is_erased_after_a_while,
    cards_are_due_when_they_show_something_old,
    a_thread_is_being_opened_from_its_first_step_on,
    each_connection_has_its_own_cards
);

async fn heads(world: &World, now: Micros) -> Vec<OutboxId> {
    world.store.heads(now, 100).await.unwrap().into_iter().map(|row| row.id).collect()
}

async fn set(world: &World, row: &Outbox, state: OutboxState, due_at: Micros, lease_until: Option<Micros>) {
    let mut progress = row.progress.clone();
    (progress.state, progress.due_at, progress.lease_until) = (state, due_at, lease_until);
    world.make([Change::SetOutbox(row.id, progress)]).await.unwrap();
}

async fn lane(world: &World, rows: i64) -> (Link, Vec<Outbox>) {
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let rows: Vec<Outbox> = (1..=rows).map(|place| outbox(&link, place)).collect();
    world.make(rows.iter().cloned().map(Change::NewOutbox)).await.unwrap();
    (link, rows)
}

async fn only_the_head_of_a_lane_is_worked_on(db: &Database) {
    let world = World::new(db).await;
    let (link, rows) = lane(&world, 3).await;
    let [first, second, third] = rows.as_slice() else { panic!("three rows were made") };
    assert_eq!(heads(&world, NOW).await, [first.id]);
    assert_eq!(heads(&world, at(-1)).await, []);

    // While the head waits for a later time, nobody passes it.
    set(&world, first, OutboxState::Unknown, at(50), None).await;
    assert_eq!(heads(&world, at(49)).await, []);
    assert_eq!(world.store.next_outbox_due(NOW).await.unwrap(), Some(at(50)));
    // What is due already waits for something else than the time.
    assert_eq!(world.store.next_outbox_due(at(50)).await.unwrap(), None);
    assert_eq!(heads(&world, at(50)).await, [first.id]);

    for (state, now) in [(OutboxState::Undelivered, second), (OutboxState::Dropped, third)] {
        let done = if state == OutboxState::Undelivered { first } else { second };
        set(&world, done, state, NOW, None).await;
        assert_eq!(heads(&world, NOW).await, [now.id]);
    }
    assert_eq!(world.store.unfinished_outbox(link.id).await.unwrap(), std::slice::from_ref(third));
    set(&world, third, OutboxState::Done, NOW, None).await;
    assert_eq!(heads(&world, NOW).await, []);
    assert_eq!(world.store.next_outbox_due(at(-1)).await.unwrap(), None);
}

async fn a_lease_that_ran_out_is_a_head_again(db: &Database) {
    let world = World::new(db).await;
    let (_, rows) = lane(&world, 2).await;
    set(&world, &rows[0], OutboxState::Sending, NOW, Some(at(30))).await;
    assert_eq!(heads(&world, at(30)).await, []);
    let due = world.store.next_outbox_due(NOW).await.unwrap().unwrap();
    assert_eq!(due, at(31));
    assert_eq!(heads(&world, due).await, [rows[0].id]);
    let sending: Vec<_> = world.store.sending_outbox().await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(sending, [rows[0].id]);
}

async fn new_threads_wait_behind_everything_else(db: &Database) {
    let world = World::new(db).await;
    let mut opens = vec![];
    for n in 0..20 {
        let conversation = world.begin().await;
        let link = world.link(conversation.id).await;
        let mut open = outbox(&link, 1);
        (open.kind, open.progress.due_at) = (OutboxKind::OpenThread, at(n - 100));
        opens.push(open);
    }
    let (_, rows) = lane(&world, 1).await;
    world.make(opens.iter().cloned().map(Change::NewOutbox)).await.unwrap();
    let found = world.store.heads(NOW, 5).await.unwrap();
    let expected: Vec<_> = std::iter::once(rows[0].id).chain(opens.iter().take(4).map(|open| open.id)).collect();
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
}

async fn every_channel_gets_its_share(db: &Database) {
    let mut world = World::new(db).await;
    for _ in 0..8 {
        lane(&world, 2).await;
    }
    let crowded = world.channel.id;
    world.channel = world.store.ensure_channel(&"slack.acme/C2".parse().unwrap(), new_id(), NOW).await.unwrap();
    for _ in 0..2 {
        lane(&world, 2).await;
    }
    let found = world.store.heads(NOW, 3).await.unwrap();
    assert_eq!(found.iter().filter(|row| row.channel == crowded).count(), 3);
    assert_eq!(found.iter().filter(|row| row.channel == world.channel.id).count(), 2);
    assert!(found.iter().all(|row| row.lane_seq == 1));
}

async fn a_broken_channel_waits(db: &Database) {
    let world = World::new(db).await;
    let (_, rows) = lane(&world, 1).await;
    world.make([Change::ChannelBroken(world.channel.id, Some("archived".into()), NOW)]).await.unwrap();
    assert_eq!(heads(&world, at(9)).await, []);
    assert_eq!(world.store.next_outbox_due(at(-1)).await.unwrap(), None);
    assert_eq!(world.store.cards_due(&acme(), at(9), 10).await.unwrap(), []);
    world.make([Change::ChannelBroken(world.channel.id, None, NOW)]).await.unwrap();
    assert_eq!(heads(&world, at(9)).await, [rows[0].id]);
}

async fn intake_lanes_go_one_by_one(db: &Database) {
    let world = World::new(db).await;
    let rows = [intake("a", "1"), intake("a", "2"), intake("b", "3")];
    let mut elsewhere = intake("a", "1");
    elsewhere.connection = "slack.other".parse().unwrap();
    world.make(rows.iter().chain([&elsewhere]).cloned().map(Change::NewIntake)).await.unwrap();
    let found = async |now| -> Vec<IntakeId> {
        world.store.intake_heads(now, 10).await.unwrap().into_iter().map(|row| row.id).collect()
    };
    assert_eq!(found(NOW).await, [rows[0].id, rows[2].id, elsewhere.id]);
    assert_eq!(world.store.next_intake_due(at(-1)).await.unwrap(), Some(NOW));
    assert_eq!(world.store.next_intake_due(NOW).await.unwrap(), None);

    let pending = async |lane| world.store.is_lane_pending(&acme(), lane).await.unwrap();
    assert!(pending("a").await && !pending("c").await);

    let mut later = rows[0].progress.clone();
    later.due_at = at(60);
    world.make([Change::SetIntake(rows[0].id, later, None)]).await.unwrap();
    assert_eq!(found(at(59)).await, [rows[2].id, elsewhere.id]);
    assert_eq!(found(at(60)).await, [rows[0].id, rows[2].id, elsewhere.id]);

    for (id, state) in
        [(rows[0].id, IntakeState::Failed), (rows[2].id, IntakeState::Done), (elsewhere.id, IntakeState::Done)]
    {
        let mut progress = rows[0].progress.clone();
        (progress.state, progress.done_at) = (state, Some(at(61)));
        world.make([Change::SetIntake(id, progress, None)]).await.unwrap();
    }
    assert_eq!(found(NOW).await, [rows[1].id]);
    assert!(pending("a").await && !pending("b").await);
}

async fn finished_intake_is_erased_after_a_while(db: &Database) {
    let world = World::new(db).await;
    let states = [IntakeState::Done, IntakeState::Failed, IntakeState::Done, IntakeState::Pending];
    let mut ids = vec![];
    for (n, state) in states.into_iter().enumerate() {
        let n = i64::try_from(n).unwrap();
        let mut row = intake("lane", &n.to_string());
        (row.progress.state, row.progress.done_at) = (state, (state != IntakeState::Pending).then_some(at(n)));
        ids.push(row.id);
        world.make([Change::NewIntake(row)]).await.unwrap();
    }
    assert_eq!(world.store.erase_intake(at(2)).await.unwrap(), 2);
    let mut kept = vec![];
    for id in ids {
        kept.push(world.store.intake(id).await.unwrap().is_some());
    }
    assert_eq!(kept, [false, false, true, true]);
}

fn acme() -> ConnectionId {
    "slack.acme".parse().unwrap()
}

async fn a_thread_is_being_opened_from_its_first_step_on(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let mut open = outbox(&link, 1);
    open.kind = OutboxKind::OpenThread;
    world.make([Change::NewOutbox(open.clone())]).await.unwrap();
    let opening = async || world.store.is_opening_thread(world.channel.id).await.unwrap();
    assert!(!opening().await, "nobody has been asked for it yet");
    set(&world, &open, OutboxState::Sending, NOW, Some(at(9))).await;
    assert!(opening().await);
    let mut between = open.progress.clone();
    between.step = Some("{\"card\":\"1\"}".into());
    world.make([Change::SetOutbox(open.id, between)]).await.unwrap();
    assert!(opening().await, "its card is there, and the thread may be");
    set(&world, &open, OutboxState::Done, NOW, None).await;
    assert!(!opening().await);
}

async fn each_connection_has_its_own_cards(db: &Database) {
    let mut world = World::new(db).await;
    let conversation = world.begin().await;
    let here = world.link(conversation.id).await;
    world.channel = world.store.ensure_channel(&"slack.other/C1".parse().unwrap(), new_id(), NOW).await.unwrap();
    let there = world.link(conversation.id).await;
    let other: ConnectionId = "slack.other".parse().unwrap();
    assert_eq!(world.store.cards_due(&acme(), NOW, 10).await.unwrap(), [here]);
    assert_eq!(world.store.cards_due(&other, NOW, 10).await.unwrap(), std::slice::from_ref(&there));
    world.make([Change::LinkCardShown(there.id, there.card_shown, at(7))]).await.unwrap();
    assert_eq!(world.store.next_card_due(&other, NOW).await.unwrap(), Some(at(7)));
    assert_eq!(world.store.next_card_due(&acme(), NOW).await.unwrap(), None);
}

async fn cards_are_due_when_they_show_something_old(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    assert_eq!(world.store.cards_due(&acme(), at(-1), 10).await.unwrap(), []);
    assert_eq!(world.store.next_card_due(&acme(), at(-1)).await.unwrap(), Some(NOW));
    assert_eq!(world.store.cards_due(&acme(), NOW, 10).await.unwrap(), std::slice::from_ref(&link));
    world.make([Change::LinkCardShown(link.id, link.card_wanted, at(1))]).await.unwrap();
    assert_eq!(world.store.cards_due(&acme(), at(9), 10).await.unwrap(), []);
    assert_eq!(world.store.next_card_due(&acme(), at(-1)).await.unwrap(), None);
}
