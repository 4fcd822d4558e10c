//! Why a check was not passed.
//!
//! What lives here: [`Failed`]. What must not: a reason's own type; a reader needs words.

use std::fmt;

use crate::error::BridgeError;

/// What was seen in place of what a check demands, in words for whoever writes the bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed(pub String);

impl Failed {
    /// Anything that can be shown.
    pub fn new(seen: impl fmt::Display) -> Self {
        Self(seen.to_string())
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

impl From<BridgeError> for Failed {
    fn from(error: BridgeError) -> Self {
        Self(format!("a call failed that should not: {error} ({error:?})"))
    }
}

/// Says what was seen, unless it is as demanded.
pub(crate) fn demand(holds: bool, seen: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(Failed(seen())) }
}
