//! One session with Discord's gateway, from the connect to its end.
//!
//! What lives here: serenity's shard and its runner, bounded in time. What must not: what an event means, and whether another
//! session may begin (`identify`, `listen`).
//!
//! serenity's own client is not used, because it identifies again by itself whenever it likes: a bot may do that a thousand
//! times a day, and past it Discord resets the token. Its runner alone keeps one session: it greets, beats, and resumes after
//! a cut. Whatever a RESUME can't mend ends it, and then it is our turn.
//!
//! Events come through a collector and not through a `RawEventHandler`: serenity gives both the same events, those that it
//! can't parse included, but runs each handler in a task of its own, so that two messages could swap places.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bridge_core::BridgeError;
use secrecy::{ExposeSecret as _, SecretString};
use serenity::gateway::{
    CollectorCallback, ConnectionStage, GatewayError, Shard, ShardManager, ShardManagerOptions, ShardMessenger,
    ShardRunner, ShardRunnerInfo, ShardRunnerOptions,
};
use serenity::http::HttpBuilder;
use serenity::model::event::Event;
use serenity::model::gateway::{GatewayIntents, ShardInfo};
use serenity::model::id::ShardId;
use serenity::prelude::TypeMap;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, RwLock, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::instrument::WithSubscriber as _;

use crate::settings::GatewaySettings;

/// What is listened for. Of these, only the messages' content has to be switched on in the Developer Portal.
pub(crate) const INTENTS: GatewayIntents = GatewayIntents::GUILDS
    .union(GatewayIntents::GUILD_MESSAGES)
    .union(GatewayIntents::GUILD_MESSAGE_TYPING)
    .union(GatewayIntents::MESSAGE_CONTENT);

/// What is listened for beside that where it is switched on in the Developer Portal: who is at their desk.
pub(crate) const PRESENCES: GatewayIntents = GatewayIntents::GUILD_PRESENCES;

/// Our only shard.
const SHARD: ShardId = ShardId(0);
/// A shard that isn't there.
const NOBODY: ShardId = ShardId(u32::MAX);
/// How often a session is looked after.
const WATCH_EVERY: Duration = Duration::from_millis(200);

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// We were told to stop.
    Stopped,
    /// No connection could be made, or nothing greeted us.
    Unreachable(String),
    /// Nothing was heard for so long: not even our heartbeats were answered.
    Frozen(Duration),
    /// Discord ended the session, or it was cut and could not be resumed.
    Ended,
    /// Discord doesn't take the token (close code 4004).
    BadToken,
    /// Discord doesn't let us read messages (close code 4014).
    IntentRefused,
    /// Something else that Discord refuses, in serenity's words.
    Refused(String),
}

/// What a session gives out while it lives.
pub(crate) trait Hears: Send + Sync + 'static {
    /// Hears an event, in the order of their coming. Never waits: the session's own heartbeat would.
    fn hear(&self, event: &Event);
}

/// What is known of a session's health.
#[derive(Debug)]
struct Pulse {
    begun: Instant,
    /// When the session last ran, in milliseconds after `begun`. serenity's runner turns twice a second, unless it hangs in
    /// a connect, for which it has no time-out.
    ran: AtomicU64,
    /// When something was last heard, likewise.
    heard: AtomicU64,
    /// Whether Discord has greeted us.
    ready: AtomicBool,
}

impl Pulse {
    fn new() -> Self {
        Self { begun: Instant::now(), ran: AtomicU64::new(0), heard: AtomicU64::new(0), ready: AtomicBool::new(false) }
    }

