//! Messages and events as operators see them.
//!
//! What lives here: their shapes. What must not: reading them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::super::widget::rich::Block;
use super::super::super::widget::view::rfc_3339;
use super::detail::{Checks, ReadMarks};
use super::people::{InboxAuthor, OperatorBrief};
use super::summary::Summary;
use crate::model::{self, Audience, Disposition};
use crate::service::inbox_view as seen;

/// Who may see a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum MessageAudience {
    /// The visitor and the operators.
    All,
    /// Operators only.
    Operators,
}

/// Whether a message has reached a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum DeliveryState {
    /// It is on its way.
    Pending,
    /// It is there.
    Delivered,
    /// The platform refused it.
    Undelivered,
}

/// What became of a message in one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Delivery {
    /// The connection, `KIND.NAME`.
    connection: String,
    /// The connection's kind.
    platform: String,
    /// The platform's id of the channel.
    channel: String,
    state: DeliveryState,
    /// Why the platform refused it.
    #[schema(required = true)]
    reason: Option<String>,
    outbox_id: Uuid,
}

impl From<seen::DeliveryView> for Delivery {
    fn from(view: seen::DeliveryView) -> Self {
        Self {
            connection: view.place.connection,
            platform: view.place.platform,
            channel: view.place.channel,
            state: match view.state {
                seen::DeliveryState::Pending => DeliveryState::Pending,
                seen::DeliveryState::Delivered => DeliveryState::Delivered,
                seen::DeliveryState::Undelivered => DeliveryState::Undelivered,
            },
            reason: view.reason,
            outbox_id: view.outbox.into(),
        }
    }
}

/// A message as operators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct InboxMessage {
    id: Uuid,
    conversation_id: Uuid,
    /// Its place in the conversation.
    seq: i64,
    author: InboxAuthor,
    audience: MessageAudience,
    /// Whether it waits for its writer's word on whether the visitor shall have it.
    held: bool,
    /// The words without formatting; empty once removed. Untrusted text.
    body: String,
    /// The words with formatting; null where `body` says all of it.
    #[schema(required = true)]
    rich: Option<Vec<Block>>,
    /// The key that its writer gave it.
    #[schema(required = true)]
    client_key: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    edited_at: Option<String>,
    removed: bool,
    /// Where it was written: `inbox`, `widget`, `form`, or the kind of a connection.
    #[schema(examples("inbox"))]
    origin: String,
    /// What became of it in each channel that it was sent to.
    deliveries: Vec<Delivery>,
    /// Whether the asking operator wrote it.
    mine: bool,
}

impl From<seen::InboxMessageView> for InboxMessage {
    fn from(view: seen::InboxMessageView) -> Self {
        let it = view.message;
        let removed = it.removed_at.is_some();
        Self {
            id: it.id.into(),
            conversation_id: it.conversation.into(),
            seq: it.seq,
            author: view.author.into(),
            audience: match it.audience() {
                Audience::All => MessageAudience::All,
                Audience::Operators => MessageAudience::Operators,
            },
            held: it.disposition == Disposition::Held,
            body: if removed { String::new() } else { it.body },
            rich: it.rich.filter(|_| !removed).map(|body| body.blocks.into_iter().map(Into::into).collect()),
            client_key: it.client_key,
            created_at: rfc_3339(it.created_at),
            edited_at: it.edited_at.map(rfc_3339),
            removed,
            origin: view.origin,
            deliveries: view.deliveries.into_iter().map(Into::into).collect(),
            mine: view.mine,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum InboxEventKind {
    /// A message was posted.
    MessagePosted,
    /// A message's words changed.
    MessageEdited,
    /// A message was removed or withdrawn.
    MessageRemoved,
    /// A platform refused a message, or it is tried again, or has arrived after all: its deliveries say which.
    MessageUndelivered,
    /// The conversation began.
    ConversationOpened,
    /// The conversation was closed.
    ConversationClosed,
    /// The conversation goes on.
    ConversationReopened,
    /// The conversation is in another operator's care, or in nobody's.
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

impl From<model::EventKind> for InboxEventKind {
    fn from(kind: model::EventKind) -> Self {
        match kind {
            model::EventKind::MessagePosted => Self::MessagePosted,
            model::EventKind::MessageEdited => Self::MessageEdited,
            model::EventKind::MessageRemoved => Self::MessageRemoved,
            model::EventKind::MessageUndelivered => Self::MessageUndelivered,
            model::EventKind::ConversationOpened => Self::ConversationOpened,
            model::EventKind::ConversationClosed => Self::ConversationClosed,
            model::EventKind::ConversationReopened => Self::ConversationReopened,
            model::EventKind::ConversationAssigned => Self::ConversationAssigned,
            model::EventKind::ConversationRated => Self::ConversationRated,
            model::EventKind::ConversationTagged => Self::ConversationTagged,
            model::EventKind::VisitorRead => Self::VisitorRead,
            model::EventKind::OperatorRead => Self::OperatorRead,
            model::EventKind::VisitorChanged => Self::VisitorChanged,
        }
    }
}

/// One change that operators can see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct InboxEvent {
    /// Grows within the conversation; holes mean nothing.
    event_seq: i64,
    kind: InboxEventKind,
    conversation_id: Uuid,
    /// The message that it is about.
    #[schema(required = true)]
    message_id: Option<Uuid>,
    /// The operator who did it, where that is known.
    #[schema(required = true)]
    operator: Option<OperatorBrief>,
    #[schema(format = DateTime)]
    at: String,
}

impl From<seen::InboxEventView> for InboxEvent {
    fn from(view: seen::InboxEventView) -> Self {
        let it = view.event;
        Self {
            event_seq: it.event_seq,
            kind: it.kind.into(),
            conversation_id: it.conversation.into(),
            message_id: it.message.map(Into::into),
            operator: view.operator.map(Into::into),
            at: rfc_3339(it.at),
        }
    }
}

/// What happened in a conversation after a given event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct InboxBatch {
    /// In order.
    events: Vec<InboxEvent>,
    /// The present state of every message that the events name; with `reset`, the latest ones.
    messages: Vec<InboxMessage>,
    /// The conversation as it stands now.
    conversation: Summary,
    checks: Checks,
    /// Ask again with this.
    after: i64,
    /// Whether there is more to read at once.
    more: bool,
    /// Whether everything shown so far must be forgotten.
    reset: bool,
    read: ReadMarks,
}

impl From<seen::InboxBatchView> for InboxBatch {
    fn from(view: seen::InboxBatchView) -> Self {
        Self {
            events: view.events.into_iter().map(Into::into).collect(),
            messages: view.messages.into_iter().map(Into::into).collect(),
            conversation: view.conversation.into(),
            checks: view.checks.into(),
            after: view.after,
            more: view.more,
            reset: view.reset,
            read: view.read.into(),
        }
    }
}

/// One message as it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct ChangedMessage {
    message: InboxMessage,
}

impl From<seen::InboxMessageView> for ChangedMessage {
    fn from(view: seen::InboxMessageView) -> Self {
        Self { message: view.into() }
    }
}

/// A stretch of a conversation's messages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct MessagePage {
    /// Oldest first.
    pub(in crate::http) messages: Vec<InboxMessage>,
    /// Whether there are older ones.
    pub(in crate::http) more_before: bool,
}
