//! What the checks work with: a stand, and the outbox worker's way of calling a bridge.
//!
//! What lives here: keys, the loop around one operation with a lost answer, listening. What must not: a check.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::failed::{Failed, demand};
use super::sink::Notebook;
use super::stand::{Shown, Stand};
use super::texts::words;
use super::{samples, stand::Who};
use crate::bridge::{Bridge, Cursor};
use crate::error::BridgeError;
use crate::ids::{IdempotencyKey, RemoteThread};
use crate::inbound::RemoteMessage;
use crate::op::{Applied, Found, Op, Outcome, Sent, StepState, Target};

/// How often an operation is tried before the check gives up.
const MOST_TRIES: u32 = 30;

/// When an outcome that nobody knows is seen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// At once: within the time in which a platform may still know the key.
    AtOnce,
    /// Long after, when only looking helps.
    Late,
}

/// A thread with its card.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) card: String,
    pub(super) thread: String,
}

pub(super) struct Bench<'a> {
    pub(super) stand: &'a dyn Stand,
    pub(super) bridge: Arc<dyn Bridge>,
    pub(super) sink: Arc<Notebook>,
    keys: AtomicU64,
    taken: Mutex<HashMap<String, Vec<String>>>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(stand: &'a dyn Stand) -> Self {
        Self {
            stand,
            bridge: stand.bridge(),
            sink: Notebook::new(stand.patience()),
            keys: AtomicU64::new(1),
            taken: Mutex::default(),
        }
    }

    /// A key that was never used, as long as real ones are.
    pub(super) fn key(&self) -> IdempotencyKey {
        let number = self.keys.fetch_add(1, Ordering::Relaxed);
        IdempotencyKey::from_bits((0x0190_0000_0000_7000_8000 << 48) | u128::from(number))
    }

    pub(super) fn in_channel(&self) -> Target {
        Target { channel: self.stand.channel(), thread: None, words: words("en") }
    }

    pub(super) fn at(&self, thread: &str) -> Target {
        Target { channel: self.stand.channel(), thread: Some(thread.to_owned()), words: words("en") }
    }

    pub(super) fn thread(&self, id: &str) -> RemoteThread {
        RemoteThread { channel: self.stand.channel(), id: id.to_owned() }
    }

    fn taken(&self, at: &Target) -> Vec<String> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        at.thread.as_ref().and_then(|thread| taken.get(thread)).cloned().unwrap_or_default()
    }

    fn take(&self, at: &Target, op: &Op, applied: &Applied) {
        if let (Op::Post(_) | Op::Notice(_), Some(thread), Some(id)) = (op, &at.thread, &applied.id) {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.entry(thread.clone()).or_default().push(id.clone());
        }
    }

    /// What is known of an operation that is tried now.
    pub(super) fn sent(&self, at: &Target) -> Sent {
        Sent { at: self.stand.now(), taken: self.taken(at) }
    }

    /// Does `op` as the outbox worker does: step by step, and where the outcome is unknown, again under its key within
    /// the time that the bridge promises, else only after a look.
    pub(super) async fn deliver_as(
        &self,
        bridge: &dyn Bridge,
        at: &Target,
        op: &Op,
        key: IdempotencyKey,
        seen: Seen,
    ) -> Result<Applied, BridgeError> {
        let safe = bridge.capabilities().idempotent_for;
        let mut step = StepState::default();
        let mut sent = self.sent(at);
        let mut unknown = false;
        let mut last = String::new();
        for _ in 0..MOST_TRIES {
            let outcome = if unknown {
                let elapsed = self.stand.now().since(sent.at);
                let again = matches!(op, Op::Edit { .. } | Op::Delete { .. } | Op::UpdateCard { .. } | Op::Archive);
                if again || safe.is_some_and(|window| elapsed < window) {
                    unknown = false;
                    continue;
                }
                match bridge.find(at, op, &key, &sent).await {
                    Ok(Found::Yes(outcome)) => Ok(outcome),
                    Ok(Found::No) => {
                        unknown = false;
                        continue;
                    }
                    Ok(Found::NotYet) => {
                        self.stand.pass(Duration::from_secs(5));
                        continue;
                    }
                    // Looking changes nothing, so its outcome is always known.
                    Err(BridgeError::Ambiguous { .. }) => continue,
                    Err(error) => Err(error),
                }
            } else {
                sent.at = self.stand.now();
                bridge.perform(at, op, &key, step.clone()).await
            };
            last = format!("{outcome:?}");
            match outcome {
                Ok(Outcome::Applied(applied)) => {
                    self.take(at, op, &applied);
                    return Ok(applied);
                }
                Ok(Outcome::Continue(next)) => {
                    step = next;
                    unknown = false;
                }
                Ok(Outcome::AwaitEcho { .. }) | Err(BridgeError::Ambiguous { .. }) => {
                    unknown = true;
                    if seen == Seen::Late {
                        self.stand.pass(safe.unwrap_or_default() + Duration::from_secs(600));
                    }
                }
                Err(BridgeError::RateLimited { after, .. }) => self.stand.rest(after + Duration::from_millis(1)).await,
                Err(BridgeError::Transient { .. }) => self.stand.pass(Duration::from_secs(1)),
                Err(error) => return Err(error),
            }
        }
        Err(BridgeError::Transient {
            why: format!("{} was not done in {MOST_TRIES} tries, the last ended with {last}", op.name()),
        })
    }

    /// The same with the stand's bridge and a key of its own.
    pub(super) async fn deliver(&self, at: &Target, op: &Op) -> Result<Applied, BridgeError> {
        self.deliver_as(&*self.bridge, at, op, self.key(), Seen::AtOnce).await
    }

    /// Calls the bridge once, with no step behind it.
    pub(super) async fn once(&self, at: &Target, op: &Op) -> Result<Outcome, BridgeError> {
        self.bridge.perform(at, op, &self.key(), StepState::default()).await
    }

    pub(super) async fn open(&self) -> Result<Opened, Failed> {
        let applied = self.deliver(&self.in_channel(), &Op::OpenThread(samples::card())).await?;
        opened(&applied)
    }

    /// The visitor says something in a thread; gives the message's id.
    pub(super) async fn post(&self, thread: &str, words: &str) -> Result<String, Failed> {
        id_of(&self.deliver(&self.at(thread), &samples::said(words)).await?)
    }

    /// The messages of ours in a thread that hold these words.
    pub(super) fn ours_with(&self, thread: &str, words: &str) -> Vec<Shown> {
        let mut shown = self.stand.in_thread(thread);
        shown.retain(|shown| shown.ours && shown.text.contains(words));
        shown
    }

    /// Demands that a thread shows these words of ours once.
    pub(super) fn shown_once(&self, thread: &str, words: &str) -> Result<Shown, Failed> {
        let mut found = self.ours_with(thread, words);
        demand(found.len() == 1, || {
            format!("“{words}” is there {} times; the thread shows {:#?}", found.len(), self.stand.in_thread(thread))
        })?;
        Ok(found.remove(0))
    }

    /// All of a thread after `from`, page by page.
    pub(super) async fn read(&self, thread: &str, from: &str, lookback: u16) -> Result<Vec<RemoteMessage>, Failed> {
        let mut cursor = Cursor(from.to_owned());
        let mut lookback = lookback;
        let mut all = Vec::new();
        for _ in 0..100 {
            let page = self.bridge.snapshot(&self.thread(thread), &cursor, lookback).await?;
            all.extend(page.items);
            let Some(next) = page.next else { return Ok(all) };
            cursor = next;
            lookback = 0;
        }
        Err(Failed::new("a thread's pages don't end: `Page::next` is given though nothing is left"))
    }

    /// Listens into the notebook; returns when the bridge says that it hears.
    pub(super) async fn listen(&self) -> Result<Ears, Failed> {
        let before = self.sink.told().connected();
        let ears = self.listen_with(&self.bridge);
        self.sink.wait("ListenReport::Connected", |told| (told.connected() > before).then_some(())).await?;
        Ok(ears)
    }

    pub(super) fn listen_with(&self, bridge: &Arc<dyn Bridge>) -> Ears {
        let stop = CancellationToken::new();
        let (bridge, sink, token) = (bridge.clone(), self.sink.clone(), stop.clone());
        Ears {
            stop,
            patience: self.stand.patience(),
            task: tokio::spawn(async move { bridge.listen(sink, token).await }),
        }
    }

    /// Says something as an operator and waits until it is told, so that whatever came before in its thread is told too.
    pub(super) async fn marker(&self, thread: &str) -> Result<(), Failed> {
        let id = self.stand.say(Who::Operator, thread, "that is all").await?;
        self.sink.message(&id).await.map(drop)
    }
}

