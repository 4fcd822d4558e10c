//! Private words to one operator.
//!
//! What lives here: sending them, best effort. What must not: anything that must not be lost.

use bridge_core::{Action, Answer, AnswerButton, BridgeError, ConnectionId, ReplyHandle};

use super::{Service, ServiceError};
use crate::failpoint::reached;
use crate::model::MessageId;
use crate::model::words::Doubt;

impl Service {
    /// Answers a person privately; a failure is logged, and nothing else.
    pub(crate) async fn answer(&self, connection: &ConnectionId, to: &ReplyHandle, answer: Answer) {
        let Some(bridge) = self.bridge(connection) else { return };
        reached("respond_before_call");
        let answered = bridge.respond(to, &answer).await;
        reached("respond_after_call");
        if let Err(error) = answered {
            tracing::warn!(connection = %connection, error = %error, "a private answer could not be sent over {connection}");
        }
    }
}

/// How often a question is put before it is given up: the reply stays inside, and its author can write it again.
const QUESTIONS: i64 = 5;

impl Service {
    /// Puts a question that must be heard: where the platform can't be reached, the event that raised it is tried again.
    pub(crate) async fn ask(
        &self,
        connection: &ConnectionId,
        to: &ReplyHandle,
        question: Answer,
        attempt: i64,
    ) -> Result<(), ServiceError> {
        let Some(bridge) = self.bridge(connection) else { return Ok(()) };
        reached("respond_before_call");
        let asked = bridge.respond(to, &question).await;
        reached("respond_after_call");
        match asked {
            Ok(()) => Ok(()),
            Err(error) if attempt < QUESTIONS && can_be_tried_again(&error) => {
                Err(ServiceError::Unavailable(Box::new(error)))
            }
            Err(error) => {
                tracing::warn!(connection = %connection, error = %error, "a question about a held reply could not be put over {connection}");
                Ok(())
            }
        }
    }
}

const fn can_be_tried_again(error: &BridgeError) -> bool {
    matches!(error, BridgeError::RateLimited { .. } | BridgeError::Transient { .. } | BridgeError::Ambiguous { .. })
}

/// The question whether a held reply shall be sent.
pub(crate) fn ask_about_held(message: MessageId, doubt: Doubt) -> Answer {
    let why = match doubt {
        Doubt::UnknownWord => {
            "It begins like a command, but I know no such word (I know !assign, !close, !reopen and !link)."
        }
        Doubt::SlippedCommand => "It begins like a command, so it may have slipped into the text.",
        Doubt::MentionsTeammate => "It mentions a teammate, so it may be meant for them.",
        Doubt::EditedUnseen => "It was edited while I couldn't see it, so it may have been a note.",
    };
    Answer {
        text: format!("I kept your message inside. {why} Send to visitor?"),
        buttons: held_buttons(&message.to_string()),
        replace: false,
        link: None,
    }
}

/// The two ways to decide about a held reply.
pub(crate) fn held_buttons(message: &str) -> Vec<AnswerButton> {
    vec![
        AnswerButton { label: "Send to visitor".into(), action: Action::SendHeld(message.to_owned()) },
        AnswerButton { label: "Keep inside".into(), action: Action::KeepInside(message.to_owned()) },
    ]
}
