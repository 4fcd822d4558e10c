//! What a test may read, and how it waits for something to be there.
//!
//! What lives here: the read side. What must not: changes.

use std::ops::Deref;
use std::time::Duration;

use tokio::sync::watch;

use super::SlackSandbox;
use super::records::{ApiCall, Delivery};
use super::world::{Ephemeral, Message, World};
use crate::changes::WaitedInVain;

/// The world at one moment. Everything public of [`World`] is readable through it.
#[derive(Debug)]
pub struct View<'a>(&'a World);

impl Deref for View<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        self.0
    }
}

impl View<'_> {
    /// Every message of a channel, replies included, oldest first.
    #[must_use]
    pub fn channel_messages(&self, channel: &str) -> Vec<&Message> {
        self.0.channels.get(channel).map(|channel| channel.messages.values().collect()).unwrap_or_default()
    }

    /// Roots and broadcasts of a channel, oldest first.
    #[must_use]
    pub fn timeline(&self, channel: &str) -> Vec<&Message> {
        self.0.channels.get(channel).map(|channel| channel.timeline().collect()).unwrap_or_default()
    }

    /// A thread: the root, then its replies, oldest first.
    #[must_use]
    pub fn thread(&self, channel: &str, root: &str) -> Vec<&Message> {
        let Some(known) = self.0.channels.get(channel) else { return Vec::new() };
        let in_thread =
            |message: &&Message| message.ts == root || message.thread_ts.as_deref().is_some_and(|ts| ts == root);
        known.messages.values().filter(in_thread).collect()
    }

    /// Ephemeral messages that this person sees, oldest first.
    #[must_use]
    pub fn ephemerals(&self, user: &str) -> Vec<&Ephemeral> {
        self.0.ephemerals.iter().filter(|ephemeral| ephemeral.user == user).collect()
    }

    /// The calls of one method, oldest first.
    #[must_use]
    pub fn calls_of(&self, method: &str) -> Vec<&ApiCall> {
        self.0.calls.iter().filter(|call| call.method == method).collect()
    }

    /// Attempts to deliver things of this kind (see [`Delivery::about`]), oldest first.
    #[must_use]
    pub fn deliveries_about(&self, about: &str) -> Vec<&Delivery> {
        self.0.deliveries.iter().filter(|delivery| delivery.about == about).collect()
    }

    /// The keys of what is being delivered of this kind: another attempt is under way or will follow.
    #[must_use]
    pub fn under_way(&self, about: &str) -> Vec<&str> {
        self.0.under_way.iter().filter(|(_, kind)| kind == about).map(|(key, _)| key.as_str()).collect()
    }

    /// How many sockets an app holds now.
    #[must_use]
    pub fn sockets(&self, app: &str) -> usize {
        self.0.net.sockets(app)
    }
}

impl SlackSandbox {
    /// Reads the world as it is now. Keep `read` short: nothing else happens meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&View<'_>) -> T) -> T {
        read(&View(&self.lock()))
    }

    /// Every message of a channel, replies included, oldest first.
    #[must_use]
    pub fn channel_messages(&self, channel: &str) -> Vec<Message> {
        self.read(|view| view.channel_messages(channel).into_iter().cloned().collect())
    }

    /// A thread: the root, then its replies, oldest first.
    #[must_use]
    pub fn thread(&self, channel: &str, root: &str) -> Vec<Message> {
        self.read(|view| view.thread(channel, root).into_iter().cloned().collect())
    }

    /// Ephemeral messages that this person sees, oldest first.
    #[must_use]
    pub fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.read(|view| view.ephemerals(user).into_iter().cloned().collect())
    }

    /// Calls of the Web API, oldest first (the newest 50,000).
    #[must_use]
    pub fn api_calls(&self) -> Vec<ApiCall> {
        self.read(|view| view.calls.iter().cloned().collect())
    }

    /// Attempts to hand events and interactions to apps, oldest first (the newest 50,000).
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.read(|view| view.deliveries.iter().cloned().collect())
    }

    /// A receiver that wakes at every change.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// Looks at the world now and after each change, until `look` gives something.
    ///
    /// # Errors
    /// [`WaitedInVain`] after `within` of real time.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        within: Duration,
        mut look: impl FnMut(&View<'_>) -> Option<T>,
    ) -> Result<T, WaitedInVain> {
        self.0.changes.wait_for(what, within, || look(&View(&self.lock()))).await
    }
}
