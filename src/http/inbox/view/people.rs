//! Operators and visitors as the pages read them.
//!
//! What lives here: their shapes. What must not: anything that only an admin may know.

use bridge_core::Speaker;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::super::router::url;
use super::super::super::widget::view::{AuthorKind, rfc_3339};
use crate::model;
use crate::service::inbox_view as seen;

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct OperatorBrief {
    id: Uuid,
    /// The name that visitors see.
    name: String,
    /// The picture's path on this server.
    #[schema(required = true)]
    picture: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
}

impl From<&model::Operator> for OperatorBrief {
    fn from(operator: &model::Operator) -> Self {
        Self {
            id: operator.id.into(),
            name: operator.name.clone(),
            picture: picture(operator.picture),
            email: operator.email.clone(),
        }
    }
}

impl From<model::Operator> for OperatorBrief {
    fn from(operator: model::Operator) -> Self {
        Self::from(&operator)
    }
}

/// A picture's path on this server.
pub(in crate::http) fn picture(id: Option<model::PictureId>) -> Option<String> {
    id.map(|id| format!("{}{id}", url::PICTURES))
}

/// A visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct VisitorBrief {
    id: Uuid,
    /// The visitor's name, or "Visitor 7F3A". Untrusted text.
    name: String,
    /// Untrusted text.
    #[schema(required = true)]
    email: Option<String>,
    /// Whether the website vouches for who they are, and for the address where there is one: a mark beside an address that the
    /// visitor typed would vouch for that too.
    verified: bool,
    /// The website's own name for them.
    #[schema(required = true)]
    external_id: Option<String>,
}

impl From<&model::Visitor> for VisitorBrief {
    fn from(visitor: &model::Visitor) -> Self {
        Self {
            id: visitor.id.into(),
            name: visitor.display_name(),
            email: visitor.email.clone(),
            verified: visitor.is_vouched_for(),
            external_id: visitor.external_id.clone(),
        }
    }
}

/// A visitor with what else is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct VisitorDetail {
    #[serde(flatten)]
    brief: VisitorBrief,
    /// The language that they last used, as a BCP 47 tag.
    #[schema(required = true)]
    language: Option<String>,
    #[schema(format = DateTime)]
    first_seen_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// Whether their browser is connected now.
    online: bool,
}

impl VisitorDetail {
    /// A visitor, and whether their browser is connected.
    pub(in crate::http) fn new(visitor: &model::Visitor, online: bool) -> Self {
        Self {
            brief: visitor.into(),
            language: visitor.language.clone(),
            first_seen_at: rfc_3339(visitor.created_at),
            last_seen_at: rfc_3339(visitor.last_seen_at),
            online,
        }
    }
}

/// Whose words a message holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct InboxAuthor {
    kind: AuthorKind,
    /// The operator's or the visitor's id.
    #[schema(required = true)]
    id: Option<Uuid>,
    #[schema(required = true)]
    name: Option<String>,
    /// The picture's path on this server.
    #[schema(required = true)]
    picture: Option<String>,
}

impl From<seen::InboxAuthor> for InboxAuthor {
    fn from(author: seen::InboxAuthor) -> Self {
        Self { kind: author_kind(author.kind), id: author.id, name: author.name, picture: picture(author.picture) }
    }
}

/// The word for who speaks.
pub(in crate::http) fn author_kind(speaker: Speaker) -> AuthorKind {
    match speaker {
        Speaker::Visitor => AuthorKind::Visitor,
        Speaker::Operator => AuthorKind::Operator,
        Speaker::Assistant => AuthorKind::Assistant,
        Speaker::System => AuthorKind::System,
    }
}
