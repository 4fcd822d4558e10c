//! Keeps what is read and where it leads the same.
//!
//! What lives here: the characters that turn or hide text, and which addresses may be links. What must not: any platform's own
//! marks (each bridge escapes those). The widget keeps the same rule in `web/widget/text/linkify.ts`.

use url::Url;

/// Whether the character turns the reading direction of what follows: embeddings, overrides and isolates.
const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text without the characters that turn its direction. Letters of right-to-left scripts need none of them.
#[must_use]
pub fn straight(text: &str) -> String {
    text.chars().filter(|c| !turns(*c)).collect()
}

/// Begins a piece of text that is set apart: its direction is its own, and turns nothing around it.
const APART: char = '\u{2068}';
/// Ends it.
const APART_END: char = '\u{2069}';

/// As [`straight`], for a sentence of ours: what was [set apart](set_apart) in it stays so.
#[must_use]
pub fn straight_sentence(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut open = 0_usize;
    for c in text.chars() {
        match c {
            APART => open += 1,
            APART_END if open > 0 => open -= 1,
            _ if turns(c) => continue,
            _ => {}
        }
        kept.push(c);
    }
    // One that isn't closed would take in all that follows.
    kept.extend(std::iter::repeat_n(APART_END, open));
    kept
}

/// What is filled into a sentence, set apart: neither can its direction turn the sentence, nor the sentence's order it.
#[must_use]
pub fn set_apart(text: &str) -> String {
    format!("{APART}{}{APART_END}", straight_sentence(text))
}

/// Whether some of the text is of a script that is written from the right.
#[must_use]
pub fn has_letters_from_the_right(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    })
}

/// Whether the character turns the reading direction or can't be seen: an address with one isn't what it looks like.
const fn deceives(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

/// Whether the character has no place in a person's name. Of those that deceive, the variants of pictographs may stay:
/// they show.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    deceives(c) && !matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Whether a link that shows this address leads where a reader takes it to lead: no user-info, as in
/// `https://bank.example@evil.example`, no backslash, which some readers take for a slash and some don't, and nothing
/// that can't be seen.
#[must_use]
pub fn is_honest_url(url: &str) -> bool {
    if url.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace() || deceives(c)) {
        return false;
    }
    let Ok(parsed) = Url::parse(url) else { return false };
    match parsed.scheme() {
        "http" | "https" => {
            let authority = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
            authority.is_some_and(|authority| !authority.is_empty() && !authority.contains('@'))
                && parsed.host_str().is_some_and(|host| !host.is_empty())
                && parsed.username().is_empty()
                && parsed.password().is_none()
        }
        "mailto" | "tel" => true,
        _ => false,
    }
}

/// Whether a link that was read on a platform may lead there. What we write there goes by [`is_honest_url`].
#[must_use]
pub fn is_safe_url(url: &str) -> bool {
    Url::parse(url).is_ok_and(|parsed| matches!(parsed.scheme(), "http" | "https" | "mailto" | "tel"))
}

/// Whether it is the honest address of a web page.
#[must_use]
pub fn is_honest_page(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && is_honest_url(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_in_disguise_is_not_honest() {
        for honest in [
            "https://shop.example/",
            "http://shop.example:8080/a?b=c@d#e@f",
            "https://münchen.example/straße",
            "mailto:ada@shop.example",
            "tel:+31201234567",
        ] {
            assert!(is_honest_url(honest), "{honest}");
        }
        for disguised in [
            "https://bank.example@evil.example/",
            "https://bank.example:443@evil.example/",
            "https://@evil.example/",
            "https://bank.example%2F@evil.example/",
            "https:bank.example@evil.example/",
            "https://bank.example\\@evil.example/",
            "https://evil.example/\u{202e}moc.knab",
            "https://evil.example/\u{2067}x",
            "https://bank\u{200b}.example/",
            "https://bank.example\u{3164}/",
            "https://shop.example/\u{7}",
            "https://shop.example/a b",
            "javascript:alert(1)",
            "https://",
            "no address",
        ] {
            assert!(!is_honest_url(disguised), "{disguised:?}");
        }
        assert!(!is_honest_page("mailto:ada@shop.example"));
    }

    #[test]
    fn only_what_turns_text_is_taken_out_of_it() {
        assert_eq!(straight("a\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}b"), "ab");
        assert_eq!(straight("\u{2066}\u{2067}\u{2068}\u{2069}שלום\u{200f} ❤\u{fe0f}"), "שלום\u{200f} ❤\u{fe0f}");
    }

    #[test]
    fn what_is_set_apart_cannot_get_out() {
        assert_eq!(set_apart("Ada"), "\u{2068}Ada\u{2069}");
        assert_eq!(set_apart("\u{2069}\u{202e}Ada\u{2068}"), "\u{2068}Ada\u{2068}\u{2069}\u{2069}");
        let nested = set_apart(&format!("{} (5)", set_apart("Ada")));
        assert_eq!(straight_sentence(&nested), nested, "it stays as it is");
        assert_eq!(straight_sentence("\u{2067}a\u{2069}b\u{202e}"), "ab");
    }

    proptest! {
        #[test]
        fn an_honest_web_address_holds_no_user_info(url in "https?:/{0,3}[a-z@:%2F./\\\\?#\u{202e}]{0,30}") {
            if is_honest_page(&url) {
                let parsed = Url::parse(&url).unwrap();
                prop_assert!(parsed.username().is_empty() && parsed.password().is_none());
                prop_assert_eq!(straight(&url), url);
            }
        }
    }
}
