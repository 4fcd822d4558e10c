//! What conversations are shown with: visitors, last messages, unread counts, tags, refused work, read marks.
//!
//! What lives here: queries for a whole page of a list at once, and those for one conversation's timeline. What must not: the
//! lists themselves (that is [`super::inbox`]).

use crate::model::{ConversationId, DomainId, Event, Link, Message, MessageId, OperatorId, Visitor, VisitorId};
use crate::store::sql::{id_list, on_db, sql};
use crate::store::writer::without_nul;
use crate::store::{Counted, Outbox, Store, StoreError, Tagged};

sql! {
    /// Visitors by their ids.
    VISITORS = {
        sqlite: "SELECT * FROM visitor WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        postgres: "SELECT * FROM visitor WHERE id IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))"
    };
    /// The last message of each of these conversations.
    LAST_MESSAGES = {
        sqlite: "SELECT m.* FROM json_each($1) AS r JOIN message m ON m.conversation = unhex(r.value)
            AND m.seq = (SELECT MAX(x.seq) FROM message x WHERE x.conversation = unhex(r.value))",
        postgres: "SELECT m.* FROM jsonb_array_elements_text($1::jsonb) AS r (value)
            JOIN message m ON m.conversation = r.value::uuid
            AND m.seq = (SELECT MAX(x.seq) FROM message x WHERE x.conversation = r.value::uuid)"
    };
    /// How many messages of the visitor's come after an operator's mark, up to so many, for each of these conversations.
    UNREAD = {
        sqlite: "SELECT unhex(r.value) AS conversation, (SELECT COUNT(*) FROM (
                SELECT 1 FROM message m WHERE m.conversation = unhex(r.value) AND m.speaker = 'visitor'
                    AND m.seq > COALESCE((SELECT d.seq FROM operator_read d
                        WHERE d.operator = $2 AND d.conversation = unhex(r.value)), 0)
                LIMIT $3)) AS count
            FROM json_each($1) AS r",
        postgres: "SELECT r.value::uuid AS conversation, (SELECT COUNT(*) FROM (
                SELECT 1 FROM message m WHERE m.conversation = r.value::uuid AND m.speaker = 'visitor'
                    AND m.seq > COALESCE((SELECT d.seq FROM operator_read d
                        WHERE d.operator = $2 AND d.conversation = r.value::uuid), 0)
                LIMIT $3) AS found) AS count
            FROM jsonb_array_elements_text($1::jsonb) AS r (value)"
    };
    /// The tags of these conversations.
    TAGS = {
        sqlite: "SELECT conversation, tag, created_at FROM conversation_tag
            WHERE conversation IN (SELECT unhex(value) FROM json_each($1)) ORDER BY conversation, tag",
        postgres: "SELECT conversation, tag, created_at FROM conversation_tag
            WHERE conversation IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY conversation, tag COLLATE \"C\""
    };
    /// How many messages a platform refused in each of these conversations, each once, and other work beside; those without
    /// any are left out. What we ourselves say in a thread doesn't count: nobody wrote it, and nobody can try it again.
    UNDELIVERED = {
        sqlite: "SELECT conversation, COUNT(DISTINCT COALESCE(message, id)) AS count FROM outbox WHERE state = 'undelivered' AND kind <> 'notice'
            AND conversation IN (SELECT unhex(value) FROM json_each($1)) GROUP BY conversation",
        postgres: "SELECT conversation, COUNT(DISTINCT COALESCE(message, id)) AS count FROM outbox WHERE state = 'undelivered' AND kind <> 'notice'
            AND conversation IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb)) GROUP BY conversation"
    };
    /// How far an operator has read a conversation.
    READ_MARK = ["SELECT seq FROM operator_read WHERE operator = $1 AND conversation = $2"];
    /// The work about these messages, by message, lane and order.
    OUTBOX_OF_MESSAGES = {
        sqlite: "SELECT * FROM outbox WHERE message IN (SELECT unhex(value) FROM json_each($1))
            ORDER BY message, link, lane_seq",
        postgres: "SELECT * FROM outbox WHERE message IN (SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb))
            ORDER BY message, link, lane_seq"
    };
    /// A conversation's messages before a place, newest first.
    MESSAGES_BEFORE = ["SELECT * FROM message WHERE conversation = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"];
    /// A conversation's messages after a place, oldest first.
    MESSAGES_AFTER = ["SELECT * FROM message WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3"];
    /// A message by its operator's own key.
    MESSAGE_BY_OPERATOR_KEY = ["SELECT * FROM message WHERE operator = $1 AND client_key = $2
        AND operator IS NOT NULL AND client_key IS NOT NULL"];
    /// A conversation's events after one of them.
    EVENTS_OF_CONVERSATION_AFTER = ["SELECT * FROM conversation_event WHERE conversation = $1 AND event_seq > $2
        ORDER BY event_seq LIMIT $3"];
    /// Whether a note or a tag was written in a conversation since it was last opened.
    HAS_FOLLOW_UP = ["SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.conversation = $1
                AND m.disposition = 'note' AND m.removed_at IS NULL AND m.created_at >= o.at)
            OR EXISTS (SELECT 1 FROM conversation_tag t WHERE t.conversation = $1 AND t.created_at >= o.at)
            THEN 1 ELSE 0 END AS BIGINT)
        FROM (SELECT COALESCE(MAX(e.at), 0) AS at FROM conversation_event e WHERE e.conversation = $1
            AND e.kind IN ('conversation_opened', 'conversation_closed', 'conversation_reopened')
            AND e.kind <> 'conversation_closed') AS o"];
    /// Every tag that was used on a domain.
    TAGS_OF_DOMAIN = ["SELECT tag FROM domain_tag WHERE domain = $1"];
    /// A conversation's links, gone or not.
    ALL_LINKS = ["SELECT * FROM link WHERE conversation = $1 ORDER BY channel, generation DESC"];
}

