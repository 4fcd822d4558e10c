//! Says things that anybody can cause only now and then.
//!
//! What lives here: the count of what was not said. What must not: the saying itself.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bridge_core::Micros;

/// How long it is silent after having said something.
const SILENCE: Duration = Duration::from_secs(60);

/// Lets one through in a minute and counts the others.
#[derive(Debug, Default)]
pub(crate) struct Seldom(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    said_at: Option<Micros>,
    unsaid: u64,
}

impl Seldom {
    /// Counts one more. Gives how many were left out since the last one that was said, if this one may be said.
    pub(crate) fn may_say(&self, now: Micros) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not silence it for long.
        let apart = |at: Micros| now.since(at).max(at.since(now));
        if state.said_at.is_some_and(|at| apart(at) < SILENCE) {
            state.unsaid = state.unsaid.saturating_add(1);
            return None;
        }
        state.said_at = Some(now);
        Some(std::mem::take(&mut state.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_minute_is_said_and_the_others_are_counted() {
        let seldom = Seldom::default();
        let at = |seconds: i64| seldom.may_say(Micros(seconds * 1_000_000));
        assert_eq!([at(100), at(100), at(130), at(159)], [Some(0), None, None, None]);
        assert_eq!([at(160), at(161), at(220)], [Some(3), None, Some(1)]);
        assert_eq!(at(10), Some(0), "the clock was set back");
    }
}
