//! The HTTP layer: the widget's API and its WebSocket, the platforms' hooks, the pages, and what describes and watches them.
//!
//! What lives here: taking a request apart, one call of a use case, and putting the answer together. What must not: a rule
//! about conversations, SQL, or a platform's name. [`router()`] holds every URL on one page.

pub mod limits;

mod admin;
mod cors;
mod error;
mod extract;
mod health;
mod hooks;
mod inbox;
mod layers;
mod line;
mod openapi;
mod pages;
mod problem;
mod router;
mod sign_in;
#[cfg(test)]
mod testing;
mod widget;

use std::sync::Arc;

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::service::Service;

pub use openapi::openapi;
pub use router::router;

/// What the handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The use cases.
    pub service: Service,
    /// The front end's files.
    pub assets: threadline_web::Assets,
    /// How much anybody may ask for.
    pub limits: Arc<limits::Limiters>,
    /// The clock.
    pub clock: Clock,
    /// The proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `/demo` is there.
    pub demo: bool,
    /// Once cancelled, live sockets are closed with 1001.
    pub stop: CancellationToken,
    /// The open live sockets; after `stop`, wait for it so that each is told why it ends.
    pub sockets: TaskTracker,
}