/// A bridge that listens; ends with the value.
pub(super) struct Ears {
    stop: CancellationToken,
    patience: Duration,
    task: JoinHandle<Result<(), BridgeError>>,
}

impl Ears {
    /// Tells it to stop, and gives how it ended.
    pub(super) async fn stop(mut self) -> Result<(), Failed> {
        self.stop.cancel();
        self.ended().await?.map_err(|error| Failed(format!("listening ended with {error} when it was told to stop")))
    }

    /// How it ends by itself.
    pub(super) async fn ended(&mut self) -> Result<Result<(), BridgeError>, Failed> {
        match tokio::time::timeout(self.patience, &mut self.task).await {
            Ok(Ok(ended)) => Ok(ended),
            Ok(Err(error)) => Err(Failed(format!("listening panicked: {error}"))),
            Err(_) => Err(Failed(format!("listening did not end within {:?}", self.patience))),
        }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(super) fn opened(applied: &Applied) -> Result<Opened, Failed> {
    let (Some(card), Some(thread)) = (applied.id.clone(), applied.thread.clone()) else {
        return Err(Failed(format!(
            "a thread was opened without saying which, or which message is its card: {applied:?}"
        )));
    };
    Ok(Opened { card, thread })
}

pub(super) fn id_of(applied: &Applied) -> Result<String, Failed> {
    applied.id.clone().ok_or_else(|| Failed::new("a message was posted without saying which it is"))
}
