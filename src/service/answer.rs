//! Private words to one operator.
//!
//! What lives here: sending them, best effort. What must not: anything that must not be lost.

use bridge_core::{Action, Answer, AnswerButton, BridgeError, ConnectionId, ReplyHandle, Words};

use super::say::Say;
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
pub(crate) fn ask_about_held(message: MessageId, doubt: Doubt, words: Words) -> Answer {
    let question = words.text(match doubt {
        Doubt::UnknownWord => Say::HeldUnknownCommand,
        Doubt::SlippedCommand => Say::HeldSlippedCommand,
        Doubt::MentionsTeammate => Say::HeldMention,
        Doubt::EditedUnseen => Say::HeldEdited,
    });
    Answer { buttons: held_buttons(&message.to_string(), words), ..Answer::text(question) }
}

/// The two ways to decide about a held reply.
pub(crate) fn held_buttons(message: &str, words: Words) -> Vec<AnswerButton> {
    vec![
        AnswerButton { label: words.text(Say::SendHeld).into(), action: Action::SendHeld(message.to_owned()) },
        AnswerButton { label: words.text(Say::KeepInside).into(), action: Action::KeepInside(message.to_owned()) },
    ]
}
