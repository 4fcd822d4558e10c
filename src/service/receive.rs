//! A platform's event is worked on.
//!
//! What lives here: sending each kind of event to its use case. What must not: the use cases, or anything that knows which
//! platform it is.

use bridge_core::{DirectoryAnswer, DirectoryQuery, Inbound, InboundEvent, RemoteChannel};

use super::{
    Service, ServiceError, break_channel, receive_click, receive_delete, receive_edit, receive_reply,
    receive_team_command,
};

/// What came of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It was worked on, or means nothing to us.
    Done,
    /// What it is about has not arrived yet: try again a little later.
    Early,
    /// The thread that it may belong to is being opened: try again in a moment, and before what follows it.
    Waits,
}

/// Works on an event. `attempt` counts from 0: a repeated attempt asks again what may not have been heard the first time.
///
/// # Errors
/// Any [`ServiceError`]; the event is tried again.
pub async fn receive(service: &Service, inbound: &Inbound, attempt: i64) -> Result<Received, ServiceError> {
    match &inbound.event {
        InboundEvent::Message(message) => receive_reply::receive_reply(service, message, attempt).await,
        InboundEvent::Edited(message) => receive_edit::receive_edit(service, message, attempt).await,
        InboundEvent::Deleted { channel, thread, id, .. } => {
            receive_delete::receive_delete(service, channel, thread.as_deref(), id).await
        }
        InboundEvent::Click(click) => receive_click::receive_click(service, click).await,
        InboundEvent::TeamCommand(command) => {
            receive_team_command::receive_team_command(service, &inbound.connection, command).await
        }
        InboundEvent::Unreadable { channel, thread, id } => {
            read_again(service, channel, thread.as_deref(), id, attempt).await
        }
        InboundEvent::ChannelBroken { channel, why } => {
            break_channel::break_channel(service, channel, why, service.clock.now()).await
        }
        InboundEvent::ChannelRestored { channel } => break_channel::restore_channel(service, channel).await,
        InboundEvent::ConnectionBroken { why } => {
            break_channel::break_connection(service, &inbound.connection, why, service.clock.now()).await
        }
    }
}

async fn read_again(
    service: &Service,
    channel: &RemoteChannel,
    thread: Option<&str>,
    id: &str,
    attempt: i64,
) -> Result<Received, ServiceError> {
    let Some(bridge) = service.bridge(&channel.connection) else { return Ok(Received::Done) };
    let query =
        DirectoryQuery::Message { channel: channel.clone(), thread: thread.map(str::to_owned), id: id.to_owned() };
    match bridge.directory(query).await {
        Ok(DirectoryAnswer::Message(Some(message))) => receive_reply::receive_reply(service, &message, attempt).await,
        // It was deleted since: nothing is left to tell.
        Ok(_) => receive_delete::receive_delete(service, channel, thread, id).await,
        Err(error) => Err(ServiceError::from_bridge(error)),
    }
}
