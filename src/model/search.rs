//! The words by which conversations are found.
//!
//! What lives here: how a text becomes words, alike for what was said and for what is asked. What must not: where words are
//! kept. Both databases compare words byte by byte, so they find the same.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use super::ids::OperatorId;

/// Most bytes of a word; a longer one is cut, in texts and in questions alike.
pub const LONGEST_WORD: usize = 64;

/// A question, as words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Each of these must be there as it is.
    pub words: BTreeSet<String>,
    /// A word that begins like this must be there: what the asker is still writing.
    pub prefix: Option<String>,
}

impl Query {
    /// Whether anything is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.prefix.is_none()
    }

    /// Whether one of its words stands in a text.
    #[must_use]
    pub fn touches(&self, text: &str) -> bool {
        let found = words(text);
        self.words.iter().any(|word| found.contains(word))
            || self.prefix.as_ref().is_some_and(|prefix| found.iter().any(|word| word.starts_with(prefix.as_str())))
    }

    /// Whether all of its words stand in a text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let found = words(text);
        self.words.iter().all(|word| found.contains(word))
            && self.prefix.as_ref().is_none_or(|prefix| found.iter().any(|word| word.starts_with(prefix.as_str())))
    }
}

/// The words of a text, without doubles.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for chunk in fold(text).split_whitespace() {
        if let Some(address) = address(chunk) {
            found.insert(address.to_owned());
        }
        for run in runs(chunk) {
            match run {
                Run::Word(word) => {
                    found.insert(cut(word).to_owned());
                }
                Run::Signs(signs) => {
                    found.extend(pairs(&signs));
                    found.extend(signs.into_iter().map(str::to_owned));
                }
            }
        }
    }
    found
}

/// A question as words. The last one may be unfinished, unless something that is no part of a word follows it.
#[must_use]
pub fn query(text: &str) -> Query {
    // Each with whether it may be the beginning of a longer one.
    let mut asked: Vec<(String, bool)> = Vec::new();
    let folded = fold(text);
    for chunk in folded.split_whitespace() {
        for run in runs(chunk) {
            match run {
                Run::Word(word) => asked.push((cut(word).to_owned(), word.chars().nth(1).is_some())),
                Run::Signs(signs) if signs.len() > 1 => asked.extend(pairs(&signs).map(|pair| (pair, false))),
                Run::Signs(signs) => asked.extend(signs.into_iter().map(|sign| (sign.to_owned(), false))),
            }
        }
        // An address is more than its parts in any order.
        if let Some(address) = address(chunk) {
            asked.push((address.to_owned(), true));
        }
    }
    let unfinished = folded.chars().next_back().is_some_and(is_of_word);
    let mut query = Query::default();
    if unfinished && let Some((last, _)) = asked.pop_if(|(_, may)| *may) {
        // The last part of an unfinished address is unfinished too, and the address holds it.
        if last.contains('@') {
            asked.pop();
        }
        query.prefix = Some(last);
    }
    query.words = asked.into_iter().map(|(word, _)| word).collect();
    query
}

/// The mark under which a tag is kept among the words. No word of a text looks like it.
#[must_use]
pub fn tag_mark(tag: &str) -> String {
    let plain: String = tag.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("#{plain}")
}

/// Whether something among the words is a tag's mark.
#[must_use]
pub fn is_tag_mark(word: &str) -> bool {
    word.starts_with('#')
}

/// The mark of an operator who answered in a conversation or looks after it.
#[must_use]
pub fn operator_mark(operator: OperatorId) -> String {
    format!("@{}", operator.0.as_simple())
}

/// The mark of a conversation's operator in charge; of nobody.
#[must_use]
pub fn assignee_mark(operator: Option<OperatorId>) -> String {
    operator.map_or_else(|| "!none".to_owned(), |operator| format!("!{}", operator.0.as_simple()))
}

/// The mark of a rating; of none.
#[must_use]
pub fn rating_mark(stars: Option<i64>) -> String {
    stars.map_or_else(|| "*none".to_owned(), |stars| format!("*{stars}"))
}

/// The mark of a conversation that goes on, or doesn't.
#[must_use]
pub fn status_mark(open: bool) -> String {
    if open { "=open".to_owned() } else { "=closed".to_owned() }
}

/// Whether something among the words is a mark, and no word.
#[must_use]
pub fn is_mark(word: &str) -> bool {
    word.starts_with(['#', '@', '!', '*', '='])
}

/// A stretch of a text.
enum Run<'a> {
    /// Letters and digits of a script that puts spaces between words.
    Word(&'a str),
    /// Letters of a script that doesn't, each with the marks on it.
    Signs(Vec<&'a str>),
}

/// Capitals, accents and presentation forms are all one.
fn fold(text: &str) -> String {
    // What most texts and nearly all addresses are, and what a page of found texts is made of.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = text.to_owned();
    // Once is enough for nearly every text; some letters need it again, and folding what is folded must change nothing.
    for _ in 0..4 {
        let next = fold_once(&folded);
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

fn fold_once(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            c => plain.push(c),
        }
    }
    plain.nfd().filter(|c| !is_accent(*c)).nfc().collect()
}

/// A mark that people leave out when they search: accents, vowel points, tone marks. What carries a sound of its own in its
/// script (class 0), and what joins letters (class 9), stays.
fn is_accent(c: char) -> bool {
    is_combining_mark(c) && !matches!(canonical_combining_class(c), 0 | 9)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Scripts whose words stand without spaces between them; pairs of their letters do for words.
fn is_sign(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F // Myanmar
        | 0x1780..=0x17FF // Khmer
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF // iteration marks, kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF // Han
        | 0xAC00..=0xD7A3 // Hangul
    )
}

/// The runs of a folded text, in order.
fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_of_word)?;
        rest = rest.get(start..)?;
        let first = rest.chars().next()?;
        let signs = is_sign(first);
        let end = rest
            .char_indices()
            .find(|(_, c)| !is_of_word(*c) || (is_sign(*c) != signs && !is_combining_mark(*c)))
            .map_or(rest.len(), |(index, _)| index);
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some(if signs { Run::Signs(signs_of(run)) } else { Run::Word(run) })
    })
}

