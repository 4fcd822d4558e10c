//! A platform's event is made durable, before anybody works on it.
//!
//! What lives here: the sink that bridges deliver into. What must not: what an event means (that is [`super::receive`]).

use async_trait::async_trait;
use bridge_core::{
    ConnectionId, Inbound, InboundEvent, InboundSink, ListenReport, Micros, RemoteChannel, RemoteThread, RemoteUser,
    SinkError,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Service, report_typing};
use crate::clock::new_id;
use crate::store::{Change, Intake, IntakeProgress, IntakeState, Write};

/// Where bridges deliver what they hear.
#[derive(Clone)]
pub struct Sink {
    service: Service,
}

impl Sink {
    /// A sink into that service's intake.
    #[must_use]
    pub const fn new(service: Service) -> Self {
        Self { service }
    }
}

/// One key a connection, so that arrivals keep their order.
fn key_of(connection: &ConnectionId) -> Uuid {
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::digest(connection.to_string())[..16]);
    Uuid::from_bytes(key)
}

/// The intake row of an event that arrives now.
fn row(inbound: &Inbound, now: Micros) -> Result<Intake, SinkError> {
    let payload = serde_json::to_string(inbound).map_err(|error| SinkError(error.to_string()))?;
    Ok(Intake {
        id: new_id(),
        connection: inbound.connection.clone(),
        dedupe_key: inbound.dedupe_key.clone(),
        lane: inbound.lane.clone(),
        payload: Some(payload),
        received_at: now,
        progress: IntakeProgress { state: IntakeState::Pending, attempts: 0, due_at: now, error: None, done_at: None },
    })
}

/// The channel in which somebody's words were said, changed or taken back.
const fn place_of_words(event: &InboundEvent) -> Option<&RemoteChannel> {
    match event {
        InboundEvent::Message(message) | InboundEvent::Edited(message) => Some(&message.channel),
        InboundEvent::Deleted { channel, .. } | InboundEvent::Unreadable { channel, .. } => Some(channel),
        _ => None,
    }
}

#[async_trait]
impl InboundSink for Sink {
    async fn accept(&self, inbound: Inbound) -> Result<(), SinkError> {
        // A bot may hear a whole server: what people say where no domain is mapped is not ours to keep.
        if place_of_words(&inbound.event).is_some_and(|channel| self.service.book.channel_at(channel).is_none()) {
            return Ok(());
        }
        crate::failpoint::reached("intake_before_accept");
        let row = row(&inbound, self.service.clock.now())?;
        let mut write = Write::new(key_of(&inbound.connection));
        write.push(Change::NewIntake(row));
        self.service.store.commit(write).await.map_err(|error| {
            tracing::error!(connection = %inbound.connection, error = %error, "an event of {} could not be stored; it will be told again", inbound.connection);
            SinkError(error.to_string())
        })?;
        crate::failpoint::reached("intake_after_accept");
        self.service.wake.intake();
        Ok(())
    }

    fn typing(&self, thread: &RemoteThread, user: &RemoteUser) {
        let (service, thread, user) = (self.service.clone(), thread.clone(), user.clone());
        self.service.tasks.spawn(async move {
            if let Err(error) = report_typing::operator_types(&service, &thread, &user).await {
                tracing::debug!(error = %error, "a typing sign was dropped");
            }
        });
    }

    fn report(&self, connection: &ConnectionId, report: ListenReport) {
        match report {
            ListenReport::Connected => {
                tracing::info!(connection = %connection, "{connection} is connected");
                self.service.presence.set_heard(connection, Some(self.service.clock.now()));
                self.service.wake.desks(connection);
                // A full queue holds a request for this connection's catch-up already, or a sweep will come.
                let _ = self.service.catch_up.try_send(connection.clone());
            }
            ListenReport::Disconnected { why } => {
                tracing::warn!(connection = %connection, "{connection} is not connected: {why}");
                self.service.presence.set_heard(connection, None);
            }
            ListenReport::Missed { why } => {
                tracing::warn!(connection = %connection, why, "some events of {connection} could not be taken and are read again: {why}");
                let _ = self.service.catch_up.try_send(connection.clone());
            }
            ListenReport::DesksChanged => self.service.wake.desks(connection),
            ListenReport::ForeignListeners { count } => {
                tracing::warn!(connection = %connection, count, "{count} other listeners use the credentials of {connection} and take a share of its events: stop the other program, or give it credentials of its own");
            }
        }
    }
}
