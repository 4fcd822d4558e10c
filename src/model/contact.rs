//! What visitors say of themselves: names, e-mail addresses, and what their browser tells.
//!
//! What lives here: cleaning it before anybody keeps it. What must not: whether it is true.

use bridge_core::honest::{is_invisible, straight};

/// Most characters of a visitor's name.
pub const NAME_CHARS: usize = 80;
/// Most bytes of an e-mail address (RFC 5321, 4.5.3.1).
pub const EMAIL_BYTES: usize = 254;
/// Most characters of what a visitor says about a conversation.
pub const COMMENT_CHARS: usize = 1_000;

/// A text of one line: nothing that can't be seen, nothing that turns the reading direction, single spaces. `None` where
/// nothing is left.
#[must_use]
pub fn clean_line(text: &str) -> Option<String> {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let line = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// A text of several lines: like [`clean_line`], with its line breaks. `None` where nothing is left.
#[must_use]
pub fn clean_text(text: &str) -> Option<String> {
    let text = straight(text).replace("\r\n", "\n");
    let text: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether this has the form of an e-mail address: one that any mail program would take. Quoted local parts, comments and
/// addresses of machines are none that a visitor would have.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let proper = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !is_invisible(c)
            && !matches!(c, '@' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | ',' | ';' | ':' | '\\' | '|' | '`')
    };
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= EMAIL_BYTES
        && (1..=64).contains(&local.len())
        && local.chars().all(proper)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// A language's tag as a browser tells it (BCP 47); `None` for anything else.
#[must_use]
pub fn language_tag(text: &str) -> Option<String> {
    let proper = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (text.len() <= 35 && text.split('-').all(proper)).then(|| text.to_owned())
}

/// A time zone's name as a browser tells it (`Europe/Berlin`); `None` for anything else.
#[must_use]
pub fn time_zone(text: &str) -> Option<String> {
    let proper = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
    ((1..=64).contains(&text.len()) && text.bytes().all(proper)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_looks_like_one() {
        // The widget's tests hold the same list: an address that it took and this refused would be lost with the letter.
        let list = include_str!("../../web/widget/test/addresses.json");
        let list: HashMap<String, Vec<String>> = serde_json::from_str(list).unwrap();
        assert!(list["taken"].len() > 10 && list["refused"].len() > 30);
        for (kind, is) in [("taken", true), ("refused", false)] {
            for text in &list[kind] {
                assert_eq!(is_email(text), is, "{text:?}");
            }
        }
    }

    #[test]
    fn what_nobody_sees_is_dropped() {
        assert_eq!(clean_line("  Ada\u{202e}\u{200b}\n Love\0lace "), Some("Ada Love lace".to_owned()));
        assert_eq!(clean_line(" \u{200b}\u{7} "), None);
        assert_eq!(clean_text("one\r\ntwo\u{202e}\0"), Some("one\ntwo".to_owned()));
        assert_eq!(clean_line("<b>Ada</b>").as_deref(), Some("<b>Ada</b>"), "markup stays as text");
    }

    #[test]
    fn only_tags_and_zones_get_through() {
        assert_eq!(language_tag("pt-BR").as_deref(), Some("pt-BR"));
        assert_eq!(time_zone("America/Argentina/Buenos_Aires").as_deref(), Some("America/Argentina/Buenos_Aires"));
        for odd in ["", "-", "de--AT", "<script>", "a b", "ninecharsx", "Ünix"] {
            assert_eq!(language_tag(odd), None, "{odd}");
        }
        for odd in ["", "Europe/Berlin\n", "<script>", &"x".repeat(65)] {
            assert_eq!(time_zone(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn a_cleaned_line_is_one_line_and_stays_so(text: String) {
            if let Some(line) = clean_line(&text) {
                prop_assert!(!line.chars().any(|c| c.is_control() || is_invisible(c)));
                prop_assert_eq!(clean_line(&line), Some(line.clone()));
            }
            let _ = is_email(&text);
        }
    }
}
