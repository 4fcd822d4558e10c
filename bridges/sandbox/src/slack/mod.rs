//! Slack's half of the sandbox: a stand-in that speaks Slack's wire protocols and is as strict as Slack.
//!
//! What lives here: [`SlackSandbox`], its options and its routes. The parts: `world` (plain data), `seed` (the start),
//! `api` (Web API), `socket` (Socket Mode), `hooks` (Events API, interactions and commands over HTTP), `delivery`
//! (acknowledgement and redelivery for both), `events` (payloads and who gets them), `interactions` (clicks, shortcuts,
//! commands, `response_url`), `people` (acting as a person, in Rust) and `people_http` (the same as JSON), `view` (what
//! a test may read), `page` (the team chat in a browser), `blocks`, `text`, `shapes`, `rates` (Slack's rules).
//! What must not: slack-morphism, our own bridge contract, or a rule that Slack doesn't have.
//!
//! # Where the rules come from
//! Methods, argument names, error codes and object fields follow Slack's published Web API description
//! (`slack-web-openapi.json`); the wrapper of events and the message, reaction, channel and member events follow its
//! published events description (`slack-events-asyncapi.json`). Both are older than Socket Mode, metadata, the two-step
//! file upload, `rich_text` and `authorizations`: those follow Slack's reference pages.
//!
//! # Paths, relative to the mount point
//! `/api/{method}`, `/socket`, `/files/…`, `/respond/…`, `/people/…` (the test API) and `/` (the page).

mod actions;
mod api;
pub mod blocks;
mod delivery;
mod errors;
mod events;
mod files;
mod hooks;
mod interactions;
mod net;
mod page;
mod people;
mod people_admin;
mod people_http;
mod rates;
pub mod records;
mod seed;
mod shapes;
mod socket;
pub mod text;
pub mod ts;
mod view;
pub mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::errors::PersonError;
pub use self::hooks::sign;
pub use self::net::MOST_SOCKETS;
pub use self::people::{Clicked, Upload};
pub use self::rates::Rates;
pub use self::records::{ApiCall, Delivery};
pub use self::seed::{BOT_SCOPES, EVENTS, Seed};
pub use self::view::View;
pub use self::world::{App, Channel, Ephemeral, Message, Standing, User, World};
use crate::changes::Changes;
use crate::clock::Clock;
use crate::faults::Faults;
pub use crate::order::ReleaseOrder;
use crate::serve::Serving;

/// How a sandbox behaves. The defaults are Slack's figures, with rate limits off.
#[derive(Debug)]
pub struct SlackOptions {
    /// Public address of the mount point without a slash at the end; makes socket, file and permalink addresses.
    pub base_url: String,
    /// What is there at the start.
    pub seed: Seed,
    /// Rate limits.
    pub rates: Rates,
    /// The clock of message times, limits, acknowledgements and retries.
    pub clock: Clock,
    /// How long an app has to acknowledge. Slack: 3 s.
    pub ack_within: Duration,
    /// The waits before each redelivery, one after the other. Slack: at once, 1 min, 5 min.
    pub retry_after: Vec<Duration>,
    /// Over HTTP, how long an event that isn't acknowledged yet holds back the app's next one. A moment keeps the usual
    /// order, yet a slow app can't hold it up: 250 ms, unless told otherwise.
    pub order_wait: Duration,
    /// How long after `files.completeUploadExternal` the message appears.
    pub share_after: Duration,
    /// How often the server pings a socket.
    pub ping_every: Duration,
    /// A reply also sends `message_changed` for its root, without `edited`, as the reply count changed.
    pub reply_count_events: bool,
    /// A reply to a thread whose first message isn't there goes into the channel itself, as Slack has been seen to do,
    /// in place of the error `thread_not_found`.
    pub stray_replies: bool,
    /// Socket addresses begin with `wss`, as Slack's do, though nothing here speaks TLS: for what happens before that.
    pub secure_sockets: bool,
}

impl Default for SlackOptions {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1".to_owned(),
            seed: Seed::new(),
            rates: Rates::off(),
            clock: Clock::machine(),
            ack_within: Duration::from_secs(3),
            retry_after: vec![Duration::ZERO, Duration::from_secs(60), Duration::from_secs(300)],
            order_wait: Duration::from_millis(250),
            share_after: Duration::from_millis(100),
            ping_every: Duration::from_secs(10),
            reply_count_events: true,
            stray_replies: false,
            secure_sockets: false,
        }
    }
}

