//! The cells of conversations and messages.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::cell::{Cell, id, maybe_id, maybe_json, maybe_text, maybe_time, text, time, word};
use crate::model::{ClosedBy, Conversation, Message};

/// Who closed it, in two columns: a word, and the operator where it was one.
pub(super) fn closed_by<'a>(by: Option<ClosedBy>) -> [Cell<'a>; 2] {
    match by {
        None => [Cell::None, Cell::None],
        Some(ClosedBy::Visitor) => [text("visitor"), Cell::None],
        Some(ClosedBy::System) => [text("system"), Cell::None],
        Some(ClosedBy::Operator(operator)) => [text("operator"), id(operator)],
    }
}

pub(super) fn new_conversation(it: &Conversation) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    let [by, operator] = closed_by(it.closed_by);
    let mut cells = vec![
        id(it.id),
        id(it.domain),
        id(it.visitor),
        word(it.status)?,
        maybe_id(it.assignee),
        Cell::Int(it.next_seq),
        Cell::Int(it.next_event),
        Cell::Int(it.version),
        maybe_json(it.page.as_ref())?,
        time(it.opened_at),
        time(it.last_activity_at),
        maybe_time(it.closed_at),
        by,
        operator,
        word(it.kind)?,
    ];
    cells.extend(regard(it)?);
    Ok(cells)
}

/// What a conversation has beside its course: the browser, waiting, the rating, and how far it was read.
pub(super) fn regard(it: &Conversation) -> Result<[Cell<'_>; 9], serde_json::Error> {
    let rating = it.rating.as_ref();
    Ok([
        maybe_json(it.client.as_ref())?,
        maybe_time(it.waiting_since),
        maybe_time(it.first_response_at),
        maybe_id(it.first_responder),
        rating.map_or(Cell::None, |rating| Cell::Int(rating.stars)),
        maybe_text(rating.and_then(|rating| rating.comment.as_deref())),
        maybe_time(rating.map(|rating| rating.at)),
        Cell::Int(it.visitor_seen),
        Cell::Int(it.operators_seen),
    ])
}

pub(super) fn set_conversation(it: &Conversation) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    let [by, operator] = closed_by(it.closed_by);
    let mut cells = vec![
        id(it.id),
        word(it.status)?,
        maybe_id(it.assignee),
        Cell::Int(it.next_seq),
        Cell::Int(it.next_event),
        Cell::Int(it.version),
        maybe_json(it.page.as_ref())?,
        time(it.last_activity_at),
        maybe_time(it.closed_at),
        by,
        operator,
        id(it.visitor),
    ];
    cells.extend(regard(it)?);
    Ok(cells)
}

pub(super) fn new_message(it: &Message) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        id(it.conversation),
        Cell::Int(it.seq),
        word(it.speaker)?,
        maybe_id(it.visitor),
        maybe_id(it.operator),
        word(it.disposition)?,
        text(&it.body),
        maybe_json(it.rich.as_ref())?,
        maybe_text(it.client_key.as_deref()),
        maybe_id(it.origin),
        time(it.created_at),
        maybe_time(it.edited_at),
        maybe_time(it.removed_at),
        Cell::Int(it.version),
    ])
}

pub(super) fn set_message(it: &Message) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        Cell::Int(it.seq),
        maybe_id(it.operator),
        word(it.disposition)?,
        text(&it.body),
        maybe_json(it.rich.as_ref())?,
        maybe_time(it.edited_at),
        maybe_time(it.removed_at),
        Cell::Int(it.version),
    ])
}