impl Store {
    /// Those of these visitors that there are, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitors(&self, ids: &[VisitorId]) -> Result<Vec<Visitor>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, VISITORS, [id_list(ids.iter().copied())], fetch_all)
    }

    /// The last message of each of these conversations, whoever may see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_messages(&self, ids: &[ConversationId]) -> Result<Vec<Message>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, LAST_MESSAGES, [id_list(ids.iter().copied())], fetch_all)
    }

    /// How many of the visitor's messages an operator has not read in each of these conversations; counted up to `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unread(
        &self,
        ids: &[ConversationId],
        operator: OperatorId,
        most: i64,
    ) -> Result<Vec<Counted>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, UNREAD, [id_list(ids.iter().copied()), operator.0, most], fetch_all)
    }

    /// The tags of these conversations, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tags(&self, ids: &[ConversationId]) -> Result<Vec<Tagged>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, TAGS, [id_list(ids.iter().copied())], fetch_all)
    }

    /// How many pieces of work a platform refused in these conversations; those without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undelivered(&self, ids: &[ConversationId]) -> Result<Vec<Counted>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, UNDELIVERED, [id_list(ids.iter().copied())], fetch_all)
    }

    /// The `seq` up to which an operator has read a conversation; 0 where they never did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_mark(&self, operator: OperatorId, conversation: ConversationId) -> Result<i64, StoreError> {
        let mark: Option<(i64,)> = on_db!(self.0.readers, READ_MARK, [operator.0, conversation.0], fetch_optional)?;
        Ok(mark.map_or(0, |(seq,)| seq))
    }

    /// All work about these messages, by message, lane and order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_of_messages(&self, ids: &[MessageId]) -> Result<Vec<Outbox>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        on_db!(self.0.readers, OUTBOX_OF_MESSAGES, [id_list(ids.iter().copied())], fetch_all)
    }

    /// At most `limit` messages of a conversation before a place, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_before(
        &self,
        conversation: ConversationId,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<Message>, StoreError> {
        let mut messages: Vec<Message> =
            on_db!(self.0.readers, MESSAGES_BEFORE, [conversation.0, seq, limit], fetch_all)?;
        messages.reverse();
        Ok(messages)
    }

    /// At most `limit` messages of a conversation after a place, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages_after(
        &self,
        conversation: ConversationId,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<Message>, StoreError> {
        on_db!(self.0.readers, MESSAGES_AFTER, [conversation.0, seq, limit], fetch_all)
    }

    /// The message that an operator wrote in a page under this key of theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_by_operator_key(
        &self,
        operator: OperatorId,
        key: &str,
    ) -> Result<Option<Message>, StoreError> {
        on_db!(self.0.readers, MESSAGE_BY_OPERATOR_KEY, [operator.0, without_nul(key).as_ref()], fetch_optional)
    }

    /// At most `limit` events of a conversation after a number, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of_conversation_after(
        &self,
        conversation: ConversationId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Event>, StoreError> {
        on_db!(self.0.readers, EVENTS_OF_CONVERSATION_AFTER, [conversation.0, after, limit], fetch_all)
    }

    /// Whether a note or a tag was written in a conversation since it was last opened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_follow_up(&self, conversation: ConversationId) -> Result<bool, StoreError> {
        let (found,): (i64,) = on_db!(self.0.readers, HAS_FOLLOW_UP, [conversation.0], fetch_one)?;
        Ok(found != 0)
    }

    /// Every tag that was ever used on a domain, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tags_of_domain(&self, domain: DomainId) -> Result<Vec<String>, StoreError> {
        let tags: Vec<(String,)> = on_db!(self.0.readers, TAGS_OF_DOMAIN, [domain.0], fetch_all)?;
        Ok(tags.into_iter().map(|(tag,)| tag).collect())
    }

    /// A conversation's links, gone or not, by channel, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_links(&self, conversation: ConversationId) -> Result<Vec<Link>, StoreError> {
        on_db!(self.0.readers, ALL_LINKS, [conversation.0], fetch_all)
    }
}
