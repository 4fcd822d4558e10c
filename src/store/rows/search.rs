//! Rows of the search.
//!
//! What lives here: plain values with the store's columns. What must not: which words a text has.

use bridge_core::Micros;

use crate::model::{Conversation, ConversationId, DomainId, OperatorId};

/// A conversation holds a word, or bears a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchTerm {
    /// The conversation's domain.
    pub domain: DomainId,
    /// The word or mark.
    pub term: String,
    /// When the conversation began.
    pub opened_at: Micros,
    /// The conversation.
    pub conversation: ConversationId,
}

/// A conversation that changed since its words were last written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsearched {
    /// The conversation as it stands.
    pub conversation: Conversation,
    /// The event up to which its words are known; 0 where they never were.
    pub search_event: i64,
}

/// How often an operator answered in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replies {
    /// The conversation.
    pub conversation: ConversationId,
    /// The operator.
    pub operator: OperatorId,
    /// How many of their messages visitors see.
    pub replies: i64,
}

/// A stretch of a domain's conversations, by when they began, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The domain.
    pub domain: DomainId,
    /// Those that began before that one, or in the same moment with a smaller id.
    pub before: (Micros, ConversationId),
    /// Those that began then or later.
    pub from: Micros,
    /// At most so many.
    pub limit: i64,
}

/// How far back a number of conversations reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// How many there are, up to the limit that was asked for.
    pub count: i64,
    /// When the oldest of these began; `None` where there are none.
    pub back_to: Option<Micros>,
}

/// What the figures about a conversation are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// When it began.
    pub opened_at: Micros,
    /// When an operator first answered.
    pub first_response_at: Option<Micros>,
    /// The operator who did.
    pub first_responder: Option<OperatorId>,
    /// When it was closed, if it is.
    pub closed_at: Option<Micros>,
    /// Who takes care of it.
    pub assignee: Option<OperatorId>,
    /// The visitor's stars.
    pub rating: Option<i64>,
}

/// How an operator took part in a domain's conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The operator.
    pub operator: OperatorId,
    /// In how many they answered.
    pub conversations: i64,
    /// How often.
    pub replies: i64,
}

/// How a domain stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// How many conversations go on.
    pub open: i64,
    /// In how many of them the visitor waits.
    pub waiting: i64,
    /// How many of them are in nobody's care.
    pub unassigned: i64,
    /// Since when the visitor waits who waits longest.
    pub longest_wait_since: Option<Micros>,
}
