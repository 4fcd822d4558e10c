//! Wiring: the only file that knows every layer.
//!
//! What lives here: turning settings into a running program, and taking it down again. What must not: rules.

mod beside;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bridge_core::{Bridge, BridgeError, ConnectionId, Finding, InboundSink, Pace, Severity, Words};
use bridge_discord::{DiscordBridge, DiscordSettings, Role};
use bridge_slack::{Operators, SlackBridge, SlackSettings, Transport};
use dashmap::DashMap;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, new_id};
use crate::http::{self, limits};
use crate::live::{Hub, PresenceBoard, Wake};
use crate::service::accept_event::Sink;
use crate::service::invite_operator::has_admin;
use crate::service::link_codes::LinkCodes;
use crate::service::standings::Standings;
use crate::service::{Book, DomainInfo, Inner, Service, break_channel, say};
use crate::settings::{self, DiscordConnection, DiscordRole, Settings, SlackConnection};
use crate::shutdown::Shutdown;
use crate::store::{Options, Store, StoreError};
use crate::worker::{self, Figures};

pub use beside::{invite, tie};

/// How long to wait before listening again to a connection that refused us.
const LISTEN_AGAIN: Duration = Duration::from_secs(30);
/// How many typing signs and catch-up wishes may wait; more are dropped, and come again.
const QUEUE: usize = 1_024;

