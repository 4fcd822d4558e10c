//! Discord's ids: numbers that hold the time of their making.
//!
//! What lives here: the ways between their text, their number and their time. What must not: what an id names.

use std::num::NonZeroU64;

use bridge_core::{BridgeError, Micros};
use serenity::model::id::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, UserId};

/// Discord's first moment, 2015-01-01T00:00:00Z, in milliseconds since the Unix epoch.
const EPOCH_MS: i64 = 1_420_070_400_000;
/// How many bits of an id stand behind its time.
const BELOW_TIME: u32 = 22;
/// The bits that count what was made within one millisecond.
const COUNT: u64 = (1 << 12) - 1;

/// An id's number; `None` for a text that is no id.
pub(crate) fn number(text: &str) -> Option<NonZeroU64> {
    // `parse` would take a plus sign.
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// When the thing with this id was made; `None` for a text that is no id. An id holds milliseconds, and counts up what is
/// made within one: the count stands in the microseconds, so that messages of one moment keep their order.
pub(crate) fn made_at(text: &str) -> Option<Micros> {
    let id = number(text)?.get();
    let ms = i64::try_from(id >> BELOW_TIME).ok()?;
    let count = i64::try_from(id & COUNT).ok()?.min(999);
    Some(Micros(ms.checked_add(EPOCH_MS)?.checked_mul(1_000)?.checked_add(count)?))
}

/// The lowest id of that moment: whatever was made then or later has this one or a higher one.
pub(crate) fn lowest_at(moment: Micros) -> String {
    let ms = (moment.0 / 1_000).saturating_sub(EPOCH_MS).max(0);
    (u64::try_from(ms).unwrap_or(0) << BELOW_TIME).to_string()
}

/// Reads a time in Discord's form, RFC 3339.
pub(crate) fn timestamp(text: &str) -> Option<Micros> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Micros(at.as_microsecond()))
}

fn checked(text: &str, what: &str) -> Result<NonZeroU64, BridgeError> {
    number(text).ok_or_else(|| BridgeError::Rejected {
        why: format!("`{text}` is no Discord id of a {what}; copy it with Developer Mode switched on"),
    })
}

/// A channel's id, or a thread's, in serenity's form. A text that is no id is the settings' fault.
pub(crate) fn channel(text: &str) -> Result<ChannelId, BridgeError> {
    match number(text) {
        Some(id) => Ok(ChannelId::from(id)),
        None => Err(BridgeError::ChannelBroken {
            why: format!("`{text}` is no Discord channel id; copy it with Developer Mode switched on"),
        }),
    }
}

/// A message's id in serenity's form.
pub(crate) fn message(text: &str) -> Result<MessageId, BridgeError> {
    checked(text, "message").map(MessageId::from)
}

/// A person's id in serenity's form.
pub(crate) fn user(text: &str) -> Result<UserId, BridgeError> {
    checked(text, "person").map(UserId::from)
}

/// A server's id in serenity's form.
pub(crate) fn guild(text: &str) -> Result<GuildId, BridgeError> {
    checked(text, "server").map(GuildId::from)
}

/// An application's id in serenity's form.
pub(crate) fn application(text: &str) -> Result<ApplicationId, BridgeError> {
    checked(text, "application").map(ApplicationId::from)
}

/// An interaction's id in serenity's form.
pub(crate) fn interaction(text: &str) -> Result<InteractionId, BridgeError> {
    checked(text, "interaction").map(InteractionId::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_its_time() {
        // The example of Discord's own documentation.
        assert_eq!(made_at("175928847299117063"), Some(Micros(1_462_015_105_796_007)));
        assert_eq!(lowest_at(Micros(1_462_015_105_796_000)), (175_928_847_299_117_063_u64 >> 22 << 22).to_string());
        assert_eq!(lowest_at(Micros(0)), "0");
        for wrong in ["", "0", "+5", "-1", "5x", "99999999999999999999999"] {
            assert_eq!(number(wrong), None, "{wrong}");
            assert!(channel(wrong).is_err() && user(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_is_read() {
        assert_eq!(timestamp("2016-04-30T11:18:25.796000+00:00"), Some(Micros(1_462_015_105_796_000)));
        assert_eq!(timestamp("yesterday"), None);
    }
}
