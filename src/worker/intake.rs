//! Works on what platforms told us: one event of a lane after the other, lanes side by side.
//!
//! What lives here: the intake's state machine. What must not: what an event means (that is [`crate::service::receive`]).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{Answer, ConnectionId, Inbound, InboundEvent, Micros};
use dashmap::DashSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{backoff, next_round};
use crate::failpoint::reached;
use crate::service::receive::{Received, receive};
use crate::service::say::Say;
use crate::service::{Service, ServiceError};
use crate::store::{Change, CommitError, Guard, Intake, IntakeProgress, IntakeState, Write};

/// How many lanes are looked at in a round.
const HEADS: i64 = 64;
/// After so many failed attempts an event is given up, and its author told.
const ATTEMPTS: i64 = 5;
/// How long a lane rests when the database could not be written to.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How long an event waits for what it is about.
const EARLY_WAIT: Duration = Duration::from_secs(1);
/// How long an event waits at first for a thread that is being opened; later a quarter of its age.
const OPENING_WAIT: Duration = Duration::from_millis(250);
/// How long it waits in all. A platform that can't say for so long which thread it has opened is asked by catch-up.
const OPENING_PATIENCE: Duration = Duration::from_secs(600);

type Lane = (ConnectionId, String);

/// Works until `stop`, then waits for what has begun.
pub async fn run(service: Service, stop: CancellationToken) {
    let busy: Arc<DashSet<Lane>> = Arc::default();
    let tasks = TaskTracker::new();
    let started = service.clock.now();
    loop {
        let due = match round(&service, &busy, &tasks, started).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(error = %error, "the intake could not be read; it is tried again shortly");
                None
            }
        };
        if !next_round(&service, service.wake.intake_rung(), due, &stop).await {
            break;
        }
    }
    tasks.close();
    tasks.wait().await;
}

