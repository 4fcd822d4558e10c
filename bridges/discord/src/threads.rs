//! Which channel a thread belongs to.
//!
//! What lives here: the memory of it, filled by events, by answers and by asking. What must not: what a thread is about.
//!
//! Discord's events name the thread alone. The contract's channel is the thread's parent, so it must be known before an
//! event can be told.

use std::time::{Duration, Instant};

use bridge_core::BridgeError;
use dashmap::DashMap;
use serde_json::Value;
use serenity::http::Route;

use crate::call::{Caller, Effect};
use crate::errors::code;
use crate::identity::get;
use crate::message::{list, text};
use crate::snowflake;

/// How many are remembered; past it, all are forgotten and learned anew.
const MOST: usize = 100_000;
/// How long a channel that the bot may not see, or that is gone, is not asked about again.
const UNSEEN_FOR: Duration = Duration::from_secs(60);

/// What a channel id of Discord's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// A thread in this channel.
    Thread(String),
    /// A channel of its own.
    Channel,
    /// Nothing that the bot can see.
    Unseen,
}

/// What is known of threads.
#[derive(Debug, Default)]
pub(crate) struct Threads(DashMap<String, (Known, Instant)>);

impl Threads {
    /// Remembers a thread's channel.
    pub(crate) fn learn(&self, thread: &str, channel: &str) {
        self.put(thread, Known::Thread(channel.to_owned()));
    }

    /// Remembers what a channel's or thread's description says.
    pub(crate) fn learn_from(&self, channel: &Value) {
        if let Some((id, known)) = read(channel) {
            self.put(id, known);
        }
    }

    /// Remembers all channels and threads of a server's description, or of a list of threads.
    pub(crate) fn learn_all(&self, listing: &Value) {
        list(listing, "channels").iter().chain(list(listing, "threads")).for_each(|channel| self.learn_from(channel));
    }

    /// Forgets one.
    pub(crate) fn forget(&self, id: &str) {
        self.0.remove(id);
    }

    /// What is known, without asking.
    pub(crate) fn known(&self, id: &str) -> Option<Known> {
        let found = self.0.get(id)?;
        let (known, since) = found.value();
        (*known != Known::Unseen || since.elapsed() < UNSEEN_FOR).then(|| known.clone())
    }

    /// What the id names; asks where it isn't known.
    pub(crate) async fn resolve(&self, caller: &Caller, id: &str) -> Result<Known, BridgeError> {
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let channel_id = snowflake::channel(id)?;
        let known = match caller.call(get(Route::Channel { channel_id }), Effect::Reads).await {
            Ok(channel) => read(&channel).map_or(Known::Unseen, |(_, known)| known),
            Err(failure) => {
                failure.unless_absent(&[code::UNKNOWN_CHANNEL, code::MISSING_ACCESS, code::MISSING_PERMISSIONS])?;
                Known::Unseen
            }
        };
        self.put(id, known.clone());
        Ok(known)
    }

    fn put(&self, id: &str, known: Known) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(id.to_owned(), (known, Instant::now()));
    }
}

/// Whether a channel's description is one of a thread.
pub(crate) fn is_thread(channel: &Value) -> bool {
    // 10: of announcements, 11: public, 12: private.
    matches!(channel.get("type").and_then(Value::as_u64), Some(10..=12))
}

fn read(channel: &Value) -> Option<(&str, Known)> {
    let id = text(channel, "id")?;
    let known = if is_thread(channel) { Known::Thread(text(channel, "parent_id")?.to_owned()) } else { Known::Channel };
    Some((id, known))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_servers_description_teaches_all_its_threads() {
        let threads = Threads::default();
        threads.learn_all(&json!({
            "channels": [{"id": "101", "type": 0, "parent_id": "1"}, {"id": "104", "type": 15}],
            "threads": [{"id": "201", "type": 11, "parent_id": "101"}, {"id": "202", "type": 11}, {}],
        }));
        assert_eq!(threads.known("101"), Some(Known::Channel));
        assert_eq!(threads.known("104"), Some(Known::Channel));
        assert_eq!(threads.known("201"), Some(Known::Thread("101".into())));
        assert_eq!(threads.known("202"), None);
        threads.forget("201");
        assert_eq!(threads.known("201"), None);
    }
}
