//! Links, sessions, keys and the record of what was done; and the guards that let one of two win.
#![expect(clippy::unwrap_used, reason = "a missing row fails the test")]

use bridge_core::RemoteUser;
use threadline::clock::new_id;
use threadline::model::{Operator, OperatorId, Role};
use threadline::store::{
    Account, ApiKey, AuditEntry, Change, CommitError, Guard, LoginLink, OperatorSession, SignIn, StoreError, Write,
};

use super::fixtures::{NOW, World, at};
use crate::support::database::{Database, on_both};

on_both!(everything_is_read_as_it_was_written, one_of_two_wins, a_small_write_goes_beside_the_program);

fn admin(name: &str) -> Operator {
    Operator {
        role: Some(Role::Admin),
        domains: Some(vec!["shop.example".into()]),
        ..Operator::named(new_id(), name, NOW)
    }
}

fn link(operator: OperatorId) -> LoginLink {
    LoginLink {
        id: new_id(),
        operator,
        token_hash: [7; 32],
        account: Some(Account { connection: "slack.acme".parse().unwrap(), user: RemoteUser("U1".into()) }),
        created_at: NOW,
        expires_at: at(5),
        used_at: None,
    }
}

async fn everything_is_read_as_it_was_written(db: &Database) {
    let world = World::new(db).await;
    let operator = admin("Ada");
    let link = link(operator.id);
    let session = OperatorSession {
        id: new_id(),
        operator: operator.id,
        token_hash: [8; 32],
        account: link.account.clone(),
        agent: Some("Firefox \"142\" 🦀".into()),
        created_at: NOW,
        expires_at: at(9),
        last_seen_at: at(1),
        ended_at: None,
    };
    let plain = OperatorSession { id: new_id(), token_hash: [9; 32], account: None, agent: None, ..session.clone() };
    let key = ApiKey {
        id: new_id(),
        name: "report".into(),
        token_hash: [1; 32],
        scopes: vec!["read".into(), "write".into()],
        domains: Some(vec!["shop.example".into()]),
        created_by: Some(operator.id),
        created_at: NOW,
        expires_at: Some(at(4)),
        last_used_at: None,
        revoked_at: None,
    };
    let entry = AuditEntry {
        id: new_id(),
        at: NOW,
        actor_kind: "operator".into(),
        actor: Some(operator.id.0),
        action: "link.made".into(),
        subject: operator.id.to_string(),
        detail: "ä".into(),
    };
    let changes = [
        SignIn::NewLink(link.clone()),
        SignIn::NewSession(session.clone()),
        SignIn::NewSession(plain.clone()),
        SignIn::NewApiKey(key.clone()),
        SignIn::Audit(entry.clone()),
    ];
    let all = std::iter::once(Change::NewOperator(operator.clone())).chain(changes.map(Change::SignIn));
    world.make(all).await.unwrap();
    let store = &world.store;
    assert_eq!(store.login_link_by_token(&[7; 32]).await.unwrap(), Some(link.clone()));
    assert_eq!(store.operator_session_by_token(&[8; 32]).await.unwrap(), Some(session.clone()));
    assert_eq!(store.operator_session(plain.id).await.unwrap(), Some(plain.clone()));
    assert_eq!(store.operator_sessions(operator.id, at(9)).await.unwrap(), []);
    assert_eq!(store.session_counts(NOW).await.unwrap(), [(operator.id, 2)]);
    assert_eq!(store.last_seen().await.unwrap(), [(operator.id, at(1))]);
    assert_eq!(store.api_key_by_token(&[1; 32]).await.unwrap(), Some(key.clone()));
    assert_eq!(store.audit(None, 5).await.unwrap(), std::slice::from_ref(&entry));
    assert_eq!(store.audit(Some(entry.id), 5).await.unwrap(), []);
    assert_eq!(store.invited("ADA").await.unwrap(), std::slice::from_ref(&operator));

    let later = [
        SignIn::SessionSeen(session.id, at(2), at(20)),
        SignIn::SessionEnded(plain.id, at(3)),
        SignIn::ApiKeyUsed(key.id, at(2)),
        SignIn::ApiKeyRevoked(key.id, at(3)),
        SignIn::LinkUsed(link.id, at(2)),
    ];
    world.make(later.map(Change::SignIn)).await.unwrap();
    let seen = OperatorSession { last_seen_at: at(2), expires_at: at(20), ..session };
    assert_eq!(store.operator_sessions(operator.id, at(9)).await.unwrap(), [seen]);
    let used = ApiKey { last_used_at: Some(at(2)), revoked_at: Some(at(3)), ..key };
    assert_eq!(store.api_keys().await.unwrap(), [used]);
    assert_eq!(store.login_link_by_token(&[7; 32]).await.unwrap().unwrap().used_at, Some(at(2)));
}

async fn one_of_two_wins(db: &Database) {
    let world = World::new(db).await;
    let (ada, bob) = (admin("Ada"), admin("Bob"));
    let link = link(ada.id);
    let new = [Change::NewOperator(ada.clone()), Change::NewOperator(bob.clone())];
    world.make(new.into_iter().chain([Change::SignIn(SignIn::NewLink(link.clone()))])).await.unwrap();
    let make = async |key: uuid::Uuid, guards: &[Guard], change: Change| {
        let mut write = Write::new(key);
        write.guards.extend_from_slice(guards);
        write.push(change);
        world.store.commit(write).await
    };
    let won = |one: &Result<(), CommitError>, other: &Result<(), CommitError>| {
        matches!((one, other), (Ok(()), Err(CommitError::Conflict)) | (Err(CommitError::Conflict), Ok(())))
    };
    // Different keys, so that in PostgreSQL two writers meet.
    let keys = [uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2)];
    let using = || Change::SignIn(SignIn::LinkUsed(link.id, NOW));
    let guard = [Guard::LoginLink(link.id)];
    let (one, other) = tokio::join!(make(keys[0], &guard, using()), make(keys[1], &guard, using()));
    assert!(won(&one, &other), "{one:?} {other:?}");
    // Each demotes the other, relying on being an admin still.
    let demote = |it: &Operator| Change::OperatorAccess(Operator { role: Some(Role::Operator), ..it.clone() });
    let guards = [Guard::Admin(ada.id), Guard::Admin(bob.id)];
    let (one, other) = tokio::join!(make(keys[0], &guards, demote(&ada)), make(keys[1], &guards, demote(&bob)));
    assert!(won(&one, &other), "{one:?} {other:?}");
    assert_eq!(world.store.admins().await.unwrap().len(), 1);
}

async fn a_small_write_goes_beside_the_program(db: &Database) {
    let db = &Database::empty(db.kind).await;
    use threadline::store::{Options, Store};
    // Nobody has it: the schema is made, and whoever wants to serve may start at once.
    let before = Store::open_beside(db.url(), Options::default()).await.unwrap();
    let world = World::new(db).await;
    let beside = Store::open_beside(db.url(), Options::default()).await.unwrap();
    for (store, name) in [(&before, "Ada"), (&beside, "Bob")] {
        let mut write = Write::new(new_id::<uuid::Uuid>());
        write.push(Change::NewOperator(admin(name)));
        store.commit(write).await.unwrap();
    }
    let names: Vec<String> = world.store.admins().await.unwrap().into_iter().map(|it| it.name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    before.close().await;
    beside.close().await;
    db.run("DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)").await;
    let error = Store::open_beside(db.url(), Options::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::OtherSchema { .. }), "{error}");
    assert!(
        error
            .to_string()
            .ends_with("is in use by a Threadline whose version is older: stop it and start this version in its place"),
        "{error}"
    );
    world.store.close().await;
}
