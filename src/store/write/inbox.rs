//! Changes that operators make in the pages, beside those to conversations and messages themselves.
//!
//! What lives here: the values. What must not: how they become SQL, or why they are made.

use bridge_core::Micros;

use crate::model::{CannedReplyId, ConversationId, DomainId, OperatorId};
use crate::store::rows::CannedReply;

/// An operator read, tagged, or looked after the canned replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desk {
    /// An operator has read a conversation up to that message. A mark never goes back.
    Read {
        /// Who.
        operator: OperatorId,
        /// What.
        conversation: ConversationId,
        /// The last message's `seq`.
        seq: i64,
        /// When.
        at: Micros,
    },
    /// A conversation has a tag now; nothing happens where it had it already.
    NewTag(ConversationId, String, Micros),
    /// A tag was used on a domain.
    DomainTag(DomainId, String),
    /// A conversation has a tag no longer.
    RemoveTag(ConversationId, String),
    /// A reply is kept for use again. A conflict where its name is taken.
    NewCanned(CannedReply),
    /// A canned reply says something else. A conflict where its name is taken.
    SetCanned(CannedReply),
    /// A canned reply is kept no longer.
    RemoveCanned(CannedReplyId),
}
