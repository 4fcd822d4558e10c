//! Slack's message times: `seconds.micros`, six digits after the point.
//!
//! What lives here: writing and reading them. They are kept as text of fixed width, so that comparing text compares
//! time, as Slack's own clients do. What must not: the clock.

/// Writes Unix microseconds as a message time.
#[must_use]
pub fn from_micros(micros: i64) -> String {
    let micros = micros.max(0);
    format!("{:010}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// Reads a bound such as `0`, `1700000000` or `1700000000.000200`; `None` for anything else.
#[must_use]
pub fn bound(text: &str) -> Option<String> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || seconds.len() > 12 || !digits(seconds) || !digits(fraction) {
        return None;
    }
    let seconds: i64 = seconds.parse().ok()?;
    let padded: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    Some(from_micros(seconds.checked_mul(1_000_000)?.checked_add(padded.parse().ok()?)?))
}
