//! Names of things: moments, connections, channels, threads, people and idempotency keys.
//!
//! What lives here: small value types with their text forms. What must not: anything that does I/O or reads a clock.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Microseconds since the Unix epoch, UTC. Every time in the store and in the contract has this unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// The moment `duration` later; saturates at the end of time.
    #[must_use]
    pub fn plus(self, duration: std::time::Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// The moment `duration` earlier; saturates at the beginning of time.
    #[must_use]
    pub fn minus(self, duration: std::time::Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// How long from `earlier` to `self`; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Which platform: the word before the dot in `slack.acme`. One constant in each bridge crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BridgeKind(Cow<'static, str>);

impl BridgeKind {
    /// A kind known when the program is built.
    #[must_use]
    pub const fn constant(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A kind read from settings or from the store.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BridgeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One configured bot, written `KIND.NAME`; NAME is `[a-z0-9_]+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConnectionId {
    /// The platform.
    pub kind: BridgeKind,
    /// The name that the admin gave it.
    pub name: String,
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.name)
    }
}

/// Why a text is no name of a connection or of a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {wanted}")]
pub struct ParseIdError {
    given: String,
    wanted: &'static str,
}

impl FromStr for ConnectionId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseIdError {
            given: text.to_owned(),
            wanted: "a connection: write PLATFORM.NAME, both of lower-case letters, digits and underscores",
        };
        let (kind, name) = text.split_once('.').ok_or_else(error)?;
        let word =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !word(kind) || !word(name) {
            return Err(error());
        }
        Ok(Self { kind: BridgeKind::new(kind), name: name.to_owned() })
    }
}

/// A channel on a platform, written `KIND.NAME/ID` with the platform's own channel id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RemoteChannel {
    /// The bot that serves it.
    pub connection: ConnectionId,
    /// The platform's id of the channel; never its name, which people change.
    pub id: String,
}

impl fmt::Display for RemoteChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.connection, self.id)
    }
}

impl FromStr for RemoteChannel {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseIdError {
            given: text.to_owned(),
            wanted: "a channel: write PLATFORM.NAME/CHANNEL_ID, with the platform's own id of the channel",
        };
        let (connection, id) = text.split_once('/').ok_or_else(error)?;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err(error());
        }
        let connection = connection.parse().map_err(|_| error())?;
        Ok(Self { connection, id: id.to_owned() })
    }
}

/// A thread in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RemoteThread {
    /// The channel that holds it.
    pub channel: RemoteChannel,
    /// The platform's id of the thread, unique within the channel.
    pub id: String,
}

impl RemoteThread {
    /// The lane of this thread's events: the same whether they are told live or read again later.
    #[must_use]
    pub fn lane(&self) -> String {
        format!("{}/{}", self.channel.id, self.id)
    }
}

impl fmt::Display for RemoteThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.channel, self.id)
    }
}

/// A person on a platform, by the platform's own id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemoteUser(pub String);

impl fmt::Display for RemoteUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one attempt-independent piece of work towards a platform; 25 characters of `[0-9a-z]`.
///
/// Its text fits wherever a platform takes a key of ours (the shortest such place known holds 25 characters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(u128);

impl IdempotencyKey {
    const LENGTH: usize = 25;

    /// The key made of a unique id's 128 bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits it was made of.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [b'0'; Self::LENGTH];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            // The remainder of a division by 36 fits every integer type.
            *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize];
            rest /= 36;
        }
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

impl FromStr for IdempotencyKey {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseIdError { given: text.to_owned(), wanted: "one of our idempotency keys" };
        if text.len() != Self::LENGTH || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(error());
        }
        u128::from_str_radix(text, 36).map(Self).map_err(|_| error())
    }
}

impl Serialize for IdempotencyKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IdempotencyKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_channel_is_read_and_written_the_same() {
        let channel: RemoteChannel = "slack.acme/C012AB".parse().unwrap();
        assert_eq!(channel.connection.kind.as_str(), "slack");
        assert_eq!(channel.connection.name, "acme");
        assert_eq!(channel.id, "C012AB");
        assert_eq!(channel.to_string(), "slack.acme/C012AB");
    }

    #[test]
    fn a_wrong_channel_says_what_is_wanted() {
        for wrong in
            ["", "slack", "slack.acme", "slack.acme/", "slack/C1", "Slack.acme/C1", "slack.a b/C1", "slack.acme/C 1"]
        {
            let error = wrong.parse::<RemoteChannel>().unwrap_err().to_string();
            assert!(error.contains("PLATFORM.NAME/CHANNEL_ID"), "{wrong}: {error}");
        }
    }

    proptest! {
        #[test]
        fn a_key_survives_its_text(bits: u128) {
            let key = IdempotencyKey::from_bits(bits);
            let text = key.to_string();
            prop_assert_eq!(text.len(), 25);
            prop_assert_eq!(text.parse::<IdempotencyKey>().unwrap(), key);
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text: String) {
            let _ = text.parse::<IdempotencyKey>();
            let _ = text.parse::<RemoteChannel>();
            let _ = text.parse::<ConnectionId>();
        }
    }
}
