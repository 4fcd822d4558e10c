//! What is known of the channels that hold threads.
//!
//! What lives here: whether a channel is a forum, and its tags; asked for, and kept for a while. What must not: threads
//! (see `threads`).

use std::time::{Duration, Instant};

use dashmap::DashMap;
use serde_json::Value;
use serenity::http::Route;

use crate::call::{Caller, Effect};
use crate::errors::Failure;
use crate::identity::get;
use crate::message::{list, text};
use crate::snowflake;

/// How long a channel is taken for what it was. A new tag counts after that.
const GOOD_FOR: Duration = Duration::from_secs(300);
/// A forum's flag that says that every post needs a tag.
const REQUIRE_TAG: u64 = 1 << 4;
/// Discord takes five tags on a post.
const MOST_TAGS: usize = 5;

/// A channel that holds threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    /// The server.
    pub(crate) guild: String,
    /// Whether it holds nothing but posts (a forum or media channel).
    pub(crate) forum: bool,
    /// Whether a post needs a tag.
    needs_tag: bool,
    /// Ids and names.
    tags: Vec<(String, String)>,
}

impl Parent {
    fn read(channel: &Value) -> Option<Self> {
        let forum = matches!(channel.get("type").and_then(Value::as_u64), Some(15 | 16));
        let flags = channel.get("flags").and_then(Value::as_u64).unwrap_or_default();
        let tag = |tag: &Value| Some((text(tag, "id")?.to_owned(), text(tag, "name")?.to_owned()));
        Some(Self {
            guild: text(channel, "guild_id")?.to_owned(),
            forum,
            needs_tag: forum && flags & REQUIRE_TAG != 0,
            tags: list(channel, "available_tags").iter().filter_map(tag).collect(),
        })
    }

    fn named(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(_, called)| called.trim().eq_ignore_ascii_case(name)).map(|(id, _)| id.as_str())
    }

    /// Whether the forum shows by a tag how a conversation stands.
    pub(crate) fn shows_standing(&self) -> bool {
        self.named("open").is_some() || self.named("closed").is_some()
    }

    /// The tags of a post that has `current` ones, so that they say how the conversation stands: the tag named "open" or
    /// "closed" where the forum has it, people's own tags as they are, and the first one where one is needed.
    pub(crate) fn tags(&self, open: bool, current: &[String]) -> Vec<String> {
        let (wanted, other) = if open { ("open", "closed") } else { ("closed", "open") };
        let (wanted, other) = (self.named(wanted), self.named(other));
        let mut tags: Vec<String> = wanted.map(str::to_owned).into_iter().collect();
        tags.extend(current.iter().filter(|tag| Some(tag.as_str()) != other && Some(tag.as_str()) != wanted).cloned());
        if tags.is_empty() && self.needs_tag {
            let first = self.tags.iter().map(|(id, _)| id).find(|id| Some(id.as_str()) != other);
            tags.extend(first.or_else(|| self.tags.first().map(|(id, _)| id)).cloned());
        }
        tags.truncate(MOST_TAGS);
        tags
    }
}

/// What is known of channels that hold threads.
#[derive(Debug, Default)]
pub(crate) struct Parents(DashMap<String, (Parent, Instant)>);

impl Parents {
    /// The channel; asks where it isn't known.
    pub(crate) async fn get(&self, caller: &Caller, channel: &str) -> Result<Parent, Failure> {
        if let Some(kept) = self.0.get(channel)
            && kept.value().1.elapsed() < GOOD_FOR
        {
            return Ok(kept.value().0.clone());
        }
        let channel_id = snowflake::channel(channel)?;
        let asked = caller.call(get(Route::Channel { channel_id }), Effect::Reads).await.inspect_err(|_| {
            self.0.remove(channel);
        })?;
        let Some(parent) = Parent::read(&asked) else {
            let why = format!(
                "`{channel}` is no channel of a server; map the domain to a text, announcement or forum channel"
            );
            return Err(bridge_core::BridgeError::ChannelBroken { why }.into());
        };
        self.0.insert(channel.to_owned(), (parent.clone(), Instant::now()));
        Ok(parent)
    }

    /// Forgets one: something about it turned out otherwise.
    pub(crate) fn forget(&self, channel: &str) {
        self.0.remove(channel);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn forum(flags: u64, tags: &[&str]) -> Parent {
        let tags: Vec<Value> =
            (1..).zip(tags).map(|(id, name): (u8, _)| json!({"id": id.to_string(), "name": name})).collect();
        Parent::read(&json!({"guild_id": "7", "type": 15, "flags": flags, "available_tags": tags})).unwrap()
    }

    #[test]
    fn tags_show_how_a_conversation_stands_and_peoples_own_stay() {
        let both = forum(REQUIRE_TAG, &["urgent", "Open", "closed"]);
        assert_eq!(both.tags(true, &[]), ["2"]);
        assert_eq!(both.tags(false, &["2".into(), "1".into()]), ["3", "1"]);
        assert_eq!(both.tags(true, &["3".into(), "1".into()]), ["2", "1"]);
        let one = forum(REQUIRE_TAG, &["closed", "other"]);
        assert_eq!(one.tags(true, &["1".into()]), ["2"]);
        assert_eq!(forum(REQUIRE_TAG, &["closed"]).tags(true, &[]), ["1"]);
        assert_eq!(forum(0, &["urgent"]).tags(true, &[]), [""; 0]);
        assert_eq!(forum(REQUIRE_TAG, &["urgent"]).tags(true, &[]), ["1"]);
    }
}
