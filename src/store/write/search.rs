//! Changes to the words by which conversations are found.
//!
//! What lives here: the values. What must not: how they become SQL, or which words a conversation holds.

use bridge_core::Micros;

use crate::model::{ConversationId, DomainId, OperatorId};
use crate::store::rows::SearchTerm;

/// How often an operator answered in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerCount {
    /// The conversation.
    pub conversation: ConversationId,
    /// The operator.
    pub operator: OperatorId,
    /// How many of their messages visitors see.
    pub replies: i64,
    /// The conversation's domain.
    pub domain: DomainId,
    /// When it began.
    pub opened_at: Micros,
}

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
    Replies(AnswerCount),
    /// Its words are those after this event.
    UpTo(ConversationId, i64),
}
