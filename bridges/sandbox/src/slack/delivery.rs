//! Handing things to apps: the first attempt, the wait for the acknowledgement, the redeliveries.
//!
//! What lives here: the policy of attempts, the same for Socket Mode and HTTP. What must not: payloads, signatures.
//!
//! Slack redelivers events only. A click or a command that nobody acknowledges in time is over: the person sees a
//! warning sign.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::net::{Kind, Outgoing};
use super::records::Delivery;
use super::world::World;
use super::{SlackSandbox, hooks};

impl SlackSandbox {
    /// Makes the first attempt; runs under the world's lock, so attempts start in the order of the changes.
    pub(crate) fn start(&self, world: &mut World, out: Outgoing) {
        let Some(app) = world.apps.get(&out.app_id) else { return };
        world.under_way.push((out.key.clone(), out.about.clone()));
        if app.socket_mode {
            let deadline = self.0.clock.after(self.0.ack_within);
            let wait = world.net.send(&out, 0, "");
            let sandbox = self.clone();
            tokio::spawn(async move { sandbox.follow_socket(out, wait, deadline).await });
            return;
        }
        let lane = world.net.lanes.entry(out.app_id.clone()).or_insert_with(|| {
            let (lane, inbox) = mpsc::unbounded_channel();
            tokio::spawn(hooks::run_lane(self.clone(), inbox));
            lane
        });
        if lane.send(out).is_err() {
            tracing::debug!("the sandbox is stopping; an event was not sent");
        }
    }

    async fn follow_socket(
        self,
        mut out: Outgoing,
        mut wait: Option<oneshot::Receiver<Option<Value>>>,
        mut deadline: i64,
    ) {
        let mut attempt = 0;
        loop {
            let outcome = match wait.take() {
                None => Err("no_socket"),
                Some(ack) => tokio::select! {
                    biased;
                    ack = ack => ack.map_err(|_| "socket_closed"),
                    () = self.0.clock.sleep_until(deadline) => Err("timeout"),
                    () = self.0.stop.cancelled() => return,
                },
            };
            match outcome {
                Ok(payload) => {
                    self.note(&out, attempt, "acked", true);
                    self.answered(&mut out, payload);
                    return;
                }
                Err(reason) => {
                    let Some(next) = self.next_attempt(&mut out, attempt, reason) else { return };
                    tokio::select! {
                        () = self.0.clock.sleep_until(next) => {}
                        () = self.0.stop.cancelled() => return,
                    }
                    attempt += 1;
                    deadline = self.0.clock.after(self.0.ack_within);
                    wait = self.lock().net.send(&out, attempt, "timeout");
                }
            }
        }
    }

    /// Notes a failed attempt. Gives the time of the next one in Unix microseconds, or `None` when it was the last.
    pub(crate) fn next_attempt(&self, out: &mut Outgoing, attempt: u32, reason: &str) -> Option<i64> {
        let retries = usize::try_from(attempt).ok().and_then(|at| self.0.retry_after.get(at));
        let again = retries.filter(|_| out.kind == Kind::Event).map(|wait| self.0.clock.after(*wait));
        self.note(out, attempt, reason, again.is_none());
        if again.is_none()
            && let Some(done) = out.done.take()
        {
            let _ = done.send(None);
        }
        again
    }

    /// An app acknowledged; a command's answer is shown to who gave the command.
    pub(crate) fn answered(&self, out: &mut Outgoing, payload: Option<Value>) {
        if let Some(answer) = payload.as_ref().filter(|_| out.kind == Kind::Command) {
            self.command_answered(&out.payload, answer);
        }
        if let Some(done) = out.done.take() {
            let _ = done.send(Some(payload.unwrap_or(Value::Null)));
        }
    }

    /// Writes an attempt into the log that tests read.
    pub(crate) fn note(&self, out: &Outgoing, attempt: u32, outcome: &str, last: bool) {
        let at = self.0.clock.now_micros();
        self.lock().log_delivery(Delivery {
            at,
            app: out.app_id.clone(),
            kind: out.kind.as_str().to_owned(),
            key: out.key.clone(),
            about: out.about.clone(),
            attempt,
            outcome: outcome.to_owned(),
            last,
        });
        self.0.changes.bump();
    }
}
