//! Asks after the database, which must stay ours alone, and after channels that can't be used, so that they go on by
//! themselves once people have mended them.
//!
//! What lives here: the loop. What must not: judging a platform's answers (bridges do).

use std::time::Duration;

use bridge_core::{ConnectionId, Severity};
use tokio_util::sync::CancellationToken;

use super::for_each_connection;
use crate::service::{Service, ServiceError, break_channel};
use crate::store::StoreError;

/// How often it asks.
const EVERY: Duration = Duration::from_secs(30);

/// Asks until `stop`. The database and each connection are asked side by side.
pub async fn run(service: Service, stop: CancellationToken) {
    tokio::select! {
        () = hold_the_database(&service, &stop) => {}
        () = for_each_connection(&service, &stop, ask_connection) => {}
    }
}

/// Ends where the database is no longer ours.
async fn hold_the_database(service: &Service, stop: &CancellationToken) {
    let mut every = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        match service.store.ping().await {
            // Two programs on one database would each deliver everything: better none than both.
            Err(error @ StoreError::InUse { .. }) => {
                tracing::error!(error = %error, "the claim on the database is lost, so the program stops: {error}");
                return;
            }
            Err(error) => tracing::warn!(error = %error, "the database does not answer"),
            Ok(()) => {}
        }
    }
}

async fn ask_connection(service: Service, connection: ConnectionId, stop: CancellationToken) {
    let mut every = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = every.tick() => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            asked = ask(&service, &connection) => if let Err(error) = asked {
                tracing::warn!(connection = %connection, error = %error, "the broken channels of {connection} could not be asked after");
            }
        }
    }
}

async fn ask(service: &Service, connection: &ConnectionId) -> Result<(), ServiceError> {
    let channels = service.store.channels().await?.into_iter();
    for channel in channels.filter(|channel| channel.broken.is_some() && channel.remote.connection == *connection) {
        let Some((bridge, _)) = service.bridge_of(channel.id) else { continue };
        let findings = bridge.diagnose(std::slice::from_ref(&channel.remote)).await;
        if findings.iter().all(|finding| finding.severity < Severity::Broken) {
            break_channel::restore_channel(service, &channel.remote).await?;
        }
    }
    Ok(())
}
