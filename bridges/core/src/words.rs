//! What is said to people on a platform, in their language.
//!
//! What lives here: the sentences that bridges say by themselves, a list of sentences as a type of its own ([`sentences!`]),
//! and filling a sentence's blanks. What must not: what the sentences say; whoever calls a bridge brings that.

use std::borrow::Cow;

use crate::honest::{has_letters_from_the_right, set_apart};

/// A sentence that stands in the language files under a key.
pub trait Sentence: Copy {
    /// Its key.
    fn key(self) -> &'static str;

    /// The names of its blanks, which stand between braces.
    fn blanks(self) -> &'static [&'static str];
}

/// Makes a list of sentences an enum: each variant with its key and the names of its blanks. Who speaks of a sentence by its
/// variant can't misspell its key, and a test compares the list with the language files.
#[macro_export]
macro_rules! sentences {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($variant:ident = $key:literal [$($blank:ident)*],)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $(
                #[doc = concat!("The sentence `", $key, "`.")]
                $variant,
            )+
        }

        impl $name {
            /// All of them.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $crate::words::Sentence for $name {
            fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            fn blanks(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$(stringify!($blank)),*],)+ }
            }
        }
    };
}

sentences! {
    /// What bridges say by themselves: the labels of cards and buttons, and what stands around a message.
    pub enum Word {
        Visitor = "card.visitor" [],
        EmailUnverified = "card.email.unverified" [address],
        EmailLabel = "card.email" [],
        Website = "card.website" [],
        WebsiteUnknown = "card.website.unknown" [],
        PageLabel = "card.page" [],
        OnPage = "card.on" [title],
        OnPageUntitled = "card.on.untitled" [],
        Summary = "card.summary" [visitor domain standing],
        SummaryWithPage = "card.summary.page" [visitor domain title standing],
        Status = "card.status" [],
        Open = "card.open" [],
        OpenAssigned = "card.open.assigned" [name],
        OpenUnassigned = "card.open.unassigned" [],
        ClosedBy = "card.closed" [name],
        ClosedByVisitor = "card.closed.visitor" [],
        ClosedBySystem = "card.closed.system" [],
        AssignedTo = "card.assigned" [],
        Nobody = "card.assigned.nobody" [],
        Somebody = "card.somebody" [],
        EarlierConversation = "card.earlier" [],
        Remark = "card.remark" [],
        GoesOn = "card.continued" [],
        WrittenInForm = "card.form" [],
        Assign = "button.assign" [],
        Close = "button.close" [],
        Reopen = "button.reopen" [],
        SaidByVisitor = "post.visitor" [name],
        Operator = "post.operator" [],
        Assistant = "post.assistant" [],
        Empty = "post.empty" [],
        Late = "post.late" [date],
        DayAndTime = "post.late.date" [day time],
        Pointer = "post.pointer" [thread],
        Help = "help" [],
        CommandThreadline = "command.threadline" [],
        CommandInbox = "command.inbox" [],
        CommandAway = "command.away" [],
        CommandBack = "command.back" [],
        CommandAuto = "command.auto" [],
        CommandAssign = "command.assign" [],
        CommandAssignWho = "command.assign.who" [],
        CommandClose = "command.close" [],
        CommandReopen = "command.reopen" [],
        CommandLink = "command.link" [],
        CommandLinkCode = "command.link.code" [],
        NotTaken = "failed.not_taken" [],
    }
}

/// The languages that are written from the right.
const FROM_THE_RIGHT: [&str; 1] = ["ar"];

