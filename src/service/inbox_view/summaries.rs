//! Conversations in lists.
//!
//! What lives here: gathering what a page of a list shows, one query a kind of thing. What must not: which conversations.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::super::{Service, ServiceError};
use super::{MOST_UNREAD, PreviewView, SummaryView};
use crate::model::limits::shorten;
use crate::model::{Conversation, ConversationId, Disposition, Message, Operator, OperatorId, Visitor};
use crate::store::Counted;

/// Most characters of a preview.
const PREVIEW_CHARS: usize = 160;

/// The first words of a message, on one line.
pub(super) fn preview(message: &Message) -> PreviewView {
    let removed = message.removed_at.is_some();
    // Long texts are cut before their lines are joined: nobody sees more than the beginning.
    let text = if removed { String::new() } else { shorten(&message.body, PREVIEW_CHARS * 2) };
    let text = shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "), PREVIEW_CHARS);
    PreviewView {
        speaker: message.speaker,
        text,
        note: message.disposition != Disposition::Sent,
        removed,
        at: message.created_at,
    }
}

pub(super) fn by<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

fn counts(rows: Vec<Counted>) -> HashMap<ConversationId, i64> {
    rows.into_iter().map(|row| (row.conversation, row.count)).collect()
}

impl Service {
    /// Conversations as lists show them, in the same order; `me` is the operator who asks.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] when the database can't be used.
    pub async fn summaries(
        &self,
        conversations: Vec<Conversation>,
        me: Option<OperatorId>,
    ) -> Result<Vec<SummaryView>, ServiceError> {
        let ids: Vec<ConversationId> = conversations.iter().map(|it| it.id).collect();
        let mut visitors: Vec<_> = conversations.iter().map(|it| it.visitor).collect();
        visitors.sort_unstable();
        visitors.dedup();
        let visitors = by(self.store.visitors(&visitors).await?, |it: &Visitor| it.id);
        let mut assignees: Vec<_> = conversations.iter().filter_map(|it| it.assignee).collect();
        assignees.sort_unstable();
        assignees.dedup();
        let operators = by(self.store.operators(&assignees).await?, |it: &Operator| it.id);
        let last = by(self.store.last_messages(&ids).await?, |it: &Message| it.conversation);
        let unread = match me {
            Some(me) => counts(self.store.unread(&ids, me, MOST_UNREAD).await?),
            None => HashMap::new(),
        };
        let undelivered = counts(self.store.undelivered(&ids).await?);
        let mut tags: BTreeMap<ConversationId, Vec<String>> = BTreeMap::new();
        for tagged in self.store.tags(&ids).await? {
            tags.entry(tagged.conversation).or_default().push(tagged.tag);
        }
        let summary = |conversation: Conversation| {
            let id = conversation.id;
            let mut tags = tags.remove(&id).unwrap_or_default();
            tags.sort_unstable();
            let stranger = || Visitor::stranger(conversation.visitor, conversation.domain, conversation.opened_at);
            SummaryView {
                domain: self.domain(conversation.domain).map_or_else(String::new, |domain| domain.name.clone()),
                visitor: visitors.get(&conversation.visitor).cloned().unwrap_or_else(stranger),
                assignee: conversation.assignee.and_then(|id| operators.get(&id).cloned()),
                preview: last.get(&id).map(preview),
                unread: unread.get(&id).copied().unwrap_or(0),
                tags,
                undelivered: undelivered.contains_key(&id),
                conversation,
            }
        };
        Ok(conversations.into_iter().map(summary).collect())
    }

    /// One conversation as lists show it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such conversation; [`ServiceError::Unavailable`].
    pub async fn summary(&self, id: ConversationId, me: Option<OperatorId>) -> Result<SummaryView, ServiceError> {
        let missing = ServiceError::NotFound { what: "conversation" };
        let Some(conversation) = self.store.conversation(id).await? else { return Err(missing) };
        self.summaries(vec![conversation], me).await?.pop().ok_or(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bridge_core::{Micros, Speaker};
    use uuid::Uuid;

    #[test]
    fn a_preview_is_one_short_line_and_says_nothing_of_what_was_removed() {
        let mut message = Message {
            id: Uuid::nil().into(),
            conversation: Uuid::nil().into(),
            seq: 1,
            speaker: Speaker::Visitor,
            visitor: None,
            operator: None,
            disposition: Disposition::Sent,
            body: format!("  Hello\n\n  there  {}", "x".repeat(9_000)),
            rich: None,
            client_key: None,
            origin: None,
            created_at: Micros(0),
            edited_at: None,
            removed_at: None,
            version: 1,
        };
        let shown = preview(&message);
        assert!(shown.text.starts_with("Hello there xxx") && shown.text.ends_with('…'), "{}", shown.text);
        assert_eq!(shown.text.chars().count(), PREVIEW_CHARS);
        message.removed_at = Some(Micros(1));
        assert_eq!((preview(&message).text.as_str(), preview(&message).removed), ("", true));
    }
}
