//! Links, and the map between our messages and a platform's.
//!
//! What lives here: finding them, and which cards are due. What must not: the work that waits on them (that is the outbox).

use bridge_core::{ConnectionId, Micros};

use super::maybe_time;
use crate::model::{ChannelId, ConversationId, Link, LinkId, MessageId, VisitorId};
use crate::store::sql::{on_db, sql};
use crate::store::writer::without_nul;
use crate::store::{MessageMap, Store, StoreError};

sql! {
    /// A link.
    LINK = ["SELECT * FROM link WHERE id = $1"];
    /// A conversation's links whose threads are there or to come.
    LINKS = ["SELECT * FROM link WHERE conversation = $1 AND state <> 'gone' ORDER BY channel, generation"];
    /// The link of a thread.
    LINK_BY_THREAD = ["SELECT * FROM link WHERE channel = $1 AND remote_thread = $2"];
    /// A conversation's links whose threads are gone.
    GONE_LINKS = ["SELECT * FROM link WHERE conversation = $1 AND state = 'gone' ORDER BY channel, generation DESC"];
    /// The link of a card whose thread is there.
    LINK_BY_CARD = ["SELECT * FROM link WHERE channel = $1 AND card = $2 AND state = 'open'"];
    /// A channel's links whose threads may hold something new.
    LINKS_TO_CATCH_UP = ["SELECT l.* FROM link l JOIN conversation c ON c.id = l.conversation
        WHERE l.channel = $1 AND l.state = 'open' AND (c.status = 'open' OR c.last_activity_at >= $2)
        ORDER BY c.last_activity_at DESC, l.id LIMIT $3"];
    /// A connection's links whose cards show something old; not in a channel that can't be used.
    CARDS_DUE = ["SELECT l.* FROM link l JOIN channel c ON c.id = l.channel
        WHERE l.state = 'open' AND l.card_shown < l.card_wanted AND l.card_due_at <= $2 AND c.broken IS NULL
            AND c.connection = $1
        ORDER BY l.card_due_at, l.id LIMIT $3"];
    /// When one that is not due yet will be.
    NEXT_CARD_DUE = ["SELECT MIN(l.card_due_at) FROM link l JOIN channel c ON c.id = l.channel
        WHERE l.state = 'open' AND l.card_shown < l.card_wanted AND l.card_due_at > $2 AND c.broken IS NULL
            AND c.connection = $1"];
    /// The open link, in a channel, of the conversation that a visitor had before that one.
    EARLIER_LINK = ["SELECT l.* FROM conversation c JOIN link l ON l.conversation = c.id
        WHERE c.visitor = $1 AND c.opened_at < $2 AND c.status = 'closed' AND l.channel = $3 AND l.state = 'open'
        ORDER BY c.opened_at DESC, l.generation DESC LIMIT 1"];
    /// What we know of a remote message.
    MAPS_BY_REMOTE = ["SELECT * FROM message_map WHERE channel = $1 AND remote_id = $2 ORDER BY remote_part"];
    /// A message's remote messages in one thread that are there.
    MAPS_OF_MESSAGE = ["SELECT * FROM message_map WHERE link = $1 AND message = $2 AND removed_at IS NULL
        ORDER BY local_part"];
    /// The remote messages of a thread that come after one of them and are there.
    MAPS_OF_LINK_AFTER = ["SELECT * FROM message_map WHERE link = $1 AND remote_id > $2 AND removed_at IS NULL
        ORDER BY remote_id, remote_part LIMIT $3"];
    /// The last remote messages of a thread that are there.
    LATEST_MAPS_OF_LINK = ["SELECT * FROM message_map WHERE link = $1 AND removed_at IS NULL
        ORDER BY remote_id DESC, remote_part LIMIT $2"];
}

impl Store {
    /// A link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link(&self, id: LinkId) -> Result<Option<Link>, StoreError> {
        on_db!(self.0.readers, LINK, [id.0], fetch_optional)
    }

    /// A conversation's links that are not gone, by channel.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links(&self, conversation: ConversationId) -> Result<Vec<Link>, StoreError> {
        on_db!(self.0.readers, LINKS, [conversation.0], fetch_all)
    }

    /// A conversation's links whose threads are gone, by channel, the latest generation first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gone_links(&self, conversation: ConversationId) -> Result<Vec<Link>, StoreError> {
        on_db!(self.0.readers, GONE_LINKS, [conversation.0], fetch_all)
    }

    /// The open link whose card that remote message is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_by_card(&self, channel: ChannelId, card: &str) -> Result<Option<Link>, StoreError> {
        on_db!(self.0.readers, LINK_BY_CARD, [channel.0, without_nul(card).as_ref()], fetch_optional)
    }

    /// The link of a thread, gone or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_by_thread(&self, channel: ChannelId, thread: &str) -> Result<Option<Link>, StoreError> {
        on_db!(self.0.readers, LINK_BY_THREAD, [channel.0, without_nul(thread).as_ref()], fetch_optional)
    }

    /// A channel's open links whose conversation is open, or had something said or done since then; the liveliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links_to_catch_up(
        &self,
        channel: ChannelId,
        since: Micros,
        limit: i64,
    ) -> Result<Vec<Link>, StoreError> {
        on_db!(self.0.readers, LINKS_TO_CATCH_UP, [channel.0, since.0, limit], fetch_all)
    }

    /// A connection's open links whose cards should show something else and may be tried now, longest due first. Links of
    /// a broken channel wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cards_due(&self, connection: &ConnectionId, now: Micros, limit: i64) -> Result<Vec<Link>, StoreError> {
        let connection = connection.to_string();
        on_db!(self.0.readers, CARDS_DUE, [&connection, now.0, limit], fetch_all)
    }

    /// When a card of a connection that is not due yet will be; `None` where nothing waits for the time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_card_due(&self, connection: &ConnectionId, now: Micros) -> Result<Option<Micros>, StoreError> {
        let connection = connection.to_string();
        on_db!(self.0.readers, NEXT_CARD_DUE, [&connection, now.0], fetch_one).map(maybe_time)
    }

    /// The thread, in that channel, of the closed conversation that a visitor had before the one that began at
    /// `opened_at`. Only of the latest whose thread is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn earlier_link(
        &self,
        visitor: VisitorId,
        opened_at: Micros,
        channel: ChannelId,
    ) -> Result<Option<Link>, StoreError> {
        on_db!(self.0.readers, EARLIER_LINK, [visitor.0, opened_at.0, channel.0], fetch_optional)
    }

    /// The last remote messages of a thread that we know and that were not deleted, the newest first; ids are compared
    /// byte by byte.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_maps_of_link(&self, link: LinkId, limit: i64) -> Result<Vec<MessageMap>, StoreError> {
        on_db!(self.0.readers, LATEST_MAPS_OF_LINK, [link.0, limit], fetch_all)
    }

    /// What we know of a remote message, by part.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn maps_by_remote(&self, channel: ChannelId, remote_id: &str) -> Result<Vec<MessageMap>, StoreError> {
        on_db!(self.0.readers, MAPS_BY_REMOTE, [channel.0, without_nul(remote_id).as_ref()], fetch_all)
    }

    /// A message's remote messages in one thread that were not removed, by our part.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn maps_of_message(&self, link: LinkId, message: MessageId) -> Result<Vec<MessageMap>, StoreError> {
        on_db!(self.0.readers, MAPS_OF_MESSAGE, [link.0, message.0], fetch_all)
    }

    /// The remote messages of a thread that we know, that were not deleted, and whose ids, compared byte by byte, come
    /// after `remote_id`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn maps_of_link_after(
        &self,
        link: LinkId,
        remote_id: &str,
        limit: i64,
    ) -> Result<Vec<MessageMap>, StoreError> {
        on_db!(self.0.readers, MAPS_OF_LINK_AFTER, [link.0, without_nul(remote_id).as_ref(), limit], fetch_all)
    }
}