    fn mark(&self, what: &AtomicU64) {
        what.store(u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn since(&self, what: &AtomicU64) -> Duration {
        self.begun.elapsed().saturating_sub(Duration::from_millis(what.load(Ordering::Relaxed)))
    }
}

/// A session that runs, and ends with its owner.
struct Running {
    ended: oneshot::Receiver<serenity::Result<()>>,
    _stop: DropGuard,
}

/// Opens a session at `url` and keeps it until it ends.
///
/// At the stop, the connection is dropped without a goodbye: serenity waits for the other side's without end, and Discord
/// forgets the session by itself.
pub(crate) async fn live(
    url: &str,
    token: &SecretString,
    settings: &GatewaySettings,
    intents: GatewayIntents,
    hears: Arc<dyn Hears>,
    stop: &CancellationToken,
) -> End {
    let url = Arc::new(Mutex::new(url.to_owned()));
    let info = ShardInfo { id: SHARD, total: 1 };
    let connect = Shard::new(url.clone(), token.expose_secret(), info, intents, None);
    let shard = tokio::select! {
        () = stop.cancelled() => return End::Stopped,
        made = tokio::time::timeout(settings.connect_within, connect) => match made {
            Ok(Ok(shard)) => shard,
            Ok(Err(error)) => return End::Unreachable(format!("no connection to its gateway could be made ({error})")),
            Err(_) => return End::Unreachable("its gateway took too long to answer".to_owned()),
        },
    };
    let pulse = Arc::new(Pulse::new());
    let (runner, manager) = runner_of(shard, url, token, intents).await;
    let messenger = ShardMessenger::new(&runner);
    let over = CancellationToken::new();
    let (heard, ended) = (pulse.clone(), over.clone());
    messenger.add_collector(CollectorCallback(Box::new(move |event| {
        // The session's thread may still have one in hand when the end is already told.
        if ended.is_cancelled() {
            return false;
        }
        heard.mark(&heard.heard);
        if matches!(event, Event::Ready(_) | Event::Resumed(_)) {
            heard.ready.store(true, Ordering::Relaxed);
        }
        hears.hear(event);
        true
    })));
    let running = match start(runner, pulse.clone(), over) {
        Ok(running) => running,
        Err(error) => return End::Refused(format!("no thread could be started for it: {error}")),
    };
    watch(running, Meter { manager, messenger: Some(messenger), latency: None }, &pulse, settings, stop).await
}

/// Reads the heartbeats' answers off serenity's manager: they are no events.
struct Meter {
    manager: Arc<ShardManager>,
    /// Until the runner is made known to the manager.
    messenger: Option<ShardMessenger>,
    latency: Option<Duration>,
}

impl Meter {
    /// Whether a heartbeat was answered since this was last asked.
    async fn beat(&mut self) -> bool {
        let mut runners = self.manager.runners.lock().await;
        // The manager's queue, while it ends, ends every runner that it knows. It is gone when nobody holds the manager but
        // the runner and this.
        if Arc::strong_count(&self.manager) <= 2
            && let Some(runner_tx) = self.messenger.take()
        {
            let info = ShardRunnerInfo { latency: None, runner_tx, stage: ConnectionStage::Handshake };
            runners.insert(SHARD, info);
        }
        let now = runners.get(&SHARD).and_then(|info| info.latency);
        now.is_some() && std::mem::replace(&mut self.latency, now) != now
    }
}

/// serenity's runner for a shard. It asks its manager to begin anew where it can't resume; that one's queue is ended here, so
/// that nothing comes of it but the runner's end.
async fn runner_of(
    shard: Shard,
    ws_url: Arc<Mutex<String>>,
    token: &SecretString,
    intents: GatewayIntents,
) -> (ShardRunner, Arc<ShardManager>) {
    // Nothing is ever called through this; its limiter is off so that it starts no task.
    let http = Arc::new(HttpBuilder::new(token.expose_secret()).ratelimiter_disabled(true).build());
    let data = Arc::new(RwLock::new(TypeMap::new()));
    let (manager, _ends) = ShardManager::new(ShardManagerOptions {
        data: data.clone(),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        shard_index: 0,
        shard_init: 1,
        shard_total: 1,
        ws_url,
        http: http.clone(),
        intents,
        presence: None,
    });
    let runner = ShardRunner::new(ShardRunnerOptions {
        data,
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        manager: manager.clone(),
        shard,
        http,
    });
    // The manager ends its queue only where it has a shard to end; a shard that isn't there will do. A message to it comes
    // to our runner, which takes it for somebody else's.
    let nobody = ShardRunnerInfo {
        latency: None,
        runner_tx: ShardMessenger::new(&runner),
        stage: ConnectionStage::Disconnected,
    };
    *manager.runners.lock().await = HashMap::from([(NOBODY, nobody)]);
    manager.shutdown_finished(NOBODY);
    manager.shutdown_all().await;
    // What the runner's own end will wait for.
    manager.shutdown_finished(SHARD);
    (runner, manager)
}

/// Runs the session in a thread of its own: after a close frame without a code, serenity's runner turns without a pause until
/// its next heartbeat fails, and whoever shared a thread with it would stand still for so long.
fn start(mut runner: ShardRunner, pulse: Arc<Pulse>, stop: CancellationToken) -> std::io::Result<Running> {
    let (tell, ended) = oneshot::channel();
    let stopping = stop.clone();
    let here = Handle::current();
    let mut run = Box::pin(async move { runner.run().await });
    let run = std::future::poll_fn(move |context| {
        pulse.mark(&pulse.ran);
        run.as_mut().poll(context)
    });
    let session = async move {
        tokio::select! {
            biased;
            () = stopping.cancelled() => {}
            end = run => drop(tell.send(end)),
        }
    }
    .with_current_subscriber();
    std::thread::Builder::new().name("discord-session".to_owned()).spawn(move || here.block_on(session))?;
    Ok(Running { ended, _stop: stop.drop_guard() })
}

async fn watch(
    mut running: Running,
    mut meter: Meter,
    pulse: &Pulse,
    settings: &GatewaySettings,
    stop: &CancellationToken,
) -> End {
    let mut ticks = tokio::time::interval(WATCH_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return End::Stopped,
            ended = &mut running.ended => return why(ended, pulse, settings),
            _ = ticks.tick() => {}
        }
        if meter.beat().await {
            pulse.mark(&pulse.heard);
        }
        if pulse.since(&pulse.ran) > settings.connect_within {
            return End::Unreachable(
                "its gateway stopped answering while the connection was taken up again".to_owned(),
            );
        }
        if !pulse.ready.load(Ordering::Relaxed) && pulse.begun.elapsed() > settings.connect_within {
            return End::Unreachable("its gateway took the connection and then gave no greeting".to_owned());
        }
    }
}

fn why(
    ended: Result<serenity::Result<()>, oneshot::error::RecvError>,
    pulse: &Pulse,
    settings: &GatewaySettings,
) -> End {
    match ended {
        Ok(Ok(())) => {
            let silent = pulse.since(&pulse.heard);
            if silent >= settings.frozen_after { End::Frozen(silent) } else { End::Ended }
        }
        Ok(Err(serenity::Error::Gateway(error))) => match error {
            GatewayError::InvalidAuthentication | GatewayError::NoAuthentication => End::BadToken,
            GatewayError::DisallowedGatewayIntents => End::IntentRefused,
            other => End::Refused(other.to_string()),
        },
        Ok(Err(error)) => End::Refused(error.to_string()),
        Err(_) => End::Refused("serenity's session ended with a panic".to_owned()),
    }
}

/// Whether the gateway can be reached. No session begins by it.
pub(crate) async fn reach(url: &str, settings: &GatewaySettings) -> Result<(), String> {
    let info = ShardInfo { id: SHARD, total: 1 };
    let connect = Shard::new(Arc::new(Mutex::new(url.to_owned())), "", info, INTENTS, None);
    match tokio::time::timeout(settings.connect_within, connect).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(format!("no connection to its gateway could be made ({error})")),
        Err(_) => Err("its gateway took too long to answer".to_owned()),
    }
}

