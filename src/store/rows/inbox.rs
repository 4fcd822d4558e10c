//! Rows of the pages for operators: canned replies, and the small rows that lists are put together from.
//!
//! What lives here: plain values. What must not: rules, SQL.

use bridge_core::Micros;

use crate::model::{CannedReplyId, ConversationId};

/// A reply that is kept for use again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedReply {
    /// Its id.
    pub id: CannedReplyId,
    /// What is typed to find it; unique.
    pub name: String,
    /// The words.
    pub body: String,
    /// The names of the domains that it is for; `None` for all of them.
    pub domains: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Micros,
    /// When it was last changed.
    pub updated_at: Micros,
}

/// A number about a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which conversation.
    pub conversation: ConversationId,
    /// How many, or how far.
    pub count: i64,
}

/// A conversation's tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The tag.
    pub tag: String,
    /// Since when.
    pub created_at: Micros,
}
