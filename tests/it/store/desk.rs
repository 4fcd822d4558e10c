//! What operators leave at their desks: read marks, tags and canned replies.
#![expect(clippy::unwrap_used, reason = "a row that can't be written or read fails the test")]

use threadline::clock::new_id;
use threadline::store::{CannedReply, Change, CommitError, Desk, Tagged};

use super::fixtures::{World, at, operator};
use crate::support::database::{Database, on_both};

on_both!(read_marks_only_grow, tags_stand_once, canned_replies_have_one_name_each);

async fn read_marks_only_grow(db: &Database) {
    let world = World::new(db).await;
    let (ada, it) = (operator(), world.begin().await);
    world.make([Change::NewOperator(ada.clone())]).await.unwrap();
    let read = |seq| world.make([Change::Desk(Desk::Read { operator: ada.id, conversation: it.id, seq, at: at(seq) })]);
    let mark = async || world.store.read_mark(ada.id, it.id).await.unwrap();
    assert_eq!(mark().await, 0);
    for (seq, stands) in [(5, 5), (3, 5), (7, 7)] {
        read(seq).await.unwrap();
        assert_eq!(mark().await, stands);
    }
    // Several pages of one operator tell at once, and their words may meet in one statement.
    let (one, two, three) = tokio::join!(read(9), read(11), read(8));
    assert!(one.is_ok() && two.is_ok() && three.is_ok(), "{one:?} {two:?} {three:?}");
    assert_eq!(mark().await, 11);
}

async fn tags_stand_once(db: &Database) {
    let world = World::new(db).await;
    let it = world.begin().await;
    let tag = |name: &str, now| Change::Desk(Desk::NewTag(it.id, name.into(), at(now)));
    let used = |name: &str| Change::Desk(Desk::DomainTag(world.domain, name.into()));
    world.make([tag("vip 🦀", 1), tag("refund", 2), used("vip 🦀"), used("refund")]).await.unwrap();
    world.make([tag("refund", 9), used("refund")]).await.unwrap();
    let tagged = |tag: &str, now| Tagged { conversation: it.id, tag: tag.into(), created_at: at(now) };
    assert_eq!(world.store.tags(&[it.id]).await.unwrap(), [tagged("refund", 2), tagged("vip 🦀", 1)]);
    assert_eq!(world.store.tags(&[new_id()]).await.unwrap(), []);
    world.make([Change::Desk(Desk::RemoveTag(it.id, "refund".into()))]).await.unwrap();
    assert_eq!(world.store.tags(&[it.id]).await.unwrap(), [tagged("vip 🦀", 1)]);
    let mut offered = world.store.tags_of_domain(world.domain).await.unwrap();
    offered.sort_unstable();
    assert_eq!(offered, ["refund", "vip 🦀"], "it may be wanted again");
}

async fn canned_replies_have_one_name_each(db: &Database) {
    let world = World::new(db).await;
    let mut hours = CannedReply {
        id: new_id(),
        name: "hours".into(),
        body: "9 to 5,\n\"mostly\" 🦀".into(),
        domains: Some(vec!["shop.example".into()]),
        created_at: at(1),
        updated_at: at(2),
    };
    let bye = CannedReply { id: new_id(), name: "bye".into(), domains: None, ..hours.clone() };
    let new = |it: &CannedReply| Change::Desk(Desk::NewCanned(it.clone()));
    world.make([new(&hours), new(&bye)]).await.unwrap();
    assert_eq!(world.store.canned_replies().await.unwrap(), [bye.clone(), hours.clone()]);
    let same_name = CannedReply { id: new_id(), ..bye.clone() };
    assert!(matches!(world.make([new(&same_name)]).await, Err(CommitError::Conflict)));
    (hours.body, hours.domains, hours.updated_at) = ("8 to 4".into(), None, at(3));
    world.make([Change::Desk(Desk::SetCanned(hours.clone()))]).await.unwrap();
    assert_eq!(world.store.canned_reply(hours.id).await.unwrap(), Some(hours.clone()));
    assert_eq!(world.store.canned_reply_by_name("hours").await.unwrap().as_ref(), Some(&hours));
    world.make([Change::Desk(Desk::RemoveCanned(bye.id))]).await.unwrap();
    assert_eq!(world.store.canned_replies().await.unwrap(), [hours]);
}
