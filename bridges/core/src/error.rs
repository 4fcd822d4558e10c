//! What can go wrong at a platform, in words that the delivery worker understands.
//!
//! What lives here: [`BridgeError`] and [`SinkError`]. What must not: any vendor's error type. A bridge sorts its
//! vendor's errors into these kinds, and nobody above ever looks inside one.

use std::fmt;
use std::time::Duration;

/// Why a call to a platform did not succeed, sorted by what must be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BridgeError {
    /// Too fast. Nothing was applied; the same call may be made again after the given time.
    #[error("the platform asks to wait {} s ({scope})", after.as_secs_f32().ceil())]
    RateLimited {
        /// How long the platform asks to wait.
        after: Duration,
        /// What has to wait.
        scope: Scope,
    },
    /// The request may or may not have been applied (a time-out, a reset, a 5xx): it must be reconciled first.
    #[error("the outcome is unknown: {why}")]
    Ambiguous {
        /// What was seen.
        why: String,
    },
    /// Nothing was applied (no connection could be made, say); trying again later is safe.
    #[error("the platform could not be reached: {why}")]
    Transient {
        /// What was seen.
        why: String,
    },
    /// The platform refuses this very content, and will refuse it again.
    #[error("the platform refused it: {why}")]
    Rejected {
        /// The platform's reason, fit for an operator's eyes.
        why: String,
    },
    /// The thread (its first message) is no longer there.
    #[error("the thread no longer exists")]
    ThreadGone,
    /// The channel can't be used (archived, deleted, the bot removed): nothing in it works until people mend it.
    #[error("the channel can't be used: {why}")]
    ChannelBroken {
        /// The reason and the fix, fit for an operator's eyes.
        why: String,
    },
    /// The whole connection can't be used (a revoked token, a missing scope).
    #[error("the connection is not authorised: {why}")]
    Unauthorized {
        /// The reason and the fix, fit for an admin's eyes.
        why: String,
    },
}

/// What a platform's wish to go slower is about. Whatever is outside goes on at its own pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything that this connection does.
    Connection,
    /// Everything in the channel, threads included.
    Channel,
    /// Opening threads in the channel; those that exist go on.
    Opening,
    /// The one thread.
    Thread,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection => "the whole connection",
            Self::Channel => "the channel",
            Self::Opening => "new threads in the channel",
            Self::Thread => "this thread",
        })
    }
}

/// Why an inbound event could not be made durable; the platform must not be told that we have it.
#[derive(Debug, thiserror::Error)]
#[error("the event could not be stored: {0}")]
pub struct SinkError(pub String);
