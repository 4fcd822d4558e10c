//! Whether an operator can answer now.
//!
//! What lives here: the answer and its rule. What must not: how the facts are gathered, and who is told.

use std::time::Duration;

use bridge_core::{BridgeKind, Micros};
use serde::{Deserialize, Serialize};

use super::ids::OperatorId;
use super::operator::Availability;

/// For how long somebody who wrote, pressed or commanded on a platform counts as being there, where the platform itself
/// doesn't tell.
pub const SPOKE_FOR: Duration = Duration::from_secs(600);

/// For how long a platform's word about who is there holds while it can't be asked again.
pub const HEARD_FOR: Duration = Duration::from_secs(300);

/// How long a page that has just been left still counts: loading it anew must not look like going away.
pub const LEAVING_FOR: Duration = Duration::from_secs(3);

/// How long a page that is open and no longer in use still counts: whoever looks something up in another tab hasn't gone.
pub const RESTING_FOR: Duration = Duration::from_secs(10);

/// Whether an operator can answer now, as a visitor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether somebody can.
    pub online: bool,
}

/// By what an operator is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// A page of ours is open and in use.
    Inbox,
    /// They are active on a platform where the domain's conversations land.
    Platform(BridgeKind),
    /// They said so.
    Said,
}

impl How {
    /// The word for it; a platform's is its own.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Inbox => "inbox",
            Self::Platform(kind) => kind.as_str(),
            Self::Said => "said",
        }
    }
}

/// An operator who can answer now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// Who.
    pub operator: OperatorId,
    /// By what.
    pub how: How,
    /// Since when, where that is known.
    pub since: Option<Micros>,
}

/// What is known of one operator who serves a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signs {
    /// Who.
    pub operator: OperatorId,
    /// What they say.
    pub availability: Availability,
    /// Since when they say it, where that is known.
    pub said_since: Option<Micros>,
    /// Since when a page of theirs is in use, if one is.
    pub page_since: Option<Micros>,
    /// Where the domain's conversations land and they are active, since when; only channels that are heard and whole.
    pub active: Vec<(BridgeKind, Micros)>,
}

/// Whether this operator can answer: they are there, or say so, and don't say that they aren't. A page counts before a
/// platform, and a platform before a word.
#[must_use]
pub fn monitor(signs: &Signs) -> Option<Monitor> {
    let by = |how, since| Some(Monitor { operator: signs.operator, how, since });
    if signs.availability == Availability::Away {
        return None;
    }
    if let Some(since) = signs.page_since {
        return by(How::Inbox, Some(since));
    }
    if let Some((kind, since)) = signs.active.iter().min_by_key(|(_, since)| *since) {
        return by(How::Platform(kind.clone()), Some(*since));
    }
    if signs.availability == Availability::Back { by(How::Said, signs.said_since) } else { None }
}

/// Works it out: a domain can be answered while at least one operator who serves it can.
#[must_use]
pub const fn presence(monitors: &[Monitor]) -> Presence {
    Presence { online: !monitors.is_empty() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn signs(availability: Availability, page: bool, active: &[(&'static str, i64)]) -> Signs {
        Signs {
            operator: OperatorId(Uuid::nil()),
            availability,
            said_since: Some(Micros(3)),
            page_since: page.then_some(Micros(2)),
            active: active.iter().map(|(kind, at)| (BridgeKind::constant(kind), Micros(*at))).collect(),
        }
    }

    fn how(signs: &Signs) -> Option<String> {
        monitor(signs).map(|found| format!("{} {:?}", found.how.as_str(), found.since.map(|at| at.0)))
    }

    #[test]
    fn who_is_there_or_says_so_can_answer() {
        use Availability::{Auto, Away, Back};
        let there = [("chat", 7), ("talk", 5)];
        assert_eq!(how(&signs(Auto, false, &[])), None);
        assert_eq!(how(&signs(Auto, true, &there)).as_deref(), Some("inbox Some(2)"));
        assert_eq!(how(&signs(Auto, false, &there)).as_deref(), Some("talk Some(5)"));
        assert_eq!(how(&signs(Back, false, &[])).as_deref(), Some("said Some(3)"));
        assert_eq!(how(&signs(Back, true, &[])).as_deref(), Some("inbox Some(2)"));
        assert_eq!(how(&signs(Away, true, &there)), None, "away beats everything");
    }

    #[test]
    fn one_is_enough_and_none_is_not() {
        let one = monitor(&signs(Availability::Back, false, &[])).unwrap();
        assert!(presence(&[one]).online);
        assert!(!presence(&[]).online);
    }
}
