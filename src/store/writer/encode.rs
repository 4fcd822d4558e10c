//! From changes to the rows that the set-based statements take.
//!
//! What lives here: the cells of each change, and their grouping by statement. What must not: SQL.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bridge_core::Micros;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::statements::Kind;
use crate::model::{ClosedBy, Conversation, Message, Operator};
use crate::store::rows::{Identity, Intake, MessageMap, Outbox, OutboxProgress};
use crate::store::write::Change;

/// One value of a row.
enum Cell<'a> {
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

fn id<'a>(id: impl Into<Uuid>) -> Cell<'a> {
    Cell::Id(id.into())
}

fn maybe_id<'a>(id: Option<impl Into<Uuid>>) -> Cell<'a> {
    id.map_or(Cell::None, |id| Cell::Id(id.into()))
}

fn time<'a>(time: Micros) -> Cell<'a> {
    Cell::Int(time.0)
}

fn maybe_time<'a>(time: Option<Micros>) -> Cell<'a> {
    time.map_or(Cell::None, |time| Cell::Int(time.0))
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

fn maybe_text(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::None, |text| Cell::Text(Cow::Borrowed(text)))
}

/// An enum's word, as serde writes it.
fn word<'a>(word: impl Serialize) -> Result<Cell<'a>, serde_json::Error> {
    Ok(match serde_json::to_value(word)? {
        serde_json::Value::String(word) => Cell::Text(Cow::Owned(word)),
        other => Cell::Text(Cow::Owned(other.to_string())),
    })
}

/// A value as JSON inside a text column.
fn maybe_json<'a>(value: Option<&impl Serialize>) -> Result<Cell<'a>, serde_json::Error> {
    value.map_or(Ok(Cell::None), |value| Ok(Cell::Text(Cow::Owned(serde_json::to_string(value)?))))
}

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
        Change::NewVisitor(it) => (
            Kind::NewVisitor,
            vec![
                id(it.id),
                id(it.domain),
                maybe_text(it.name.as_deref()),
                maybe_text(it.email.as_deref()),
                Cell::Flag(it.email_verified),
                maybe_text(it.external_id.as_deref()),
                maybe_text(it.language.as_deref()),
                time(it.created_at),
                time(it.last_seen_at),
            ],
        ),
        Change::SetVisitor(it) => (
            Kind::SetVisitor,
            vec![
                id(it.id),
                maybe_text(it.name.as_deref()),
                maybe_text(it.email.as_deref()),
                Cell::Flag(it.email_verified),
                maybe_text(it.external_id.as_deref()),
                maybe_text(it.language.as_deref()),
            ],
        ),
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
        link => return encode_link(link),
    })
}

/// The changes of a link; every other one is told apart above.
fn encode_link(change: &Change) -> Result<(Kind, Vec<Cell<'_>>), serde_json::Error> {
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

/// Who closed it, in two columns: a word, and the operator where it was one.
fn closed_by<'a>(by: Option<ClosedBy>) -> [Cell<'a>; 2] {
    match by {
        None => [Cell::None, Cell::None],
        Some(ClosedBy::Visitor) => [text("visitor"), Cell::None],
        Some(ClosedBy::System) => [text("system"), Cell::None],
        Some(ClosedBy::Operator(operator)) => [text("operator"), id(operator)],
    }
}

fn new_conversation(it: &Conversation) -> Result<Vec<Cell<'_>>, serde_json::Error> {
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
fn regard(it: &Conversation) -> Result<[Cell<'_>; 8], serde_json::Error> {
    let rating = it.rating.as_ref();
    Ok([
        maybe_json(it.client.as_ref())?,
        maybe_time(it.waiting_since),
        maybe_time(it.first_response_at),
        rating.map_or(Cell::None, |rating| Cell::Int(rating.stars)),
        maybe_text(rating.and_then(|rating| rating.comment.as_deref())),
        maybe_time(rating.map(|rating| rating.at)),
        Cell::Int(it.visitor_seen),
        Cell::Int(it.operators_seen),
    ])
}

fn set_conversation(it: &Conversation) -> Result<Vec<Cell<'_>>, serde_json::Error> {
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
    ];
    cells.extend(regard(it)?);
    Ok(cells)
}

fn new_message(it: &Message) -> Result<Vec<Cell<'_>>, serde_json::Error> {
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

fn set_message(it: &Message) -> Result<Vec<Cell<'_>>, serde_json::Error> {
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

fn new_map(it: &MessageMap) -> Vec<Cell<'_>> {
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

fn new_outbox(it: &Outbox) -> Result<Vec<Cell<'_>>, serde_json::Error> {
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

fn outbox_progress(it: &OutboxProgress) -> Result<[Cell<'_>; 7], serde_json::Error> {
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

fn new_intake(it: &Intake) -> Result<Vec<Cell<'_>>, serde_json::Error> {
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

fn identity(it: &Identity) -> Vec<Cell<'_>> {
    vec![Cell::Text(it.connection.to_string().into()), text(&it.user.0), id(it.operator), time(it.created_at)]
}

fn operator(it: &Operator) -> Vec<Cell<'_>> {
    vec![
        id(it.id),
        text(&it.name),
        maybe_text(it.email.as_deref()),
        maybe_id(it.picture),
        maybe_text(it.picture_source.as_deref()),
        Cell::Flag(it.own_profile),
    ]
}

fn operator_access(it: &Operator) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![
        id(it.id),
        it.role.map_or(Ok(Cell::None), word)?,
        maybe_json(it.domains.as_ref())?,
        maybe_time(it.deactivated_at),
    ])
}