/// How a text is found: by the language's tag and the sentence's key.
pub type Find = fn(&'static str, &str) -> Option<&'static str>;

/// The sentences in one language.
#[derive(Clone, Copy)]
pub struct Words {
    language: &'static str,
    find: Find,
}

impl Words {
    /// The sentences in the language with that tag, as `find` finds them.
    #[must_use]
    pub const fn new(language: &'static str, find: Find) -> Self {
        Self { language, find }
    }

    /// A sentence without blanks.
    #[must_use]
    pub fn text(self, sentence: impl Sentence) -> &'static str {
        debug_assert!(sentence.blanks().is_empty(), "{} has blanks that nobody fills", sentence.key());
        self.find(sentence)
    }

    /// A sentence with its blanks filled. What is filled in is set apart where its direction may be another than the
    /// sentence's: neither may change the other's order.
    #[must_use]
    pub fn say(self, sentence: impl Sentence, blanks: &[(&str, &str)]) -> String {
        let from_the_right = FROM_THE_RIGHT.contains(&self.language);
        self.filled(sentence, blanks, |value| {
            let apart = !value.is_empty() && (from_the_right || has_letters_from_the_right(value));
            if apart { Cow::Owned(set_apart(value)) } else { Cow::Borrowed(value) }
        })
    }

    /// As [`Words::say`], with nothing around what is filled in. For what isn't words: an address, a code, and the marks that
    /// a platform shows something else for.
    #[must_use]
    pub fn say_bare(self, sentence: impl Sentence, blanks: &[(&str, &str)]) -> String {
        self.filled(sentence, blanks, Cow::Borrowed)
    }

    fn filled<'a>(
        self,
        sentence: impl Sentence,
        blanks: &[(&str, &'a str)],
        within: impl Fn(&'a str) -> Cow<'a, str>,
    ) -> String {
        debug_assert!(
            blanks.len() == sentence.blanks().len()
                && blanks.iter().all(|(blank, _)| sentence.blanks().contains(blank)),
            "{} has other blanks: {:?}",
            sentence.key(),
            sentence.blanks()
        );
        let blanks: Vec<_> = blanks.iter().map(|(blank, value)| (*blank, within(value))).collect();
        fill(self.find(sentence), &blanks)
    }

    fn find(self, sentence: impl Sentence) -> &'static str {
        // A test holds every language file to the lists of sentences: nobody ever reads a key.
        (self.find)(self.language, sentence.key()).unwrap_or(sentence.key())
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.language).finish()
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language
    }
}

impl Eq for Words {}

/// Fills each blank once: what is filled in may hold braces of its own.
fn fill(text: &str, blanks: &[(&str, Cow<'_, str>)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, after)| blanks.iter().find(|(blank, _)| *blank == name).map(|(_, value)| (value, after)));
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
        let blanks = [("stars", "4".into()), ("comment", "{stars} } {".into())];
        assert_eq!(fill("Rated {stars} of 5: {comment}", &blanks), "Rated 4 of 5: {stars} } {");
        assert_eq!(fill("{unknown} { {stars", &blanks), "{unknown} { {stars");
        assert_eq!(fill("", &blanks), "");
    }

    #[test]
    fn a_sentence_is_found_by_its_key() {
        let words =
            Words::new("xx", |language, key| (language == "xx" && key == "post.late").then_some("{date}, late"));
        assert_eq!(words.say(Word::Late, &[("date", "noon")]), "noon, late");
        assert_eq!(words.text(Word::Close), "button.close");
    }

    #[test]
    fn what_is_filled_in_keeps_its_own_direction() {
        const FIND: Find = |_, _| Some("<{name}>");
        let (english, arabic) = (Words::new("en", FIND), Words::new("ar", FIND));
        let said = |words: Words, name| words.say(Word::ClosedBy, &[("name", name)]);
        assert_eq!((said(english, "Ada"), said(arabic, "")), ("<Ada>".into(), "<>".into()));
        assert_eq!(said(arabic, "Ada"), "<\u{2068}Ada\u{2069}>");
        assert_eq!(said(english, "\u{2069}عائشة"), "<\u{2068}عائشة\u{2069}>");
        assert_eq!(arabic.say_bare(Word::ClosedBy, &[("name", "https://a.example/")]), "<https://a.example/>");
    }
}
