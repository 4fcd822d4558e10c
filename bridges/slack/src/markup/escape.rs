//! Makes words harmless for Slack, and reads them back.
//!
//! What lives here: the escaping of text, and the cleaning of names. What must not: parsing.

use bridge_core::honest::is_invisible;

/// Escapes text for mrkdwn: only `&`, `<` and `>` are special, and with them gone no token is live.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Reads escaped text back.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A person's name for places where Slack has no escaping: one line, at most `longest` characters, and nothing that
/// could be read as a mention, a token or a link. Look-alikes stand in for the characters that are special.
pub(crate) fn harmless_name(name: &str, longest: usize) -> String {
    let mut clean = String::new();
    // With characters that turn text around or can't be seen one name could look like another. They go first, as what
    // stood apart by them comes to stand together.
    let mut chars = name.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' => clean.push('‹'),
            '>' => clean.push('›'),
            '@' => clean.push('＠'),
            // An entity would be read back as the character that it stands for.
            '&' if chars.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next == '#') => clean.push('＆'),
            ':' if chars.peek() == Some(&'/') => clean.push('：'),
            c if c.is_control() || c.is_whitespace() => clean.push(' '),
            c => clean.push(c),
        }
    }
    let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&line, longest)
}

/// Cuts text to at most `longest` characters, with an ellipsis where something is missing.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(longest.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_can_ping_nobody_and_link_nowhere() {
        assert_eq!(harmless_name("<!channel> @here", 60), "‹!channel› ＠here");
        assert_eq!(harmless_name("&lt;!channel&gt;", 60), "＆lt;!channel＆gt;");
        assert_eq!(harmless_name("<https://evil.example|Bank>", 60), "‹https：//evil.example|Bank›");
        assert_eq!(
            harmless_name("&\u{200b}lt;!here&\u{ad}gt; https:\u{200b}//evil.example", 60),
            "＆lt;!here＆gt; https：//evil.example"
        );
        assert_eq!(harmless_name("A & B\n\tLtd", 60), "A & B Ltd");
        assert_eq!(harmless_name("\u{202e}abc\u{200b}", 60), "abc");
        assert_eq!(harmless_name("\u{2066}\u{3164}\u{61c}", 60), "");
        assert_eq!(harmless_name("abcdef", 4), "abc…");
    }

    proptest! {
        #[test]
        fn escaped_text_comes_back_and_holds_no_live_token(text: String) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>']));
            prop_assert_eq!(unescape(&escaped), text);
        }

        #[test]
        fn a_name_is_one_short_harmless_line(name in "([:/&<@a-z;]|lt|\u{200b}|\u{ad}|\u{3164}|\\PC){0,40}") {
            let clean = harmless_name(&name, 60);
            prop_assert!(clean.chars().count() <= 60);
            prop_assert!(!clean.contains(['<', '>', '@', '\n', '\r']));
            prop_assert!(!clean.contains("://") && !clean.contains("&lt;"));
        }
    }
}
