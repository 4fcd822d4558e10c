//! Reads that choose: whose eyes, how many, from where.
#![expect(clippy::unwrap_used, reason = "a row that can't be written or read fails the test")]

use threadline::clock::new_id;
use threadline::model::Audience::{All, Operators};
use threadline::model::{ClosedBy, Disposition, LinkState};
use threadline::store::Change;

use super::fixtures::{World, at, event, map, message, nobody};
use crate::support::database::{Database, on_both};

on_both!(
    a_visitor_sees_no_note,
    a_visitors_stream_has_no_inside,
    the_newest_conversation_is_the_open_one_or_the_liveliest,
    what_may_have_moved_is_caught_up,
    maps_after_one_are_compared_byte_by_byte,
    what_nobody_knows_is_nothing
);

async fn a_visitor_sees_no_note(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    for seq in 1..=6 {
        let mut it = message(&conversation, seq);
        it.disposition = match seq % 3 {
            0 => Disposition::Note,
            1 => Disposition::Sent,
            _ => Disposition::Held,
        };
        world.make([Change::NewMessage(it)]).await.unwrap();
    }
    let seqs = async |audience, limit| -> Vec<i64> {
        let found = world.store.latest_messages(conversation.id, audience, limit).await.unwrap();
        found.into_iter().map(|message| message.seq).collect()
    };
    assert_eq!(seqs(All, 10).await, [1, 4]);
    assert_eq!(seqs(All, 1).await, [4]);
    assert_eq!(seqs(Operators, 3).await, [4, 5, 6]);
}

async fn a_visitors_stream_has_no_inside(db: &Database) {
    let world = World::new(db).await;
    let mut first = world.begin().await;
    world
        .make((1..=4).map(|n| Change::NewEvent(event(&first, n, if n == 2 { Operators } else { All }))))
        .await
        .unwrap();
    first.close(ClosedBy::Visitor, at(1)).unwrap();
    let second = world.conversation(first.visitor);
    world.make([Change::SetConversation(first.clone()), Change::NewConversation(second.clone())]).await.unwrap();
    world.make([Change::NewEvent(event(&second, 5, All))]).await.unwrap();
    let stream = async |audience, after, limit| -> Vec<i64> {
        let found = world.store.events_after(first.visitor, audience, after, limit).await.unwrap();
        found.into_iter().map(|event| event.event_seq).collect()
    };
    assert_eq!(stream(All, 0, 10).await, [1, 3, 4, 5]);
    assert_eq!(stream(All, 1, 2).await, [3, 4]);
    assert_eq!(stream(Operators, 1, 2).await, [2, 3]);
    assert_eq!(world.store.last_event(first.visitor).await.unwrap(), 5);
    assert_eq!(world.store.last_event(new_id()).await.unwrap(), 0);
}

async fn the_newest_conversation_is_the_open_one_or_the_liveliest(db: &Database) {
    let world = World::new(db).await;
    let mut old = world.begin().await;
    old.close(ClosedBy::Visitor, at(1)).unwrap();
    let mut new = world.conversation(old.visitor);
    (new.opened_at, new.next_event) = (at(2), 8);
    new.close(ClosedBy::Visitor, at(3)).unwrap();
    world.make([Change::SetConversation(old.clone()), Change::NewConversation(new.clone())]).await.unwrap();
    assert_eq!(world.store.next_event(old.visitor).await.unwrap(), 8);
    assert_eq!(world.store.newest_conversation(old.visitor).await.unwrap(), Some(new));
    old.reopen(at(4)).unwrap();
    world.make([Change::SetConversation(old.clone())]).await.unwrap();
    assert_eq!(world.store.newest_conversation(old.visitor).await.unwrap(), Some(old));
}

async fn what_may_have_moved_is_caught_up(db: &Database) {
    let world = World::new(db).await;
    let mut links = vec![];
    for (n, open) in [(10, true), (20, false), (30, false)] {
        let mut conversation = world.begin().await;
        links.push(world.link(conversation.id).await.id);
        if open {
            conversation.last_activity_at = at(n);
        } else {
            conversation.close(ClosedBy::System, at(n)).unwrap();
        }
        world.make([Change::SetConversation(conversation)]).await.unwrap();
    }
    let opening = world.begin().await;
    world.make([Change::NewLink(world.new_link(opening.id))]).await.unwrap();
    let found = async |since, limit| -> Vec<_> {
        let found = world.store.links_to_catch_up(world.channel.id, since, limit).await.unwrap();
        assert!(found.iter().all(|link| link.state == LinkState::Open));
        found.into_iter().map(|link| link.id).collect()
    };
    assert_eq!(found(at(30), 9).await, [links[2], links[0]]);
    assert_eq!(found(at(20), 9).await, [links[2], links[1], links[0]]);
    assert_eq!(found(at(20), 1).await, [links[2]]);
}

async fn maps_after_one_are_compared_byte_by_byte(db: &Database) {
    let world = World::new(db).await;
    let conversation = world.begin().await;
    let link = world.link(conversation.id).await;
    let mut removed = map(&link, "1790000000.000300");
    removed.removed_at = Some(at(1));
    let ids = ["1790000000.000100", "1790000000.000200", "1790000000.000400", "A", "a", "B"];
    let mut changes: Vec<Change> = ids.iter().map(|id| Change::NewMap(map(&link, id))).collect();
    changes.push(Change::NewMap(removed));
    world.make(changes).await.unwrap();
    let found = world.store.maps_of_link_after(link.id, "1790000000.000100", 9).await.unwrap();
    let found: Vec<&str> = found.iter().map(|map| map.remote_id.as_str()).collect();
    assert_eq!(found, ["1790000000.000200", "1790000000.000400", "A", "B", "a"]);
    assert_eq!(world.store.maps_of_link_after(link.id, "", 2).await.unwrap().len(), 2);
}

async fn what_nobody_knows_is_nothing(db: &Database) {
    let world = World::new(db).await;
    let store = &world.store;
    assert_eq!(store.visitor(new_id()).await.unwrap(), None);
    assert_eq!(store.conversation(new_id()).await.unwrap(), None);
    assert_eq!(store.open_conversation(new_id()).await.unwrap(), None);
    assert_eq!(store.newest_conversation(new_id()).await.unwrap(), None);
    assert_eq!(store.message(new_id()).await.unwrap(), None);
    assert_eq!(store.messages(&[]).await.unwrap(), []);
    assert_eq!(store.link(nobody()).await.unwrap(), None);
    assert_eq!(store.link_by_thread(world.channel.id, "none").await.unwrap(), None);
    assert_eq!(store.maps_of_message(nobody(), new_id()).await.unwrap(), []);
    assert_eq!(store.outbox(new_id()).await.unwrap(), None);
    assert_eq!(store.intake(new_id()).await.unwrap(), None);
    assert_eq!(store.next_intake_due(at(-1)).await.unwrap(), None);
    assert_eq!(store.operator(new_id()).await.unwrap(), None);
    assert_eq!(store.operators(&[]).await.unwrap(), []);
    assert_eq!(store.picture(new_id()).await.unwrap(), None);
}
