//! What Threadline says, for tests of bridges: the very files that the program has.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::words::Words;

type File = BTreeMap<String, String>;

/// Each file's content.
const FILES: [(&str, &str); 3] = [
    ("en", include_str!("../../../../web/texts/en/bot.json")),
    ("de", include_str!("../../../../web/texts/de/bot.json")),
    ("ar", include_str!("../../../../web/texts/ar/bot.json")),
];

static TEXTS: LazyLock<BTreeMap<&str, File>> = LazyLock::new(|| {
    // A file that can't be read leaves nothing but keys to say, and every test that looks at words fails.
    FILES.into_iter().map(|(language, file)| (language, serde_json::from_str(file).unwrap_or_default())).collect()
});

/// The sentences in English (`en`), German (`de`) or Arabic (`ar`).
#[must_use]
pub fn words(language: &'static str) -> Words {
    Words::new(language, |language, key| TEXTS.get(language)?.get(key).map(String::as_str))
}
