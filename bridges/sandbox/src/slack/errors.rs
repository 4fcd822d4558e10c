//! Errors of acting as a person.
//!
//! What lives here: [`PersonError`]. What must not: the Web API's own codes, which are Slack's words (see `api`).

/// Why a person can't do that. Each says what is wrong and with what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonError {
    /// No such id in the seed.
    #[error("there is no person {0}: add them to the seed")]
    NoSuchPerson(String),
    /// They can't sign in any more.
    #[error("{0} is deactivated")]
    Deactivated(String),
    /// No such id in the seed.
    #[error("there is no channel {0}: add it to the seed")]
    NoSuchChannel(String),
    /// They have to join first.
    #[error("{user} is not in {channel}: join or invite first")]
    NotInChannel {
        /// Who.
        user: String,
        /// Where.
        channel: String,
    },
    /// Nothing can be written there.
    #[error("{0} is archived")]
    Archived(String),
    /// No message with this time, or it was deleted.
    #[error("there is no message {0}")]
    NoSuchMessage(String),
    /// Slack lets people change only what is their own.
    #[error("message {0} is somebody else's")]
    NotTheirs(String),
    /// The message has no button with this action id.
    #[error("message {ts} has no button {action_id}")]
    NoSuchButton {
        /// The message.
        ts: String,
        /// The wanted action id.
        action_id: String,
    },
    /// Slack's composer takes a leading slash as a command.
    #[error("a message that begins with / is taken as a command")]
    LooksLikeCommand,
    /// Slack refuses an app's commands inside threads.
    #[error("slash commands can't be used in threads")]
    CommandInThread,
    /// No app has this command or shortcut.
    #[error("no app has {0}")]
    NoSuchCommand(String),
    /// No such app, group or file.
    #[error("there is no {0}")]
    NoSuchThing(String),
    /// Nothing was typed.
    #[error("there is nothing to send")]
    Empty,
    /// Slack refused for this reason.
    #[error("Slack says {0}")]
    Refused(String),
}
