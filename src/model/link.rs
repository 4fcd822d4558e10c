//! The tie between a conversation and a thread on a platform.
//!
//! What lives here: the link and its life. What must not: the work that waits on it (that is the outbox).

use bridge_core::{Cursor, Micros};
use serde::{Deserialize, Serialize};

use super::ids::{ChannelId, ConversationId, LinkId};

/// How far a link's life has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Its thread is yet to be opened.
    Opening,
    /// Its thread is there.
    Open,
    /// Its thread is gone; a link of the next generation has taken over.
    Gone,
}

/// A conversation's tie to one remote thread. It pins channel and generation: settings that change later leave it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The channel.
    pub channel: ChannelId,
    /// 1 for the first thread in this channel, one more for each that had to replace it.
    pub generation: i64,
    /// How far its life has come.
    pub state: LinkState,
    /// The thread's id on the platform, once it is open.
    pub remote_thread: Option<String>,
    /// The card's id on the platform, once it is posted.
    pub card: Option<String>,
    /// The next place in its lane of outbox rows.
    pub next_lane_seq: i64,
    /// How far catch-up has read the thread.
    pub cursor: Cursor,
    /// Grows when the card should show something else.
    pub card_wanted: i64,
    /// The wish that the card shows now.
    pub card_shown: i64,
    /// When the card may be tried again.
    pub card_due_at: Micros,
}
