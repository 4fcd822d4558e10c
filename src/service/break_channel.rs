//! A channel or a whole connection can't be used, or can again.
//!
//! What lives here: writing it down, so that its lanes pause and nothing in them is lost. What must not: finding it out.

use bridge_core::{ConnectionId, Micros, RemoteChannel};

use super::decide::Decision;
use super::receive::Received;
use super::{Service, ServiceError};
use crate::model::ChannelId;
use crate::store::{Change, Write};

/// Pauses a channel. `asked` is when the platform was asked what it answered with `why`, or when it said so unasked: an answer
/// to a question from before the channel was restored says nothing about now.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn break_channel(
    service: &Service,
    channel: &RemoteChannel,
    why: &str,
    asked: Micros,
) -> Result<Received, ServiceError> {
    if let Some(channel) = service.book.channel_at(channel) {
        let _turn = service.breaking.lock().await;
        if service.restored.get(&channel.id).is_some_and(|restored| asked < *restored) {
            tracing::info!(channel = %channel.remote, "{} was restored after it was asked; it had said: {why}", channel.remote);
            return Ok(Received::Done);
        }
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
        let turn = service.breaking.lock().await;
        tracing::info!(channel = %channel.remote, "{} can be used again", channel.remote);
        service.restored.insert(channel.id, service.clock.now());
        set(service, channel.id, None).await?;
        drop(turn);
        service.wake.deliver();
        service.wake.cards();
        service.wake.desks(&channel.remote.connection);
        let _ = service.catch_up.try_send(channel.remote.connection.clone());
    }
    Ok(Received::Done)
}

/// Pauses every channel of a connection; `asked` as in [`break_channel`].
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn break_connection(
    service: &Service,
    connection: &ConnectionId,
    why: &str,
    asked: Micros,
) -> Result<Received, ServiceError> {
    for channel in service.book.channels_of(connection) {
        break_channel(service, &channel.remote, why, asked).await?;
    }
    Ok(Received::Done)
}

/// Writes it down and tells the board. The caller has the turn, so that both say the same in the end.
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
