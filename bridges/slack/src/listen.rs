//! Keeps the ears open: Socket Mode until it is told to stop.
//!
//! What lives here: the life of a set of sockets, and the watch over it. What must not: what a frame means (`sockets`).
//!
//! slack-morphism's sockets are used through its own client listener trait, one layer below its typed callbacks: there
//! a frame is still text, so that nothing of an event is lost and every frame's fate is ours. Its clients reconnect by
//! themselves, but have no time-out while they connect: a set that stays silent for too long is replaced by a new one.

use std::sync::Arc;
use std::time::Duration;

use bridge_core::{BridgeError, InboundSink, ListenReport};
use serde_json::json;
use slack_morphism::clients_manager::SlackSocketModeClientsManagerFactory as _;
use slack_morphism::listener::SlackClientEventsListenerEnvironment;
use slack_morphism::{SlackApiToken, SlackClientSocketModeConfig};
use tokio_util::sync::CancellationToken;

use crate::SlackBridge;
use crate::call::{self, Effect};
use crate::identity::Identity;
use crate::message::text;
use crate::roots;
use crate::settings::Transport;
use crate::sockets::{Ears, Health};

/// How long no socket at all may be without a greeting before all are made anew.
const DEAF_AFTER: Duration = Duration::from_secs(20);
/// How long one of several sockets may be without a greeting.
const LAME_AFTER: Duration = Duration::from_secs(90);
/// How soon after the start the app token is looked at, where no greeting came.
const PROBE_AFTER: Duration = Duration::from_secs(4);
/// How often the sockets' health is looked at.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// How long a frame that is being stored may hold up the end.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);
/// What slack-morphism's clients do by themselves: try again so many seconds after a failed connect, and give a silent
/// socket up after more than so many pings without an answer.
const RECONNECT_S: u64 = 5;
const PINGS_UNANSWERED: u64 = 2;

/// Listens until `stop`.
pub(crate) async fn listen(
    bridge: &SlackBridge,
    sink: Arc<dyn InboundSink>,
    stop: CancellationToken,
) -> Result<(), BridgeError> {
    let Transport::Socket { app_token } = bridge.transport() else {
        // Requests of Slack's come by themselves; what came before them is for catch-up.
        sink.report(bridge.id(), ListenReport::Connected);
        return Ok(());
    };
    let Some(me) = wait_for_identity(bridge, &*sink, &stop).await? else { return Ok(()) };
    let token = call::token(app_token);
    let mut lives: u32 = 0;
    loop {
        match one_life(bridge, me, &token, &sink, &stop).await? {
            End::Stopped => return Ok(()),
            End::Deaf => {
                lives = lives.saturating_add(1);
                tracing::warn!(connection = %bridge.id(), lives, "no socket works; making all of them anew");
            }
        }
    }
}

/// Our own ids, which every event is read with. `None` when stopped before they were known.
async fn wait_for_identity<'a>(
    bridge: &'a SlackBridge,
    sink: &dyn InboundSink,
    stop: &CancellationToken,
) -> Result<Option<&'a Identity>, BridgeError> {
    let mut pause = Duration::from_secs(1);
    loop {
        let asked = tokio::select! {
            asked = bridge.me() => asked,
            () = stop.cancelled() => return Ok(None),
        };
        match asked {
            Ok(me) => return Ok(Some(me)),
            Err(error @ BridgeError::Unauthorized { .. }) => return Err(error),
            Err(error) => {
                let wait = if let BridgeError::RateLimited { after, .. } = &error { pause.max(*after) } else { pause };
                sink.report(bridge.id(), ListenReport::Disconnected { why: error.to_string() });
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = stop.cancelled() => return Ok(None),
                }
                pause = (pause * 2).min(Duration::from_secs(30));
            }
        }
    }
}

/// Why a set of sockets ended.
enum End {
    Stopped,
    Deaf,
}

async fn one_life(
    bridge: &SlackBridge,
    me: &Identity,
    token: &SlackApiToken,
    sink: &Arc<dyn InboundSink>,
    stop: &CancellationToken,
) -> Result<End, BridgeError> {
    let environment = Arc::new(SlackClientEventsListenerEnvironment::new(bridge.client.clone()));
    let manager = bridge.client.http_api.connector.new_clients_manager(environment);
    let sockets = bridge.settings.sockets.clamp(1, 10);
    let ears = Arc::new(Ears::new(bridge, me.clone(), sink.clone(), sockets, Arc::downgrade(&manager)));
    let config = SlackClientSocketModeConfig::new()
        .with_max_connections_count(u32::try_from(sockets).unwrap_or(2))
        .with_initial_backoff_in_seconds(0)
        .with_reconnect_timeout_in_seconds(RECONNECT_S)
        .with_ping_interval_in_seconds(bridge.settings.ping_every.as_secs().max(1))
        .with_ping_failure_threshold_times(PINGS_UNANSWERED);
    manager
        .register_new_token(&config, token.clone(), ears.clone())
        .await
        .map_err(|_| BridgeError::Transient { why: "the sockets could not be prepared".to_owned() })?;
    manager.start().await;
    let end = watch(bridge, &ears, stop).await;
    ears.close().await;
    if tokio::time::timeout(DRAIN_WITHIN, ears.drained()).await.is_err() {
        tracing::warn!(connection = %bridge.id(), "an event was still being stored at the end; Slack will send it again");
    }
    end
}

/// Watches until the sockets are to end.
async fn watch(bridge: &SlackBridge, ears: &Ears, stop: &CancellationToken) -> Result<End, BridgeError> {
    let mut ticks = tokio::time::interval(WATCH_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut probed = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(End::Stopped),
            _ = ticks.tick() => {}
        }
        match ears.health() {
            Health::Good => probed = false,
            Health::Lame(since) if since >= LAME_AFTER => return Ok(End::Deaf),
            Health::Lame(_) => {}
            Health::Deaf(since) => {
                if since >= PROBE_AFTER && !probed {
                    probed = true;
                    probe(bridge, ears).await?;
                }
                if since >= DEAF_AFTER {
                    return Ok(End::Deaf);
                }
            }
        }
    }
}

/// slack-morphism tells nobody why it can't connect: this asks. What trying again can't mend ends the listening.
async fn probe(bridge: &SlackBridge, ears: &Ears) -> Result<(), BridgeError> {
    let Some(caller) = &bridge.ears_caller else { return Ok(()) };
    match caller.post("apps.connections.open", &json!({}), Effect::Reads).await.map_err(BridgeError::from) {
        Ok(answer) => {
            let url = text(&answer, "url").unwrap_or_default();
            ears.complain(roots::hinders(url).await.unwrap_or("Slack gives no greeting on the sockets"));
        }
        Err(error @ BridgeError::Unauthorized { .. }) => return Err(error),
        Err(error) => ears.complain(&error.to_string()),
    }
    Ok(())
}
