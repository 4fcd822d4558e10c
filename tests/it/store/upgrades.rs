//! A database that an earlier version wrote.
//!
//! What lives here: what a migration makes of the rows that it finds. What must not: tables (see [`super::schema`]).
#![expect(clippy::unwrap_used, reason = "a store that fails is a failed test")]

use bridge_core::Speaker;
use threadline::clock::new_id;
use threadline::model::{Conversation, Disposition, Message, OperatorId};
use threadline::store::Change;

use super::fixtures::{World, at, message};
use crate::support::database::{Database, on_both};

on_both!(who_answered_first_is_found_in_what_was_said);

/// The tables of before `0005_first_responder`.
const BEFORE_FIRST_RESPONDERS: &str = "
    DROP INDEX operator_session_seen;
    DROP INDEX conversation_opened;
    ALTER TABLE conversation DROP COLUMN first_responder;
    CREATE INDEX conversation_opened ON conversation
        (domain, opened_at, id, first_response_at, closed_at, assignee, rating);
    DELETE FROM _sqlx_migrations WHERE version >= 5";

fn of_operator(it: &Conversation, seq: i64, by: OperatorId, disposition: Disposition) -> Change {
    Change::NewMessage(Message {
        speaker: Speaker::Operator,
        visitor: None,
        operator: Some(by),
        client_key: None,
        disposition,
        ..message(it, seq)
    })
}

async fn who_answered_first_is_found_in_what_was_said(db: &Database) {
    let world = World::new(db).await;
    let (mut answered, mut noted) = (world.begin().await, world.begin().await);
    let (ada, ben) = (new_id::<OperatorId>(), new_id::<OperatorId>());
    answered.operator_answered(Some(ada), at(3));
    for it in [&mut answered, &mut noted] {
        (it.next_seq, it.version) = (5, it.version + 1);
    }
    let said = [
        Change::NewMessage(message(&answered, 1)),
        of_operator(&answered, 2, ben, Disposition::Note),
        of_operator(&answered, 3, ada, Disposition::Sent),
        of_operator(&answered, 4, ben, Disposition::Sent),
        of_operator(&noted, 1, ben, Disposition::Note),
    ];
    let changed = [answered.clone(), noted.clone()].map(Change::SetConversation);
    world.make(said.into_iter().chain(changed)).await.unwrap();
    world.store.close().await;

    db.run(BEFORE_FIRST_RESPONDERS).await;
    let store = db.open().await;
    assert_eq!(store.conversation(answered.id).await.unwrap(), Some(answered));
    assert_eq!(store.conversation(noted.id).await.unwrap(), Some(noted));
    store.close().await;
}
