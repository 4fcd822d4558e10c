//! A page of conversations over all time.
//!
//! What lives here: what was found, as lists show it. What must not: how it is found ([`super::search_conversations`]).

use super::find_snippets::find_snippets;
use super::inbox_view::SummaryView;
use super::search_conversations::{Place, Search, search_conversations};
use super::{Service, ServiceError};
use crate::model::{ConversationId, DomainId, OperatorId};

/// A page of conversations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Each with the words around what was looked for, where they were said lately.
    pub conversations: Vec<(SummaryView, Option<String>)>,
    /// Where it goes on; `None` where nothing is left.
    pub next: Option<Place>,
}

/// Finds conversations of these domains; `me` is the operator who asks.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn list_history(
    service: &Service,
    domains: &[DomainId],
    search: &Search,
    me: Option<OperatorId>,
) -> Result<History, ServiceError> {
    let found = search_conversations(service, domains, search).await?;
    let ids: Vec<ConversationId> = found.conversations.iter().map(|it| it.id).collect();
    let mut snippets = find_snippets(service, &found.query, &ids).await?;
    let summaries = service.summaries(found.conversations, me).await?;
    let conversations = summaries
        .into_iter()
        .map(|view| {
            let snippet = snippets.remove(&view.conversation.id);
            (view, snippet)
        })
        .collect();
    Ok(History { conversations, next: found.next })
}
