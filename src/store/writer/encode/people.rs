//! The cells of operators and their selves.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::cell::{Cell, id, maybe_id, maybe_json, maybe_text, maybe_time, text, time, word};
use crate::model::Operator;
use crate::store::rows::Identity;

pub(super) fn identity(it: &Identity) -> Vec<Cell<'_>> {
    vec![Cell::Text(it.connection.to_string().into()), text(&it.user.0), id(it.operator), time(it.created_at)]
}

pub(super) fn operator(it: &Operator) -> Vec<Cell<'_>> {
    vec![
        id(it.id),
        text(&it.name),
        maybe_text(it.email.as_deref()),
        maybe_id(it.picture),
        maybe_text(it.picture_source.as_deref()),
        Cell::Flag(it.own_profile),
    ]
}

pub(super) fn operator_access(it: &Operator) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        it.role.map_or(Ok(Cell::None), word)?,
        maybe_json(it.domains.as_ref())?,
        maybe_time(it.deactivated_at),
    ])
}
