//! `[limits]`: how much one visitor, address or domain may ask for.
//!
//! What lives here: that section. What must not: the counting.

use std::num::NonZeroU32;

use super::mistake::Wrong;
use super::read::{Section, above_zero, whole};
use super::tree::Node;
use crate::model::limits::MESSAGE_CHARS;

/// A steady rate with bursts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many a minute in the long run.
    pub per_minute: NonZeroU32,
    /// How many at once after a quiet while.
    pub burst: NonZeroU32,
}

impl Rate {
    /// A rate of these figures; a zero counts as one.
    #[must_use]
    pub fn new(per_minute: u32, burst: u32) -> Self {
        let above_zero = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { per_minute: above_zero(per_minute), burst: above_zero(burst) }
    }
}

/// What one visitor, address or domain may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// New sessions from one address.
    pub sessions_per_address: Rate,
    /// New conversations from one address.
    pub conversations_per_address: Rate,
    /// New conversations on one domain.
    pub conversations_per_domain: Rate,
    /// Messages of one visitor.
    pub messages_per_visitor: Rate,
    /// Messages from one address.
    pub messages_per_address: Rate,
    /// Bytes of messages of one visitor.
    pub bytes_per_visitor: Rate,
    /// Live connections of one visitor at the same time.
    pub sockets_per_visitor: u32,
    /// Live connections from one address at the same time.
    pub sockets_per_address: u32,
    /// Requests of any kind from one address.
    pub requests_per_address: Rate,
    /// Tries to sign in from one address.
    pub sign_ins_per_address: Rate,
}

impl Default for Limits {
    /// Generous to an office behind one address, tight enough to stop a script.
    fn default() -> Self {
        Self {
            sessions_per_address: Rate::new(30, 60),
            conversations_per_address: Rate::new(6, 12),
            conversations_per_domain: Rate::new(120, 120),
            messages_per_visitor: Rate::new(30, 15),
            messages_per_address: Rate::new(120, 60),
            bytes_per_visitor: Rate::new(100_000, 200_000),
            sockets_per_visitor: 10,
            sockets_per_address: 100,
            requests_per_address: Rate::new(600, 300),
            sign_ins_per_address: Rate::new(10, 10),
        }
    }
}

impl Limits {
    pub(super) fn read(section: Section<'_>) -> Self {
        let default = Self::default();
        let limits = Self {
            sessions_per_address: rate(&section, "sessions_per_address", default.sessions_per_address),
            conversations_per_address: rate(&section, "conversations_per_address", default.conversations_per_address),
            conversations_per_domain: rate(&section, "conversations_per_domain", default.conversations_per_domain),
            messages_per_visitor: rate(&section, "messages_per_visitor", default.messages_per_visitor),
            messages_per_address: rate(&section, "messages_per_address", default.messages_per_address),
            bytes_per_visitor: bytes(&section, default.bytes_per_visitor),
            sockets_per_visitor: section
                .value("sockets_per_visitor", default.sockets_per_visitor, |node| whole(node, 1, 10_000)),
            sockets_per_address: section
                .value("sockets_per_address", default.sockets_per_address, |node| whole(node, 1, 1_000_000)),
            requests_per_address: rate(&section, "requests_per_address", default.requests_per_address),
            sign_ins_per_address: rate(&section, "sign_ins_per_address", default.sign_ins_per_address),
        };
        section.finish();
        limits
    }
}

fn rate(limits: &Section<'_>, key: &'static str, default: Rate) -> Rate {
    bounded_rate(limits, key, default, above_zero)
}

/// A rate in bytes. Its burst must hold the longest message, or that one could never be sent.
fn bytes(limits: &Section<'_>, default: Rate) -> Rate {
    bounded_rate(limits, "bytes_per_visitor", default, |node| {
        let burst = above_zero(node)?;
        // A character has four bytes at most.
        let longest = u32::try_from(MESSAGE_CHARS * 4).unwrap_or(u32::MAX);
        if burst.get() >= longest {
            return Ok(burst);
        }
        let wrong = format!("is {burst}, and the longest allowed message has {longest} bytes: it could never be sent");
        Err(Wrong::new(wrong, format!("write {longest} or more")))
    })
}

fn bounded_rate(
    limits: &Section<'_>,
    key: &'static str,
    default: Rate,
    burst: impl FnOnce(&Node) -> Result<NonZeroU32, Wrong>,
) -> Rate {
    let hint = format!("write {key} = {{ per_minute = {}, burst = {} }}", default.per_minute, default.burst);
    let section = limits.section_like(key, &hint);
    let rate = Rate {
        per_minute: section.value("per_minute", default.per_minute, above_zero),
        burst: section.value("burst", default.burst, burst),
    };
    section.finish();
    rate
}
