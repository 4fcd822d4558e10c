//! Reads what was said while nobody listened.
//!
//! What lives here: on every (re)connect, and now and then, asking each channel which threads moved and reading those. What
//! it reads goes through the intake like live events, where both meet the same barrier. What must not: deciding what a
//! message means.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{
    Bridge, BridgeError, ConnectionId, Cursor, Inbound, InboundEvent, InboundSink, LinkCursor, Micros, RemoteMessage,
    RemoteThread,
};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::{Figures, for_each_connection};
use crate::failpoint::reached;
use crate::model::Link;
use crate::service::accept_event::Sink;
use crate::service::replace_thread::replace_thread;
use crate::service::{Service, ServiceError, break_channel};
use crate::store::{Change, Channel, Write};

/// Threads of conversations that closed longer ago are not read any more.
const LOOK_BACK: Duration = Duration::from_secs(14 * 24 * 3600);
/// How many threads of one channel are asked about.
const LINKS: i64 = 1_000;
/// How many threads of a channel, those where something was said last, are read though nothing new is known of them.
const LIVELIEST: usize = 20;
/// How often every connection is read without a reconnect: it finds what a deaf or shared socket missed.
const SWEEP: Duration = Duration::from_secs(300);
/// How long to wait before a catch-up that failed is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// Catches up until `stop`: each connection by itself, so that one that is slow keeps no other waiting.
pub async fn run(service: Service, figures: Figures, mut asked: mpsc::Receiver<ConnectionId>, stop: CancellationToken) {
    let bells: HashMap<ConnectionId, Arc<Notify>> =
        service.book.bridges().map(|bridge| (bridge.connection().clone(), Arc::default())).collect();
    let pass_on = async {
        loop {
            match asked.recv().await {
                Some(connection) => {
                    if let Some(bell) = bells.get(&connection) {
                        bell.notify_one();
                    }
                }
                None => return stop.cancelled().await,
            }
        }
    };
    let loops = for_each_connection(&service, &stop, |service, connection, stop| {
        let bell = bells.get(&connection).map(Arc::clone).unwrap_or_default();
        run_connection(service, connection, figures.clone(), bell, stop)
    });
    tokio::select! {
        () = loops => {}
        () = pass_on => {}
    }
}

async fn run_connection(
    service: Service,
    connection: ConnectionId,
    figures: Figures,
    bell: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut sweep = tokio::time::interval_at(tokio::time::Instant::now() + SWEEP, SWEEP);
    let mut failed = false;
    loop {
        let retry = async { if failed { tokio::time::sleep(RETRY).await } else { std::future::pending().await } };
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = bell.notified() => {}
            () = retry => {}
            _ = sweep.tick() => {}
        }
        let caught_up = tokio::select! {
            () = stop.cancelled() => return,
            caught_up = catch_up(&service, &figures, &connection) => caught_up,
        };
        failed = caught_up.is_err();
        if let Err(error) = caught_up {
            tracing::warn!(connection = %connection, error = %error, "{connection} could not be caught up with; it is tried again: {error}");
        }
    }
}

/// Why a catch-up did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    #[error(transparent)]
    Sink(#[from] bridge_core::SinkError),
}

async fn catch_up(service: &Service, figures: &Figures, connection: &ConnectionId) -> Result<(), Failed> {
    let Some(bridge) = service.bridge(connection) else { return Ok(()) };
    let since = service.clock.now().minus(LOOK_BACK);
    let mut worst = Ok(());
    let broken: HashSet<_> = service
        .store
        .channels()
        .await
        .map_err(ServiceError::from)?
        .into_iter()
        .filter(|channel| channel.broken.is_some())
        .map(|channel| channel.id)
        .collect();
    for channel in service.book.channels_of(connection) {
        // What can't be used is read once it can be again.
        if broken.contains(&channel.id) {
            continue;
        }
        let asked = service.clock.now();
        // One channel that can't be read must not keep the others waiting.
        match catch_up_channel(service, figures, &*bridge, &channel, since).await {
            Err(Failed::Bridge(BridgeError::ChannelBroken { why })) => {
                break_channel::break_channel(service, &channel.remote, &why, asked).await?;
            }
            Err(Failed::Bridge(BridgeError::Unauthorized { why })) => {
                break_channel::break_connection(service, connection, &why, asked).await?;
                return Ok(());
            }
            Err(error) => worst = Err(error),
            Ok(()) => {}
        }
    }
    worst
}

