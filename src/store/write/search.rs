//! Changes to the words by which conversations are found.
//!
//! What lives here: the values. What must not: how they become SQL, or which words a conversation holds.

use crate::model::{ConversationId, OperatorId};
use crate::store::rows::SearchTerm;

/// A conversation's words are written down anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchChange {
    /// It holds a word; nothing happens where that is known.
    Has(SearchTerm),
    /// It holds a word no more.
    HasNot(SearchTerm),
    /// All its words, for the first time.
    NewWords(ConversationId, String),
    /// All its words.
    SetWords(ConversationId, String),
    /// How often an operator answered in it.
    Replies(ConversationId, OperatorId, i64),
    /// Its words are those after this event.
    UpTo(ConversationId, i64),
}
