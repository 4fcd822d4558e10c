//! Where a private answer goes: what a message or an interaction leaves behind for `respond`.
//!
//! What lives here: the handle's form. What must not: the answering.

use bridge_core::{BridgeError, Micros, ReplyHandle};
use serde::{Deserialize, Serialize};

/// Where a private answer goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Handle {
    /// Under a message, where everybody in the thread can read it: Discord has no private message there.
    Message {
        /// The thread (or channel) that the message is in.
        channel: String,
        /// The message.
        message: String,
        /// Who wrote it.
        user: String,
    },
    /// To a press on a button or a command, seen by that person alone.
    Interaction {
        /// The application's id, which the address of the answer needs.
        application: String,
        /// The interaction's token, good for 15 minutes. Whoever has it can answer in the channel.
        token: String,
        /// Whether the person sees that we think (a command): the answer takes that place, or it is taken away. Otherwise a
        /// button was pressed, and an answer is a message of its own.
        ephemeral_pending: bool,
        /// Where it happened: the thread, or the channel where the card is.
        channel: String,
        /// The message that holds the pressed button, where it is one that only asks (a private question, a notice) and may
        /// be replaced by the answer. Never a card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Who pressed.
        user: String,
        /// When, so that nobody asks a token that is too old.
        at: Micros,
    },
}

impl Handle {
    /// In the contract's form.
    pub(crate) fn to_reply(&self) -> ReplyHandle {
        ReplyHandle(serde_json::to_value(self).unwrap_or_default())
    }

    /// Back from the contract's form.
    pub(crate) fn read(reply: &ReplyHandle) -> Result<Self, BridgeError> {
        serde_json::from_value(reply.0.clone()).map_err(|_| BridgeError::Rejected {
            why: "the handle for a private answer is not one of Discord's".to_owned(),
        })
    }

    /// Whether an answer there is seen by one person alone.
    pub(crate) const fn is_private(&self) -> bool {
        matches!(self, Self::Interaction { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_survives_being_stored() {
        let handles = [
            Handle::Message { channel: "1".into(), message: "2".into(), user: "3".into() },
            Handle::Interaction {
                application: "1".into(),
                token: "secret".into(),
                ephemeral_pending: true,
                channel: "2".into(),
                message: None,
                user: "3".into(),
                at: Micros(5),
            },
        ];
        for handle in handles {
            let reply = handle.to_reply();
            assert!(Handle::read(&reply).unwrap() == handle);
            assert_eq!(handle.is_private(), reply.0["kind"] == "interaction");
        }
        assert!(Handle::read(&ReplyHandle::default()).is_err());
    }
}
