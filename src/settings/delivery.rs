//! `[delivery]`: the patience of those who carry messages to platforms and back.
//!
//! What lives here: that section. What must not: the carrying.

use std::time::Duration;

use super::read::{Section, span, whole};

/// The patience of those who carry messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// For how long one worker holds a piece of work before another may ask what became of it.
    pub lease: Duration,
    /// How long after a lost answer a platform is asked whether it did the work.
    pub find_after: Duration,
    /// How many messages before the last known one are read again after a reconnect, to see edits and deletions.
    pub catch_up_lookback: u16,
    /// For how long the key of a handled event is remembered, so that a repeated one is known.
    pub keep_intake_keys: Duration,
    /// How long a stop waits for work that is under way.
    pub drain: Duration,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            find_after: Duration::from_secs(2),
            catch_up_lookback: 50,
            keep_intake_keys: Duration::from_secs(7 * 86_400),
            drain: Duration::from_secs(10),
        }
    }
}

impl Delivery {
    pub(super) fn read(section: Section<'_>) -> Self {
        let default = Self::default();
        let seconds = Duration::from_secs;
        let delivery = Self {
            lease: section.value("lease", default.lease, |node| span(node, seconds(5), seconds(600))),
            find_after: section
                .value("find_after", default.find_after, |node| span(node, Duration::from_millis(1), seconds(60))),
            catch_up_lookback: section.value("catch_up_lookback", default.catch_up_lookback, |node| {
                whole(node, 1, 1_000).map(|number| u16::try_from(number).unwrap_or(u16::MAX))
            }),
            // Platforms repeat an event for some minutes; shorter than that would let one in twice.
            keep_intake_keys: section.value("keep_intake_keys", default.keep_intake_keys, |node| {
                span(node, seconds(3_600), seconds(90 * 86_400))
            }),
            drain: section.value("drain", default.drain, |node| span(node, Duration::ZERO, seconds(300))),
        };
        section.finish();
        delivery
    }
}
