//! Who must not be taken for whom, and what is none of the house's business.
#![expect(clippy::unwrap_used, reason = "a missing row fails the test")]

use std::time::Duration;

use bridge_core::{
    Action, Bridge as _, ConnectionId, Inbound, InboundEvent, InboundSink, RemoteAuthor, RemoteChannel, RemoteMessage,
    RemoteUser, ReplyHandle,
};
use threadline::clock::new_id;
use threadline::model::{Operator, OperatorId, Role};
use threadline::service::accept_event::Sink;
use threadline::service::change_access::{AccessChange, change_access};
use threadline::service::record_audit::Actor;
use threadline::store::{Change, Identity, Write};

use super::chat::{World, words};
use super::stage::Stage;
use crate::support::database::{Database, on_both};

on_both!(
    an_address_that_only_looks_alike_ties_nobody,
    nobody_is_tied_to_an_operator_who_became_another,
    an_address_that_was_given_to_somebody_else_ties_nobody_to_its_first_owner,
    an_address_gives_nobody_the_rights_of_who_was_invited,
    who_was_deactivated_speaks_for_nobody,
    what_is_said_where_no_domain_is_mapped_is_not_kept
);

async fn an_address_that_only_looks_alike_ties_nobody(db: &Database) {
    let stage = Stage::new(db).await;
    // The second one begins with the sign for kelvin, whose small letter is a Latin k.
    stage.one.join("U1", "Kate", Some("kate@acme.example"));
    stage.two.join("700", "kate_l", Some("\u{212a}ate@acme.example"));
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Assign).await;
    stage.answered(&stage.two, "700", Some(&in_two), Action::Assign).await;
    let kate = stage.operator(&stage.one, "U1").await.unwrap();
    assert_ne!(stage.operator(&stage.two, "700").await.unwrap().id, kate.id);
    stage.end().await;
}

async fn an_address_that_was_given_to_somebody_else_ties_nobody_to_its_first_owner(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Kate", Some("support@acme.example"));
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Assign).await;
    let kate = stage.operator(&stage.one, "U1").await.unwrap();
    // Kate moves on, and so does the mailbox.
    stage.one.join("U1", "Kate", Some("kate@acme.example"));
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Assign).await;
    stage.two.join("700", "Noor", Some("support@acme.example"));
    stage.answered(&stage.two, "700", Some(&in_two), Action::Assign).await;
    assert_ne!(stage.operator(&stage.two, "700").await.unwrap().id, kate.id);
    stage.end().await;
}

async fn an_address_gives_nobody_the_rights_of_who_was_invited(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Kate", Some("kate@acme.example"));
    stage.one.join("U2", "Noor", Some("noor@acme.example"));
    let (_, _, [in_one, in_two]) = stage.talk("hello").await;
    let known = async |user: &str, change: AccessChange| {
        stage.answered(&stage.one, user, Some(&in_one), Action::Assign).await;
        let operator = stage.operator(&stage.one, user).await.unwrap();
        change_access(&stage.service, operator.id, &change, Actor::CommandLine).await.unwrap()
    };
    let role = Some(Some(Role::Admin));
    let kate = known("U1", AccessChange { role, ..AccessChange::default() }).await;
    let noor = known("U2", AccessChange { role, deactivated: Some(false), ..AccessChange::default() }).await;
    known("U2", AccessChange { deactivated: Some(true), ..AccessChange::default() }).await;
    // Whoever runs the second chat says there what address somebody has.
    stage.two.join("700", "kate", Some("kate@acme.example"));
    stage.answered(&stage.two, "700", Some(&in_two), Action::Assign).await;
    let other = stage.operator(&stage.two, "700").await.unwrap();
    assert!(other.id != kate.id && other.role.is_none(), "{other:?}");
    // Who was deactivated does not come back as somebody new.
    stage.two.join("701", "noor", Some("noor@acme.example"));
    let told = stage.answered(&stage.two, "701", Some(&in_two), Action::Assign).await;
    assert_eq!(stage.operator(&stage.two, "701").await.unwrap().id, noor.id);
    assert!(told.starts_with("Only operators"), "{told}");
    stage.end().await;
}

