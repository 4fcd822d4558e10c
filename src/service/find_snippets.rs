//! Where in a conversation the words stand that were looked for.
//!
//! What lives here: choosing the newest message that holds one, and cutting it. What must not: marking the words (a page does
//! that).

use std::collections::HashMap;

use super::{Service, ServiceError};
use crate::model::ConversationId;
use crate::model::search::Query;

/// Most characters of a snippet.
pub const LONGEST: usize = 160;

/// How many messages of each conversation are looked at, the newest; more of those where the first look found nothing.
const LOOKED_AT: [i64; 2] = [20, 200];

/// The newest message of each of these conversations that holds one of the words, around that word. A conversation is missing
/// where none of its last 200 messages does: the words stand in a name or a tag, or further back.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn find_snippets(
    service: &Service,
    query: &Query,
    conversations: &[ConversationId],
) -> Result<HashMap<ConversationId, String>, ServiceError> {
    let mut snippets = HashMap::new();
    if query.is_empty() || conversations.is_empty() {
        return Ok(snippets);
    }
    let mut left = conversations.to_vec();
    for each in LOOKED_AT {
        if left.is_empty() {
            break;
        }
        let mut messages = service.store.newest_messages(&left, each).await?;
        messages.sort_by_key(|message| std::cmp::Reverse(message.seq));
        for message in messages {
            if !snippets.contains_key(&message.conversation)
                && let Some(snippet) = cut(&message.body, query)
            {
                snippets.insert(message.conversation, snippet);
            }
        }
        left.retain(|conversation| !snippets.contains_key(conversation));
    }
    Ok(snippets)
}

/// A text around the first of the words that it holds, on one line; `None` where it holds none.
fn cut(text: &str, query: &Query) -> Option<String> {
    // Most texts hold none, and asking once is cheaper than asking for each piece.
    if !query.touches(text) {
        return None;
    }
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let touched = pieces.iter().position(|piece| query.touches(piece)).unwrap_or(0);
    // A third of the room for what stands before.
    let mut start = touched;
    let mut room = LONGEST / 3;
    for (index, piece) in pieces.iter().enumerate().take(touched).rev() {
        let length = piece.chars().count() + 1;
        if length > room {
            break;
        }
        room -= length;
        start = index;
    }
    let mut snippet = if start > 0 { String::from("…") } else { String::new() };
    let mut left = LONGEST - 2;
    let mut whole = true;
    for piece in pieces.get(start..).unwrap_or_default() {
        let gap = usize::from(!snippet.is_empty() && snippet != "…");
        let length = piece.chars().count() + gap;
        if gap == 1 && left > 0 {
            snippet.push(' ');
        }
        if length > left {
            snippet.extend(piece.chars().take(left.saturating_sub(gap)));
            whole = false;
            break;
        }
        snippet.push_str(piece);
        left -= length;
    }
    if !whole {
        snippet.truncate(snippet.trim_end().len());
        snippet.push('…');
    }
    Some(snippet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::search::query;
    use proptest::prelude::*;

    #[test]
    fn a_snippet_stands_around_the_word() {
        assert_eq!(cut("Do you have\n\nthis hat?", &query("hat")).as_deref(), Some("Do you have this hat?"));
        assert_eq!(cut("Do you have this hat?", &query("coat")), None);
        let long = format!("{} needle {}", "before ".repeat(50), "behind ".repeat(50));
        let snippet = cut(&long, &query("needle")).unwrap();
        assert!(snippet.starts_with("…before") && snippet.contains(" needle ") && snippet.ends_with('…'), "{snippet}");
        assert!(snippet.chars().count() <= LONGEST && snippet.chars().count() > LONGEST / 2, "{snippet}");
    }

    proptest! {
        #[test]
        fn a_snippet_is_short(text in "\\PC{0,400}", asked in "\\PC{0,10}") {
            if let Some(snippet) = cut(&text, &query(&asked)) {
                prop_assert!(snippet.chars().count() <= LONGEST, "{snippet}");
            }
        }
    }
}
