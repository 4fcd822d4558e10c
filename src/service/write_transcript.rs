//! A conversation as a document to take away.
//!
//! What lives here: gathering it, and its text form. What must not: JSON, and who may have it (the caller has checked).

use std::fmt::Write as _;

use bridge_core::honest::straight;
use bridge_core::{Micros, Speaker};

use super::inbox_view::{InboxMessageView, SummaryView};
use super::{Service, ServiceError};
use crate::model::{ConversationId, Disposition};

/// How many messages are read at once.
const STRETCH: i64 = 500;

/// A whole conversation.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The conversation.
    pub summary: SummaryView,
    /// Its messages, oldest first.
    pub messages: Vec<InboxMessageView>,
}

/// Gathers a conversation. Notes are left out unless `notes`; what is held never went out, so it counts as a note.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such conversation; [`ServiceError::Unavailable`].
pub async fn write_transcript(service: &Service, id: ConversationId, notes: bool) -> Result<Transcript, ServiceError> {
    let summary = service.summary(id, None).await?;
    let mut messages = Vec::new();
    let mut after = 0;
    loop {
        let stretch = service.store.messages_after(id, after, STRETCH).await?;
        let Some(last) = stretch.last() else { break };
        after = last.seq;
        messages.extend(stretch.into_iter().filter(|it| notes || it.disposition == Disposition::Sent));
    }
    let messages = service.inbox_messages(&summary.conversation, &summary.visitor, messages, None).await?;
    Ok(Transcript { summary, messages })
}

impl Transcript {
    /// Who wrote a message, as a reader knows them.
    #[must_use]
    pub fn author(message: &InboxMessageView) -> String {
        message.author.name.clone().unwrap_or_else(|| {
            match message.author.kind {
                Speaker::Visitor => "Visitor",
                Speaker::Operator => "Operator",
                Speaker::Assistant => "Assistant",
                Speaker::System => "Threadline",
            }
            .to_owned()
        })
    }

    /// The document as text, times in UTC.
    #[must_use]
    pub fn to_text(&self) -> String {
        let it = &self.summary.conversation;
        let visitor = line(&self.summary.visitor.display_name());
        let mut text = format!("Conversation with {visitor} on {}\n", self.summary.domain);
        // Writing to a String can't fail.
        let _ = writeln!(text, "Began {} UTC", time(it.opened_at));
        if let Some(closed) = it.closed_at {
            let _ = writeln!(text, "Closed {} UTC", time(closed));
        }
        if let Some(page) = &it.page {
            let _ = writeln!(text, "Page: {} <{}>", line(&page.title), page.url);
        }
        for message in &self.messages {
            let note = match message.message.disposition {
                Disposition::Sent => "",
                Disposition::Note => " (note)",
                Disposition::Held => " (held)",
            };
            let edited = if message.message.edited_at.is_some() { " (edited)" } else { "" };
            let who = line(&Self::author(message));
            let _ = writeln!(text, "\n[{}] {who}{note}{edited}:", time(message.message.created_at));
            let removed = message.message.removed_at.is_some();
            let body = if removed { "(removed)" } else { message.message.body.as_str() };
            for words in body.lines() {
                let _ = writeln!(text, "  {}", visible(words));
            }
        }
        text
    }
}

/// A text on one line.
fn line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A line without what a terminal takes for orders, and without what turns the direction of writing: whoever looks at the
/// file with `cat` must see what was said, and nothing else.
fn visible(text: &str) -> String {
    straight(text).chars().filter(|c| *c == '\t' || !c.is_control()).collect()
}

/// A time in UTC, to the second.
fn time(at: Micros) -> String {
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
