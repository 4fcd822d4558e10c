//! Faults on calls, ordered per call and observable: shared by every platform's sandbox.
//!
//! What lives here: which call is hit by what, how often that happened, and the gate that holds a hung call.
//! What must not: how a platform words an error, or sockets (a platform's gateway knows those).
//!
//! Faults are tried in the order in which they were added; the first that still has hits to give takes the call, so two
//! faults of one hit each hit the first and the second call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::changes::{Changes, WaitedInVain};

/// What happens to a call that is hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The connection is closed without an answer.
    Close,
    /// The call waits this many milliseconds, then goes on.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The call waits until [`Faults::release`], then goes on.
    Hang,
    /// An answer with this HTTP status and no useful body.
    Status {
        /// For example 503.
        code: u16,
    },
    /// HTTP 429 with this `Retry-After`.
    RateLimited {
        /// Whole seconds.
        retry_after_s: u64,
    },
    /// HTTP 200 with a body that is no JSON.
    Garbage,
    /// The platform's own error answer with this code.
    Error {
        /// For example `internal_error`.
        code: String,
    },
}

/// Whether the call's own work is done when the fault hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing was written.
    #[default]
    Before,
    /// Everything was written; only the answer suffers.
    After,
}

/// One fault. The default of every number makes it hit the next matching call once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFault {
    /// The method's name, or `*` for every one.
    #[serde(default = "any")]
    pub method: String,
    /// Only calls about this channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// How many matching calls go by first.
    #[serde(default)]
    pub skip: u32,
    /// How many calls are hit before the fault is spent.
    #[serde(default = "one")]
    pub times: u32,
    /// For a storm: out of every `of` matching calls the first `hits` are hit.
    #[serde(default = "one")]
    pub hits: u32,
    /// See `hits`; 1 hits every matching call.
    #[serde(default = "one")]
    pub of: u32,
    /// Before or after the call's own work.
    #[serde(default)]
    pub when: When,
    /// What happens.
    #[serde(flatten)]
    pub act: Act,
}

fn any() -> String {
    "*".to_owned()
}

const fn one() -> u32 {
    1
}

impl CallFault {
    /// Hits the next call of `method` once, before its work.
    #[must_use]
    pub fn next(method: &str, act: Act) -> Self {
        Self { method: method.to_owned(), channel: None, skip: 0, times: 1, hits: 1, of: 1, when: When::Before, act }
    }

    /// The answer of the next call of `method` is lost after its work was done.
    #[must_use]
    pub fn drop_answer(method: &str) -> Self {
        Self::next(method, Act::Close).after()
    }

    /// Answers 429 to the first `hits` of every `of` calls until cleared.
    #[must_use]
    pub fn storm(method: &str, hits: u32, of: u32, retry_after_s: u64) -> Self {
        Self { hits, of, times: u32::MAX, ..Self::next(method, Act::RateLimited { retry_after_s }) }
    }

    /// The same, after the call's work.
    #[must_use]
    pub fn after(self) -> Self {
        Self { when: When::After, ..self }
    }

    /// The same for this many calls; `u32::MAX` until cleared.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// The same, after letting this many matching calls go by.
    #[must_use]
    pub fn skip(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// The same, only for calls about this channel.
    #[must_use]
    pub fn on_channel(self, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), ..self }
    }
}

/// Names one added fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FaultId(pub u64);

/// What a test may know about a fault.
#[derive(Clone, Debug, Serialize)]
pub struct FaultState {
    /// Its id.
    pub id: FaultId,
    /// What was asked for.
    pub fault: CallFault,
    /// How many matching calls it saw.
    pub seen: u32,
    /// How many it hit.
    pub fired: u32,
}

#[derive(Debug)]
struct Slot {
    state: FaultState,
    open: watch::Sender<bool>,
    cleared: bool,
}

/// A fault that has taken a call.
#[derive(Debug)]
pub(crate) struct Hit {
    pub(crate) act: Act,
    pub(crate) when: When,
    open: watch::Receiver<bool>,
}

impl Hit {
    /// Waits until the fault is released or cleared.
    pub(crate) async fn released(mut self) {
        let _ = self.open.wait_for(|open| *open).await;
    }
}

/// The faults of one sandbox. Cheap to clone; clones share them.
#[derive(Clone, Debug)]
pub struct Faults {
    slots: Arc<Mutex<Vec<Slot>>>,
    changes: Changes,
}

impl Faults {
    pub(crate) fn new(changes: Changes) -> Self {
        Self { slots: Arc::default(), changes }
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault behind those that are there.
    pub fn add(&self, fault: CallFault) -> FaultId {
        let mut slots = self.slots();
        let id = FaultId(u64::try_from(slots.len()).unwrap_or(u64::MAX));
        let state = FaultState { id, fault, seen: 0, fired: 0 };
        slots.push(Slot { state, open: watch::Sender::new(false), cleared: false });
        id
    }

    /// Lets a hung call go on, and every later one that this fault hits.
    pub fn release(&self, id: FaultId) {
        if let Some(slot) = self.slots().iter().find(|slot| slot.state.id == id) {
            slot.open.send_replace(true);
        }
    }

    /// Ends every fault and lets hung calls go on; the counters stay readable.
    pub fn clear(&self) {
        for slot in self.slots().iter_mut() {
            slot.cleared = true;
            slot.open.send_replace(true);
        }
    }

    /// How many calls the fault has hit.
    #[must_use]
    pub fn fired(&self, id: FaultId) -> u32 {
        self.slots().iter().find(|slot| slot.state.id == id).map_or(0, |slot| slot.state.fired)
    }

    /// Everything that was added, in order.
    #[must_use]
    pub fn all(&self) -> Vec<FaultState> {
        self.slots().iter().map(|slot| slot.state.clone()).collect()
    }

    /// Waits until the fault has hit `count` calls.
    ///
    /// # Errors
    /// [`WaitedInVain`] after `within` of real time.
    pub async fn wait_fired(&self, id: FaultId, count: u32, within: Duration) -> Result<(), WaitedInVain> {
        let what = format!("fault {} to hit {count} calls", id.0);
        self.changes.wait_for(&what, within, || (self.fired(id) >= count).then_some(())).await
    }

    /// The fault that takes this call, if any; counts it.
    pub(crate) fn take(&self, method: &str, channel: Option<&str>) -> Option<Hit> {
        self.take_any(method, channel.as_slice())
    }

    /// The same for a call that is about several channels, such as a thread and the channel that it is in.
    pub(crate) fn take_any(&self, method: &str, channels: &[&str]) -> Option<Hit> {
        let mut slots = self.slots();
        for slot in slots.iter_mut().filter(|slot| !slot.cleared) {
            let fault = &slot.state.fault;
            let about = fault.method == "*" || fault.method == method;
            let here = fault.channel.as_deref().is_none_or(|wanted| channels.contains(&wanted));
            if !about || !here || slot.state.fired >= fault.times {
                continue;
            }
            let seen = slot.state.seen;
            slot.state.seen += 1;
            let hit = seen.checked_sub(fault.skip).is_some_and(|nth| nth % fault.of.max(1) < fault.hits);
            if hit {
                slot.state.fired += 1;
                let hit = Hit { act: fault.act.clone(), when: fault.when, open: slot.open.subscribe() };
                drop(slots);
                self.changes.bump();
                return Some(hit);
            }
        }
        None
    }
}
