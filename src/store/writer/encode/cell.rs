//! One value of a row, as the set-based statements take it.
//!
//! What lives here: the kinds of cells, and how each is made. What must not: which cells a change has.

use std::borrow::Cow;

use bridge_core::Micros;
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// One value of a row.
pub(super) enum Cell<'a> {
    None,
    Id(Uuid),
    Int(i64),
    Flag(bool),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Id(id) => serializer.collect_str(id.as_simple()),
            Self::Int(int) => serializer.serialize_i64(*int),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Text(text) => serializer.serialize_str(&without_nul(text)),
            Self::Bytes(bytes) => serializer.serialize_str(&hex::encode(bytes)),
        }
    }
}

/// PostgreSQL keeps no NUL in a text, so neither database gets one.
pub(in crate::store) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

pub(super) fn id<'a>(id: impl Into<Uuid>) -> Cell<'a> {
    Cell::Id(id.into())
}

pub(super) fn maybe_id<'a>(id: Option<impl Into<Uuid>>) -> Cell<'a> {
    id.map_or(Cell::None, |id| Cell::Id(id.into()))
}

pub(super) fn time<'a>(time: Micros) -> Cell<'a> {
    Cell::Int(time.0)
}

pub(super) fn maybe_time<'a>(time: Option<Micros>) -> Cell<'a> {
    time.map_or(Cell::None, |time| Cell::Int(time.0))
}

pub(super) fn text(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

pub(super) fn maybe_text(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::None, |text| Cell::Text(Cow::Borrowed(text)))
}

/// An enum's word, as serde writes it.
pub(super) fn word<'a>(word: impl Serialize) -> Result<Cell<'a>, serde_json::Error> {
    Ok(match serde_json::to_value(word)? {
        serde_json::Value::String(word) => Cell::Text(Cow::Owned(word)),
        other => Cell::Text(Cow::Owned(other.to_string())),
    })
}

/// A value as JSON inside a text column.
pub(super) fn maybe_json<'a>(value: Option<&impl Serialize>) -> Result<Cell<'a>, serde_json::Error> {
    value.map_or(Ok(Cell::None), |value| Ok(Cell::Text(Cow::Owned(serde_json::to_string(value)?))))
}
