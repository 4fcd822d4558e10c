//! A conversation to take away, as text or JSON.
//!
//! What lives here: the two forms' requests, and the shape of the JSON. What must not: gathering it.

use axum::extract::State as Shared;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::query::Query;
use super::super::openapi::{Always, NamesOne, NeedsOperator, TakesQuery};
use super::super::router::url;
use super::super::widget::view::{AuthorKind, rfc_3339};
use super::named::Named;
use super::view::detail::VisitorPage;
use super::view::people::{VisitorBrief, author_kind};
use crate::model::{ConversationId, Disposition};
use crate::service::inbox_view::InboxMessageView;
use crate::service::write_transcript::{Transcript as Gathered, write_transcript};

/// How much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct TranscriptParameters {
    /// Whether what visitors never see stands in it too.
    #[serde(default)]
    notes: bool,
}

/// A message of a transcript.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct TranscriptMessage {
    seq: i64,
    author: AuthorKind,
    name: String,
    /// Whether visitors never see it.
    note: bool,
    /// Empty once removed.
    body: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    edited_at: Option<String>,
    removed: bool,
}

impl From<InboxMessageView> for TranscriptMessage {
    fn from(view: InboxMessageView) -> Self {
        let removed = view.message.removed_at.is_some();
        Self {
            seq: view.message.seq,
            author: author_kind(view.author.kind),
            name: Gathered::author(&view),
            note: view.message.disposition != Disposition::Sent,
            body: if removed { String::new() } else { view.message.body },
            created_at: rfc_3339(view.message.created_at),
            edited_at: view.message.edited_at.map(rfc_3339),
            removed,
        }
    }
}

/// A whole conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Transcript {
    id: Uuid,
    /// The domain's name.
    domain: String,
    visitor: VisitorBrief,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(required = true, format = DateTime)]
    closed_at: Option<String>,
    #[schema(required = true)]
    page: Option<VisitorPage>,
    /// Oldest first.
    messages: Vec<TranscriptMessage>,
}

impl From<Gathered> for Transcript {
    fn from(gathered: Gathered) -> Self {
        let summary = gathered.summary;
        Self {
            id: summary.conversation.id.into(),
            domain: summary.domain,
            visitor: (&summary.visitor).into(),
            opened_at: rfc_3339(summary.conversation.opened_at),
            closed_at: summary.conversation.closed_at.map(rfc_3339),
            page: summary.conversation.page.map(Into::into),
            messages: gathered.messages.into_iter().map(Into::into).collect(),
        }
    }
}

fn to_keep(id: ConversationId, ending: &str) -> [(HeaderName, String); 1] {
    [(header::CONTENT_DISPOSITION, format!("attachment; filename=\"conversation-{id}.{ending}\""))]
}

/// A conversation as text.
#[utoipa::path(
    get, path = url::TRANSCRIPT_TEXT, tag = "inbox", operation_id = "transcript_text",
    params(("id" = Uuid, Path, description = "The conversation"), TranscriptParameters),
    responses(
        (status = 200, description = "The text", body = String, content_type = "text/plain"),
        Always, NeedsOperator, NamesOne, TakesQuery,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn text(
    Shared(state): Shared<State>,
    named: Named,
    Query(asked): Query<TranscriptParameters>,
) -> Result<impl IntoResponse, ApiError> {
    let gathered = write_transcript(&state.service, named.conversation, asked.notes).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((to_keep(named.conversation, "txt"), kind, gathered.to_text()))
}

/// A conversation as JSON.
#[utoipa::path(
    get, path = url::TRANSCRIPT_JSON, tag = "inbox", operation_id = "transcript_json",
    params(("id" = Uuid, Path, description = "The conversation"), TranscriptParameters),
    responses(
        (status = 200, description = "The conversation", body = Transcript),
        Always, NeedsOperator, NamesOne, TakesQuery,
    ),
    security(("session" = []), ("api_key" = [])),
)]
pub(in crate::http) async fn json(
    Shared(state): Shared<State>,
    named: Named,
    Query(asked): Query<TranscriptParameters>,
) -> Result<impl IntoResponse, ApiError> {
    let gathered = write_transcript(&state.service, named.conversation, asked.notes).await?;
    Ok((to_keep(named.conversation, "json"), axum::Json(Transcript::from(gathered))))
}
