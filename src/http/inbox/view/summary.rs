//! A conversation in a list.
//!
//! What lives here: its shape. What must not: lists themselves.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::super::widget::view::{AuthorKind, ConversationStatus, rfc_3339};
use super::people::{OperatorBrief, VisitorBrief, author_kind};
use crate::model::{self, Status};
use crate::service::inbox_view as seen;

/// How a conversation began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ConversationKind {
    /// With a message in the chat.
    Chat,
    /// With a form that was filled in while nobody could answer.
    Form,
}

impl From<model::ConversationKind> for ConversationKind {
    fn from(kind: model::ConversationKind) -> Self {
        match kind {
            model::ConversationKind::Chat => Self::Chat,
            model::ConversationKind::Form => Self::Form,
        }
    }
}

/// The last message of a conversation, cut short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Preview {
    author: AuthorKind,
    /// The first words on one line; empty once removed.
    text: String,
    /// Whether visitors never see it.
    note: bool,
    removed: bool,
    /// When it was written.
    #[schema(format = DateTime)]
    at: String,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Summary {
    id: Uuid,
    /// The domain's name.
    domain: String,
    kind: ConversationKind,
    status: ConversationStatus,
    visitor: VisitorBrief,
    /// Who takes care of it.
    #[schema(required = true)]
    assignee: Option<OperatorBrief>,
    /// The last message.
    #[schema(required = true)]
    preview: Option<Preview>,
    /// How many of the visitor's messages the asking operator has not read; 100 means 100 or more.
    #[schema(minimum = 0, maximum = 100)]
    unread: i64,
    /// Since when the visitor has been waiting for an answer.
    #[schema(required = true, format = DateTime)]
    waiting_since: Option<String>,
    #[schema(format = DateTime)]
    last_activity_at: String,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(required = true, format = DateTime)]
    closed_at: Option<String>,
    /// The visitor's stars.
    #[schema(required = true, minimum = 1, maximum = 5)]
    rating: Option<i64>,
    tags: Vec<String>,
    /// Whether a platform refused something of it.
    undelivered: bool,
}

/// The word for whether it goes on.
pub(in crate::http) fn status(status: Status) -> ConversationStatus {
    match status {
        Status::Open => ConversationStatus::Open,
        Status::Closed => ConversationStatus::Closed,
    }
}

impl From<seen::SummaryView> for Summary {
    fn from(view: seen::SummaryView) -> Self {
        let it = view.conversation;
        Self {
            id: it.id.into(),
            domain: view.domain,
            kind: it.kind.into(),
            status: status(it.status),
            visitor: (&view.visitor).into(),
            assignee: view.assignee.map(Into::into),
            preview: view.preview.map(|last| Preview {
                author: author_kind(last.speaker),
                text: last.text,
                note: last.note,
                removed: last.removed,
                at: rfc_3339(last.at),
            }),
            unread: view.unread,
            waiting_since: it.waiting_since.map(rfc_3339),
            last_activity_at: rfc_3339(it.last_activity_at),
            opened_at: rfc_3339(it.opened_at),
            closed_at: it.closed_at.map(rfc_3339),
            rating: it.rating.map(|rating| rating.stars),
            tags: view.tags,
            undelivered: view.undelivered,
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct SummaryPage {
    /// The newest activity first.
    pub(in crate::http) conversations: Vec<Summary>,
    /// Ask for what comes behind with this as `before`; null where nothing is left.
    #[schema(required = true)]
    pub(in crate::http) next: Option<String>,
}

/// One conversation as it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct ChangedConversation {
    conversation: Summary,
}

impl From<seen::SummaryView> for ChangedConversation {
    fn from(view: seen::SummaryView) -> Self {
        Self { conversation: view.into() }
    }
}
