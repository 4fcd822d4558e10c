//! The cells of visitors, and of two who turn out to be one.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::super::statements::Kind;
use super::cell::{Cell, id, maybe_json, maybe_text, time};
use crate::model::Visitor;
use crate::store::write::Recognition;

pub(super) fn new_visitor(it: &Visitor) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    let mut cells = set_visitor(it)?;
    cells.extend([id(it.domain), time(it.created_at), time(it.last_seen_at)]);
    Ok(cells)
}

pub(super) fn set_visitor(it: &Visitor) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        maybe_text(it.name.as_deref()),
        maybe_text(it.email.as_deref()),
        Cell::Flag(it.email_verified),
        maybe_text(it.external_id.as_deref()),
        maybe_text(it.language.as_deref()),
        maybe_json(it.client.as_ref())?,
    ])
}

pub(super) fn encode_recognition(change: Recognition) -> (Kind, Vec<Cell<'static>>) {
    match change {
        Recognition::EndSession(session) => (Kind::EndSession, vec![id(session)]),
        Recognition::MoveEvents(from, into, ahead) => (Kind::MoveEvents, vec![id(from), id(into), Cell::Int(ahead)]),
        Recognition::SettleEvents(into) => (Kind::SettleEvents, vec![id(into)]),
        Recognition::MoveMessages(from, into) => (Kind::MoveMessages, vec![id(from), id(into)]),
        Recognition::EndSessions(from) => (Kind::EndSessions, vec![id(from)]),
        Recognition::Forget(from) => (Kind::ForgetVisitor, vec![id(from)]),
    }
}
