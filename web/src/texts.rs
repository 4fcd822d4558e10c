//! Everything that is said to people, by language and area: the files of `web/texts`, parsed once.
//!
//! What lives here: looking a text up. What must not: choosing a language. A text that has forms for numbers stands in its
//! file as a table, and here as one text for each form (`unread.one`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// The languages, English first: what is missing elsewhere is said in English.
const LANGUAGES: [&str; 7] = ["en", "de", "fr", "es", "pt", "tr", "ar"];

/// All texts of one area in one language.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// The text under that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn parse(file: &str) -> Self {
        let mut texts = BTreeMap::new();
        // A test parses every file, so that one which isn't JSON never leaves the house.
        if let Ok(Value::Object(entries)) = serde_json::from_str(file) {
            for (key, value) in entries {
                match value {
                    Value::String(text) => {
                        texts.insert(key, text);
                    }
                    Value::Object(forms) => texts.extend(forms.into_iter().filter_map(|(form, text)| {
                        text.as_str().map(|text| (format!("{key}.{form}"), text.to_owned()))
                    })),
                    _ => {}
                }
            }
        }
        Self(texts)
    }
}

macro_rules! files {
    ($($language:literal)+) => {
        [$(($language, [
            ("widget", include_str!(concat!("../texts/", $language, "/widget.json"))),
            ("pages", include_str!(concat!("../texts/", $language, "/pages.json"))),
            ("bot", include_str!(concat!("../texts/", $language, "/bot.json"))),
        ])),+]
    };
}

/// Each file's content.
const FILES: [(&str, [(&str, &str); 3]); LANGUAGES.len()] = files!("en" "de" "fr" "es" "pt" "tr" "ar");

static ALL: LazyLock<Vec<(&str, &str, Texts)>> = LazyLock::new(|| {
    let areas = FILES.into_iter().flat_map(|(language, areas)| areas.map(|(area, file)| (language, area, file)));
    areas.map(|(language, area, file)| (language, area, Texts::parse(file))).collect()
});

static NONE: Texts = Texts(BTreeMap::new());

/// The texts of an area (`widget`, `pages`, `bot`) in a language, by its two letters. A language that nothing is written in
/// gets English; an area that isn't there has no texts.
#[must_use]
pub fn texts(language: &str, area: &str) -> &'static Texts {
    let find = |language| ALL.iter().find(|(l, a, _)| *l == language && *a == area).map(|(_, _, texts)| texts);
    find(language).or_else(|| find("en")).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between braces, in order.
    fn blanks(text: &str) -> Vec<&str> {
        let mut blanks: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect();
        blanks.sort_unstable();
        blanks
    }

    #[test]
    fn every_file_is_an_object_of_texts() {
        for (language, areas) in FILES {
            for (area, file) in areas {
                let parsed: Result<BTreeMap<String, Value>, _> = serde_json::from_str(file);
                assert!(parsed.is_ok(), "{language}/{area}.json: {parsed:?}");
            }
        }
    }

    #[test]
    fn the_bot_speaks_every_language_completely() {
        let english = texts("en", "bot");
        for language in LANGUAGES {
            let texts = texts(language, "bot");
            assert_eq!(texts.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{language}");
            for key in english.keys() {
                let (here, there) = (texts.get(key).unwrap(), english.get(key).unwrap());
                assert_eq!(blanks(here), blanks(there), "{language}: {key}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_english_or_nothing() {
        assert_eq!(texts("xx", "widget"), texts("en", "widget"));
        assert_eq!(texts("en", "nothing").keys().count(), 0);
        let forms = Texts::parse(r#"{"unread": {"one": "{n} new", "other": "{n} new"}, "send": "Send"}"#);
        assert_eq!(forms.keys().collect::<Vec<_>>(), ["send", "unread.one", "unread.other"]);
    }
}