impl SlackOptions {
    /// Slack's figures over this seed, rate limits off.
    #[must_use]
    pub fn seeded(seed: Seed) -> Self {
        Self { seed, ..Self::default() }
    }
}

pub(crate) struct Inner {
    pub(crate) base_url: String,
    pub(crate) secure_sockets: bool,
    pub(crate) clock: Clock,
    pub(crate) ack_within: Duration,
    pub(crate) retry_after: Vec<Duration>,
    pub(crate) order_wait: Duration,
    pub(crate) share_after: Duration,
    pub(crate) ping_every: Duration,
    pub(crate) rates: Mutex<rates::Limiter>,
    pub(crate) world: Mutex<World>,
    pub(crate) changes: Changes,
    pub(crate) faults: Faults,
    pub(crate) frozen: tokio::sync::watch::Sender<bool>,
    pub(crate) http: reqwest::Client,
    pub(crate) stop: CancellationToken,
    pub(crate) started: i64,
}

/// A whole Slack. Cheap to clone; clones share one world. Its methods must run inside a Tokio runtime.
#[derive(Clone)]
pub struct SlackSandbox(Arc<Inner>);

impl std::fmt::Debug for SlackSandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackSandbox").field("base_url", &self.0.base_url).finish_non_exhaustive()
    }
}

impl SlackSandbox {
    /// A sandbox with these options.
    #[must_use]
    pub fn new(options: SlackOptions) -> Self {
        let changes = Changes::default();
        let mut world = options.seed.build();
        world.now = options.clock.now_micros();
        world.base = options.base_url.trim_end_matches('/').to_owned();
        world.reply_count_events = options.reply_count_events;
        world.stray_replies = options.stray_replies;
        Self(Arc::new(Inner {
            base_url: world.base.clone(),
            secure_sockets: options.secure_sockets,
            started: options.clock.now_seconds(),
            clock: options.clock,
            ack_within: options.ack_within,
            retry_after: options.retry_after,
            order_wait: options.order_wait,
            share_after: options.share_after,
            ping_every: options.ping_every.max(Duration::from_millis(10)),
            rates: Mutex::new(rates::Limiter::new(options.rates)),
            world: Mutex::new(world),
            faults: Faults::new(changes.clone()),
            changes,
            frozen: tokio::sync::watch::Sender::new(false),
            http: hooks::client(),
            stop: CancellationToken::new(),
        }))
    }

    /// Serves a new sandbox on this listener; `base_url` of the options is replaced by the listener's address.
    ///
    /// # Errors
    /// When the listener's address can't be read.
    pub fn serve(listener: TcpListener, mut options: SlackOptions) -> std::io::Result<(Self, Serving)> {
        let base_url = format!("http://{}", listener.local_addr()?);
        options.base_url.clone_from(&base_url);
        let sandbox = Self::new(options);
        let serving = Serving::start(listener, base_url, sandbox.router(), sandbox.0.stop.clone());
        Ok((sandbox, serving))
    }

    /// Every route, relative to the mount point.
    pub fn router(&self) -> Router {
        let large = axum::extract::DefaultBodyLimit::max(64 * 1024 * 1024);
        Router::new()
            .route("/api/{method}", any(api::call))
            .route("/socket", get(socket::connect))
            .route("/files/upload/{token}", post(files::upload).put(files::upload).layer(large))
            .route("/files/download/{id}/{name}", get(files::download))
            .route("/files/pictures/{name}", get(files::picture))
            .route("/files/signin", get(files::sign_in))
            .route("/respond/{token}", post(interactions::respond))
            .merge(people_http::routes())
            .merge(page::routes())
            .with_state(self.clone())
    }

    /// The address of the mount point, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// What a bridge is given as `api_url`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.0.base_url)
    }

    /// The sandbox's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The faults on calls.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Ends sockets, live streams and hung calls, so that a server around it can shut down in peace.
    pub fn stop(&self) {
        self.0.faults.clear();
        self.0.stop.cancel();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and hands out what the change caused, in order, before anybody else changes it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        world.now = self.0.clock.now_micros();
        let result = change(&mut world);
        let outgoing = std::mem::take(&mut world.outgoing);
        for out in outgoing {
            for out in world.net.gate(out) {
                self.start(&mut world, out);
            }
        }
        drop(world);
        self.0.changes.bump();
        result
    }
}
