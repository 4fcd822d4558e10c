//! Discord's half of the sandbox: a stand-in that speaks Discord's REST and Gateway, version 10, and is as strict.
//!
//! What lives here: [`DiscordSandbox`], its options and its routes. The parts: `world` and `message` (plain data), `seed`
//! (the start), `permissions` (who may do what), `actions` (what changes when somebody writes or starts a thread),
//! `mentions` (who is notified), `rest` (the HTTP API), `gateway` (sessions over WebSockets), `interactions` and
//! `commands` (buttons and slash commands, each with its part of the API in `…_rest`), `events` (what sessions are
//! told), `people` (acting as a person, in Rust) and `people_http` (the same as JSON), `view` (what a test may read),
//! `page` (the team chat in a browser), `cdn` (pictures and files), `shapes`, `snowflake`, `rates` (Discord's rules).
//! What must not: serenity, our own bridge contract, or a rule that Discord doesn't have.
//!
//! # Where the rules come from
//! Operations, object fields and limits follow Discord's published OpenAPI (`discord-openapi.json`); error codes,
//! gateway opcodes and close codes its reference pages. Figures that Discord doesn't publish (the limits on starting
//! threads, how long a nonce is remembered) are options.
//!
//! # Paths, relative to the mount point
//! `/api/v10/…`, `/gateway/`, `/cdn/…`, `/people/…` (the test API) and `/` (the page).

mod actions;
mod cdn;
mod commands;
mod commands_rest;
mod errors;
pub mod events;
mod gateway;
mod interactions;
mod interactions_rest;
mod mentions;
pub mod message;
mod page;
mod page_message;
mod people;
mod people_admin;
mod people_http;
pub mod permissions;
mod rates;
pub mod records;
mod rest;
pub mod seed;
mod shapes;
pub mod snowflake;
mod view;
pub mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::errors::PersonError;
pub use self::gateway::Session;
pub use self::rates::Rates;
pub use self::records::{ApiCall, Clicked, Typed, Upload};
pub use self::seed::Seed;
pub use self::view::View;
pub use self::world::{App, Channel, Ephemeral, Guild, Interaction, Member, Message, Role, Status, User, World};
use crate::changes::Changes;
use crate::clock::Clock;
use crate::faults::Faults;
pub use crate::order::ReleaseOrder;
use crate::serve::Serving;

/// How a sandbox behaves. The defaults are Discord's figures, with rate limits off.
#[derive(Debug)]
pub struct DiscordOptions {
    /// Public address of the mount point without a slash at the end; makes gateway and file addresses.
    pub base_url: String,
    /// What is there at the start.
    pub seed: Seed,
    /// Rate limits.
    pub rates: Rates,
    /// The clock of ids, limits, heartbeats and tokens.
    pub clock: Clock,
    /// How often a session has to send a heartbeat. Discord: 41.25 s.
    pub heartbeat_interval: Duration,
    /// How long a session can be resumed after its connection ended. Discord doesn't say; minutes have been seen.
    pub resume_within: Duration,
    /// One IDENTIFY may come in this time (`max_concurrency` 1), measured in real time. Discord: 5 s.
    pub identify_every: Duration,
    /// How long an app has to answer an interaction. Discord: 3 s.
    pub ack_within: Duration,
    /// How long a message's nonce is remembered. Discord: "the past few minutes".
    pub nonce_window: Duration,
    /// How many active threads a guild may have. Discord: 1,000.
    pub active_threads: usize,
}

impl Default for DiscordOptions {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1".to_owned(),
            seed: Seed::new(),
            rates: Rates::off(),
            clock: Clock::machine(),
            heartbeat_interval: Duration::from_millis(41_250),
            resume_within: Duration::from_secs(180),
            identify_every: Duration::from_secs(5),
            ack_within: Duration::from_secs(3),
            nonce_window: Duration::from_secs(180),
            active_threads: 1_000,
        }
    }
}