/// Why the program can't run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A connection can't be made of its settings.
    #[error("{connection} can't be used: {source}")]
    Connection {
        /// Which.
        connection: String,
        /// Why.
        #[source]
        source: BridgeError,
    },
    /// A name in the settings can't be read, though it was checked before.
    #[error(transparent)]
    Name(#[from] bridge_core::ParseIdError),
    /// A use case failed at the start.
    #[error(transparent)]
    Service(#[from] crate::service::ServiceError),
    /// The listener failed.
    #[error("requests can't be served any more")]
    Serve(#[source] std::io::Error),
    /// A part that must run for ever has ended.
    #[error("a part of the program ended unexpectedly; the log says which")]
    PartEnded,
}

/// Serves on this listener until `shutdown`.
///
/// # Errors
/// See [`AppError`].
pub async fn run(
    settings: Settings,
    listener: TcpListener,
    assets: threadline_web::Assets,
    shutdown: Shutdown,
) -> Result<(), AppError> {
    run_with(settings, listener, assets, shutdown, None, false).await
}

/// The same, with more routes beside ours, and with the demo's page.
///
/// # Errors
/// See [`AppError`].
pub async fn run_with(
    settings: Settings,
    listener: TcpListener,
    assets: threadline_web::Assets,
    shutdown: Shutdown,
    extra: Option<Router>,
    demo: bool,
) -> Result<(), AppError> {
    crate::failpoint::arm();
    let clock = Clock::system();
    let store = Store::open(settings.database.url.expose_secret(), Options::default()).await?;
    let (typing_in, typing_out) = tokio::sync::mpsc::channel(QUEUE);
    let (catch_up_in, catch_up_out) = tokio::sync::mpsc::channel(QUEUE);
    let hub = Hub::default();
    let presence = PresenceBoard::new(clock.clone(), hub.clone());
    let mut book = book(&settings, &store, &clock, &presence).await?;
    book.set_home(listener.local_addr().map_or_else(|_| home(settings.server.listen), home));
    let service = Service::new(Inner {
        store: store.clone(),
        clock: clock.clone(),
        hub,
        wake: Wake::default(),
        presence,
        book,
        restored: DashMap::new(),
        breaking: tokio::sync::Mutex::default(),
        link_codes: LinkCodes::default(),
        standings: Standings::default(),
        typing: typing_in,
        catch_up: catch_up_in,
        tasks: shutdown.tasks.clone(),
    });
    if !has_admin(&service).await? {
        tracing::info!(
            "no admin yet: run `threadline invite YOUR_NAME --role admin --config FILE` and open the link it prints"
        );
    }
    // The answers to browsers come first, so that a platform that is slow at the start keeps nobody waiting.
    let workers = TaskTracker::new();
    let died = CancellationToken::new();
    let spawn = |name: &'static str, task: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
        let (died, stop) = (died.clone(), shutdown.soft.clone());
        let handle = workers.spawn(task);
        workers.spawn(async move {
            let ended = handle.await;
            if !stop.is_cancelled() {
                tracing::error!(
                    part = name,
                    panicked = ended.is_err(),
                    "the part `{name}` ended unexpectedly; the program stops"
                );
                died.cancel();
            }
        });
    };
    let figures = figures(&settings);
    let stop = &shutdown.soft;
    spawn("deliver", Box::pin(worker::deliver::run(service.clone(), figures.clone(), stop.clone())));
    spawn("cards", Box::pin(worker::cards::run(service.clone(), stop.clone())));
    spawn("intake", Box::pin(worker::intake::run(service.clone(), stop.clone())));
    spawn("catch_up", Box::pin(worker::catch_up::run(service.clone(), figures.clone(), catch_up_out, stop.clone())));
    spawn("presence", Box::pin(worker::presence::run(service.clone(), stop.clone())));
    spawn("index", Box::pin(worker::index::run(service.clone(), stop.clone())));
    spawn("health", Box::pin(worker::health::run(service.clone(), stop.clone())));
    spawn("retention", Box::pin(worker::retention::run(service.clone(), figures, stop.clone())));
    spawn("typing", Box::pin(worker::typing::run(service.clone(), typing_out, stop.clone())));
    for bridge in service.book.bridges() {
        workers.spawn(listen(service.clone(), Arc::clone(bridge), stop.clone()));
    }
    let limiters = Arc::new(limits::Limiters::new(&limits(&settings.limits)));
    spawn("limits", Box::pin(limits::keep_tidy(Arc::clone(&limiters), stop.clone())));
    let sockets = TaskTracker::new();
    let state = http::State {
        service: service.clone(),
        assets,
        limits: limiters,
        clock,
        trusted_proxies: settings.server.trusted_proxies.clone(),
        demo,
        stop: stop.clone(),
        sockets: sockets.clone(),
    };
    let router = match extra {
        Some(extra) => http::router(state).merge(extra),
        None => http::router(state),
    };
    let served = serve(listener, router, &shutdown, &died).await;
    // Whatever ended the serving ends the rest too.
    shutdown.soft.cancel();
    sockets.close();
    workers.close();
    shutdown.tasks.close();
    let drained = async {
        sockets.wait().await;
        workers.wait().await;
        shutdown.tasks.wait().await;
    };
    tokio::select! {
        () = drained => {}
        () = shutdown.hard.cancelled() => {}
        () = tokio::time::sleep(settings.delivery.drain) => {
            tracing::warn!("some work did not end in time; the next start goes on with it");
        }
    }
    store.close().await;
    served
}

async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: &Shutdown,
    died: &CancellationToken,
) -> Result<(), AppError> {
    let soft = shutdown.soft.clone();
    let until = died.clone();
    let graceful = async move {
        tokio::select! {
            () = soft.cancelled() => {}
            () = until.cancelled() => {}
        }
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(graceful).into_future();
    tokio::pin!(serving);
    let stopping = async {
        tokio::select! {
            () = shutdown.soft.cancelled() => {}
            () = died.cancelled() => {}
        }
    };
    tokio::select! {
        served = &mut serving => served.map_err(AppError::Serve)?,
        () = stopping => {
            // Requests under way may end; a client that never ends its own must not keep us for ever.
            tokio::select! {
                served = &mut serving => served.map_err(AppError::Serve)?,
                () = shutdown.hard.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
    }
    if died.is_cancelled() { Err(AppError::PartEnded) } else { Ok(()) }
}

/// Listens until `stop`. What a connection can't mend by itself people can (a token, a switch at the platform), so it is
/// tried again for as long as the program runs.
async fn listen(service: Service, bridge: Arc<dyn Bridge>, stop: CancellationToken) {
    let sink: Arc<dyn InboundSink> = Arc::new(Sink::new(service.clone()));
    let connection = bridge.connection().clone();
    while let Err(error) = bridge.listen(Arc::clone(&sink), stop.clone()).await {
        tracing::error!(connection = %connection, error = %error, "{connection} can't be listened to; it is tried again in {} s: {error}", LISTEN_AGAIN.as_secs());
        service.presence.set_heard(&connection, None);
        if let Err(error) =
            break_channel::break_connection(&service, &connection, &error.to_string(), service.clock.now()).await
        {
            tracing::error!(error = %error, "the channels of {connection} could not be marked");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
        }
    }
}

async fn book(settings: &Settings, store: &Store, clock: &Clock, presence: &PresenceBoard) -> Result<Book, AppError> {
    let mut book = Book::default();
    if let Some(url) = &settings.server.public_url {
        book.set_public_url(url.as_str().trim_end_matches('/'));
    }
    for bridge in bridges(settings, clock)? {
        book.add_bridge(bridge);
    }
    let now = clock.now();
    for domain in &settings.domains {
        let id = store.ensure_domain(&domain.name, new_id(), now).await?;
        let mut channels = Vec::new();
        for remote in &domain.channels {
            channels.push(store.ensure_channel(remote, new_id(), now).await?.id);
        }
        book.add_domain(DomainInfo {
            id,
            name: domain.name.clone(),
            origins: domain.origins.clone(),
            keep_page_query: domain.keep_page_query,
            quiet_after: domain.quiet_after,
            channels: channels.clone(),
            mode: domain.mode,
            greeting: domain.greeting.clone(),
            language: domain.language,
            ask: domain.ask,
            privacy: domain.privacy.clone(),
            look: domain.look.clone(),
            texts: domain.texts.clone(),
            identity_secret: domain.identity_secret.clone(),
        });
        presence
            .add_domain(id, channels.into_iter().zip(domain.channels.iter().map(|remote| remote.connection.clone())));
    }
    // Channels of earlier settings stay known: links pin them.
    for channel in store.channels().await? {
        presence.set_broken(channel.id, channel.broken.is_some());
        if book.bridge(&channel.remote.connection).is_none() {
            tracing::warn!(channel = %channel.remote, "{} belongs to a connection that is no longer configured; its conversations wait", channel.remote);
        }
        book.add_channel(channel);
    }
    Ok(book)
}

/// Where a browser on this machine finds a program that listens there.
fn home(mut listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{listen}")
}

fn bridges(settings: &Settings, clock: &Clock) -> Result<Vec<Arc<dyn Bridge>>, AppError> {
    let slack = settings.slack.iter().map(|(name, from)| {
        let connection = ConnectionId { kind: bridge_slack::KIND, name: name.clone() };
        let words = words_over(settings, &connection);
        slack(connection, from, words, clock)
    });
    let discord = settings.discord.iter().map(|(name, from)| {
        let connection = ConnectionId { kind: bridge_discord::KIND, name: name.clone() };
        let words = words_over(settings, &connection);
        discord(connection, from, words, clock)
    });
    slack.chain(discord).collect()
}

/// How people are spoken to where no conversation is known: as the domains are whose conversations land there.
fn words_over(settings: &Settings, connection: &ConnectionId) -> Words {
    let served = settings.domains.iter().filter(|domain| domain.channels.iter().any(|it| it.connection == *connection));
    say::words(say::common(served.map(|domain| domain.language)))
}

fn slack(
    connection: ConnectionId,
    from: &SlackConnection,
    words: Words,
    clock: &Clock,
) -> Result<Arc<dyn Bridge>, AppError> {
    let transport = match (&from.app_token, &from.signing_secret) {
        (Some(app_token), _) => Transport::Socket { app_token: app_token.clone() },
        (None, Some(signing_secret)) => Transport::Hooks { signing_secret: signing_secret.clone() },
        (None, None) => {
            let why = "it has neither an app_token nor a signing_secret".to_owned();
            return Err(AppError::Connection {
                connection: connection.to_string(),
                source: BridgeError::Unauthorized { why },
            });
        }
    };
    let operators = match from.operators.strip_prefix("group:") {
        Some(group) => Operators::Group(group.trim_start_matches('@').to_owned()),
        None => Operators::Members,
    };
    let mut settings = SlackSettings::new(connection.clone(), from.bot_token.clone(), transport, words);
    settings.api_url = from.api_url.as_str().to_owned();
    settings.operators = operators;
    settings.pace = Pace { interval: from.post_interval, burst: from.post_burst };
    let bridge = SlackBridge::new(settings, clock.as_fn());
    let bridge = bridge.map_err(|source| AppError::Connection { connection: connection.to_string(), source })?;
    Ok(Arc::new(bridge))
}

fn discord(
    connection: ConnectionId,
    from: &DiscordConnection,
    words: Words,
    clock: &Clock,
) -> Result<Arc<dyn Bridge>, AppError> {
    let operators = match &from.operators {
        DiscordRole::Id(id) => Role::Id(id.clone()),
        DiscordRole::Name(name) => Role::Name(name.clone()),
    };
    let mut settings = DiscordSettings::new(connection.clone(), from.bot_token.clone(), operators, words);
    settings.api_url = from.api_url.as_str().to_owned();
    settings.pace = Pace { interval: from.post_interval, burst: from.post_burst };
    let bridge = DiscordBridge::new(settings, clock.as_fn());
    let bridge = bridge.map_err(|source| AppError::Connection { connection: connection.to_string(), source })?;
    Ok(Arc::new(bridge))
}

fn figures(settings: &Settings) -> Figures {
    Figures {
        lease: settings.delivery.lease,
        find_after: settings.delivery.find_after,
        catch_up_lookback: settings.delivery.catch_up_lookback,
        keep_intake_keys: settings.delivery.keep_intake_keys,
    }
}

fn limits(from: &settings::Limits) -> limits::Limits {
    let rate = |rate: settings::Rate| limits::Rate { per_minute: rate.per_minute, burst: rate.burst };
    limits::Limits {
        requests_per_address: rate(from.requests_per_address),
        sign_ins_per_address: rate(from.sign_ins_per_address),
        sessions_per_address: rate(from.sessions_per_address),
        conversations_per_address: rate(from.conversations_per_address),
        conversations_per_domain: rate(from.conversations_per_domain),
        messages_per_visitor: rate(from.messages_per_visitor),
        messages_per_address: rate(from.messages_per_address),
        bytes_per_visitor: rate(from.bytes_per_visitor),
        sockets_per_visitor: from.sockets_per_visitor,
        sockets_per_address: from.sockets_per_address,
    }
}

/// Checks every configured connection with the channels that domains map to it.
pub async fn diagnose(settings: &Settings) -> Vec<Finding> {
    let bridges = match bridges(settings, &Clock::system()) {
        Ok(bridges) => bridges,
        Err(error) => {
            return vec![Finding {
                severity: Severity::Broken,
                subject: "connections".into(),
                message: error.to_string(),
            }];
        }
    };
    let mut findings = Vec::new();
    for bridge in bridges {
        let mut channels: Vec<_> = settings.domains.iter().flat_map(|domain| &domain.channels).cloned().collect();
        channels.retain(|channel| channel.connection == *bridge.connection());
        channels.sort();
        channels.dedup();
        findings.extend(bridge.diagnose(&channels).await);
    }
    findings
}

/// The description of the HTTP API, as the server gives it at `/openapi.json`.
#[must_use]
pub fn openapi() -> impl serde::Serialize {
    http::openapi()
}
