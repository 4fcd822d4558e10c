//! What operators see in the pages: conversations, messages and events with everybody and everything that belongs to them.
//!
//! What lives here: the shapes, and gathering them from the rows in few queries. What must not: JSON, and who may see what
//! (the caller has checked).

mod checks;
mod detail;
mod messages;
mod summaries;

use bridge_core::{Micros, Speaker};
use uuid::Uuid;

use crate::model::{Conversation, Event, Message, Operator, OutboxId, PictureId, Rating, Status, Visitor};

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryView {
    /// The conversation.
    pub conversation: Conversation,
    /// Its domain's name.
    pub domain: String,
    /// Its visitor.
    pub visitor: Visitor,
    /// Who takes care of it.
    pub assignee: Option<Operator>,
    /// The last message.
    pub preview: Option<PreviewView>,
    /// How many of the visitor's messages the operator who asks has not read; at most [`MOST_UNREAD`].
    pub unread: i64,
    /// Its tags, in order.
    pub tags: Vec<String>,
    /// Whether a platform refused something of it.
    pub undelivered: bool,
}

/// Unread messages are counted up to here.
pub const MOST_UNREAD: i64 = 100;

/// The last message of a conversation, cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewView {
    /// Whose words.
    pub speaker: Speaker,
    /// The first words, on one line; empty once removed.
    pub text: String,
    /// Whether visitors never see it.
    pub note: bool,
    /// Whether it was removed.
    pub removed: bool,
    /// When it was written.
    pub at: Micros,
}

/// Whose words a message holds, with the id by which operators know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxAuthor {
    /// What kind of person, or none.
    pub kind: Speaker,
    /// The operator's or the visitor's id.
    pub id: Option<Uuid>,
    /// The name to show.
    pub name: Option<String>,
    /// The picture.
    pub picture: Option<PictureId>,
}

/// A message as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxMessageView {
    /// The message.
    pub message: Message,
    /// Whose words they are.
    pub author: InboxAuthor,
    /// Where it was written: `inbox`, `widget`, `form`, or the kind of a connection.
    pub origin: String,
    /// What became of it in each channel that it was sent to.
    pub deliveries: Vec<DeliveryView>,
    /// Whether the operator who asks wrote it.
    pub mine: bool,
}

/// Whether a message has reached a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is on its way.
    Pending,
    /// It is there.
    Delivered,
    /// The platform refused it.
    Undelivered,
}

/// What became of a message in one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    /// The channel.
    pub place: Place,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why the platform refused it.
    pub reason: Option<String>,
    /// The piece of work.
    pub outbox: OutboxId,
}

/// A channel as people name it, also one that is no longer configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The connection, `KIND.NAME`.
    pub connection: String,
    /// The connection's kind.
    pub platform: String,
    /// The platform's id of the channel.
    pub channel: String,
}

/// Something that happened, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEventView {
    /// What.
    pub event: Event,
    /// The operator who did it, where that is known.
    pub operator: Option<Operator>,
}

/// How far a conversation was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadMarks {
    /// By the operator who asks: a message's `seq`.
    pub mine: i64,
    /// By the visitor: a message's `seq`.
    pub visitor: i64,
}

/// What is looked at before a conversation is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecksView {
    /// Whether the last words are the visitor's.
    pub visitor_has_last_word: bool,
    /// How many pieces of work a platform refused.
    pub undelivered: i64,
    /// Other operators who have it open, or wrote in it of late.
    pub others_active: Vec<Operator>,
    /// Whether a follow-up was recorded since it was last opened.
    pub follow_up: FollowUp,
}

/// Whether somebody wrote down what remains to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUp {
    /// There is a note or a tag since the conversation was last opened.
    Recorded,
    /// There is none.
    None,
    /// It can't be said.
    Unknown,
}

/// What happened in a conversation after a given event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxBatchView {
    /// The events, in order.
    pub events: Vec<InboxEventView>,
    /// Each message that they name, as it stands now; with `reset`, the latest ones.
    pub messages: Vec<InboxMessageView>,
    /// The conversation as it stands now.
    pub conversation: SummaryView,
    /// The checks as they stand now.
    pub checks: ChecksView,
    /// Ask again with this.
    pub after: i64,
    /// Whether there is more to read at once.
    pub more: bool,
    /// Whether everything shown so far must be forgotten.
    pub reset: bool,
    /// How far it was read.
    pub read: ReadMarks,
}

/// A thread of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadView {
    /// Its channel.
    pub place: Place,
    /// Where it opens in a browser, where the platform says.
    pub url: Option<String>,
    /// Whether it is there.
    pub state: crate::model::LinkState,
    /// Why its channel can't be used now.
    pub broken: Option<String>,
}

/// A conversation that the same visitor had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierView {
    /// Its id.
    pub id: crate::model::ConversationId,
    /// When it began.
    pub opened_at: Micros,
    /// When it was closed.
    pub closed_at: Option<Micros>,
    /// Whether it goes on.
    pub status: Status,
    /// Its last words.
    pub preview: Option<String>,
    /// What the visitor thought of it.
    pub rating: Option<Rating>,
}

/// A conversation with everything around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailView {
    /// The conversation.
    pub summary: SummaryView,
    /// Whether the visitor's browser is connected now.
    pub visitor_online: bool,
    /// Its threads, those that are gone too.
    pub threads: Vec<ThreadView>,
    /// What the visitor had before, newest first.
    pub earlier: Vec<EarlierView>,
    /// The checks.
    pub checks: ChecksView,
    /// The latest messages, oldest first.
    pub messages: Vec<InboxMessageView>,
    /// Whether there are older ones.
    pub more_before: bool,
    /// Where the stream of events goes on.
    pub after: i64,
    /// How far it was read.
    pub read: ReadMarks,
}
