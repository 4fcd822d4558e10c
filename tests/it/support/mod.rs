//! What several tests stand on.
//!
//! What lives here: helpers without an opinion. What must not: tests.

pub(crate) mod binary;
pub(crate) mod database;
pub(crate) mod door;
pub(crate) mod jwt;
pub(crate) mod operator;
pub(crate) mod port;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod promise;
pub(crate) mod refusal;
pub(crate) mod room;
pub(crate) mod stand;
pub(crate) mod team;
pub(crate) mod visitor;

use std::time::Duration;

/// How long a test waits for something before it says that it won't happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
