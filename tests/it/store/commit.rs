//! What a commit promises: all or nothing, guards, unique keys, and nobody's failure is another's.
#![expect(clippy::unwrap_used, reason = "a write that can't be prepared fails the test")]

use futures_util::future::join_all;
use threadline::clock::new_id;
use threadline::model::{ClosedBy, Conversation, OperatorId};
use threadline::store::{Change, CommitError, Guard, IntakeState, OutboxState, Store, Write};
use uuid::Uuid;

use super::fixtures::{World, at, identity, intake, map, message, operator, outbox};
use crate::support::database::{Database, on_both};

on_both!(
    a_write_is_made_whole_or_not_at_all,
    one_failing_write_hurts_no_other,
    of_two_writes_on_one_version_one_conflicts,
    a_guard_on_what_is_missing_does_not_hold,
    guards_on_work_hold_only_while_it_stands_so,
    a_write_may_hold_guards_alone,
    unique_rules_are_conflicts,
    one_conversation_closes_while_another_opens,
    a_missing_parent_is_a_conflict,
    of_several_changes_of_a_row_the_last_wins,
    waiting_writes_are_made_before_closing
);

/// Whether it is a conflict, and not merely an error.
fn conflicted(result: Result<(), CommitError>) -> bool {
    matches!(result, Err(CommitError::Conflict))
}

/// Commits all at once, so that they meet in batches; the results are in the writes' order.
async fn all_at_once(store: &Store, writes: Vec<Write>) -> Vec<Result<(), CommitError>> {
    join_all(writes.into_iter().map(|write| store.commit(write))).await
}

async fn a_write_is_made_whole_or_not_at_all(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let first = message(&conversation, 1);
    world.make([Change::NewMessage(first.clone())]).await.unwrap();
    let (second, double) = (message(&conversation, 2), message(&conversation, 1));
    let result = world.make([Change::NewMessage(second.clone()), Change::NewMessage(double)]).await;
    assert!(conflicted(result));
    assert_eq!(world.store.message(second.id).await.unwrap(), None);
}

async fn one_failing_write_hurts_no_other(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let key: Uuid = conversation.id.into();
    let taken = message(&conversation, 1);
    let mut writes = vec![];
    for seq in 1..=60 {
        let mut write = Write::new(key);
        write.push(Change::NewMessage(message(&conversation, seq)));
        writes.push(write);
    }
    // Its place in the order is taken by the first one.
    let mut bad = Write::new(key);
    bad.push(Change::NewMessage(taken));
    writes.insert(30, bad);
    let results = all_at_once(&world.store, writes).await;
    for (index, result) in results.into_iter().enumerate() {
        if index == 30 {
            assert!(conflicted(result));
        } else {
            result.unwrap();
        }
    }
    let kept = world.store.latest_messages(conversation.id, threadline::model::Audience::Operators, 100).await.unwrap();
    assert_eq!(kept.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=60).collect::<Vec<_>>());
}