impl DiscordOptions {
    /// Discord's figures over this seed, rate limits off.
    #[must_use]
    pub fn seeded(seed: Seed) -> Self {
        Self { seed, ..Self::default() }
    }
}

pub(crate) struct Inner {
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) heartbeat_interval: Duration,
    pub(crate) resume_within: Duration,
    pub(crate) identify_every: Duration,
    pub(crate) ack_within: Duration,
    pub(crate) rates: Mutex<rates::Limiter>,
    pub(crate) world: Mutex<World>,
    pub(crate) changes: Changes,
    pub(crate) faults: Faults,
    pub(crate) frozen: tokio::sync::watch::Sender<bool>,
    pub(crate) stalled: tokio::sync::watch::Sender<bool>,
    pub(crate) stop: CancellationToken,
}

/// A whole Discord. Cheap to clone; clones share one world. Its methods must run inside a Tokio runtime.
#[derive(Clone)]
pub struct DiscordSandbox(Arc<Inner>);

impl std::fmt::Debug for DiscordSandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordSandbox").field("base_url", &self.0.base_url).finish_non_exhaustive()
    }
}

impl DiscordSandbox {
    /// A sandbox with these options.
    #[must_use]
    pub fn new(options: DiscordOptions) -> Self {
        let changes = Changes::default();
        let mut world = options.seed.build();
        world.now = options.clock.now_micros();
        world.base = options.base_url.trim_end_matches('/').to_owned();
        world.active_threads = options.active_threads;
        world.nonce_window = i64::try_from(options.nonce_window.as_micros()).unwrap_or(i64::MAX);
        Self(Arc::new(Inner {
            base_url: world.base.clone(),
            clock: options.clock,
            heartbeat_interval: options.heartbeat_interval.max(Duration::from_millis(10)),
            resume_within: options.resume_within,
            identify_every: options.identify_every,
            ack_within: options.ack_within,
            rates: Mutex::new(rates::Limiter::new(options.rates)),
            world: Mutex::new(world),
            faults: Faults::new(changes.clone()),
            changes,
            frozen: tokio::sync::watch::Sender::new(false),
            stalled: tokio::sync::watch::Sender::new(false),
            stop: CancellationToken::new(),
        }))
    }

    /// Serves a new sandbox on this listener; `base_url` of the options is replaced by the listener's address.
    ///
    /// # Errors
    /// When the listener's address can't be read.
    pub fn serve(listener: TcpListener, mut options: DiscordOptions) -> std::io::Result<(Self, Serving)> {
        let base_url = format!("http://{}", listener.local_addr()?);
        options.base_url.clone_from(&base_url);
        let sandbox = Self::new(options);
        let serving = Serving::start(listener, base_url, sandbox.router(), sandbox.0.stop.clone());
        Ok((sandbox, serving))
    }

    /// Every route, relative to the mount point.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/api/{*path}", any(rest::call))
            .route("/cdn/avatars/{user}/{file}", get(cdn::avatar))
            .route("/cdn/embed/avatars/{file}", get(cdn::default_avatar))
            .route("/cdn/guilds/{guild}/users/{user}/avatars/{file}", get(cdn::guild_avatar))
            .route("/cdn/attachments/{channel}/{id}/{name}", get(cdn::attachment))
            .merge(gateway::routes())
            .merge(people_http::routes())
            .merge(page::routes())
            .with_state(self.clone())
    }

    /// The address of the mount point, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// What a bridge is given as `api_url`; the version comes behind it.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.0.base_url)
    }

    /// The sandbox's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The faults on calls, by the operations' names in Discord's published API, such as `create_message`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Ends sessions, live streams and hung calls, so that a server around it can shut down in peace.
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
        world.archive_quiet_threads();
        let result = change(&mut world);
        world.hand_out();
        drop(world);
        self.0.changes.bump();
        result
    }
}
