//! What a caller hands to the writer: changes, and the guards that must still hold when they are made.
//!
//! What lives here: the values. What must not: how they become SQL (that is the writer's), or why they are made (the
//! services').

mod inbox;
mod search;
mod sign_in;
mod visitors;

use bridge_core::{Cursor, Micros};
use uuid::Uuid;

pub use self::inbox::Desk;
pub use self::search::{AnswerCount, SearchChange};
pub use self::sign_in::SignIn;
pub use self::visitors::Recognition;

use super::rows::{
    Identity, Intake, IntakeProgress, IntakeState, MessageMap, Outbox, OutboxProgress, OutboxState, Session,
    StoredPicture,
};
use crate::model::{
    Availability, ChannelId, Conversation, ConversationId, Event, IntakeId, Link, LinkId, LoginLinkId, MapId, Message,
    Operator, OperatorId, OutboxId, SessionId, Visitor, VisitorId,
};

/// A set of changes that are made together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Writes of one key are made one after the other; a conversation's id, wherever there is one.
    pub key: Uuid,
    /// What must still hold.
    pub guards: Vec<Guard>,
    /// What is changed.
    pub changes: Vec<Change>,
}

/// Something that a caller read and relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The conversation's version is still this one.
    Conversation(ConversationId, i64),
    /// The outbox row is still in this state, after this many attempts.
    Outbox(OutboxId, OutboxState, i64),
    /// The intake row is still in this state.
    Intake(IntakeId, IntakeState),
    /// The link that signs somebody in is still unused.
    LoginLink(LoginLinkId),
    /// The visitor's browser session goes on.
    Session(SessionId),
    /// The operator is still an admin who may sign in.
    Admin(OperatorId),
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A visitor came for the first time.
    NewVisitor(Visitor),
    /// A visitor was seen.
    VisitorSeen(VisitorId, Micros),
    /// More is known of a visitor: name, address, identity, language.
    SetVisitor(Visitor),
    /// A browser session began.
    NewSession(Session),
    /// A visitor turned out to be another one, or a browser no longer is a visitor's.
    Recognition(Recognition),
    /// A conversation began.
    NewConversation(Conversation),
    /// A conversation stands otherwise; the version in it is the new one.
    SetConversation(Conversation),
    /// A message was written.
    NewMessage(Message),
    /// A message stands otherwise.
    SetMessage(Message),
    /// Something happened that people can see.
    NewEvent(Event),
    /// A conversation was tied to a channel.
    NewLink(Link),
    /// The next place in a link's lane.
    LinkLane(LinkId, i64),
    /// A link's thread was opened: the thread's and the card's ids on the platform.
    LinkOpened {
        /// The link.
        id: LinkId,
        /// The thread's id.
        remote_thread: String,
        /// The card's id.
        card: String,
    },
    /// A link's thread is gone.
    LinkGone(LinkId),
    /// How far a link's thread was read.
    LinkCursor(LinkId, Cursor),
    /// A link's card should show something else.
    LinkCardWanted(LinkId, i64),
    /// A link's card shows that wish now, or may be tried again at that time.
    LinkCardShown(LinkId, i64, Micros),
    /// A piece of work towards a platform was written down.
    NewOutbox(Outbox),
    /// A piece of work towards a platform has come further.
    SetOutbox(OutboxId, OutboxProgress),
    /// A piece of work moves to another lane.
    MoveOutbox(OutboxId, LinkId, i64),
    /// A message was tied to a remote message. A conflict where the remote message is known already.
    NewMap(MessageMap),
    /// A tie stands otherwise.
    SetMap {
        /// The tie.
        id: MapId,
        /// The message's version that the platform shows.
        version: i64,
        /// The newest edit that was worked on.
        remote_edited_at: Option<Micros>,
        /// When the remote message was deleted.
        removed_at: Option<Micros>,
    },
    /// An event of a platform was written down; nothing happens where its key is known already.
    NewIntake(Intake),
    /// An event of a platform was worked on. `None` as payload erases it.
    SetIntake(IntakeId, IntakeProgress, Option<String>),
    /// An event of a platform is worked on in another lane.
    MoveIntake(IntakeId, String),
    /// An operator spoke for the first time.
    NewOperator(Operator),
    /// An operator's name, address or picture changed; nothing else of them is written.
    SetOperator(Operator),
    /// What an operator may do and see changed: role, domains, deactivation; nothing else of them is written.
    OperatorAccess(Operator),
    /// An operator says whether they can answer.
    OperatorAvailability(OperatorId, Availability),
    /// An operator was tied to their self on a connection. A conflict where that self is known already.
    NewIdentity(Identity),
    /// A self on a connection belongs to that operator from now on, whoever it belonged to.
    MoveIdentity(Identity),
    /// Somebody signs in or out, a script's key changed, or something of that kind was done.
    SignIn(SignIn),
    /// An operator read, tagged, or looked after the canned replies.
    Desk(Desk),
    /// A picture was copied.
    NewPicture(StoredPicture),
    /// A channel can't be used, with the reason and since when; or can again.
    ChannelBroken(ChannelId, Option<String>, Micros),
    /// A conversation's words are written down anew.
    Search(SearchChange),
}

impl Write {
    /// An empty write under that key.
    #[must_use]
    pub fn new(key: impl Into<Uuid>) -> Self {
        Self { key: key.into(), guards: Vec::new(), changes: Vec::new() }
    }

    /// Adds a change.
    pub fn push(&mut self, change: Change) -> &mut Self {
        self.changes.push(change);
        self
    }

    /// Adds a guard.
    pub fn guard(&mut self, guard: Guard) -> &mut Self {
        self.guards.push(guard);
        self
    }

    /// Stores a conversation as it stands now, if nobody else changed it since it was read.
    pub fn set_conversation(&mut self, conversation: &Conversation) -> &mut Self {
        self.guards.push(Guard::Conversation(conversation.id, conversation.version));
        let mut next = conversation.clone();
        next.version += 1;
        self.changes.push(Change::SetConversation(next));
        self
    }
}