async fn of_two_writes_on_one_version_one_conflicts(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let writes = (0..40_u128)
        .map(|n| {
            let mut changed = conversation.clone();
            changed.assign(OperatorId(Uuid::from_u128(n)), at(1)).unwrap();
            // By other keys the writes meet other writers too, where there are several.
            let mut write = Write::new(if n % 2 == 0 { conversation.id.0 } else { Uuid::from_u128(n / 2) });
            write.set_conversation(&changed);
            write
        })
        .collect();
    let results = all_at_once(&world.store, writes).await;
    let won: Vec<usize> = results.iter().enumerate().filter(|(_, result)| result.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(won.len(), 1);
    assert!(results.into_iter().filter(Result::is_err).all(conflicted));
    let kept = world.store.conversation(conversation.id).await.unwrap().unwrap();
    assert_eq!(kept.version, 2);
    assert_eq!(kept.assignee, Some(OperatorId(Uuid::from_u128(won[0] as u128))));
}

async fn a_guard_on_what_is_missing_does_not_hold(db: &Database) {
    let world = World::new(db).await;
    for guard in [
        Guard::Conversation(new_id(), 1),
        Guard::Outbox(new_id(), OutboxState::Pending, 0),
        Guard::Intake(new_id(), IntakeState::Pending),
    ] {
        let visitor = world.visitor();
        let mut write = Write::new(new_id::<Uuid>());
        write.guard(guard).push(Change::NewVisitor(visitor.clone()));
        assert!(conflicted(world.store.commit(write).await));
        assert_eq!(world.store.visitor(visitor.id).await.unwrap(), None);
    }
}

async fn guards_on_work_hold_only_while_it_stands_so(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let (work, heard) = (outbox(&link, 1), intake("lane", "key"));
    world.make([Change::NewOutbox(work.clone()), Change::NewIntake(heard.clone())]).await.unwrap();

    let mut sending = work.progress.clone();
    (sending.state, sending.attempts) = (OutboxState::Sending, 1);
    let mut claim = Write::new(conversation.id);
    claim.guard(Guard::Outbox(work.id, OutboxState::Pending, 0)).push(Change::SetOutbox(work.id, sending));
    let results = all_at_once(&world.store, vec![claim.clone(), claim.clone()]).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(conflicted(world.store.commit(claim).await));
    let mut other_attempt = Write::new(conversation.id);
    other_attempt.guard(Guard::Outbox(work.id, OutboxState::Sending, 2));
    assert!(conflicted(world.store.commit(other_attempt).await));

    let mut done = heard.progress.clone();
    done.state = IntakeState::Done;
    let mut finish = Write::new(heard.id);
    finish.guard(Guard::Intake(heard.id, IntakeState::Pending)).push(Change::SetIntake(heard.id, done, None));
    world.store.commit(finish.clone()).await.unwrap();
    assert!(conflicted(world.store.commit(finish).await));
}

async fn a_write_may_hold_guards_alone(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let mut write = Write::new(conversation.id);
    write.guard(Guard::Conversation(conversation.id, 1));
    world.store.commit(write).await.unwrap();
    let mut write = Write::new(conversation.id);
    write.guard(Guard::Conversation(conversation.id, 2));
    assert!(conflicted(world.store.commit(write).await));
    world.store.commit(Write::new(conversation.id)).await.unwrap();
}

async fn unique_rules_are_conflicts(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let (known, work, tie) = (map(&link, "17.1"), outbox(&link, 1), operator());
    let said = message(&conversation, 1);
    world
        .make([
            Change::NewMap(known.clone()),
            Change::NewOutbox(work.clone()),
            Change::NewOperator(tie.clone()),
            Change::NewIdentity(identity(&tie, "U1")),
            Change::NewMessage(said.clone()),
        ])
        .await
        .unwrap();

    let mut same_key = message(&conversation, 2);
    same_key.client_key = said.client_key.clone();
    let mut same_thread = world.new_link(conversation.id);
    (same_thread.generation, same_thread.remote_thread) = (2, link.remote_thread.clone());
    let twice: [(&str, Change); 7] = [
        ("a second open conversation", Change::NewConversation(world.conversation(conversation.visitor))),
        ("a client's key twice", Change::NewMessage(same_key)),
        ("a remote message twice", Change::NewMap(map(&link, "17.1"))),
        ("a place in a lane twice", Change::NewOutbox(outbox(&link, 1))),
        ("a platform's user twice", Change::NewIdentity(identity(&tie, "U1"))),
        ("a generation twice", Change::NewLink(world.new_link(conversation.id))),
        ("a thread twice", Change::NewLink(same_thread)),
    ];
    for (what, change) in twice {
        assert!(conflicted(world.make([change]).await), "{what}");
    }

    // Not the same: another part, another generation, no key at all.
    let mut part = map(&link, "17.1");
    part.remote_part = 1;
    let mut next = world.new_link(conversation.id);
    next.generation = 2;
    let mut keyless = [message(&conversation, 5), message(&conversation, 6)];
    for message in &mut keyless {
        message.client_key = None;
    }
    let [one, two] = keyless;
    world
        .make([Change::NewMap(part), Change::NewLink(next), Change::NewMessage(one), Change::NewMessage(two)])
        .await
        .unwrap();
}

async fn one_conversation_closes_while_another_opens(db: &Database) {
    let world = World::new(db).await;
    let mut old = world.begin().await;
    for _ in 0..4 {
        let mut write = Write::new(old.id);
        old.close(ClosedBy::System, at(1)).unwrap();
        write.set_conversation(&old);
        let new: Conversation = world.conversation(old.visitor);
        write.push(Change::NewConversation(new.clone()));
        world.store.commit(write).await.unwrap();
        old.version += 1;
        assert_eq!(world.store.open_conversation(old.visitor).await.unwrap(), Some(new.clone()));

        // And back again, both of them there already.
        let mut back = Write::new(old.id);
        let mut closing = new;
        closing.close(ClosedBy::System, at(2)).unwrap();
        old.reopen(at(2)).unwrap();
        back.set_conversation(&old);
        back.set_conversation(&closing);
        world.store.commit(back).await.unwrap();
        old.version += 1;
        assert_eq!(world.store.open_conversation(old.visitor).await.unwrap(), Some(old.clone()));
    }
}

/// What a write relies on may have gone since it was read (a stranger's row, when they turn out to be somebody known):
/// whoever wrote reads again.
async fn a_missing_parent_is_a_conflict(db: &Database) {
    let world = World::new(db).await;
    let orphan = message(&world.conversation(new_id()), 1);
    let result = world.make([Change::NewMessage(orphan)]).await;
    assert!(matches!(result, Err(CommitError::Conflict)), "{result:?}");
}

async fn of_several_changes_of_a_row_the_last_wins(db: &Database) {
    let world = World::new(db).await;
    let visitor = world.visitor();
    world.make([Change::NewVisitor(visitor.clone())]).await.unwrap();
    world.make((1..=9).map(|n| Change::VisitorSeen(visitor.id, at(n)))).await.unwrap();
    assert_eq!(world.store.visitor(visitor.id).await.unwrap().unwrap().last_seen_at, at(9));
}

async fn waiting_writes_are_made_before_closing(db: &Database) {
    let world = World::new(db).await;
    let visitors: Vec<_> = (0..50).map(|_| world.visitor()).collect();
    let waiting: Vec<_> = visitors
        .iter()
        .map(|visitor| {
            let mut write = Write::new(visitor.id);
            write.push(Change::NewVisitor(visitor.clone()));
            let store = world.store.clone();
            tokio::spawn(async move { store.commit(write).await })
        })
        .collect();
    let store = world.store.clone();
    store.close().await;
    let accepted: Vec<bool> = join_all(waiting).await.into_iter().map(|result| result.unwrap().is_ok()).collect();
    let late = store.commit(Write::new(new_id::<Uuid>())).await;
    assert!(matches!(late, Err(CommitError::Unavailable(_))), "{late:?}");

    let again = db.open().await;
    for (visitor, accepted) in visitors.iter().zip(accepted) {
        assert_eq!(again.visitor(visitor.id).await.unwrap().is_some(), accepted);
    }
}