async fn catch_up_channel(
    service: &Service,
    figures: &Figures,
    bridge: &dyn Bridge,
    channel: &Channel,
    since: Micros,
) -> Result<(), Failed> {
    let links = service.store.links_to_catch_up(channel.id, since, LINKS).await.map_err(ServiceError::from)?;
    let cursors: Vec<LinkCursor> = links
        .iter()
        .filter_map(|link| Some(LinkCursor { thread: link.remote_thread.clone()?, cursor: link.cursor.clone() }))
        .collect();
    if cursors.is_empty() {
        return Ok(());
    }
    let moved = patiently(|| bridge.moved(&channel.remote, &cursors)).await?;
    tracing::debug!(channel = %channel.remote, asked = cursors.len(), moved = moved.len(), "{} is caught up with", channel.remote);
    // The liveliest are read in any case: an edit or a deletion does not make a thread look newer.
    let mut threads: Vec<&str> = moved.iter().map(|thread| thread.id.as_str()).collect();
    threads.extend(cursors.iter().take(LIVELIEST).map(|link| link.thread.as_str()));
    let mut read: HashSet<&str> = HashSet::new();
    for id in threads.into_iter().filter(|id| read.insert(*id)) {
        let thread = RemoteThread { channel: channel.remote.clone(), id: id.to_owned() };
        let Some(link) = links.iter().find(|link| link.remote_thread.as_deref() == Some(&thread.id)) else { continue };
        read_thread(service, figures, bridge, link, &thread).await?;
    }
    Ok(())
}

async fn read_thread(
    service: &Service,
    figures: &Figures,
    bridge: &dyn Bridge,
    link: &Link,
    thread: &RemoteThread,
) -> Result<(), Failed> {
    let sink = Sink::new(service.clone());
    let began = service.clock.now();
    let mut from = link.cursor.clone();
    let mut lookback = figures.catch_up_lookback;
    let mut seen: Vec<String> = Vec::new();
    loop {
        let page = match patiently(|| bridge.snapshot(thread, &from, lookback)).await {
            Ok(page) => page,
            Err(BridgeError::ThreadGone) => return Ok(replace_thread(service, link.id).await?),
            Err(error) => return Err(error.into()),
        };
        for message in page.items {
            seen.push(message.id.clone());
            sink.accept(inbound(thread, message)).await?;
        }
        match page.next {
            Some(next) => from = next,
            None => break,
        }
        lookback = 0;
    }
    spot_deletions(service, &sink, link, thread, &seen, began).await?;
    if let Some(last) = seen.last() {
        let mut write = Write::new(link.conversation.0);
        write.push(Change::LinkCursor(link.id, Cursor(last.clone())));
        service.store.commit(write).await.map_err(ServiceError::from)?;
    }
    Ok(())
}

/// The event that a message would have been. Its key tells versions apart, so that a later edit is not taken for this one.
fn inbound(thread: &RemoteThread, message: RemoteMessage) -> Inbound {
    let version = message.edited_at.map_or(0, |at| at.0);
    Inbound {
        connection: thread.channel.connection.clone(),
        dedupe_key: format!("snapshot:{}:{}:{version}", thread, message.id),
        lane: thread.lane(),
        event: InboundEvent::Message(message),
    }
}

/// What we know of in the stretch that was read, and the platform no longer has, was deleted meanwhile.
async fn spot_deletions(
    service: &Service,
    sink: &Sink,
    link: &Link,
    thread: &RemoteThread,
    seen: &[String],
    began: Micros,
) -> Result<(), Failed> {
    let Some(first) = seen.first() else { return Ok(()) };
    let limit = i64::try_from(seen.len()).unwrap_or(i64::MAX).saturating_add(200);
    let known = service.store.maps_of_link_after(link.id, first, limit).await.map_err(ServiceError::from)?;
    let present: HashSet<&String> = seen.iter().collect();
    for map in known {
        // What became known since may have been written after its page was read.
        if present.contains(&map.remote_id) || map.created_at >= began {
            continue;
        }
        let event = InboundEvent::Deleted {
            channel: thread.channel.clone(),
            thread: Some(thread.id.clone()),
            id: map.remote_id.clone(),
            at: service.clock.now(),
        };
        sink.accept(Inbound {
            connection: thread.channel.connection.clone(),
            dedupe_key: format!("snapshot-deleted:{thread}:{}", map.remote_id),
            lane: thread.lane(),
            event,
        })
        .await?;
    }
    Ok(())
}

/// Reads patiently: what asks to wait is waited for, a few times.
async fn patiently<T, F: Future<Output = Result<T, BridgeError>>>(
    mut read: impl FnMut() -> F,
) -> Result<T, BridgeError> {
    const PATIENCE: usize = 5;
    for _ in 0..PATIENCE {
        reached("catch_up_before_call");
        let answer = read().await;
        reached("catch_up_after_call");
        match answer {
            Err(BridgeError::RateLimited { after, .. }) => tokio::time::sleep(after).await,
            done => return done,
        }
    }
    read().await
}
