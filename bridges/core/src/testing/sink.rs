//! A sink that remembers what it was told, and can be made to refuse.
//!
//! What lives here: [`Notebook`] and the waiting on it. What must not: sleeping; whoever waits is woken by what is told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use super::failed::Failed;
use crate::error::SinkError;
use crate::ids::{ConnectionId, RemoteThread, RemoteUser};
use crate::inbound::{Inbound, InboundEvent, InboundSink, ListenReport, RemoteMessage};

/// What a sink was told, in its order.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What was taken.
    pub taken: Vec<Inbound>,
    /// What was refused.
    pub refused: Vec<Inbound>,
    /// How the ears are doing.
    pub reports: Vec<ListenReport>,
}

impl Told {
    /// The messages that were taken, edits and deletions left out.
    pub fn messages(&self) -> impl Iterator<Item = (&Inbound, &RemoteMessage)> {
        self.taken.iter().filter_map(|inbound| match &inbound.event {
            InboundEvent::Message(message) => Some((inbound, message)),
            _ => None,
        })
    }

    /// How often the ears were reported to hear.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.reports.iter().filter(|report| **report == ListenReport::Connected).count()
    }
}

/// Remembers everything. Cheap to share behind its `Arc`.
#[derive(Debug)]
pub struct Notebook {
    patience: Duration,
    told: watch::Sender<Told>,
    /// Messages with these words are refused, so many times.
    refusing: Mutex<Option<(String, u32)>>,
}

impl Notebook {
    /// An empty one; nothing may take longer than `patience` to be told.
    #[must_use]
    pub fn new(patience: Duration) -> Arc<Self> {
        Arc::new(Self { patience, told: watch::Sender::new(Told::default()), refusing: Mutex::default() })
    }

    /// Refuses the next `times` tellings of messages with these words.
    pub fn refuse(&self, words: &str, times: u32) {
        *self.refusing.lock().unwrap_or_else(PoisonError::into_inner) = Some((words.to_owned(), times));
    }

    /// All of it.
    #[must_use]
    pub fn told(&self) -> Told {
        self.told.borrow().clone()
    }

    /// Waits until `look` finds something, for at most `within`.
    ///
    /// # Errors
    /// When it found nothing until then; says what was told so far.
    pub async fn wait_within<T>(
        &self,
        within: Duration,
        what: &str,
        mut look: impl FnMut(&Told) -> Option<T>,
    ) -> Result<T, Failed> {
        let mut told = self.told.subscribe();
        let watching = async {
            loop {
                let found = look(&told.borrow_and_update());
                if found.is_some() || told.changed().await.is_err() {
                    return found;
                }
            }
        };
        match tokio::time::timeout(within, watching).await {
            Ok(Some(found)) => Ok(found),
            _ => Err(Failed(format!("{what} was not told; told so far: {:#?}", self.told()))),
        }
    }

    /// Waits until `look` finds something, for as long as anything may take.
    ///
    /// # Errors
    /// As [`Notebook::wait_within`].
    pub async fn wait<T>(&self, what: &str, look: impl FnMut(&Told) -> Option<T>) -> Result<T, Failed> {
        self.wait_within(self.patience, what, look).await
    }

    /// Waits for the first event that `look` knows.
    ///
    /// # Errors
    /// As [`Notebook::wait_within`].
    pub async fn event<T>(&self, what: &str, mut look: impl FnMut(&Inbound) -> Option<T>) -> Result<T, Failed> {
        self.wait(what, |told| told.taken.iter().find_map(&mut look)).await
    }

    /// Waits for the message with this id.
    ///
    /// # Errors
    /// As [`Notebook::wait_within`].
    pub async fn message(&self, id: &str) -> Result<(Inbound, RemoteMessage), Failed> {
        self.event(&format!("message {id}"), |inbound| match &inbound.event {
            InboundEvent::Message(message) if message.id == id => Some((inbound.clone(), message.clone())),
            _ => None,
        })
        .await
    }

    fn refuses(&self, inbound: &Inbound) -> bool {
        let InboundEvent::Message(message) = &inbound.event else { return false };
        let mut refusing = self.refusing.lock().unwrap_or_else(PoisonError::into_inner);
        match refusing.as_mut() {
            Some((words, left)) if *left > 0 && message.body.to_plain().contains(words.as_str()) => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

#[async_trait]
impl InboundSink for Notebook {
    async fn accept(&self, inbound: Inbound) -> Result<(), SinkError> {
        if self.refuses(&inbound) {
            self.told.send_modify(|told| told.refused.push(inbound));
            return Err(SinkError("the store is away, as the check wants it".to_owned()));
        }
        self.told.send_modify(|told| told.taken.push(inbound));
        Ok(())
    }

    fn typing(&self, _thread: &RemoteThread, _user: &RemoteUser) {}

    fn report(&self, _connection: &ConnectionId, report: ListenReport) {
        self.told.send_modify(|told| told.reports.push(report));
    }
}
