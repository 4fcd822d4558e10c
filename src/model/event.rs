//! The events that browsers follow.
//!
//! What lives here: what an event says and who may see it. What must not: how it travels.

use bridge_core::Micros;
use serde::{Deserialize, Serialize};

use super::ids::{ConversationId, MessageId, VisitorId};

/// Who may see something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The visitor and the operators.
    All,
    /// Operators only.
    Operators,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A message was posted (or released: from then on the visitor sees it).
    MessagePosted,
    /// A message's words changed.
    MessageEdited,
    /// A message was removed or withdrawn.
    MessageRemoved,
    /// A message could not be delivered to a platform, or it is tried again, or has arrived after all.
    MessageUndelivered,
    /// The conversation began.
    ConversationOpened,
    /// The conversation was closed.
    ConversationClosed,
    /// The conversation goes on.
    ConversationReopened,
    /// The conversation is in an operator's care.
    ConversationAssigned,
    /// The visitor said what they think of the conversation.
    ConversationRated,
    /// The conversation's tags changed.
    ConversationTagged,
    /// The visitor has seen more of the conversation.
    VisitorRead,
    /// An operator has seen more of the conversation.
    OperatorRead,
    /// More is known of the visitor, or they moved to another page.
    VisitorChanged,
}

/// One change that a person can see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose conversation it is.
    pub visitor: VisitorId,
    /// Grows over all of the visitor's conversations; a visitor's own stream has holes.
    pub event_seq: i64,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who may see it.
    pub audience: Audience,
    /// What happened.
    pub kind: EventKind,
    /// The message that it is about, if it is about one.
    pub message: Option<MessageId>,
    /// When.
    pub at: Micros,
}
