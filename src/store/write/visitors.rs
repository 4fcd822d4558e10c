//! Changes to who a visitor is.
//!
//! What lives here: the values. What must not: how they become SQL, or why they are made.

use crate::model::{SessionId, VisitorId};

use super::{Change, Write};

/// A visitor turned out to be another one, or a browser no longer is a visitor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognition {
    /// A browser's session ended. Guard it by [`super::Guard::Session`], so that what follows from it happens once.
    EndSession(SessionId),
    /// The events of the first visitor are the second one's, with numbers that many higher. While they move, their numbers
    /// are negative, so that none meets another.
    MoveEvents(VisitorId, VisitorId, i64),
    /// The events of a visitor whose numbers are negative have moved.
    SettleEvents(VisitorId),
    /// The messages of the first visitor are the second one's. A key that the second one used too is forgotten.
    MoveMessages(VisitorId, VisitorId),
    /// All sessions of a visitor ended.
    EndSessions(VisitorId),
    /// A visitor who turned out to be another one is no more.
    Forget(VisitorId),
}

impl Write {
    /// Makes one visitor of two: what `from` said and saw is `into`'s, with event numbers `ahead` higher. The conversations
    /// themselves are the caller's to move, in the same write; one that is left behind makes it a conflict.
    pub fn merge_visitors(&mut self, from: VisitorId, into: VisitorId, ahead: i64) -> &mut Self {
        let steps = [
            Recognition::MoveEvents(from, into, ahead),
            Recognition::SettleEvents(into),
            Recognition::MoveMessages(from, into),
            Recognition::EndSessions(from),
            Recognition::Forget(from),
        ];
        self.changes.extend(steps.map(Change::Recognition));
        self
    }
}
