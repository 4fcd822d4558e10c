//! What a browser calls itself, for people.
//!
//! What lives here: [`browser`], a few words from a `User-Agent`. What must not: any decision that rests on it; everybody can
//! claim to be any browser.

use super::contact::clean_line;
use super::limits::shorten;

/// Most characters of a browser's name.
const CHARS: usize = 60;
/// Most bytes of a `User-Agent` that are looked at.
const LOOKED_AT: usize = 512;

/// The marks of the common browsers, the more particular ones first: most browsers claim to be others too.
const BROWSERS: [(&str, &str); 11] = [
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The browser and the system that it runs on ("Firefox 142 on Windows"); a program's own name where it is none of the
/// common browsers; `None` for nothing readable.
#[must_use]
pub fn browser(user_agent: &str) -> Option<String> {
    let cut = (0..=user_agent.len().min(LOOKED_AT)).rev().find(|at| user_agent.is_char_boundary(*at))?;
    let user_agent = user_agent.get(..cut)?;
    let known = BROWSERS.iter().find_map(|(mark, name)| {
        let (_, rest) = user_agent.split_once(mark)?;
        // "Version/" stands in other browsers' names too; Safari says both.
        (*name != "Safari" || user_agent.contains("Safari/")).then(|| (*name, number(rest)))
    });
    let name = match known {
        Some((name, Some(version))) => format!("{name} {version}"),
        Some((name, None)) => name.to_owned(),
        None => user_agent.split_whitespace().next()?.replace('/', " "),
    };
    let system = SYSTEMS.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, system)| *system);
    let shown = system.map_or_else(|| name.clone(), |system| format!("{name} on {system}"));
    clean_line(&shown).map(|line| shorten(&line, CHARS))
}

/// The first part of a version.
fn number(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).filter(|digits| (1..=5).contains(&digits.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
        "Firefox 142 on Windows"
    )]
    #[case(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        "Safari 18 on macOS"
    )]
    #[case(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0.7204.119 Mobile/15E148 Safari/604.1",
        "Chrome 138 on iOS"
    )]
    #[case(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
        "Edge 138 on Windows"
    )]
    #[case(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        "Samsung Internet 28 on Android"
    )]
    #[case(
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
        "Chrome 138 on ChromeOS"
    )]
    #[case("curl/8.14.1", "curl 8.14.1")]
    #[case("<script>alert(1)</script>", "<script>alert(1)< script>")]
    fn a_browser_is_named(#[case] user_agent: &str, #[case] name: &str) {
        assert_eq!(browser(user_agent).as_deref(), Some(name));
    }

    #[test]
    fn nothing_is_nobody() {
        assert_eq!(browser(""), None);
        assert_eq!(browser(" \u{200b} "), None);
    }

    proptest! {
        #[test]
        fn no_claim_makes_it_panic_or_grow(text: String) {
            if let Some(name) = browser(&text) {
                prop_assert!(name.chars().count() <= CHARS && !name.is_empty());
            }
        }
    }
}
