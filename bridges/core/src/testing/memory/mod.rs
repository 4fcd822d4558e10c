//! The smallest platform that a bridge can be written for, and that bridge: the example of `docs/BRIDGES.md`.
//!
//! What lives here: a chat in this process's memory (`platform`), the bridge to it (`bridge`), and the stand on which the
//! checks try it (`stand`). What must not: anything that the example doesn't need.

mod bridge;
mod markup;
mod platform;
mod render;
mod stand;

pub use bridge::{KIND, MemoryBridge};
pub use platform::{Platform, Refusal};
pub use stand::MemoryStand;
