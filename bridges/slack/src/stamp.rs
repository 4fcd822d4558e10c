//! Slack's message ids, which are moments too: `1700000000.000100`.
//!
//! What lives here: the exact way from Slack's `ts` to microseconds and back. What must not: a clock.

use bridge_core::Micros;

/// Reads a `ts`; `None` when it is none.
pub(crate) fn to_micros(ts: &str) -> Option<Micros> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if seconds.is_empty() || !digits(seconds) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let seconds: i64 = seconds.parse().ok()?;
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    seconds.checked_mul(1_000_000)?.checked_add(micros).map(Micros)
}

/// Writes a moment as a `ts`; a moment before 1970 becomes the first one that Slack knows.
pub(crate) fn from_micros(moment: Micros) -> String {
    let micros = moment.0.max(0);
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stamp_is_read_exactly() {
        assert_eq!(to_micros("1700000000.000100"), Some(Micros(1_700_000_000_000_100)));
        assert_eq!(to_micros("1700000000"), Some(Micros(1_700_000_000_000_000)));
        for wrong in ["", ".", "x.1", "1.x", "1.0000001", "-1.0", "99999999999999999999.0", "9223372036854775.0"] {
            assert_eq!(to_micros(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_comes_back_from_its_stamp(micros in 0_i64..4_000_000_000_000_000) {
            prop_assert_eq!(to_micros(&from_micros(Micros(micros))), Some(Micros(micros)));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = to_micros(&text);
        }
    }
}
