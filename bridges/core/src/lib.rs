//! The contract between Threadline and a chat platform.
//!
//! What lives here: the names of things on a platform ([`ids`]), formatted text ([`body`]), what a platform tells us
//! ([`inbound`]), what we ask of it ([`op`]), what keeps text and links honest ([`honest`]), what is said in people's language
//! ([`words`]), and the [`Bridge`] trait that ties them together. What must not: any HTTP server, any SQL, any vendor's SDK, and any one platform's name or habits.

pub mod body;
pub mod bridge;
pub mod error;
pub mod honest;
pub mod ids;
pub mod inbound;
pub mod op;
pub mod split;
#[cfg(feature = "testing")]
pub mod testing;
pub mod words;

pub use body::{Block, Body, Inline};
pub use bridge::{
    Active, Answer, AnswerButton, Bridge, Capabilities, Cursor, DirectoryAnswer, DirectoryQuery, Finding, HookRequest,
    HookResponse, LinkCursor, Pace, Page, Person, Picture, Severity, Signal, Standing,
};
pub use error::{BridgeError, Scope, SinkError};
pub use ids::{
    BridgeKind, ConnectionId, IdempotencyKey, Micros, ParseIdError, RemoteChannel, RemoteThread, RemoteUser,
};
pub use inbound::{
    Action, Click, Inbound, InboundEvent, InboundSink, ListenReport, RemoteAuthor, RemoteFile, RemoteMessage,
    ReplyHandle, TeamCommand, Wish,
};
pub use op::{
    Applied, Card, CardPage, CardStatus, Closer, Email, Found, Notice, Op, Outcome, Post, PostAuthor, Sent, Speaker,
    StepState, Target,
};
pub use words::{Sentence, Word, Words};
