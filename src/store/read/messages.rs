//! Messages.
//!
//! What lives here: finding messages, and the newest ones of a conversation. What must not: who asks.

use bridge_core::Micros;

use crate::model::{Audience, ChannelId, ConversationId, Message, MessageId, VisitorId};
use crate::store::sql::{id_list, on_db, sql};
use crate::store::writer::without_nul;
use crate::store::{Store, StoreError};

sql! {
    /// A message.
    MESSAGE = ["SELECT * FROM message WHERE id = $1"];
    /// A message by its visitor's own key.
    MESSAGE_BY_CLIENT_KEY = ["SELECT * FROM message WHERE visitor = $1 AND client_key = $2"];
    /// Messages by their ids.
    MESSAGES = {
        sqlite: "SELECT * FROM message WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY conversation, seq",
        postgres: "SELECT * FROM message WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY conversation, seq"
    };
    /// A conversation's newest messages, newest first.
    LATEST_MESSAGES = ["SELECT * FROM message WHERE conversation = $1 AND ($2 OR disposition = 'sent')
        ORDER BY seq DESC LIMIT $3"];
    /// The first message in order that was written in that channel after that moment.
    WRITTEN_LATER = ["SELECT * FROM message WHERE conversation = $1 AND origin = $2 AND created_at > $3 ORDER BY seq LIMIT 1"];
    /// The last message in order that was written in that channel before that moment.
    WRITTEN_EARLIER = ["SELECT * FROM message WHERE conversation = $1 AND origin = $2 AND created_at < $3
        ORDER BY seq DESC LIMIT 1"];
    /// The message whose place comes right before that one.
    MESSAGE_BEFORE = ["SELECT * FROM message WHERE conversation = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1"];
}

impl Store {
    /// A message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        on_db!(self.0.readers, MESSAGE, [id.0], fetch_optional)
    }

    /// The message that a visitor sent under this key of theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_by_client_key(&self, visitor: VisitorId, key: &str) -> Result<Option<Message>, StoreError> {
        on_db!(self.0.readers, MESSAGE_BY_CLIENT_KEY, [visitor.0, without_nul(key).as_ref()], fetch_optional)
    }

    /// Those of these messages that there are, by conversation and order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages(&self, ids: &[MessageId]) -> Result<Vec<Message>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, MESSAGES, [id_list(ids.iter().copied())], fetch_all)
    }

    /// The newest `limit` messages that this audience may see, oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_messages(
        &self,
        conversation: ConversationId,
        audience: Audience,
        limit: i64,
    ) -> Result<Vec<Message>, StoreError> {
        let inside = audience == Audience::Operators;
        let mut messages: Vec<Message> =
            on_db!(self.0.readers, LATEST_MESSAGES, [conversation.0, inside, limit], fetch_all)?;
        messages.reverse();
        Ok(messages)
    }

    /// The first message, in the conversation's order, that was written in that channel after that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn written_later(
        &self,
        conversation: ConversationId,
        channel: ChannelId,
        at: Micros,
    ) -> Result<Option<Message>, StoreError> {
        on_db!(self.0.readers, WRITTEN_LATER, [conversation.0, channel.0, at.0], fetch_optional)
    }

    /// The last message, in the conversation's order, that was written in that channel before that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn written_earlier(
        &self,
        conversation: ConversationId,
        channel: ChannelId,
        at: Micros,
    ) -> Result<Option<Message>, StoreError> {
        on_db!(self.0.readers, WRITTEN_EARLIER, [conversation.0, channel.0, at.0], fetch_optional)
    }

    /// The message whose place comes right before that one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_before(&self, conversation: ConversationId, seq: i64) -> Result<Option<Message>, StoreError> {
        on_db!(self.0.readers, MESSAGE_BEFORE, [conversation.0, seq], fetch_optional)
    }
}
