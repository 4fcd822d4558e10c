//! The rules of a conversation, as pure functions over plain values.
//!
//! What lives here: what a domain, a visitor, an operator, a conversation, a message, a link and their changes are, and what may follow
//! what. What must not: I/O, a clock, randomness, SQL, HTTP.

pub mod author;
pub mod browser;
pub mod contact;
pub mod conversation;
pub mod event;
pub mod ids;
pub mod limits;
pub mod link;
pub mod look;
pub mod message;
pub mod operator;
pub mod page;
pub mod place;
pub mod presence;
pub mod search;
pub mod visitor;
pub mod words;

pub use author::Author;
pub use conversation::{Client, ClosedBy, Conversation, ConversationKind, Rating, Status};
pub use event::{Audience, Event, EventKind};
pub use ids::{
    ApiKeyId, AuditId, CannedReplyId, ChannelId, ConversationId, DomainId, IntakeId, LinkId, LoginLinkId, MapId,
    MessageId, OperatorId, OperatorSessionId, OutboxId, PictureId, SessionId, VisitorId,
};
pub use link::{Link, LinkState};
pub use look::{Ask, Asked, Corner, Icon, Language, Look, Mode, Privacy};
pub use message::{Disposition, Message};
pub use operator::{Availability, Operator, Role};
pub use page::Page;
pub use presence::Presence;
pub use visitor::Visitor;