async fn round(
    service: &Service,
    busy: &Arc<DashSet<Lane>>,
    tasks: &TaskTracker,
    started: Micros,
) -> Result<Option<Micros>, ServiceError> {
    let now = service.clock.now();
    // What ends while the heads are read may be among them as it stood before: such a lane waits for the bell that it rings.
    let working: HashSet<Lane> = busy.iter().map(|lane| lane.clone()).collect();
    // Lanes that are being worked on are among the heads too, and must not hide the others.
    let most = HEADS.saturating_add(i64::try_from(working.len()).unwrap_or(i64::MAX));
    for row in service.store.intake_heads(now, most).await? {
        let lane = (row.connection.clone(), row.lane.clone());
        if working.contains(&lane) || !busy.insert(lane.clone()) {
            continue;
        }
        let (service, busy) = (service.clone(), Arc::clone(busy));
        tasks.spawn(async move {
            let _leave = Leave { service: service.clone(), busy, lane };
            let id = row.id;
            if let Err(error) = work(&service, row, started).await {
                tracing::error!(error = %error, intake.id = %id, "event {id} could not be written down; it is taken up again");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        });
    }
    Ok(service.store.next_intake_due(now).await?)
}

/// Frees a lane when its turn ends, in whatever way.
struct Leave {
    service: Service,
    busy: Arc<DashSet<Lane>>,
    lane: Lane,
}

impl Drop for Leave {
    fn drop(&mut self) {
        self.busy.remove(&self.lane);
        self.service.wake.intake();
    }
}

async fn work(service: &Service, row: Intake, started: Micros) -> Result<(), ServiceError> {
    let now = service.clock.now();
    let inbound: Option<Inbound> = row.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
    let Some(inbound) = inbound else {
        tracing::error!(intake.id = %row.id, "event {} holds nothing readable, so it is given up", row.id);
        return finish(service, &row, IntakeState::Failed, Some("unreadable".into()), now).await;
    };
    reached("intake_before_work");
    // What arrived before the program started may have been worked on up to any point by the one before it.
    let attempt = if row.received_at < started { row.progress.attempts.max(1) } else { row.progress.attempts };
    let received = receive(service, &inbound, attempt).await;
    reached("intake_after_work");
    match received {
        Ok(Received::Done) => finish(service, &row, IntakeState::Done, None, now).await,
        Ok(Received::Early) => step_aside(service, &row, &inbound.lane, now).await,
        Ok(Received::Waits) => wait_for_thread(service, &row, now).await,
        // What can't be reached now (a platform, the database) can be later: such an event is never given up.
        Err(error @ ServiceError::Unavailable(_)) => {
            tracing::warn!(intake.id = %row.id, attempts = row.progress.attempts, error = %error, "event {} waits: {}", row.id, chain(&error));
            again(service, &row, backoff(row.progress.attempts), &chain(&error), None).await
        }
        Err(error) => {
            let attempts = row.progress.attempts + 1;
            tracing::warn!(intake.id = %row.id, attempts, error = %error, "event {} did not go through: {error}", row.id);
            if attempts < ATTEMPTS {
                return again(service, &row, backoff(attempts), &error.to_string(), None).await;
            }
            tracing::error!(intake.id = %row.id, connection = %row.connection, "event {} of {} is given up after {attempts} attempts", row.id, row.connection);
            finish(service, &row, IntakeState::Failed, Some(error.to_string()), now).await?;
            tell_given_up(service, &inbound).await;
            Ok(())
        }
    }
}

/// An error with what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

/// Tells whoever wrote a message or pressed a button that it is given up; nobody else would notice.
async fn tell_given_up(service: &Service, inbound: &Inbound) {
    let (to, channel, said) = match &inbound.event {
        InboundEvent::Message(message) | InboundEvent::Edited(message) => {
            (&message.reply, &message.channel, Say::MessageFailed)
        }
        InboundEvent::Click(click) => (&click.reply, &click.channel, Say::ClickFailed),
        _ => return,
    };
    let channel = service.book.channel_at(channel);
    let words = channel.map_or_else(|| service.words_over(&inbound.connection), |it| service.words_at(it.id));
    let Some(bridge) = service.bridge(&inbound.connection) else { return };
    if let Err(error) = bridge.respond(to, &Answer::text(words.text(said))).await {
        tracing::warn!(connection = %inbound.connection, error = %error, "the author of a given-up event could not be told");
    }
}

async fn finish(
    service: &Service,
    row: &Intake,
    state: IntakeState,
    error: Option<String>,
    now: Micros,
) -> Result<(), ServiceError> {
    let progress =
        IntakeProgress { state, attempts: row.progress.attempts + 1, due_at: now, error, done_at: Some(now) };
    // What failed keeps its payload, so that somebody can look into it; what is done is erased.
    let payload = if state == IntakeState::Failed { row.payload.clone() } else { None };
    set(service, row, progress, payload, None).await
}

/// Lets what comes behind in its lane go first, since what this event is about may be there. While something is left there,
/// that is no attempt of its own.
async fn step_aside(service: &Service, row: &Intake, lane: &str, now: Micros) -> Result<(), ServiceError> {
    let why = "what it is about has not arrived yet";
    let aside = format!("early:{}", row.id);
    if row.lane != aside {
        return again(service, row, EARLY_WAIT, why, Some(aside)).await;
    }
    if service.store.is_lane_pending(&row.connection, lane).await? {
        let progress =
            IntakeProgress { due_at: now.plus(EARLY_WAIT), error: Some(why.to_owned()), ..row.progress.clone() };
        return set(service, row, progress, row.payload.clone(), None).await;
    }
    again(service, row, EARLY_WAIT, why, None).await
}

/// Keeps an event, and what is behind it in its lane, until its thread is known. That is no attempt of its own.
async fn wait_for_thread(service: &Service, row: &Intake, now: Micros) -> Result<(), ServiceError> {
    let age = now.since(row.received_at);
    if age > OPENING_PATIENCE {
        return finish(service, row, IntakeState::Done, None, now).await;
    }
    let due_at = now.plus(OPENING_WAIT.max(age / 4));
    let progress = IntakeProgress { due_at, error: Some("its thread is being opened".into()), ..row.progress.clone() };
    set(service, row, progress, row.payload.clone(), None).await
}

/// Tries an event again after a wait, in another lane if one is given.
async fn again(
    service: &Service,
    row: &Intake,
    wait: Duration,
    why: &str,
    lane: Option<String>,
) -> Result<(), ServiceError> {
    let due_at = service.clock.now().plus(wait);
    let progress = IntakeProgress {
        state: IntakeState::Pending,
        attempts: row.progress.attempts + 1,
        due_at,
        error: Some(why.to_owned()),
        done_at: None,
    };
    let moved = lane.map(|lane| Change::MoveIntake(row.id, lane));
    set(service, row, progress, row.payload.clone(), moved).await
}

async fn set(
    service: &Service,
    row: &Intake,
    progress: IntakeProgress,
    payload: Option<String>,
    moved: Option<Change>,
) -> Result<(), ServiceError> {
    let mut write = Write::new(row.id.0);
    write.guard(Guard::Intake(row.id, IntakeState::Pending));
    write.push(Change::SetIntake(row.id, progress, payload));
    write.changes.extend(moved);
    match service.store.commit(write).await {
        Ok(()) | Err(CommitError::Conflict) => Ok(()),
        Err(error @ CommitError::Unavailable(_)) => Err(error.into()),
    }
}
