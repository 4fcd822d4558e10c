//! The cells of read marks, tags and canned replies.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::super::statements::Kind;
use super::cell::{Cell, id, maybe_json, text, time};
use crate::store::rows::CannedReply;
use crate::store::write::Desk;

fn canned(it: &CannedReply) -> Result<Vec<Cell<'_>>, serde_json::Error> {
    Ok(vec![id(it.id), text(&it.name), text(&it.body), maybe_json(it.domains.as_ref())?, time(it.updated_at)])
}

pub(super) fn encode_desk(change: &Desk) -> Result<(Kind, Vec<Cell<'_>>), serde_json::Error> {
    Ok(match change {
        Desk::Read { operator, conversation, seq, at } => {
            (Kind::OperatorRead, vec![id(*operator), id(*conversation), Cell::Int(*seq), time(*at)])
        }
        Desk::NewTag(conversation, tag, at) => (Kind::NewTag, vec![id(*conversation), text(tag), time(*at)]),
        Desk::DomainTag(domain, tag) => (Kind::DomainTag, vec![id(*domain), text(tag)]),
        Desk::RemoveTag(conversation, tag) => (Kind::RemoveTag, vec![id(*conversation), text(tag)]),
        Desk::NewCanned(it) => {
            let mut cells = canned(it)?;
            cells.push(time(it.created_at));
            (Kind::NewCanned, cells)
        }
        Desk::SetCanned(it) => (Kind::SetCanned, canned(it)?),
        Desk::RemoveCanned(reply) => (Kind::RemoveCanned, vec![id(*reply)]),
    })
}
