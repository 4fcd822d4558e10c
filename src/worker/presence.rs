//! Keeps the board of who can answer up to date.
//!
//! What lives here: the loops: what grows old, who the operators are, and asking platforms who is at their desk. What must
//! not: the rule, or judging a platform's answers.

use std::time::Duration;

use bridge_core::ConnectionId;
use tokio_util::sync::CancellationToken;

use super::{backoff, for_each_connection};
use crate::service::{Service, team_presence};

/// How often it is looked at what has become too old.
const TICK: Duration = Duration::from_secs(1);
/// How often the operators are read again, whatever is told of them.
const TEAM: Duration = Duration::from_secs(60);
/// How far apart two questions are at the least.
const APART: Duration = Duration::from_millis(500);
/// How often platforms are asked; sooner after a question that got no answer.
const ASK: Duration = Duration::from_secs(60);

/// Keeps it until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    tokio::select! {
        () = tick(&service, &stop) => {}
        () = follow_the_team(&service, &stop) => {}
        () = for_each_connection(&service, &stop, ask_connection) => {}
    }
}

async fn tick(service: &Service, stop: &CancellationToken) {
    let mut every = tokio::time::interval(TICK);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            _ = every.tick() => service.presence.tick(),
        }
    }
}

async fn follow_the_team(service: &Service, stop: &CancellationToken) {
    let mut every = tokio::time::interval(TEAM);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = service.wake.team_rung() => {}
            _ = every.tick() => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            read = team_presence::refresh_team(service) => if let Err(error) = read {
                tracing::warn!(error = %error, "who the operators are could not be read");
            }
        }
    }
}

async fn ask_connection(service: Service, connection: ConnectionId, stop: CancellationToken) {
    let (mut wait, mut failures) = (Duration::ZERO, 0);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = service.wake.desks_rung(&connection) => {}
            () = tokio::time::sleep(wait) => {}
        }
        wait = ASK;
        // What isn't heard doesn't count, whoever is there.
        if service.presence.heard_since(&connection).is_none() {
            continue;
        }
        let asked = tokio::select! {
            () = stop.cancelled() => return,
            asked = team_presence::ask_who_is_active(&service, &connection) => asked,
        };
        match asked {
            Ok(()) => failures = 0,
            Err(error) => {
                if failures == 0 {
                    tracing::warn!(connection = %connection, error = %error, "who is at their desk on {connection} could not be asked: {error}");
                } else {
                    tracing::debug!(connection = %connection, error = %error, "who is at their desk on {connection} could not be asked again");
                }
                // Visitors are told that nobody is there until somebody is known to be.
                wait = backoff(failures);
                failures += 1;
            }
        }
        // People come and go in swarms: one question answers for all of them.
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(APART) => {}
        }
    }
}
