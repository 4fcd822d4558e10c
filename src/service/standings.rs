//! What platforms last said about whether somebody is an operator there.
//!
//! What lives here: a short memory, so that a page's requests don't each ask a platform. What must not: the asking.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bridge_core::Micros;

use crate::store::Account;

/// For how long an answer counts.
const GOOD_FOR: Duration = Duration::from_secs(300);
/// Of how many accounts answers are kept before the oldest make room.
const MOST: usize = 10_000;

/// What platforms last said. In memory alone: after a restart they are asked again.
#[derive(Default)]
pub struct Standings(Mutex<HashMap<Account, (bool, Micros)>>);

impl Standings {
    /// Whether that account is an operator's, as far as it was told lately.
    pub(super) fn lately(&self, account: &Account, now: Micros) -> Option<bool> {
        let all = self.lock();
        all.get(account).filter(|(_, at)| now < at.plus(GOOD_FOR)).map(|(stands, _)| *stands)
    }

    /// Notes what a platform said.
    pub(super) fn note(&self, account: Account, stands: bool, now: Micros) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, (_, at)| now < at.plus(GOOD_FOR));
        }
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(account, (stands, now));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Account, (bool, Micros)>> {
        // Whoever panicked left the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bridge_core::RemoteUser;

    use super::*;

    #[test]
    fn an_answer_counts_for_five_minutes_and_until_the_next() {
        let standings = Standings::default();
        let ada = Account { connection: "chat.one".parse().unwrap(), user: RemoteUser("ada".into()) };
        let now = Micros(1_790_000_000_000_000);
        assert_eq!(standings.lately(&ada, now), None);
        standings.note(ada.clone(), true, now);
        assert_eq!(standings.lately(&ada, now.plus(Duration::from_secs(299))), Some(true));
        assert_eq!(standings.lately(&ada, now.plus(GOOD_FOR)), None);
        standings.note(ada.clone(), false, now);
        assert_eq!(standings.lately(&ada, now), Some(false));
    }
}
