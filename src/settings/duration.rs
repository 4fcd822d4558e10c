//! Time spans as people write them: `500ms`, `30s`, `10m`, `2h`, `7d`, `1m30s`.
//!
//! What lives here: reading and writing that form. What must not: which span is sensible where.

use std::time::Duration;

/// The units, the longest first, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a span: whole numbers, each with its unit, added up. `None` when the text is anything else or too long a span.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut millis: u64 = 0;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after, |c| c.is_ascii_alphabetic());
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        millis = millis.checked_add(number.parse::<u64>().ok()?.checked_mul(*factor)?)?;
        rest = after.trim_start();
    }
    Some(Duration::from_millis(millis))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// Writes a span in the largest unit that holds it exactly.
pub(super) fn show(span: Duration) -> String {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let unit = UNITS.iter().find(|(_, factor)| millis != 0 && millis.is_multiple_of(*factor));
    unit.map_or_else(|| "0s".to_owned(), |(unit, factor)| format!("{}{unit}", millis / factor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_are_read() {
        for (text, millis) in [
            ("0s", 0),
            ("500ms", 500),
            ("30s", 30_000),
            ("10m", 600_000),
            ("2h", 7_200_000),
            ("7d", 604_800_000),
            ("1m30s", 90_000),
            (" 1m 30s ", 90_000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_spans() {
        for text in ["", " ", "10", "s", "10 s", "-5s", "1.5s", "10 minutes", "10S", "99999999999999999999d", "ä"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_span_survives_its_text(millis in 0..u64::MAX) {
            let span = Duration::from_millis(millis);
            prop_assert_eq!(parse(&show(span)), Some(span));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = parse(&text);
        }
    }
}
