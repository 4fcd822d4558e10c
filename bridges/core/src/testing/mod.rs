//! What every bridge must do, as a list of checks that a test runs against it, and the smallest platform that passes them.
//!
//! What lives here: the checks ([`conformance`]), what they need of a platform to try a bridge on it ([`stand`]), a sink
//! that remembers ([`sink`]), and a platform in memory with its bridge ([`memory`]). What must not: any real platform's
//! name, and anything that a program in use would need. `docs/BRIDGES.md` tells how to use it.

mod bench;
mod checks;
pub mod conformance;
mod failed;
pub mod memory;
mod samples;
pub mod sink;
pub mod stand;
mod texts;

pub use conformance::{CHECKS, Check, run};
pub use failed::Failed;
pub use sink::{Notebook, Told};
pub use stand::{Shown, Stand, Who};
pub use texts::words;
