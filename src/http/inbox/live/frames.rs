//! The frames of the inbox's live line, as JSON.
//!
//! What lives here: their shapes. What must not: when they are sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::super::problem::Problem;
use super::super::super::widget::view::Author;
use super::super::view::domain::InboxDomain;
use super::super::view::message::InboxBatch;
use super::super::view::people::OperatorBrief;
use super::super::view::summary::Summary;

/// What the server says to an operator's page.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::http) enum InboxServerFrame {
    /// The hello was good. Read the lists now: from here on every change is told.
    Ready {
        /// The operator's domains.
        domains: Vec<InboxDomain>,
    },
    /// Who can answer on a domain, or how much there is to do, has changed.
    Domain {
        /// As it stands now.
        domain: InboxDomain,
    },
    /// A conversation on one of the operator's domains has changed.
    Conversation {
        /// As it stands now.
        conversation: Box<Summary>,
    },
    /// Something happened in the watched conversation.
    Batch(Box<InboxBatch>),
    /// Somebody else is typing; show it for 6 s.
    Typing {
        /// In which conversation.
        conversation: Uuid,
        /// Who.
        author: Author,
    },
    /// Who else has the watched conversation open.
    Viewing {
        /// Which conversation.
        conversation: Uuid,
        /// The others.
        operators: Vec<OperatorBrief>,
    },
    /// Who the operator is, or what they said of themselves, has changed elsewhere: ask for the session again.
    Me,
    /// The session has ended; the line ends too, with 4401.
    SignedOut,
    /// Every 25 s; answer `pong`. After 60 s without any frame the line is dead.
    Ping,
    /// Some changes were missed: read the lists again.
    Reset,
    /// A frame could not be taken; the line goes on, unless it is closed behind this.
    Error {
        /// Why.
        problem: Problem,
    },
}

/// What an operator's page says, in at most 16 KiB.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::http) enum InboxClientFrame {
    /// The first frame, within 10 s.
    Hello {
        /// Whether the page is in use: it is seen, and somebody moved in it within two minutes.
        #[serde(default)]
        active: bool,
    },
    /// Whether the page is in use has changed.
    Active {
        /// Whether it is.
        active: bool,
    },
    /// Tell what happens in this conversation, and in no other.
    Watch {
        /// Which.
        conversation: Uuid,
        /// The last event that is known.
        #[serde(default)]
        after: i64,
    },
    /// Tell of no conversation any more.
    Unwatch,
    /// The operator is typing; at most once in 3 s.
    Typing {
        /// In which conversation.
        conversation: Uuid,
    },
    /// The answer to `ping`.
    Pong,
}

#[cfg(test)]
mod tests {
    use super::super::super::super::line::{Heard, read};
    use super::*;

    #[test]
    fn frames_are_read() {
        let frame = |text: &str| read::<InboxClientFrame>(text, 16 << 10);
        assert!(matches!(
            frame(r#"{"type":"hello","active":true}"#),
            Heard::Frame(InboxClientFrame::Hello { active: true })
        ));
        let watch = r#"{"type":"watch","conversation":"01890000-0000-7000-8000-000000000001","after":7}"#;
        assert!(matches!(frame(watch), Heard::Frame(InboxClientFrame::Watch { after: 7, .. })));
        for nonsense in ["", "[]", r#"{"type":"dance"}"#, r#"{"type":"watch","conversation":"7"}"#] {
            assert!(matches!(frame(nonsense), Heard::Nonsense(_)), "{nonsense}");
        }
    }
}
