//! The cells of the search.
//!
//! What lives here: their columns, in the order of the statements. What must not: SQL.

use super::super::statements::Kind;
use super::cell::{Cell, id, text, time};
use crate::store::rows::SearchTerm;
use crate::store::write::SearchChange;

fn term(it: &SearchTerm) -> Vec<Cell<'_>> {
    vec![id(it.domain), text(&it.term), time(it.opened_at), id(it.conversation)]
}

pub(super) fn encode_search(change: &SearchChange) -> (Kind, Vec<Cell<'_>>) {
    match change {
        SearchChange::Has(it) => (Kind::NewSearchTerm, term(it)),
        SearchChange::HasNot(it) => (Kind::DropSearchTerm, term(it)),
        SearchChange::NewWords(conversation, words) => (Kind::NewSearchWords, vec![id(*conversation), text(words)]),
        SearchChange::SetWords(conversation, words) => (Kind::SetSearchWords, vec![id(*conversation), text(words)]),
        SearchChange::Replies(it) => (
            Kind::ConversationReplies,
            vec![id(it.conversation), id(it.operator), Cell::Int(it.replies), id(it.domain), time(it.opened_at)],
        ),
        SearchChange::UpTo(conversation, event) => (Kind::SearchedUpTo, vec![id(*conversation), Cell::Int(*event)]),
    }
}
