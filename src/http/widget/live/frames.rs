//! The frames of the live line, as JSON.
//!
//! What lives here: their shapes. What must not: when they are sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::super::problem::Problem;
use super::super::view::{Author, Batch, Conversation, Presence};

/// What the server says.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::http) enum ServerFrame {
    /// The hello was good.
    Ready {
        /// Whether somebody can answer now.
        presence: Presence,
        /// The visitor's newest conversation.
        #[schema(required = true)]
        conversation: Option<Conversation>,
        /// The event that the stream begins after.
        after: i64,
    },
    /// Something happened.
    Batch(Batch),
    /// Whether somebody can answer has changed.
    Presence {
        /// What it is now.
        presence: Presence,
    },
    /// An operator is typing; show it for 6 s.
    Typing {
        /// Who.
        author: Author,
    },
    /// Every 20 s; answer `pong`. After 45 s without any frame the line is dead.
    Ping,
    /// The line ends, and why.
    Error {
        /// Why.
        problem: Problem,
    },
}

/// What the client says, in at most 4 KiB.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::http) enum ClientFrame {
    /// The first frame.
    Hello {
        /// The visitor's token.
        token: String,
        /// The last event that is known; 0 for all.
        #[serde(default)]
        after: i64,
    },
    /// The visitor is typing.
    Typing,
    /// The answer to `ping`.
    Pong,
}

#[cfg(test)]
mod tests {
    use super::super::super::super::line::{Heard, read};
    use super::*;

    const LIMIT: usize = 4 << 10;

    #[test]
    fn frames_are_read() {
        let frame = |text: &str| read::<ClientFrame>(text, LIMIT);
        let hello = frame(r#"{"type":"hello","token":"abc","after":7}"#);
        assert!(matches!(hello, Heard::Frame(ClientFrame::Hello { token, after: 7 }) if token == "abc"));
        assert!(matches!(frame(r#"{"type":"pong"}"#), Heard::Frame(ClientFrame::Pong)));
        for nonsense in ["", "{", "[]", r#"{"type":"dance"}"#, r#"{"type":"hello"}"#, &" ".repeat(LIMIT + 1)] {
            assert!(matches!(frame(nonsense), Heard::Nonsense(_)), "{nonsense:.20}");
        }
    }
}
