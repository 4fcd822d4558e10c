//! What Threadline itself says in a team's threads, in the language of the domain.
//!
//! What lives here: finding a sentence and filling its blanks. What must not: the sentences; they stand in `web/texts`.

use super::Service;
use crate::model::{DomainId, Language};

/// The sentence under `key` (of `bot.json`), with its `{blanks}` filled. A domain that has no language of its own, or is no
/// longer configured, is spoken to in English.
#[must_use]
pub(crate) fn say(service: &Service, domain: DomainId, key: &str, blanks: &[(&str, &str)]) -> String {
    let language = service.domain(domain).and_then(|domain| domain.language).unwrap_or(Language::En);
    let text = threadline_web::texts(language.tag(), "bot").get(key);
    fill(text.unwrap_or(key), blanks)
}

/// Fills each blank once: what is filled in may hold braces of its own.
fn fill(text: &str, blanks: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, after)| {
            blanks.iter().find(|(blank, _)| *blank == name).map(|(_, value)| (*value, after))
        });
        if let Some((value, after)) = known {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_filled_once_and_nothing_else_is() {
        let blanks = [("stars", "4"), ("comment", "{stars} } {")];
        assert_eq!(fill("Rated {stars} of 5: {comment}", &blanks), "Rated 4 of 5: {stars} } {");
        assert_eq!(fill("{unknown} { {stars", &blanks), "{unknown} { {stars");
        assert_eq!(fill("", &blanks), "");
    }
}
