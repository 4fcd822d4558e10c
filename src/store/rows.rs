//! Rows that are not part of the model: sessions, the outbox, the intake, the map, identities, pictures.
//!
//! What lives here: plain values with the store's columns. What must not: rules, SQL.

mod inbox;
mod search;
mod sign_in;

use bridge_core::{ConnectionId, Micros, RemoteChannel, RemoteUser};
use serde::{Deserialize, Serialize};

use crate::model::{
    ChannelId, ConversationId, IntakeId, LinkId, MapId, MessageId, OperatorId, OutboxId, PictureId, SessionId,
    VisitorId,
};

pub use self::inbox::{CannedReply, Counted, Tagged};
pub use self::search::{Course, Part, Reach, Replies, SearchTerm, Standing, Stretch, Unsearched};
pub use self::sign_in::{Account, ApiKey, AuditEntry, LoginLink, OperatorSession};

/// A visitor's browser session. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub visitor: VisitorId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// When it began.
    pub created_at: Micros,
}

/// A channel that conversations land in. Keyed by the platform's ids, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Where it is.
    pub remote: RemoteChannel,
    /// Why it can't be used, if it can't.
    pub broken: Option<String>,
}

/// What a piece of work towards a platform is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// Post the card and open the thread: the first row of each lane.
    OpenThread,
    /// Post one part of a message.
    Post,
    /// Bring every posted part of a message up to date.
    Edit,
    /// Remove every posted part of a message.
    Delete,
    /// Say something of our own.
    Notice,
    /// Put the thread of a closed conversation away.
    Archive,
}

/// How far a piece of work towards a platform has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits for its turn.
    Pending,
    /// Committed to be tried; the call may be under way.
    Sending,
    /// Tried, and nobody knows whether it was applied.
    Unknown,
    /// Applied.
    Done,
    /// Refused by the platform.
    Undelivered,
    /// No longer wanted (the message was removed before it was posted, say).
    Dropped,
}

/// A piece of work towards a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbox {
    /// Its id; its bits are the idempotency key.
    pub id: OutboxId,
    /// Its lane.
    pub link: LinkId,
    /// The link's conversation.
    pub conversation: ConversationId,
    /// The link's channel.
    pub channel: ChannelId,
    /// Its place in the lane.
    pub lane_seq: i64,
    /// What it is.
    pub kind: OutboxKind,
    /// The message that it is about, if it is about one.
    pub message: Option<MessageId>,
    /// Which part of the message, counted from 0.
    pub part: i64,
    /// What goes with it, as JSON with a version (a notice's words).
    pub payload: String,
    /// Whether it comes late (a retry) and must say so.
    pub delayed: bool,
    /// Whether it shall show in the channel too.
    pub broadcast: bool,
    /// When it was written.
    pub created_at: Micros,
    /// How far it has come.
    pub progress: OutboxProgress,
}

/// The part of an outbox row that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxProgress {
    /// How far it has come.
    pub state: OutboxState,
    /// How often it was tried.
    pub attempts: i64,
    /// Not before then.
    pub due_at: Micros,
    /// While `sending`: from then on nobody is working on it.
    pub lease_until: Option<Micros>,
    /// When it was handed to the platform; of several tries, the first one whose outcome is unknown. `None` where nothing is
    /// in doubt.
    pub sent_at: Option<Micros>,
    /// How far a many-step operation has come, as JSON.
    pub step: Option<String>,
    /// What went wrong last.
    pub error: Option<String>,
}

impl OutboxProgress {
    /// New work, due at once.
    #[must_use]
    pub fn fresh(now: Micros) -> Self {
        Self {
            state: OutboxState::Pending,
            attempts: 0,
            due_at: now,
            lease_until: None,
            sent_at: None,
            step: None,
            error: None,
        }
    }
}

/// How far a piece of work from a platform has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntakeState {
    /// Waits for its turn.
    Pending,
    /// Worked on.
    Done,
    /// Given up after five attempts.
    Failed,
}

/// A piece of work from a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Its id; ids grow with the time of arrival.
    pub id: IntakeId,
    /// The connection that heard it.
    pub connection: ConnectionId,
    /// Unique within the connection.
    pub dedupe_key: String,
    /// Rows of one lane are worked on one after the other.
    pub lane: String,
    /// The event as JSON; erased once it is done.
    pub payload: Option<String>,
    /// When it arrived.
    pub received_at: Micros,
    /// The part that changes.
    pub progress: IntakeProgress,
}

/// The part of an intake row that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeProgress {
    /// How far it has come.
    pub state: IntakeState,
    /// How often it was tried.
    pub attempts: i64,
    /// Not before then.
    pub due_at: Micros,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was finished.
    pub done_at: Option<Micros>,
}

/// A message's tie to one remote message; also the barrier that lets each remote message count only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageMap {
    /// Its id.
    pub id: MapId,
    /// The link.
    pub link: LinkId,
    /// The link's channel.
    pub channel: ChannelId,
    /// The platform's id of the message.
    pub remote_id: String,
    /// Which part of the remote message (0 for its words; files count on).
    pub remote_part: i64,
    /// The message; `None` for a remote message that is none of ours to show (a stranger's, a word of command, a notice, a tombstone).
    pub message: Option<MessageId>,
    /// Which part of the message; `None` where there is no message.
    pub local_part: Option<i64>,
    /// The message's version that the platform shows.
    pub version: i64,
    /// The newest edit of the remote message that was worked on.
    pub remote_edited_at: Option<Micros>,
    /// When the remote message was deleted.
    pub removed_at: Option<Micros>,
    /// When the row was made.
    pub created_at: Micros,
}

/// An operator's self on one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The operator.
    pub operator: OperatorId,
    /// The connection.
    pub connection: ConnectionId,
    /// Who they are there.
    pub user: RemoteUser,
    /// When the tie was made.
    pub created_at: Micros,
}

/// A picture that we serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPicture {
    /// Its id.
    pub id: PictureId,
    /// An image type that can hold no script.
    pub content_type: String,
    /// The bytes, at most 1 MiB.
    pub bytes: Vec<u8>,
    /// When it was stored.
    pub created_at: Micros,
}
