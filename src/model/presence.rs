//! Whether an operator can answer now.
//!
//! What lives here: the answer and its rule. What must not: how the facts are gathered.

use serde::{Deserialize, Serialize};

/// Whether an operator can answer now, as a visitor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether somebody can.
    pub online: bool,
}

/// Works it out: somebody can answer when at least one of the domain's channels is heard and not broken. A domain
/// without channels has nobody.
#[must_use]
pub fn presence(channels_heard: impl IntoIterator<Item = bool>) -> Presence {
    Presence { online: channels_heard.into_iter().any(|heard| heard) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_heard_channel_is_enough_and_none_is_not() {
        assert!(presence([false, true]).online);
        assert!(!presence([false, false]).online);
        assert!(!presence([]).online);
    }
}