/// Whether the token may be sent there: to Discord's own gateway, or to the host of the configured address.
pub(crate) fn checked_url(url: &str, api_url: &str) -> Result<String, BridgeError> {
    let api = url::Url::parse(api_url).ok();
    // In the clear only where the calls go in the clear too.
    let clear = api.as_ref().is_some_and(|api| api.scheme() == "http");
    let theirs = url::Url::parse(url).ok().filter(|url| url.scheme() == "wss" || clear && url.scheme() == "ws");
    let fine = theirs.as_ref().is_some_and(|url| {
        let name = url.host_str().unwrap_or_default();
        let discord = url.scheme() == "wss" && (name == "discord.gg" || name.ends_with(".discord.gg"));
        discord || !name.is_empty() && api.as_ref().and_then(url::Url::host_str) == Some(name)
    });
    if fine {
        return Ok(url.to_owned());
    }
    Err(BridgeError::Transient { why: "Discord named no gateway of its own; check api_url".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_discords_gateway_or_to_the_stand_in_only() {
        let fine = |url: &str, api: &str| checked_url(url, api).is_ok();
        assert!(fine("wss://gateway.discord.gg", "https://discord.com/api"));
        assert!(fine("wss://gateway-us-east1-b.discord.gg/", "https://discord.com/api"));
        assert!(fine("ws://127.0.0.1:9/gateway", "http://127.0.0.1:8/api"));
        assert!(!fine("ws://gateway.discord.gg", "https://discord.com/api"), "in the clear");
        assert!(!fine("ws://discord.com/gateway", "https://discord.com/api"), "in the clear");
        assert!(!fine("wss://evildiscord.gg", "https://discord.com/api"));
        assert!(!fine("wss://gateway.discord.gg.evil.example", "https://discord.com/api"));
        assert!(!fine("https://gateway.discord.gg", "https://discord.com/api"));
        assert!(!fine("", "https://discord.com/api"));
    }
}
