//! The shapes of the widget API's answers.
//!
//! What lives here: turning what the use cases give into JSON. What must not: shapes that only one handler speaks.

use bridge_core::{Micros, Speaker};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::router::url;
use crate::model::{self, Status};
use crate::service::view as seen;

use super::rich::Block;

/// Whether somebody can answer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Presence {
    /// Whether an operator can.
    online: bool,
}

impl From<model::Presence> for Presence {
    fn from(presence: model::Presence) -> Self {
        Self { online: presence.online }
    }
}

/// Who took part.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Author {
    kind: AuthorKind,
    /// The name to show, if there is one.
    #[schema(required = true)]
    pub(super) name: Option<String>,
    /// The picture's path on this server.
    #[schema(examples("/pictures/0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3"))]
    #[schema(required = true)]
    pub(super) picture: Option<String>,
}

/// What kind of person, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum AuthorKind {
    /// The visitor.
    Visitor,
    /// An operator.
    Operator,
    /// The assistant.
    Assistant,
    /// Threadline itself.
    System,
}

impl From<model::Author> for Author {
    fn from(author: model::Author) -> Self {
        let kind = match author.kind {
            Speaker::Visitor => AuthorKind::Visitor,
            Speaker::Operator => AuthorKind::Operator,
            Speaker::Assistant => AuthorKind::Assistant,
            Speaker::System => AuthorKind::System,
        };
        Self { kind, name: author.name, picture: author.picture.map(|id| format!("{}{id}", url::PICTURES)) }
    }
}

/// Whether a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ConversationStatus {
    /// It goes on.
    Open,
    /// It is over.
    Closed,
}

/// The visitor as they are known.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct WidgetVisitor {
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
    /// Whether the website says who they are.
    verified: bool,
}

impl From<model::Visitor> for WidgetVisitor {
    fn from(visitor: model::Visitor) -> Self {
        Self { name: visitor.name, email: visitor.email, verified: visitor.external_id.is_some() }
    }
}

/// How a conversation began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum ConversationKind {
    /// In the chat.
    Chat,
    /// With the form.
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

/// What the visitor thinks of a conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct WidgetRating {
    /// From 1 (bad) to 5 (good).
    stars: i64,
}

/// A conversation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Conversation {
    id: Uuid,
    kind: ConversationKind,
    status: ConversationStatus,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(format = DateTime)]
    #[schema(required = true)]
    closed_at: Option<String>,
    /// Who closed it.
    #[schema(required = true)]
    closed_by: Option<Author>,
    /// Who takes care of it.
    #[schema(required = true)]
    assignee: Option<Author>,
    /// What the visitor said that they think of it.
    #[schema(required = true)]
    rating: Option<WidgetRating>,
    /// The `seq` up to which an operator has seen it.
    operators_seen: i64,
}

impl From<seen::ConversationView> for Conversation {
    fn from(view: seen::ConversationView) -> Self {
        let it = view.conversation;
        Self {
            id: it.id.into(),
            kind: it.kind.into(),
            status: match it.status {
                Status::Open => ConversationStatus::Open,
                Status::Closed => ConversationStatus::Closed,
            },
            opened_at: rfc_3339(it.opened_at),
            closed_at: it.closed_at.map(rfc_3339),
            closed_by: view.closed_by.map(Into::into),
            assignee: view.assignee.map(Into::into),
            rating: it.rating.map(|rating| WidgetRating { stars: rating.stars }),
            operators_seen: it.operators_seen,
        }
    }
}

/// A message as it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Message {
    id: Uuid,
    conversation_id: Uuid,
    /// Its place in the conversation.
    seq: i64,
    author: Author,
    /// The words without formatting; empty once removed.
    body: String,
    /// The words with formatting; null where `body` says all of it.
    #[schema(required = true)]
    rich: Option<Vec<Block>>,
    /// The key that the visitor gave it; the visitor's own messages only.
    #[schema(required = true)]
    client_key: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    #[schema(required = true)]
    edited_at: Option<String>,
    /// Whether it was taken back.
    removed: bool,
}

