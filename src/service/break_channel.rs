//! A channel or a whole connection can't be used, or can again.
//!
//! What lives here: writing it down, so that its lanes pause and nothing in them is lost. What must not: finding it out.

use bridge_core::{ConnectionId, RemoteChannel};

use super::decide::Decision;
use super::receive::Received;
use super::{Service, ServiceError};
use crate::model::ChannelId;
use crate::store::{Change, Write};

/// Pauses a channel.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn break_channel(service: &Service, channel: &RemoteChannel, why: &str) -> Result<Received, ServiceError> {
    if let Some(channel) = service.book.channel_at(channel) {
        tracing::error!(channel = %channel.remote, "{} can't be used, its conversations wait: {why}", channel.remote);
        set(service, channel.id, Some(why.to_owned())).await?;
    }
    Ok(Received::Done)
}

/// Lets a channel go on.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn restore_channel(service: &Service, channel: &RemoteChannel) -> Result<Received, ServiceError> {
    if let Some(channel) = service.book.channel_at(channel) {
        tracing::info!(channel = %channel.remote, "{} can be used again", channel.remote);
        set(service, channel.id, None).await?;
        service.wake.deliver();
        service.wake.cards();
        service.wake.desks(&channel.remote.connection);
        let _ = service.catch_up.try_send(channel.remote.connection.clone());
    }
    Ok(Received::Done)
}

/// Pauses every channel of a connection.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn break_connection(
    service: &Service,
    connection: &ConnectionId,
    why: &str,
) -> Result<Received, ServiceError> {
    for channel in service.book.channels_of(connection) {
        break_channel(service, &channel.remote, why).await?;
    }
    Ok(Received::Done)
}

async fn set(service: &Service, channel: ChannelId, why: Option<String>) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let mut write = Write::new(channel.0);
            write.push(Change::ChannelBroken(channel, why.clone(), service.clock.now()));
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
    service.presence.set_broken(channel, why.is_some());
    Ok(())
}
