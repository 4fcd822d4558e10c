//! Threadline: live chat that a team answers from the chat it already uses.
//!
//! The map of the house. Each room may use those below it, never those above; `tests/it/house.rs` holds it.
//!
//! | Room | Holds |
//! |---|---|
//! | [`cli`] | the command line |
//! | [`demo`] | `threadline demo` |
//! | [`app`] | wiring: the only file that knows every layer |
//! | [`settings`] | the configuration file, a file a section |
//! | [`http`] | every URL; the widget's API and WebSocket, hooks, pages |
//! | [`worker`] | what runs beside requests: delivery, intake, catch-up, cards |
//! | [`service`] | the use cases, one a file |
//! | [`live`] | who listens now |
//! | [`store`] | the database: the only place with SQL |
//! | [`model`] | pure rules of a conversation |
//! | [`clock`] | time, ids, randomness |
//! | [`shutdown`], [`telemetry`], [`failpoint`] | how the program ends, what it logs, where a test may kill it |

pub mod app;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod failpoint;
pub mod http;
pub mod live;
pub mod model;
pub mod service;
pub mod settings;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod worker;
