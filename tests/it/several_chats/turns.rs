//! Whose turn it is: who waits, who has read, and who may speak at all.
#![expect(clippy::unwrap_used, reason = "a missing row fails the test")]

use bridge_core::{Action, InboundEvent};
use threadline::model::{ClosedBy, Conversation, EventKind, Operator};
use threadline::service::assign_conversation::assign;
use threadline::service::close_conversation::close;
use threadline::service::reopen_conversation::reopen;
use threadline::store::{Change, Write};

use super::chat::Chat;
use super::stage::Stage;
use crate::support::PATIENCE;
use crate::support::database::{Database, on_both};

on_both!(
    whoever_has_the_last_word_waits,
    whoever_answers_in_a_thread_has_read,
    whoever_was_switched_off_speaks_for_nobody,
    what_is_over_is_put_away_again
);

/// Reads a conversation until it is as wanted.
async fn until(stage: &Stage, talk: &Conversation, what: &str, look: impl Fn(&Conversation) -> bool) -> Conversation {
    let seen = async {
        loop {
            let it = stage.service.store.conversation(talk.id).await.unwrap().unwrap();
            if look(&it) {
                return it;
            }
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

async fn until_answered(stage: &Stage, talk: &Conversation) -> Conversation {
    until(stage, talk, "an answer", |it| it.waiting_since.is_none()).await
}

/// A thread's message is deleted.
async fn deletes(stage: &Stage, chat: &Chat, thread: &str, id: &str) {
    let (channel, at) = (chat.channel(), stage.service.clock.now());
    let event = InboundEvent::Deleted { channel, thread: Some(thread.to_owned()), id: id.to_owned(), at };
    stage.tell(chat, format!("deleted:{id}"), thread, event).await;
}

async fn whoever_has_the_last_word_waits(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (visitor, talk, [in_one, _]) = stage.talk("hello").await;
    let since = talk.waiting_since;
    assert_eq!(since, Some(talk.opened_at));

    stage.says(&stage.one, "U1", &in_one, "a reply", true).await;
    let answered = until_answered(&stage, &talk).await;
    assert!(answered.first_response_at.is_some());
    let ada = stage.operator(&stage.one, "U1").await.unwrap();
    assert_eq!(answered.first_responder, Some(ada.id));
    let reply = stage.one.last_id();
    deletes(&stage, &stage.one, &in_one, &reply).await;
    until(&stage, &talk, "the visitor to wait as before", |it| it.waiting_since == since).await;

    stage.says(&stage.one, "U1", &in_one, "another reply", true).await;
    until_answered(&stage, &talk).await;
    let (closes, reopens) = (
        async || assert!(close(&stage.service, talk.id, ClosedBy::Operator(ada.id), &[]).await.unwrap()),
        async || assert!(reopen(&stage.service, talk.id, &ada.name, &[]).await.unwrap()),
    );
    closes().await;
    reopens().await;
    let it = stage.service.store.conversation(talk.id).await.unwrap().unwrap();
    assert_eq!(it.waiting_since, None, "they had their answer");
    stage.writes(&visitor, "one more thing").await;
    closes().await;
    assert_eq!(stage.service.store.conversation(talk.id).await.unwrap().unwrap().waiting_since, None);
    let now = stage.service.clock.now();
    reopens().await;
    let it = stage.service.store.conversation(talk.id).await.unwrap().unwrap();
    assert!(it.waiting_since.is_some_and(|since| since >= now), "they wait from now on: {it:?}");
    stage.end().await;
}

async fn whoever_answers_in_a_thread_has_read(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    stage.one.join("U2", "Bob", None);
    let (visitor, _, [in_one, _]) = stage.talk("hello").await;
    let talk = stage.writes(&visitor, "is anybody there?").await;
    stage.says(&stage.one, "U1", &in_one, "a reply", true).await;
    let answered = until_answered(&stage, &talk).await;
    assert_eq!(answered.operators_seen, 2, "the visitor sees that it was read");
    let ada = stage.operator(&stage.one, "U1").await.unwrap();
    let unread = async |who: &Operator| {
        let counted = stage.service.store.unread(&[talk.id], who.id, 100).await.unwrap();
        counted.first().map_or(0, |row| row.count)
    };
    assert_eq!(unread(&ada).await, 0);
    let answer = stage.answered(&stage.one, "U2", Some(&in_one), Action::Assign).await;
    assert_eq!(answer, "");
    assert_eq!(unread(&stage.operator(&stage.one, "U2").await.unwrap()).await, 2, "Bob has not");
    let events = stage.service.store.events_of_conversation_after(talk.id, 0, 1_000).await.unwrap();
    assert!(events.iter().all(|event| event.kind != EventKind::OperatorRead), "the answer says it already");
    stage.end().await;
}

async fn whoever_was_switched_off_speaks_for_nobody(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, talk, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Assign).await;
    let mut ada = stage.operator(&stage.one, "U1").await.unwrap();
    ada.deactivated_at = Some(stage.service.clock.now());
    let mut write = Write::new(ada.id.0);
    write.push(Change::OperatorAccess(ada));
    stage.service.store.commit(write).await.unwrap();

    stage.says(&stage.one, "U1", &in_one, "a reply", true).await;
    let told = stage.one.until("a word about it", |world| {
        world.told("U1").map(|answer| answer.text.clone()).filter(|text| !text.is_empty())
    });
    assert_eq!(told.await, "Your message stays inside: your account is switched off.");
    let refused = stage.answered(&stage.one, "U1", Some(&in_one), Action::Close).await;
    assert_eq!(refused, "Only operators can do that. Ask an admin to make you one.");
    let it = stage.service.store.conversation(talk.id).await.unwrap().unwrap();
    assert!(it.is_open() && it.waiting_since.is_some(), "{it:?}");
    assert!(!stage.two.read(|world| world.texts(&in_two).contains(&"a reply".to_owned())));
    stage.end().await;
}

async fn what_is_over_is_put_away_again(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    let (_, talk, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Close).await;
    let put_away = async |times: usize| {
        let count = |archived: &[String]| archived.iter().filter(|thread| **thread == in_two).count();
        stage.two.until("the archive", |world| (count(&world.archived) == times).then_some(())).await;
    };
    put_away(1).await;
    let ada = stage.operator(&stage.one, "U1").await.unwrap();
    assert!(assign(&stage.service, talk.id, &ada, &[]).await.unwrap());
    put_away(2).await;
    let last = stage.two.read(|world| world.texts(&in_two).last().cloned().unwrap());
    assert_eq!(last, "Ada takes care of this conversation now.");
    stage.end().await;
}
