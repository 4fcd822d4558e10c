//! What the words of a conversation are made of.
//!
//! What lives here: which conversations changed since their words were written down, and everything that was said in them.
//! What must not: what a word is.

use crate::model::{ConversationId, Event, Message, Visitor, VisitorId};
use crate::store::rows::{Replies, Unsearched};
use crate::store::sql::{id_list, on_db, sql};
use crate::store::{Store, StoreError};

sql! {
    /// Conversations that changed since their words were written down.
    UNSEARCHED = {
        sqlite: "SELECT * FROM conversation INDEXED BY conversation_unsearched
            WHERE next_event > search_event + 1 ORDER BY id LIMIT $1",
        postgres: "SELECT * FROM conversation WHERE next_event > search_event + 1 ORDER BY id LIMIT $1"
    };
    /// A visitor's newest conversations, with how far their words are known.
    SEARCHED_OF_VISITOR = ["SELECT * FROM conversation WHERE visitor = $1 ORDER BY opened_at DESC LIMIT $2"];
    /// What happened since then in these conversations.
    UNSEARCHED_EVENTS = {
        sqlite: "SELECT e.* FROM conversation c
            CROSS JOIN conversation_event e ON e.conversation = c.id AND e.event_seq > c.search_event
            WHERE c.id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT e.* FROM conversation c
            JOIN conversation_event e ON e.conversation = c.id AND e.event_seq > c.search_event
            WHERE c.id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
    };
    /// All words of these conversations.
    SEARCH_WORDS = {
        sqlite: "SELECT conversation, words FROM search_words
            WHERE conversation IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT conversation, words FROM search_words
            WHERE conversation IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
    };
    /// Who answered in these conversations.
    REPLIES = {
        sqlite: "SELECT * FROM conversation_replies
            WHERE conversation IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT * FROM conversation_replies
            WHERE conversation IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
    };
    /// The tags of these conversations.
    SEARCHED_TAGS = {
        sqlite: "SELECT conversation, tag FROM conversation_tag
            WHERE conversation IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT conversation, tag FROM conversation_tag
            WHERE conversation IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
    };
    /// The visitors with these ids.
    SEARCHED_VISITORS = {
        sqlite: "SELECT * FROM visitor WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT * FROM visitor WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
    };
    /// Everything that was said in a conversation and is still there.
    ALL_MESSAGES = ["SELECT * FROM message WHERE conversation = $1 AND removed_at IS NULL"];
    /// The newest messages of these conversations, so many of each.
    NEWEST_MESSAGES = {
        sqlite: "SELECT m.* FROM json_each($1) j CROSS JOIN message m ON m.id IN (SELECT x.id FROM message x
                WHERE x.conversation = unhex(j.value) AND x.removed_at IS NULL ORDER BY x.seq DESC LIMIT $2)",
        postgres: "SELECT m.* FROM jsonb_array_elements_text($1::jsonb) AS j (value) CROSS JOIN LATERAL (
            SELECT x.* FROM message x WHERE x.conversation = j.value::uuid AND x.removed_at IS NULL
            ORDER BY x.seq DESC LIMIT $2) AS m"
    };
}

/// A conversation with a text of its.
type Noted = (uuid::Uuid, String);

fn noted(rows: Vec<Noted>) -> Vec<(ConversationId, String)> {
    rows.into_iter().map(|(conversation, text)| (conversation.into(), text)).collect()
}

impl Store {
    /// Conversations in which something happened since their words were written down, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsearched(&self, limit: i64) -> Result<Vec<Unsearched>, StoreError> {
        on_db!(self.0.readers, UNSEARCHED, [limit], fetch_all)
    }

    /// A visitor's newest conversations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn searched_of_visitor(&self, visitor: VisitorId, limit: i64) -> Result<Vec<Unsearched>, StoreError> {
        on_db!(self.0.readers, SEARCHED_OF_VISITOR, [visitor.0, limit], fetch_all)
    }

    /// What happened in these conversations since their words were written down, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsearched_events(&self, ids: &[ConversationId]) -> Result<Vec<Event>, StoreError> {
        on_db!(self.0.readers, UNSEARCHED_EVENTS, [id_list(ids.iter().copied())], fetch_all)
    }

    /// All words and marks of these conversations, as they were last written down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_words(&self, ids: &[ConversationId]) -> Result<Vec<(ConversationId, String)>, StoreError> {
        on_db!(self.0.readers, SEARCH_WORDS, [id_list(ids.iter().copied())], fetch_all).map(noted)
    }

    /// How often each operator answered in these conversations, as it was last written down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replies(&self, ids: &[ConversationId]) -> Result<Vec<Replies>, StoreError> {
        on_db!(self.0.readers, REPLIES, [id_list(ids.iter().copied())], fetch_all)
    }

    /// The tags of these conversations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn searched_tags(&self, ids: &[ConversationId]) -> Result<Vec<(ConversationId, String)>, StoreError> {
        on_db!(self.0.readers, SEARCHED_TAGS, [id_list(ids.iter().copied())], fetch_all).map(noted)
    }

    /// The visitors with these ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn searched_visitors(&self, ids: &[VisitorId]) -> Result<Vec<Visitor>, StoreError> {
        on_db!(self.0.readers, SEARCHED_VISITORS, [id_list(ids.iter().copied())], fetch_all)
    }

    /// Everything that was said in a conversation and is still there, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_messages(&self, conversation: ConversationId) -> Result<Vec<Message>, StoreError> {
        on_db!(self.0.readers, ALL_MESSAGES, [conversation.0], fetch_all)
    }

    /// The newest `each` messages of each of these conversations that are still there, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_messages(&self, ids: &[ConversationId], each: i64) -> Result<Vec<Message>, StoreError> {
        on_db!(self.0.readers, NEWEST_MESSAGES, [id_list(ids.iter().copied()), each], fetch_all)
    }
}
