//! One turn of one lane: claim the head, call the bridge, write down what came of it.
//!
//! What lives here: the outbox's state machine. What must not: choosing whose turn it is.
//!
//! `pending → sending` is committed before the network is touched, so that after a crash the outcome counts as unknown and is
//! looked up, never sent again blindly.

use std::time::Duration;

use bridge_core::{
    Applied, Body, Bridge, BridgeError, Found, Micros, Op, Outcome, Post, PostAuthor, Sent, Speaker, StepState, Target,
};

use super::super::backoff;
use super::Turns;
use super::operation::{Call, Work, work};
use crate::failpoint::reached;
use crate::model::Link;
use crate::service::record_delivery::{Shown, Touched, record_applied, record_undelivered};
use crate::service::replace_thread::replace_thread;
use crate::service::{Service, ServiceError, break_channel};
use crate::store::{Change, CommitError, Guard, Outbox, OutboxKind, OutboxProgress, OutboxState, Write};

/// How many of a thread's newest messages are known to a look as the outcome of other work.
const TAKEN: i64 = 500;
/// A refused card is our own mistake; its lane waits for a mended program rather than losing what follows.
const CARD_REFUSED_WAIT: Duration = Duration::from_secs(300);

/// Works on a lane's head.
pub(super) async fn attempt(turns: &Turns, bridge: &dyn Bridge, row: Outbox) -> Result<(), ServiceError> {
    let service = &turns.service;
    let Some(link) = service.store.link(row.link).await? else { return Ok(()) };
    match row.progress.state {
        OutboxState::Pending => send(turns, bridge, row, &link).await,
        OutboxState::Unknown => look(turns, bridge, row, &link).await,
        // Its lease has ended: whoever worked on it did not write down what came of it.
        OutboxState::Sending => settle(turns, &row, unknown(turns, &row)).await,
        OutboxState::Done | OutboxState::Undelivered | OutboxState::Dropped => Ok(()),
    }
}

async fn target(service: &Service, row: &Outbox, link: &Link) -> Result<Option<Target>, ServiceError> {
    let Some(channel) = service.book.channel(row.channel) else { return Ok(None) };
    let words = service.words_in(row.conversation).await?;
    Ok(Some(Target { channel: channel.remote, thread: link.remote_thread.clone(), words }))
}

/// Claims, calls, and writes down.
async fn send(turns: &Turns, bridge: &dyn Bridge, mut row: Outbox, link: &Link) -> Result<(), ServiceError> {
    let Some(target) = target(&turns.service, &row, link).await? else { return Ok(()) };
    let calls = match work(&turns.service, target.words, &row, link).await? {
        Work::Nothing => {
            // What an earlier try may have left is looked for first: the deletion that follows removes only what is known.
            let state = if row.progress.sent_at.is_some() { OutboxState::Unknown } else { OutboxState::Dropped };
            return settle(turns, &row, OutboxProgress { state, ..row.progress.clone() }).await;
        }
        Work::Calls(calls) => calls,
    };
    let now = turns.service.clock.now();
    let earlier = row.progress.sent_at;
    let claimed = OutboxProgress {
        state: OutboxState::Sending,
        attempts: row.progress.attempts + 1,
        lease_until: Some(now.plus(turns.figures.lease)),
        // Where an earlier try is in doubt, that one is what is looked for, and what the platform's memory counts from.
        sent_at: earlier.or(Some(now)),
        error: None,
        ..row.progress.clone()
    };
    if !try_settle(turns, &row, claimed.clone()).await? {
        return Ok(());
    }
    row.progress = claimed;
    let last = calls.len().saturating_sub(1);
    let mut touched: Vec<Touched> = Vec::new();
    for (index, mut call) in calls.into_iter().enumerate() {
        let asked = turns.service.clock.now();
        reached("deliver_before_call");
        let step = row.progress.step.as_deref().and_then(|step| serde_json::from_str(step).ok()).unwrap_or_default();
        let outcome = bridge.perform(&target, &call.op, &row.id.key(), step).await;
        reached("deliver_after_call");
        touched.extend(call.touched.take());
        if earlier.is_some() || row.progress.step.is_some() {
            // An earlier try, or an earlier step, may be what stands there, as things were then.
            call.shown = Shown::default();
        }
        match outcome {
            // An edit's inner calls are each safe to repeat, so only the last one's success is written down.
            Ok(Outcome::Applied(_)) if index < last => {}
            Ok(outcome) => return record(turns, &row, &call, outcome, &touched).await,
            Err(error) => return fail(turns, &row, (earlier, asked), &call.op, error).await,
        }
    }
    Ok(())
}

