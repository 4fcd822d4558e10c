//! The cells of links, the outbox, the intake and the map.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::super::statements::Kind;
use super::cell::{Cell, id, maybe_id, maybe_text, maybe_time, text, time, word};
use crate::store::rows::{Intake, MessageMap, Outbox, OutboxProgress};
use crate::store::write::Change;

/// The changes of a link; every other one is told apart above.
pub(super) fn encode_link(change: &Change) -> Result<(Kind, Vec<Cell<'_>>), serde_json::Error> {
    use crate::model::LinkState;

    Ok(match change {
        Change::NewLink(it) => (
            Kind::NewLink,
            vec![
                id(it.id),
                id(it.conversation),
                id(it.channel),
                Cell::Int(it.generation),
                word(it.state)?,
                maybe_text(it.remote_thread.as_deref()),
                maybe_text(it.card.as_deref()),
                Cell::Int(it.next_lane_seq),
                text(&it.cursor.0),
                Cell::Int(it.card_wanted),
                Cell::Int(it.card_shown),
                time(it.card_due_at),
            ],
        ),
        Change::LinkOpened { id: link, remote_thread, card } => {
            (Kind::LinkOpened, vec![id(*link), word(LinkState::Open)?, text(remote_thread), text(card)])
        }
        Change::LinkGone(link) => (Kind::LinkGone, vec![id(*link), word(LinkState::Gone)?]),
        Change::LinkLane(link, next) => (Kind::LinkLane, vec![id(*link), Cell::Int(*next)]),
        Change::LinkCursor(link, cursor) => (Kind::LinkCursor, vec![id(*link), text(&cursor.0)]),
        Change::LinkCardWanted(link, wish) => (Kind::LinkCardWanted, vec![id(*link), Cell::Int(*wish)]),
        Change::LinkCardShown(link, wish, due) => (Kind::LinkCardShown, vec![id(*link), Cell::Int(*wish), time(*due)]),
        other => return Err(serde::ser::Error::custom(format!("{other:?} is no change of a link"))),
    })
}

pub(super) fn new_map(it: &MessageMap) -> Vec<Cell<'_>> {
    vec![
        id(it.id),
        id(it.link),
        id(it.channel),
        text(&it.remote_id),
        Cell::Int(it.remote_part),
        maybe_id(it.message),
        it.local_part.map_or(Cell::None, Cell::Int),
        Cell::Int(it.version),
        maybe_time(it.remote_edited_at),
        maybe_time(it.removed_at),
        time(it.created_at),
    ]
}

pub(super) fn new_outbox(it: &Outbox) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    let mut cells = vec![
        id(it.id),
        id(it.link),
        id(it.conversation),
        id(it.channel),
        Cell::Int(it.lane_seq),
        word(it.kind)?,
        maybe_id(it.message),
        Cell::Int(it.part),
        text(&it.payload),
        Cell::Flag(it.delayed),
        Cell::Flag(it.broadcast),
        time(it.created_at),
    ];
    cells.extend(outbox_progress(&it.progress)?);
    Ok(cells)
}

pub(super) fn outbox_progress(it: &OutboxProgress) -> Result<[Cell<'_>; 7], serde_json::Error> {
    Ok([
        word(it.state)?,
        Cell::Int(it.attempts),
        time(it.due_at),
        maybe_time(it.lease_until),
        maybe_time(it.sent_at),
        maybe_text(it.step.as_deref()),
        maybe_text(it.error.as_deref()),
    ])
}

pub(super) fn new_intake(it: &Intake) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        Cell::Text(it.connection.to_string().into()),
        text(&it.dedupe_key),
        text(&it.lane),
        maybe_text(it.payload.as_deref()),
        time(it.received_at),
        word(it.progress.state)?,
        Cell::Int(it.progress.attempts),
        time(it.progress.due_at),
        maybe_text(it.progress.error.as_deref()),
        maybe_time(it.progress.done_at),
    ])
}
