//! Errors of acting as a person.
//!
//! What lives here: [`PersonError`]. What must not: the API's own codes (see `rest`).

/// Why a person can't do that. Each says what is wrong and with what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonError {
    /// No such id in the seed, or they left the guild.
    #[error("there is no person {0}: add them to the seed")]
    NoSuchPerson(String),
    /// No such channel or thread, or it was deleted.
    #[error("there is no channel {0}")]
    NoSuchChannel(String),
    /// Their roles or the channel's overwrites don't let them.
    #[error("{user} may not do that in {channel}")]
    Forbidden {
        /// Who.
        user: String,
        /// Where.
        channel: String,
    },
    /// Buttons and some changes don't work there.
    #[error("thread {0} is archived")]
    Archived(String),
    /// Only who manages threads can write there.
    #[error("thread {0} is locked")]
    Locked(String),
    /// The guild has as many active threads as Discord allows.
    #[error("there are too many active threads: archive some")]
    TooManyThreads,
    /// No message with this id, or it was deleted.
    #[error("there is no message {0}")]
    NoSuchMessage(String),
    /// Discord lets people change only what is their own.
    #[error("message {0} is somebody else's")]
    NotTheirs(String),
    /// The message has no button whose custom id begins so.
    #[error("message {message} has no button {custom_id}")]
    NoSuchButton {
        /// The message.
        message: String,
        /// The wanted beginning of the custom id.
        custom_id: String,
    },
    /// No app has this command.
    #[error("no app has the command {0}")]
    NoSuchCommand(String),
    /// A command's required option is missing, or one is there that it doesn't have.
    #[error("the command {command} doesn't take these options: {why}")]
    WrongOptions {
        /// The command.
        command: String,
        /// What is wrong.
        why: String,
    },
    /// No such role, app or file.
    #[error("there is no {0}")]
    NoSuchThing(String),
    /// Nothing was typed.
    #[error("there is nothing to send")]
    Empty,
    /// Over 2,000 characters.
    #[error("the message has {0} characters, over Discord's 2,000")]
    TooLong(usize),
    /// Discord refused for this reason.
    #[error("Discord says {0}")]
    Refused(String),
}
