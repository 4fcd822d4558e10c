//! What a test may read, and how it waits for something to be there.
//!
//! What lives here: the read side. What must not: changes.

use std::ops::Deref;
use std::time::Duration;

use tokio::sync::watch;

use super::DiscordSandbox;
use super::events::Event;
use super::records::{ApiCall, Typed};
use super::world::{Channel, Ephemeral, Message, World};
use crate::changes::WaitedInVain;

/// The world at one moment. Everything public of [`World`] is readable through it.
#[derive(Debug)]
pub struct View<'a>(pub(crate) &'a World);

impl Deref for View<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        self.0
    }
}

impl View<'_> {
    /// A channel or thread.
    #[must_use]
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.0.channels.get(id)
    }

    /// The messages of a channel itself, without its threads, oldest first.
    #[must_use]
    pub fn timeline(&self, channel: &str) -> Vec<&Message> {
        self.0.channels.get(channel).map(|known| known.messages.values().collect()).unwrap_or_default()
    }

    /// A thread's messages, oldest first; nothing when it is no thread of this channel.
    #[must_use]
    pub fn thread(&self, channel: &str, thread: &str) -> Vec<&Message> {
        let known = self.0.channels.get(thread).filter(|known| known.parent.as_deref() == Some(channel));
        known.map(|known| known.messages.values().collect()).unwrap_or_default()
    }

    /// A channel's threads, oldest first, archived ones included.
    #[must_use]
    pub fn threads(&self, channel: &str) -> Vec<&Channel> {
        self.0.channels.values().filter(|it| it.is_thread() && it.parent.as_deref() == Some(channel)).collect()
    }

    /// The messages of a channel and of all its threads, oldest first.
    #[must_use]
    pub fn channel_messages(&self, channel: &str) -> Vec<&Message> {
        let mut all = self.timeline(channel);
        all.extend(self.threads(channel).into_iter().flat_map(|thread| thread.messages.values()));
        all.sort_by_key(|message| super::snowflake::number(&message.id));
        all
    }

    /// Answers that only this person sees, oldest first.
    #[must_use]
    pub fn ephemerals(&self, user: &str) -> Vec<&Ephemeral> {
        self.0.ephemerals.iter().filter(|ephemeral| ephemeral.user == user).collect()
    }

    /// The calls of one operation, oldest first.
    #[must_use]
    pub fn calls_of(&self, operation: &str) -> Vec<&ApiCall> {
        self.0.calls.iter().filter(|call| call.operation == operation).collect()
    }

    /// The events of one name, oldest first, whether or not a session was there to get them.
    #[must_use]
    pub fn events_of(&self, name: &str) -> Vec<&Event> {
        self.0.events.iter().filter(|event| event.name == name).collect()
    }

    /// Who typed in a channel or thread, oldest first.
    #[must_use]
    pub fn typing_in(&self, channel: &str) -> Vec<&Typed> {
        self.0.typing.iter().filter(|typed| typed.channel == channel).collect()
    }

    /// How many answers of 401, 403 and 429 there were in the last ten minutes; Discord blocks an address at 10,000.
    #[must_use]
    pub fn invalid_requests(&self) -> usize {
        let since = self.0.now - 600 * 1_000_000;
        self.0.invalid.iter().filter(|at| **at >= since).count()
    }
}

impl DiscordSandbox {
    /// Reads the world as it is now. Keep `read` short: nothing else happens meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&View<'_>) -> T) -> T {
        read(&View(&self.lock()))
    }

    /// The messages of a channel and of all its threads, oldest first.
    #[must_use]
    pub fn channel_messages(&self, channel: &str) -> Vec<Message> {
        self.read(|view| view.channel_messages(channel).into_iter().cloned().collect())
    }

    /// A thread's messages, oldest first.
    #[must_use]
    pub fn thread(&self, channel: &str, thread: &str) -> Vec<Message> {
        self.read(|view| view.thread(channel, thread).into_iter().cloned().collect())
    }

    /// Answers that only this person sees, oldest first.
    #[must_use]
    pub fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.read(|view| view.ephemerals(user).into_iter().cloned().collect())
    }

    /// Calls of the HTTP API, oldest first (the newest 50,000).
    #[must_use]
    pub fn api_calls(&self) -> Vec<ApiCall> {
        self.read(|view| view.calls.iter().cloned().collect())
    }

    /// How often this user's typing was shown in a channel or thread.
    #[must_use]
    pub fn typing_seen(&self, user: &str, channel: &str) -> usize {
        self.read(|view| view.typing_in(channel).into_iter().filter(|typed| typed.user == user).count())
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