async fn who_was_deactivated_speaks_for_nobody(db: &Database) {
    let stage = Stage::new(db).await;
    stage.one.join("U1", "Ada", None);
    stage.one.join("U2", "Ben", None);
    let (_, conversation, [in_one, in_two]) = stage.talk("hello").await;
    stage.answered(&stage.one, "U1", Some(&in_one), Action::Assign).await;
    let ada = stage.operator(&stage.one, "U1").await.unwrap();
    let change = AccessChange { deactivated: Some(true), ..AccessChange::default() };
    change_access(&stage.service, ada.id, &change, Actor::CommandLine).await.unwrap();

    stage.says(&stage.one, "U1", &in_one, "I still talk", true).await;
    let refused = |world: &World| {
        let told = world.told("U1")?;
        told.text.starts_with("Your message stays inside").then(|| told.text.clone())
    };
    assert!(stage.one.until("the refusal", refused).await.contains("switched off"));
    let told = stage.answered(&stage.one, "U1", Some(&in_one), Action::Close).await;
    assert!(told.starts_with("Only operators"), "{told}");
    stage.says(&stage.one, "U2", &in_one, "I do", true).await;
    stage.two.until("the reply", |world| world.texts(&in_two).contains(&"I do".to_owned()).then_some(())).await;
    let words = stage.two.read(|world| world.texts(&in_two));
    assert!(!words.contains(&"I still talk".to_owned()), "{words:?}");
    assert!(stage.service.store.conversation(conversation.id).await.unwrap().unwrap().is_open());
    stage.end().await;
}

async fn nobody_is_tied_to_an_operator_who_became_another(db: &Database) {
    let store = db.open().await;
    let now = threadline::clock::Clock::system().now();
    let operator =
        Operator { email: Some("ada@acme.example".into()), ..Operator::named(new_id::<OperatorId>(), "Ada", now) };
    let mut write = Write::new(operator.id.0);
    write.push(Change::NewOperator(operator.clone()));
    store.commit(write).await.unwrap();
    assert_eq!(store.operator_by_email("ada@acme.example").await.unwrap(), None, "no account of theirs is left");
    let mut write = Write::new(operator.id.0);
    write.push(Change::NewIdentity(Identity {
        operator: operator.id,
        connection: "chat.one".parse().unwrap(),
        user: RemoteUser("U1".into()),
        created_at: now,
    }));
    store.commit(write).await.unwrap();
    assert_eq!(store.operator_by_email("Ada@acme.example").await.unwrap(), Some(operator));
    store.close().await;
}

async fn what_is_said_where_no_domain_is_mapped_is_not_kept(db: &Database) {
    let stage = Stage::new(db).await;
    let (connection, now) = (stage.one.connection().clone(), stage.service.clock.now());
    let sink = Sink::new(stage.service.clone());
    let elsewhere = RemoteChannel { connection: connection.clone(), id: "elsewhere".into() };
    for (key, event) in [
        ("said", InboundEvent::Message(said(&elsewhere, now))),
        ("edited", InboundEvent::Edited(said(&elsewhere, now))),
        ("gone", InboundEvent::Deleted { channel: elsewhere.clone(), thread: None, id: "1".into(), at: now }),
        ("odd", InboundEvent::Unreadable { channel: elsewhere.clone(), thread: None, id: "1".into() }),
    ] {
        sink.accept(inbound(&connection, key, event)).await.unwrap();
    }
    sink.accept(inbound(&connection, "here", InboundEvent::Message(said(&stage.one.channel(), now)))).await.unwrap();
    drop(sink);
    stage.end().await;
    let store = db.open().await;
    let later = now.plus(Duration::from_secs(86_400));
    let waiting = store.intake_heads(later, 10).await.unwrap().len();
    assert_eq!(waiting + usize::try_from(store.erase_intake(later).await.unwrap()).unwrap(), 1);
    store.close().await;
}

fn inbound(connection: &ConnectionId, key: &str, event: InboundEvent) -> Inbound {
    Inbound { connection: connection.clone(), dedupe_key: key.into(), lane: key.into(), event }
}

fn said(channel: &RemoteChannel, at: bridge_core::Micros) -> RemoteMessage {
    RemoteMessage {
        channel: channel.clone(),
        thread: Some("a thread".into()),
        id: "1".into(),
        at,
        edited_at: None,
        author: RemoteAuthor::Person(RemoteUser("U9".into())),
        body: words("what shall we have for lunch?"),
        mentions: Vec::new(),
        files: Vec::new(),
        key: None,
        reply: ReplyHandle::default(),
    }
}
