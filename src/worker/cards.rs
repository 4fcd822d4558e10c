//! Keeps cards up to date. Latest wins: however often a conversation changed, a card is drawn once, as things stand.
//!
//! What lives here: the loop beside the lanes. What must not: what a card shows (that is a service's).

use bridge_core::{BridgeError, ConnectionId, IdempotencyKey, Micros, Op, StepState, Target};
use tokio_util::sync::CancellationToken;

use super::{backoff, for_each_connection, next_round};
use crate::failpoint::reached;
use crate::model::Link;
use crate::service::replace_thread::replace_thread;
use crate::service::{Service, ServiceError, break_channel, build_card};
use crate::store::{Change, Write};

/// How many cards of a connection are drawn in a round.
const CARDS: i64 = 32;

/// Keeps cards up to date until `stop`. Each connection's are drawn one after the other, and none waits for another
/// connection's.
pub async fn run(service: Service, stop: CancellationToken) {
    for_each_connection(&service, &stop, run_connection).await;
}

async fn run_connection(service: Service, connection: ConnectionId, stop: CancellationToken) {
    let mut bell = service.wake.cards_bell();
    loop {
        // What is rung for from here on is looked at in the next round.
        bell.mark_unchanged();
        let due = match round(&service, &connection, &stop).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(error = %error, "the cards could not be read; it is tried again shortly");
                None
            }
        };
        let rung = async {
            // The sender lives as long as the service, and the loop holds that.
            let _ = bell.changed().await;
        };
        if !next_round(&service, rung, due, &stop).await {
            return;
        }
    }
}

async fn round(
    service: &Service,
    connection: &ConnectionId,
    stop: &CancellationToken,
) -> Result<Option<Micros>, ServiceError> {
    let links = service.store.cards_due(connection, service.clock.now(), CARDS).await?;
    if links.len() == usize::try_from(CARDS).unwrap_or(usize::MAX) {
        service.wake.cards();
    }
    for link in links {
        if stop.is_cancelled() {
            return Ok(None);
        }
        // One card that can't be drawn must not keep the others from it.
        if let Err(error) = draw(service, &link).await {
            tracing::error!(link.id = %link.id, error = %error, "the card of link {} is drawn again later", link.id);
            later(service, &link, backoff(4)).await?;
        }
    }
    Ok(service.store.next_card_due(connection, service.clock.now()).await?)
}

async fn draw(service: &Service, link: &Link) -> Result<(), ServiceError> {
    let Some((bridge, channel)) = service.bridge_of(link.channel) else {
        return later(service, link, std::time::Duration::from_secs(60)).await;
    };
    let (Some(id), Some(conversation)) = (link.card.clone(), service.store.conversation(link.conversation).await?)
    else {
        return later(service, link, std::time::Duration::from_secs(60)).await;
    };
    let card = build_card::build_card(service, &conversation, link).await?;
    let words = service.words(conversation.domain);
    let target = Target { channel: channel.remote.clone(), thread: link.remote_thread.clone(), words };
    // The same wish is the same work, however often it is tried.
    let key = IdempotencyKey::from_bits(link.id.0.as_u128().wrapping_add(u128::from(link.card_wanted.unsigned_abs())));
    let asked = service.clock.now();
    reached("card_before_call");
    let done = bridge.perform(&target, &Op::UpdateCard { id, card }, &key, StepState::default()).await;
    reached("card_after_call");
    match done {
        Ok(_) => shown(service, link, link.card_wanted, service.clock.now()).await,
        Err(BridgeError::RateLimited { after, .. }) => later(service, link, after).await,
        Err(BridgeError::ThreadGone) => replace_thread(service, link.id).await,
        Err(BridgeError::ChannelBroken { why }) => {
            later(service, link, backoff(5)).await?;
            break_channel::break_channel(service, &channel.remote, &why, asked).await.map(drop)
        }
        Err(BridgeError::Unauthorized { why }) => {
            later(service, link, backoff(5)).await?;
            break_channel::break_connection(service, &channel.remote.connection, &why, asked).await.map(drop)
        }
        Err(BridgeError::Rejected { why }) => {
            tracing::error!(link.id = %link.id, why, "the card of link {} was refused, so it stays as it is: {why}", link.id);
            shown(service, link, link.card_wanted, service.clock.now()).await
        }
        Err(error @ (BridgeError::Ambiguous { .. } | BridgeError::Transient { .. })) => {
            tracing::warn!(link.id = %link.id, error = %error, "the card of link {} is drawn again shortly", link.id);
            later(service, link, backoff(1)).await
        }
    }
}

async fn later(service: &Service, link: &Link, wait: std::time::Duration) -> Result<(), ServiceError> {
    shown(service, link, link.card_shown, service.clock.now().plus(wait)).await
}

async fn shown(service: &Service, link: &Link, wish: i64, due_at: Micros) -> Result<(), ServiceError> {
    let mut write = Write::new(link.conversation.0);
    write.push(Change::LinkCardShown(link.id, wish, due_at));
    Ok(service.store.commit(write).await?)
}