impl From<seen::MessageView> for Message {
    fn from(view: seen::MessageView) -> Self {
        let it = view.message;
        let removed = it.removed_at.is_some();
        Self {
            id: it.id.into(),
            conversation_id: it.conversation.into(),
            seq: it.seq,
            author: view.author.into(),
            // Removing empties a message in the store too; what is shown doesn't rest on it.
            body: if removed { String::new() } else { it.body },
            rich: it.rich.filter(|_| !removed).map(|body| body.blocks.into_iter().map(Into::into).collect()),
            client_key: it.client_key,
            created_at: rfc_3339(it.created_at),
            edited_at: it.edited_at.map(rfc_3339),
            removed,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum EventKind {
    /// A message was posted.
    MessagePosted,
    /// A message's words changed.
    MessageEdited,
    /// A message was taken back.
    MessageRemoved,
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
    /// An operator has seen more of the conversation: see its `operators_seen`.
    OperatorRead,
}

/// One change that the visitor can see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Event {
    /// Grows over all of the visitor's conversations; holes mean nothing.
    event_seq: i64,
    kind: EventKind,
    conversation_id: Uuid,
    /// The message that it is about.
    #[schema(required = true)]
    message_id: Option<Uuid>,
    #[schema(format = DateTime)]
    at: String,
}

impl Event {
    /// An event as a visitor sees it; `None` for what is the operators' business only.
    fn for_visitor(event: &model::Event) -> Option<Self> {
        let kind = match event.kind {
            model::EventKind::MessagePosted => EventKind::MessagePosted,
            model::EventKind::MessageEdited => EventKind::MessageEdited,
            model::EventKind::MessageRemoved => EventKind::MessageRemoved,
            model::EventKind::ConversationOpened => EventKind::ConversationOpened,
            model::EventKind::ConversationClosed => EventKind::ConversationClosed,
            model::EventKind::ConversationReopened => EventKind::ConversationReopened,
            model::EventKind::ConversationAssigned => EventKind::ConversationAssigned,
            model::EventKind::ConversationRated => EventKind::ConversationRated,
            model::EventKind::OperatorRead => EventKind::OperatorRead,
            // What the visitor need not be told, or is told otherwise.
            model::EventKind::MessageUndelivered
            | model::EventKind::ConversationTagged
            | model::EventKind::VisitorRead
            | model::EventKind::VisitorChanged => return None,
        };
        Some(Self {
            event_seq: event.event_seq,
            kind,
            conversation_id: event.conversation.into(),
            message_id: event.message.map(Into::into),
            at: rfc_3339(event.at),
        })
    }
}

/// What happened after a given event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct Batch {
    /// In order.
    events: Vec<Event>,
    /// The present state of every message that the events name; with `reset`, the snapshot.
    messages: Vec<Message>,
    /// The visitor's newest conversation.
    #[schema(required = true)]
    conversation: Option<Conversation>,
    /// Ask again with this.
    after: i64,
    /// Whether there is more to read at once.
    more: bool,
    /// Whether everything shown so far must be forgotten.
    reset: bool,
}

impl From<seen::Batch> for Batch {
    fn from(batch: seen::Batch) -> Self {
        Self {
            events: batch.events.iter().filter_map(Event::for_visitor).collect(),
            messages: batch.messages.into_iter().map(Into::into).collect(),
            conversation: batch.conversation.map(Into::into),
            after: batch.after,
            more: batch.more,
            reset: batch.reset,
        }
    }
}

/// A time in UTC (RFC 3339). One past what a calendar can say becomes the epoch.
pub(in crate::http) fn rfc_3339(at: Micros) -> String {
    jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use bridge_core::Body;

    use super::*;
    use crate::model::{ConversationId, Disposition, MessageId, PictureId};

    fn message(removed_at: Option<Micros>) -> Message {
        let message = model::Message {
            id: MessageId(Uuid::from_u128(1)),
            conversation: ConversationId(Uuid::from_u128(2)),
            seq: 3,
            speaker: Speaker::Operator,
            visitor: None,
            operator: None,
            disposition: Disposition::Sent,
            body: "hi".into(),
            rich: Some(Body::plain("hi")),
            client_key: None,
            origin: None,
            created_at: Micros(1_700_000_000_250_000),
            edited_at: None,
            removed_at,
            version: 1,
        };
        let picture = Some(PictureId(Uuid::from_u128(4)));
        let author = model::Author { kind: Speaker::Operator, name: Some("Ada".into()), picture };
        seen::MessageView { message, author }.into()
    }

    #[test]
    fn a_message_is_written_as_the_widget_reads_it() {
        insta::assert_json_snapshot!(message(None), @r#"
        {
          "id": "00000000-0000-0000-0000-000000000001",
          "conversation_id": "00000000-0000-0000-0000-000000000002",
          "seq": 3,
          "author": {
            "kind": "operator",
            "name": "Ada",
            "picture": "/pictures/00000000-0000-0000-0000-000000000004"
          },
          "body": "hi",
          "rich": [
            {
              "type": "paragraph",
              "children": [
                {
                  "type": "text",
                  "text": "hi"
                }
              ]
            }
          ],
          "client_key": null,
          "created_at": "2023-11-14T22:13:20.25Z",
          "edited_at": null,
          "removed": false
        }
        "#);
    }

    #[test]
    fn a_message_that_was_taken_back_has_no_words() {
        let message = message(Some(Micros(5)));
        assert!(message.removed && message.body.is_empty() && message.rich.is_none());
    }

    #[test]
    fn no_time_is_too_far_away() {
        assert_eq!(rfc_3339(Micros(i64::MAX)), "1970-01-01T00:00:00Z");
    }
}
