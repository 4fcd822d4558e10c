//! What we ask of a platform, and what comes of it.
//!
//! What lives here: operations and their outcomes, in one shape for every platform. What must not: how a platform
//! shows them (that is each bridge's `render`).

use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::bridge::AnswerButton;
use crate::ids::{Micros, RemoteChannel, RemoteUser};
use crate::words::Words;

/// Where an operation happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The channel.
    pub channel: RemoteChannel,
    /// The thread; `None` only for [`Op::OpenThread`].
    pub thread: Option<String>,
    /// The language that people are spoken to there.
    pub words: Words,
}

/// One piece of work towards a platform.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Posts the card, and opens the thread under it.
    OpenThread(Card),
    /// Posts a message in the thread.
    Post(Post),
    /// Changes a message that we posted.
    Edit {
        /// Its remote id.
        id: String,
        /// What it shall be now.
        post: Post,
    },
    /// Removes a message that we posted. A message that is gone already counts as removed.
    Delete {
        /// Its remote id.
        id: String,
    },
    /// Brings the card up to date. Doing it twice is harmless.
    UpdateCard {
        /// The card's remote id.
        id: String,
        /// What it shall show.
        card: Card,
    },
    /// Says something of our own in the thread ("Ada closed the conversation").
    Notice(Notice),
    /// Puts the thread of a closed conversation away, where [`crate::Capabilities::archives`] says that the platform can.
    /// Whatever is posted afterwards brings it back. Doing it twice is harmless.
    Archive,
}

impl Op {
    /// A short name for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OpenThread(_) => "open_thread",
            Self::Post(_) => "post",
            Self::Edit { .. } => "edit",
            Self::Delete { .. } => "delete",
            Self::UpdateCard { .. } => "update_card",
            Self::Notice(_) => "notice",
            Self::Archive => "archive",
        }
    }
}

/// A thread's first message: who writes, from which page, and how the conversation stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The visitor's name, or a made-up one ("Visitor 7F3A"). Untrusted text.
    pub visitor: String,
    /// The visitor's e-mail address, if given.
    pub email: Option<Email>,
    /// The domain's name.
    pub domain: String,
    /// The page that the visitor looks at.
    pub page: Option<CardPage>,
    /// How the conversation stands.
    pub status: CardStatus,
    /// Who takes care of it.
    pub assignee: Option<String>,
    /// Set when this conversation goes on from an earlier thread that is gone.
    pub continued: bool,
    /// Set when the conversation began with the form: nobody waits in a chat, and an answer goes by e-mail or waits.
    pub form: bool,
    /// The thread, in the same channel, of the same visitor's conversation before this one.
    pub earlier: Option<String>,
}

/// An e-mail address and whether it is proved to be the visitor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// The address. Untrusted text.
    pub address: String,
    /// Whether the domain vouched for it.
    pub verified: bool,
}

/// A page of the website. Untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPage {
    /// Its title.
    pub title: String,
    /// Its address, http or https.
    pub url: String,
}

/// How a conversation stands, as a card shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CardStatus {
    /// Open: *Assign to me* and *Close* are offered.
    Open,
    /// Closed: *Reopen* is offered.
    Closed {
        /// Who closed it.
        by: Closer,
    },
}

/// Who closed a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Closer {
    /// The visitor.
    Visitor,
    /// Threadline itself.
    System,
    /// An operator, by the public name.
    Operator(String),
}

impl From<&str> for Closer {
    fn from(name: &str) -> Self {
        Self::Operator(name.to_owned())
    }
}

impl From<String> for Closer {
    fn from(name: String) -> Self {
        Self::Operator(name)
    }
}

/// A message for the thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Whose words they are.
    pub author: PostAuthor,
    /// The words (of this part, where a long message was split).
    pub body: Body,
    /// Which part of the message, counted from 0.
    pub part: u16,
    /// Show it in the channel too, so that people who don't follow the thread notice.
    pub broadcast: bool,
    /// When it was written, if it comes late (a retry) and must say so.
    pub delayed_from: Option<Micros>,
}

/// Whose words a post holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostAuthor {
    /// What they are to the conversation.
    pub speaker: Speaker,
    /// The name to show. Untrusted text.
    pub name: String,
    /// A picture that the platform can fetch from us.
    pub picture: Option<String>,
}

/// What somebody is to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The visitor.
    Visitor,
    /// An operator.
    Operator,
    /// The assistant.
    Assistant,
    /// Threadline itself.
    System,
}

/// Something of our own to say in a thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Plain words.
    pub text: String,
    /// Who shall be called by name before the words, so that the platform notifies them.
    pub mention: Option<RemoteUser>,
    /// Show it in the channel too.
    pub broadcast: bool,
    /// Buttons under it (*Retry*, on a message that was not delivered).
    pub buttons: Vec<AnswerButton>,
}

/// What came of an operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done.
    Applied(Applied),
    /// A step is done; save the state, then call again with it.
    Continue(StepState),
    /// It will be done when the platform's event with this handle arrives.
    AwaitEcho {
        /// Names the event.
        handle: String,
    },
}

/// What an operation left on the platform.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Applied {
    /// The id of the message that was posted (for a card: the card's).
    pub id: Option<String>,
    /// The thread that was opened.
    pub thread: Option<String>,
}

/// How far a many-step operation has come. Only the bridge that made it can read it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepState(pub serde_json::Value);

/// What is known of an operation that was tried, for [`crate::Bridge::find`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// When it was tried, by our clock.
    pub at: Micros,
    /// Messages of ours in the thread that are known to be the outcome of other operations. Lanes are worked on one
    /// operation at a time, so that on a platform which keeps no key of ours, what is not among these is the one.
    pub taken: Vec<String>,
}

/// Whether an operation whose outcome was unknown had been applied.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// It had.
    Yes(Outcome),
    /// It is too early to tell.
    NotYet,
    /// It had not, for sure.
    No,
}
