//! Private words to one operator.
//!
//! What lives here: sending them, best effort. What must not: anything that must not be lost.

use bridge_core::{Action, Answer, AnswerButton, ConnectionId, ReplyHandle};

use super::Service;
use crate::model::MessageId;
use crate::model::words::Doubt;

impl Service {
    /// Answers a person privately; a failure is logged, and nothing else.
    pub(crate) async fn answer(&self, connection: &ConnectionId, to: &ReplyHandle, answer: Answer) {
        let Some(bridge) = self.bridge(connection) else { return };
        if let Err(error) = bridge.respond(to, &answer).await {
            tracing::warn!(connection = %connection, error = %error, "a private answer could not be sent over {connection}");
        }
    }
}

/// The question whether a held reply shall be sent.
pub(crate) fn ask_about_held(message: MessageId, doubt: Doubt) -> Answer {
    let why = match doubt {
        Doubt::UnknownWord => "It begins like a command, but I know no such word (I know !assign, !close and !reopen).",
        Doubt::MentionsTeammate => "It mentions a teammate, so it may be meant for them.",
        Doubt::EditedUnseen => "It was edited while I couldn't see it, so it may have been a note.",
    };
    Answer {
        text: format!("I kept your message inside. {why} Send to visitor?"),
        buttons: vec![
            AnswerButton { label: "Send to visitor".into(), action: Action::SendHeld(message.to_string()) },
            AnswerButton { label: "Keep inside".into(), action: Action::KeepInside(message.to_string()) },
        ],
        replace: false,
    }
}
