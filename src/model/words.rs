//! What an operator's message in a thread means: a reply, a note, a word of command, or something to ask about first.
//!
//! What lives here: [`read`], a pure function of the text. What must not: who wrote it and whether they may.

/// What a message in a thread means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// For the visitor.
    Reply,
    /// For operators only.
    Note,
    /// A word of command.
    Command(Command),
    /// For the visitor only if the writer confirms it.
    Ask(Doubt),
}

/// A word of command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `!assign`, to the writer; `!assign @NAME`, to that teammate.
    Assign(Option<String>),
    /// `!close`.
    Close,
    /// `!reopen`.
    Reopen,
    /// `!link` asks for a code; `!link CODE` says that the code's account is the writer's too.
    Link(Option<String>),
}

/// Why a message is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It begins like a command, but isn't one.
    UnknownWord,
    /// It begins like one of the platform's own commands, which slipped into the text.
    SlippedCommand,
    /// It calls a teammate by name, so it may be meant for the teammate.
    MentionsTeammate,
    /// It was edited before we first saw it, so it may have been a note.
    EditedUnseen,
}

/// The prefixes that make a note on every platform. None begins with a slash, because a chat's composer may take that
/// for a command of its own.
const NOTE_PREFIXES: [&str; 2] = [";;", "note:"];

/// Reads a message's plain words. `also_notes` are the prefixes that the platform adds to the common ones,
/// `command_prefix` is what its own commands begin with.
#[must_use]
pub fn read(text: &str, mentions_teammate: bool, also_notes: &[&str], command_prefix: Option<char>) -> Meaning {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if NOTE_PREFIXES.iter().chain(also_notes).any(|prefix| has_prefix(text, prefix)) {
        return Meaning::Note;
    }
    if let Some(command) = text.strip_prefix('!') {
        if let Some(command) = read_command(command) {
            return Meaning::Command(command);
        }
        // "!" alone and "!!!" are feelings, not words.
        if command.starts_with(|c: char| c.is_alphanumeric()) {
            return Meaning::Ask(Doubt::UnknownWord);
        }
    }
    let rest = command_prefix.and_then(|prefix| text.strip_prefix(prefix));
    if rest.is_some_and(|rest| rest.starts_with(char::is_alphabetic)) {
        return Meaning::Ask(Doubt::SlippedCommand);
    }
    if mentions_teammate {
        return Meaning::Ask(Doubt::MentionsTeammate);
    }
    Meaning::Reply
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Compares without regard to case, and lets a full-width twin of `;` and `:` count, since phone keyboards make them.
fn has_prefix(text: &str, prefix: &str) -> bool {
    let mut given = text.chars().map(|c| match c {
        '；' => ';',
        '：' => ':',
        other => other,
    });
    prefix.chars().all(|wanted| given.next().is_some_and(|c| c.to_lowercase().eq(wanted.to_lowercase())))
}

fn read_command(text: &str) -> Option<Command> {
    let mut words = text.split_whitespace();
    let word = words.next()?.to_lowercase();
    let rest = words.collect::<Vec<_>>().join(" ");
    match (word.as_str(), rest.is_empty()) {
        ("assign", true) => Some(Command::Assign(None)),
        ("assign", false) => Some(Command::Assign(Some(rest))),
        ("close", true) => Some(Command::Close),
        ("reopen", true) => Some(Command::Reopen),
        ("link", true) => Some(Command::Link(None)),
        ("link", false) if !rest.contains(' ') => Some(Command::Link(Some(rest))),
        // "!close the window and try again" may be meant for the visitor: it is asked about.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("hello", Meaning::Reply)]
    #[case("  ;; he is lying", Meaning::Note)]
    #[case("\u{200b};;hidden", Meaning::Note)]
    #[case("NOTE: call the bank", Meaning::Note)]
    #[case("；；wide", Meaning::Note)]
    #[case("notebook: 12 euros", Meaning::Reply)]
    #[case("!close", Meaning::Command(Command::Close))]
    #[case("!Reopen ", Meaning::Command(Command::Reopen))]
    #[case("!assign", Meaning::Command(Command::Assign(None)))]
    #[case("!assign @Ada L", Meaning::Command(Command::Assign(Some("@Ada L".into()))))]
    #[case("!link", Meaning::Command(Command::Link(None)))]
    #[case("!link abcd2345", Meaning::Command(Command::Link(Some("abcd2345".into()))))]
    #[case("!link to our shop", Meaning::Ask(Doubt::UnknownWord))]
    #[case("/close", Meaning::Reply)]
    #[case("!clsoe", Meaning::Ask(Doubt::UnknownWord))]
    #[case("!close the window", Meaning::Ask(Doubt::UnknownWord))]
    #[case("!", Meaning::Reply)]
    #[case("!!! great", Meaning::Reply)]
    fn a_message_means(#[case] text: &str, #[case] meaning: Meaning) {
        assert_eq!(read(text, false, &[], None), meaning);
    }

    #[test]
    fn a_mention_is_asked_about_but_a_note_stays_a_note() {
        assert_eq!(read("@bob what now?", true, &[], None), Meaning::Ask(Doubt::MentionsTeammate));
        assert_eq!(read(";; @bob what now?", true, &[], None), Meaning::Note);
        assert_eq!(read("!assign @bob", true, &[], None), Meaning::Command(Command::Assign(Some("@bob".into()))));
    }

    #[test]
    fn a_platform_may_add_prefixes() {
        assert_eq!(read("// inside", false, &["//"], None), Meaning::Note);
        assert_eq!(read("// inside", false, &[], None), Meaning::Reply);
    }

    #[rstest]
    #[case("/close", Meaning::Ask(Doubt::SlippedCommand))]
    #[case(" /Zuweisen @bob", Meaning::Ask(Doubt::SlippedCommand))]
    #[case("//close inside", Meaning::Note)]
    #[case("/ 2 is a half", Meaning::Reply)]
    #[case("/2 is a half", Meaning::Reply)]
    #[case("/", Meaning::Reply)]
    #[case("and/or", Meaning::Reply)]
    fn a_command_that_slipped_into_the_text_is_asked_about(#[case] text: &str, #[case] meaning: Meaning) {
        assert_eq!(read(text, false, &["//"], Some('/')), meaning);
    }

    proptest! {
        #[test]
        fn whatever_follows_a_note_prefix_stays_inside(prefix in "[ \u{200b}]{0,3}(;;|note:|Note:)", rest: String, mention: bool) {
            prop_assert_eq!(read(&format!("{prefix}{rest}"), mention, &[], Some('/')), Meaning::Note);
        }
    }
}
