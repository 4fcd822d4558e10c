//! From changes to the rows that the set-based statements take.
//!
//! What lives here: which cells each change has, and their grouping by statement. What must not: SQL. The cells of a part of
//! the schema stand in a file of their own.

mod cell;
mod conversations;
mod delivery;
mod inbox;
mod people;
mod search;
mod sign_in;
mod visitors;

use std::collections::BTreeMap;

use self::cell::{Cell, id, maybe_id, maybe_text, maybe_time, text, time, word};
use self::conversations::{new_conversation, new_message, set_conversation, set_message};
use self::delivery::{encode_link, new_intake, new_map, new_outbox, outbox_progress};
use self::inbox::encode_desk;
use self::people::{identity, operator, operator_access};
use self::search::encode_search;
use self::sign_in::encode_sign_in;
use self::visitors::{encode_recognition, new_visitor, set_visitor};
use super::statements::Kind;
use crate::store::write::Change;

pub(in crate::store) use self::cell::without_nul;

/// The rows of a batch, by statement, in the order in which statements run.
#[derive(Default)]
pub(super) struct Rows(BTreeMap<Kind, Group>);

/// Rows lie sorted, so that writers that meet in PostgreSQL take their locks in one order.
#[derive(Default)]
struct Group {
    inserts: Vec<String>,
    /// By row: of several changes of one row the last wins.
    updates: BTreeMap<String, String>,
}

impl Rows {
    /// Adds a change.
    ///
    /// # Errors
    /// When a value has no JSON form, which only a map with odd keys could bring about.
    pub(super) fn add(&mut self, change: &Change) -> Result<(), serde_json::Error> {
        let (kind, cells) = encode(change)?;
        let row = serde_json::to_string(&cells)?;
        let group = self.0.entry(kind).or_default();
        if kind.is_update() {
            let key = cells.first().map(serde_json::to_string).transpose()?.unwrap_or_default();
            group.updates.insert(key, row);
        } else {
            group.inserts.push(row);
        }
        Ok(())
    }

    /// Each statement's kind with its parameter.
    pub(super) fn into_parameters(self) -> impl Iterator<Item = (Kind, String)> {
        self.0.into_iter().map(|(kind, mut group)| {
            group.inserts.sort_unstable();
            group.inserts.extend(group.updates.into_values());
            (kind, format!("[{}]", group.inserts.join(",")))
        })
    }
}

fn encode(change: &Change) -> Result<(Kind, Vec<Cell<'_>>), serde_json::Error> {
    Ok(match change {
        Change::NewVisitor(it) => (Kind::NewVisitor, new_visitor(it)?),
        Change::SetVisitor(it) => (Kind::SetVisitor, set_visitor(it)?),
        Change::Recognition(it) => encode_recognition(*it),
        Change::VisitorSeen(visitor, at) => (Kind::VisitorSeen, vec![id(*visitor), time(*at)]),
        Change::NewSession(it) => {
            (Kind::NewSession, vec![id(it.id), id(it.visitor), Cell::Bytes(&it.token_hash), time(it.created_at)])
        }
        Change::NewConversation(it) => (Kind::NewConversation, new_conversation(it)?),
        Change::SetConversation(it) if it.is_open() => (Kind::SetOpenConversation, set_conversation(it)?),
        Change::SetConversation(it) => (Kind::SetClosedConversation, set_conversation(it)?),
        Change::NewMessage(it) => (Kind::NewMessage, new_message(it)?),
        Change::SetMessage(it) => (Kind::SetMessage, set_message(it)?),
        Change::NewEvent(it) => (
            Kind::NewEvent,
            vec![
                id(it.conversation),
                Cell::Int(it.event_seq),
                id(it.visitor),
                word(it.audience)?,
                word(it.kind)?,
                maybe_id(it.message),
                time(it.at),
            ],
        ),
        Change::NewMap(it) => (Kind::NewMap, new_map(it)),
        Change::SetMap { id: map, version, remote_edited_at, removed_at } => {
            (Kind::SetMap, vec![id(*map), Cell::Int(*version), maybe_time(*remote_edited_at), maybe_time(*removed_at)])
        }
        Change::NewOutbox(it) => (Kind::NewOutbox, new_outbox(it)?),
        Change::SetOutbox(outbox, progress) => {
            let mut cells = vec![id(*outbox)];
            cells.extend(outbox_progress(progress)?);
            (Kind::SetOutbox, cells)
        }
        Change::MoveOutbox(outbox, link, lane_seq) => {
            (Kind::MoveOutbox, vec![id(*outbox), id(*link), Cell::Int(*lane_seq)])
        }
        Change::NewIntake(it) => (Kind::NewIntake, new_intake(it)?),
        Change::SetIntake(intake, progress, payload) => (
            Kind::SetIntake,
            vec![
                id(*intake),
                word(progress.state)?,
                Cell::Int(progress.attempts),
                time(progress.due_at),
                maybe_text(progress.error.as_deref()),
                maybe_time(progress.done_at),
                maybe_text(payload.as_deref()),
            ],
        ),
        Change::MoveIntake(intake, lane) => (Kind::MoveIntake, vec![id(*intake), text(lane)]),
        Change::NewOperator(it) => {
            let mut cells = operator(it);
            cells.extend(operator_access(it)?.into_iter().skip(1));
            cells.push(word(it.availability)?);
            cells.push(time(it.created_at));
            (Kind::NewOperator, cells)
        }
        Change::OperatorAccess(it) => (Kind::OperatorAccess, operator_access(it)?),
        Change::OperatorAvailability(operator, availability) => {
            (Kind::OperatorAvailability, vec![id(*operator), word(availability)?])
        }
        Change::SetOperator(it) => (Kind::SetOperator, operator(it)),
        Change::NewIdentity(it) => (Kind::NewIdentity, identity(it)),
        Change::MoveIdentity(it) => (Kind::MoveIdentity, identity(it)),
        Change::NewPicture(it) => {
            (Kind::NewPicture, vec![id(it.id), text(&it.content_type), Cell::Bytes(&it.bytes), time(it.created_at)])
        }
        Change::ChannelBroken(channel, why, at) => {
            let since = why.as_ref().map(|_| *at);
            (Kind::ChannelBroken, vec![id(*channel), maybe_text(why.as_deref()), maybe_time(since)])
        }
        Change::Desk(it) => return encode_desk(it),
        Change::SignIn(it) => return encode_sign_in(it),
        Change::Search(it) => encode_search(it),
        link => return encode_link(link),
    })
}