/// Each letter with the marks that follow it.
fn signs_of(run: &str) -> Vec<&str> {
    let starts: Vec<usize> =
        run.char_indices().filter(|(index, c)| *index == 0 || !is_combining_mark(*c)).map(|(index, _)| index).collect();
    let ends = starts.iter().skip(1).copied().chain([run.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| run.get(*start..end)).map(cut).collect()
}

fn pairs<'a>(signs: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    signs.windows(2).map(|pair| cut(&pair.concat()).to_owned())
}

/// The whole of an e-mail address, beside its parts.
fn address(chunk: &str) -> Option<&str> {
    let inner = chunk.trim_matches(|c: char| !is_of_word(c));
    let (name, host) = inner.split_once('@')?;
    let plain = |part: &str| part.chars().all(|c| is_of_word(c) || matches!(c, '.' | '-' | '_' | '+' | '%'));
    (inner.len() <= LONGEST_WORD && plain(name) && plain(host)).then_some(inner)
}

/// At most [`LONGEST_WORD`] bytes, whole characters.
fn cut(word: &str) -> &str {
    word.get(..word.floor_char_boundary(LONGEST_WORD)).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn words_are_what_people_type() {
        assert_eq!(list("Do you have THIS hat in green?"), ["do", "green", "hat", "have", "in", "this", "you"]);
        assert_eq!(list("Straße ÇA İstanbul ﬁnal Łódź ΟΔΟΣ"), ["ca", "final", "istanbul", "lodz", "strasse", "οδοσ"]);
        assert_eq!(list("naïve cafe\u{301} don't"), ["cafe", "don", "naive", "t"]);
        assert_eq!(
            list("see https://shop.example/hats?size=XL"),
            ["example", "hats", "https", "see", "shop", "size", "xl"]
        );
        assert_eq!(list("<Ada.L@Shop.example>,"), ["ada", "ada.l@shop.example", "example", "l", "shop"]);
        assert_eq!(list("红茶店 in"), ["in", "店", "红", "红茶", "茶", "茶店"]);
        assert_eq!(list("مُحَمَّد"), ["محمد"]);
        assert_eq!(list(" \u{0} … 🦀 "), [""; 0]);
        assert!(list(&"x".repeat(1_000)).iter().all(|word| word.len() == LONGEST_WORD));
    }

    #[test]
    fn questions_may_end_in_the_middle_of_a_word() {
        let found = |question: &str, text: &str| query(question).matches(text);
        assert!(found("gre", "the green hat") && found("hat gre", "the green hat"));
        assert!(!found("gre ", "the green hat"), "what is followed by a space is finished");
        assert!(!found("g", "the green hat"), "one letter is too little of a word");
        assert!(found("ada@sho", "write to ada@shop.example") && !found("ada@sho", "ada and the shop"));
        assert!(
            found("ada@shop.example", "Ada@Shop.Example!") && found("shop.example/hats", "https://shop.example/hats")
        );
        assert!(found("红", "红茶店") && found("茶", "红茶店") && found("店", "红茶店") && found("红茶", "红茶店"));
        assert!(!found("红店", "红茶店"));
        assert!(found("strasse", "STRASSE") && found("STRAẞE", "straße"));
        assert!(query("?! ").is_empty());
    }

    #[test]
    fn no_word_looks_like_a_mark() {
        let id = OperatorId(uuid::Uuid::nil());
        for mark in [tag_mark("a b"), operator_mark(id), assignee_mark(None), rating_mark(Some(5)), status_mark(true)] {
            assert!(is_mark(&mark));
            assert!(words(&mark).iter().all(|word| !is_mark(word)));
        }
    }

    proptest! {
        #[test]
        fn the_short_way_for_plain_letters_is_the_long_one(text in "[ -~\\t\\n]{0,40}") {
            prop_assert_eq!(fold(&text), fold_once(&text));
        }

        #[test]
        fn words_of_words_are_the_same_words(text in "\\PC{0,80}") {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.len() <= LONGEST_WORD, "{word:?}");
                prop_assert!(!word.contains(char::is_whitespace) && !is_mark(&word), "{word:?}");
                prop_assert!(words(&word).contains(&word), "{word:?} became {:?}", words(&word));
            }
        }

        #[test]
        fn what_was_said_is_found_by_saying_it_again(text in "\\PC{0,80}", before in "\\PC{0,20}") {
            let text = text.trim();
            prop_assert!(query(text).matches(text), "{:?} in {:?}", query(text), words(text));
            let longer = format!("{before} {text}");
            prop_assert!(query(text).matches(&longer), "{:?} in {:?}", query(text), words(&longer));
            // Alone this accent is nothing to search for, and in upper case it is a letter.
            prop_assume!(!text.contains('\u{345}'));
            prop_assert!(query(&text.to_uppercase()).is_empty() == query(text).is_empty());
        }

        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            let asked = query(&text);
            prop_assert!(asked.matches(&text), "{asked:?} in {:?}", words(&text));
        }
    }
}