async fn record(
    turns: &Turns,
    row: &Outbox,
    call: &Call,
    outcome: Outcome,
    touched: &[Touched],
) -> Result<(), ServiceError> {
    reached("deliver_before_record");
    match outcome {
        Outcome::Applied(applied) => applied_now(turns, row, call, &applied, touched).await,
        Outcome::Continue(StepState(step)) => {
            let progress = OutboxProgress {
                state: OutboxState::Pending,
                step: Some(step.to_string()),
                lease_until: None,
                sent_at: None,
                ..row.progress.clone()
            };
            settle(turns, row, progress).await
        }
        Outcome::AwaitEcho { .. } => settle(turns, row, unknown(turns, row)).await,
    }
}

async fn applied_now(
    turns: &Turns,
    row: &Outbox,
    call: &Call,
    applied: &Applied,
    touched: &[Touched],
) -> Result<(), ServiceError> {
    record_applied(&turns.service, row.id, Some(row.progress.attempts), applied, call.shown, touched).await?;
    if row.kind == OutboxKind::OpenThread && !turns.service.store.unfinished_outbox(row.link).await?.is_empty() {
        turns.service.wake.deliver();
    }
    if row.kind == OutboxKind::OpenThread {
        read_what_came_early(&turns.service, row);
    }
    tracing::info!(outbox.id = %row.id, conversation.id = %row.conversation, attempts = row.progress.attempts, "{} of conversation {} was delivered", call.op.name(), row.conversation);
    Ok(())
}

/// A thread that was begun before the connection was there may hold words already that nobody told of, and whoever caught
/// up then did not know the thread yet.
fn read_what_came_early(service: &Service, row: &Outbox) {
    let Some(channel) = service.book.channel(row.channel) else { return };
    let connection = channel.remote.connection;
    if service.presence.heard_since(&connection).is_some_and(|since| since > row.created_at) {
        // A full queue holds a request for this connection's catch-up already, or a sweep will come.
        let _ = service.catch_up.try_send(connection);
    }
}

/// Looks up an outcome that nobody knows.
async fn look(turns: &Turns, bridge: &dyn Bridge, row: Outbox, link: &Link) -> Result<(), ServiceError> {
    let service = &turns.service;
    let Some(target) = target(&turns.service, &row, link).await? else { return Ok(()) };
    let now = service.clock.now();
    let sent_at = row.progress.sent_at.unwrap_or(row.created_at);
    let again = OutboxProgress { state: OutboxState::Pending, due_at: now, sent_at: None, ..row.progress.clone() };
    if matches!(row.kind, OutboxKind::Edit | OutboxKind::Delete | OutboxKind::Archive) {
        return settle(turns, &row, again).await;
    }
    let call = match work(service, target.words, &row, link).await? {
        Work::Calls(calls) => calls.into_iter().next(),
        Work::Nothing => None,
    };
    let same_key_is_safe = bridge.capabilities().idempotent_for.is_some_and(|window| now.since(sent_at) < window);
    if same_key_is_safe && call.is_some() {
        // It stays in doubt: where the next try does nothing, the platform may have forgotten the key before the one after.
        return settle(turns, &row, OutboxProgress { sent_at: Some(sent_at), ..again }).await;
    }
    // A message that was removed meanwhile is looked for all the same: the deletion that follows in its lane removes only
    // what was recorded.
    let mut call = call.unwrap_or_else(|| lost_post(&row));
    // What was posted may show less than what stands in the database now; the next change, or the card's loop, brings the rest.
    call.shown = Shown::default();
    let taken = service.store.latest_maps_of_link(row.link, TAKEN).await?;
    let sent = Sent { at: sent_at, taken: taken.into_iter().map(|map| map.remote_id).collect() };
    reached("deliver_before_call");
    let found = bridge.find(&target, &call.op, &row.id.key(), &sent).await;
    reached("deliver_after_call");
    match found {
        Ok(Found::Yes(outcome)) => record(turns, &row, &call, outcome, &[]).await,
        Ok(Found::No) => settle(turns, &row, again).await,
        Ok(Found::NotYet) => settle(turns, &row, unknown(turns, &row)).await,
        // Nothing was changed by looking: it stays unknown.
        Err(BridgeError::RateLimited { after, scope }) => {
            turns.pauses.rest(row.channel, &target.channel, scope, now.plus(after));
            settle(turns, &row, OutboxProgress { due_at: now.plus(after), ..row.progress.clone() }).await
        }
        Err(BridgeError::Ambiguous { why } | BridgeError::Transient { why }) => {
            let wait = backoff(row.progress.attempts);
            settle(turns, &row, OutboxProgress { due_at: now.plus(wait), error: Some(why), ..row.progress.clone() })
                .await
        }
        Err(error) => fail(turns, &row, (Some(sent_at), now), &call.op, error).await,
    }
}

