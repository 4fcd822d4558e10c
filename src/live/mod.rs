//! Who listens now: browsers' streams, presence, and the workers' wake-ups.
//!
//! What lives here: signals in memory. What must not: anything that would be missed if it were lost; the truth is in the
//! database, and every listener reads it there.

pub mod hub;
pub mod presence;
pub mod team;
pub mod viewing;
pub mod wake;

pub use hub::{Hub, Nudge, Subscription};
pub use presence::PresenceBoard;
pub use team::{TeamNudge, TeamSubscription};
pub use viewing::Viewing;
pub use wake::Wake;
