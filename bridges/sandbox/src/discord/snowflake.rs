//! Discord's ids and times.
//!
//! What lives here: snowflakes (milliseconds since 2015, shifted, with a counter) and the way Discord writes a moment.
//! What must not: who gets which id.

use jiff::Timestamp;

/// Discord's epoch, the first moment of 2015, in Unix milliseconds.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// The number in an id; 0 for anything that is no number.
#[must_use]
pub fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

/// Whether a text has the form of an id: one to twenty digits that fit 64 bits.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok()
}

/// The first id of this moment (Unix microseconds).
#[must_use]
pub fn at(micros: i64) -> u64 {
    u64::try_from((micros / 1_000 - EPOCH_MS).max(1)).unwrap_or(1) << 22
}

/// When an id was made, in Unix microseconds.
#[must_use]
pub fn made(id: &str) -> i64 {
    i64::try_from(number(id) >> 22).unwrap_or(0).saturating_add(EPOCH_MS).saturating_mul(1_000)
}

/// A moment (Unix microseconds) as Discord writes it, such as `2024-05-01T12:00:00.000000+00:00`.
#[must_use]
pub fn iso(micros: i64) -> String {
    Timestamp::from_microsecond(micros)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string())
}

/// A moment as Discord writes it, in Unix microseconds.
#[must_use]
pub fn from_iso(text: &str) -> Option<i64> {
    text.trim().parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}