/// A post whose words are gone; its key is all that a look needs.
fn lost_post(row: &Outbox) -> Call {
    let author = PostAuthor { speaker: Speaker::System, name: String::new(), picture: None };
    let part = u16::try_from(row.part).unwrap_or(u16::MAX);
    let post = Post { author, body: Body::default(), part, broadcast: false, delayed_from: None };
    Call { op: Op::Post(post), shown: Shown::default(), touched: None }
}

fn unknown(turns: &Turns, row: &Outbox) -> OutboxProgress {
    let due_at = turns.service.clock.now().plus(turns.figures.find_after);
    OutboxProgress { state: OutboxState::Unknown, lease_until: None, due_at, ..row.progress.clone() }
}

/// Writes down what a failed call leaves. `earlier` is when a try was made whose outcome nobody knows: a later one that
/// surely did nothing doesn't settle that, so it is looked up before the next. `asked` is when this call was made.
async fn fail(
    turns: &Turns,
    row: &Outbox,
    (earlier, asked): (Option<Micros>, Micros),
    op: &Op,
    error: BridgeError,
) -> Result<(), ServiceError> {
    let service = &turns.service;
    let now = service.clock.now();
    tracing::warn!(outbox.id = %row.id, conversation.id = %row.conversation, attempts = row.progress.attempts, error = %error, "{} of conversation {} did not go through: {error}", op.name(), row.conversation);
    let again = |wait: Duration, error: String| OutboxProgress {
        state: if earlier.is_some() { OutboxState::Unknown } else { OutboxState::Pending },
        due_at: now.plus(wait),
        lease_until: None,
        sent_at: earlier,
        error: Some(error),
        ..row.progress.clone()
    };
    let text = error.to_string();
    match error {
        BridgeError::RateLimited { after, scope } => {
            // Whoever comes next in what the platform counts together would only be told the same.
            if let Some(channel) = service.book.channel(row.channel) {
                turns.pauses.rest(row.channel, &channel.remote, scope, now.plus(after));
            }
            settle(turns, row, again(after, text)).await
        }
        BridgeError::Transient { .. } => settle(turns, row, again(backoff(row.progress.attempts), text)).await,
        BridgeError::Ambiguous { .. } => {
            // A request that was cut short may still be on its way: what it leaves is looked for from now on.
            let sent_at = earlier.or(Some(now));
            let progress = OutboxProgress { error: Some(text), sent_at, ..unknown(turns, row) };
            settle(turns, row, progress).await
        }
        BridgeError::Rejected { .. } if row.kind == OutboxKind::OpenThread => {
            settle(turns, row, again(CARD_REFUSED_WAIT, text)).await
        }
        // Nobody misses anything where a thread is not put away.
        BridgeError::Rejected { .. } if row.kind == OutboxKind::Archive => {
            settle(turns, row, OutboxProgress { state: OutboxState::Dropped, ..row.progress.clone() }).await
        }
        BridgeError::Rejected { why } => record_undelivered(service, row, &why).await,
        BridgeError::ThreadGone => replace_thread(service, row.link).await,
        BridgeError::ChannelBroken { why } => {
            settle(turns, row, again(Duration::ZERO, text)).await?;
            if let Some(channel) = service.book.channel(row.channel) {
                break_channel::break_channel(service, &channel.remote, &why, asked).await?;
            }
            Ok(())
        }
        BridgeError::Unauthorized { why } => {
            settle(turns, row, again(Duration::ZERO, text)).await?;
            if let Some(channel) = service.book.channel(row.channel) {
                break_channel::break_connection(service, &channel.remote.connection, &why, asked).await?;
            }
            Ok(())
        }
    }
}

/// Writes down how far a row has come.
async fn settle(turns: &Turns, row: &Outbox, progress: OutboxProgress) -> Result<(), ServiceError> {
    // A conflict says that an echo was faster: it is written down already.
    try_settle(turns, row, progress).await.map(drop)
}

/// The same; answers whether the row still stood as it was read.
async fn try_settle(turns: &Turns, row: &Outbox, progress: OutboxProgress) -> Result<bool, ServiceError> {
    let mut write = Write::new(row.conversation.0);
    write.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
    write.push(Change::SetOutbox(row.id, progress));
    match turns.service.store.commit(write).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict) => Ok(false),
        Err(error @ CommitError::Unavailable(_)) => Err(error.into()),
    }
}
