//! Makes words harmless for Discord.
//!
//! What lives here: the escaping of text, the cleaning of names, and the counting of characters. What must not: parsing.
//!
//! A backslash before a mark makes Discord show the mark. Every mark is escaped wherever it stands, and those that mean
//! something only where a line begins are escaped there.

use bridge_core::honest::is_invisible;

/// Escapes `text`, one line or several, so that Discord shows it as it is: nothing in it is a format, a heading, a quote, a
/// list, a link, a mention, an emoji or a time.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        escape_line(line, true, &mut out);
    }
    out
}

/// Escapes a piece of a line; `begins` says whether the line begins with it.
pub(crate) fn escape_line(text: &str, begins: bool, out: &mut String) {
    // What can't be seen and moves nothing has no place in words; Discord refuses some of it. It goes before anything is
    // looked for, as marks come to stand together where it stood between them.
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
    let words = text.trim_start();
    let indent = text.len() - words.len();
    let marked = if begins { line_mark(words).map(|mark| indent + mark) } else { None };
    for (at, c) in text.char_indices() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '@' | '[' | ']' => out.push('\\'),
            _ if marked == Some(at) => out.push('\\'),
            // Discord makes links of bare addresses, and emoji of names between two colons.
            ':' if text[at + 1..].starts_with("//") || begins_emoji(&text[at + 1..]) => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
}

/// Where, in a line without its indent, the mark stands that makes it a heading, a quote or a list's item.
fn line_mark(line: &str) -> Option<usize> {
    if line.starts_with(['#', '>', '-', '+']) {
        return Some(0);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && line[digits..].starts_with(['.', ')'])).then_some(digits)
}

/// Whether `rest`, what follows a colon, goes on with an emoji's name and its second colon.
fn begins_emoji(rest: &str) -> bool {
    let end = rest.find(|c: char| c == ':' || c.is_whitespace());
    end.is_some_and(|length| length > 0 && rest[length..].starts_with(':'))
}

/// A person's name for places where Discord has no escaping (a thread's name, a button): one line, at most `longest`
/// characters, and nothing that could be read as a mention or a link. Look-alikes stand in for the special characters.
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
            '`' => clean.push('ˋ'),
            ':' if chars.peek() == Some(&'/') => clean.push('：'),
            c if c.is_control() || c.is_whitespace() => clean.push(' '),
            c => clean.push(c),
        }
    }
    let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&line, longest)
}

/// Cuts text to at most `longest` characters, counted as [`length`] does, with an ellipsis where something is missing.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    if length(text) <= longest {
        return text.to_owned();
    }
    let mut used = 1;
    let mut cut = String::new();
    for c in text.chars() {
        used += c.len_utf16();
        if used > longest {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// How long Discord takes a text to be. Its API counts characters and its clients count UTF-16 units, which are never
/// fewer: what is short enough by these is short enough for both.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_mark_is_escaped_where_it_would_count() {
        for (words, escaped) in [
            ("plain words, 3 of them: yes!", "plain words, 3 of them: yes!"),
            ("**bold** _it_ ~~no~~ ||boo|| `x`", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|boo\|\| \`x\`"),
            ("@everyone <@1> <:a:1> <t:1:R>", r"\@everyone \<\@1> \<\:a:1> \<t\:1:R>"),
            ("[bank](https://evil.example)", r"\[bank\](https\://evil.example)"),
            ("# big\n  > so\n- item\n1. one\n-# small", "\\# big\n  \\> so\n\\- item\n1\\. one\n\\-# small"),
            ("a # b > c - d 1. e", "a # b > c - d 1. e"),
            (":smile: 12:30 a: b", r"\:smile: 12:30 a: b"),
            ("back\\slash", r"back\\slash"),
            ("bell\u{7}", "bell"),
            ("\u{1}# big\n\u{1}-# small", "\\# big\n\\-# small"),
            ("https:\u{1}//evil.example 1\u{1}. one", r"https\://evil.example 1. one"),
        ] {
            assert_eq!(escape(words), escaped);
        }
    }

    #[test]
    fn a_name_can_ping_nobody_and_link_nowhere() {
        assert_eq!(harmless_name("<@1> @here", 60), "‹＠1› ＠here");
        assert_eq!(harmless_name("https://evil.example", 60), "https：//evil.example");
        assert_eq!(harmless_name("https:\u{200b}//evil.example", 60), "https：//evil.example");
        assert_eq!(harmless_name("A & B\n\tLtd", 60), "A & B Ltd");
        assert_eq!(harmless_name("\u{202e}abc\u{200b}", 60), "abc");
        assert_eq!(harmless_name("abcdef", 4), "abc…");
        assert_eq!(harmless_name("😀😀😀", 5), "😀😀…");
    }

    proptest! {
        #[test]
        fn a_name_is_one_short_harmless_line(name in "([:/&<@a-z;]|lt|\u{200b}|\u{ad}|\u{3164}|\\PC){0,40}") {
            let clean = harmless_name(&name, 60);
            prop_assert!(length(&clean) <= 60);
            prop_assert!(!clean.contains(['<', '>', '@', '\n', '\r']) && !clean.contains("://"));
        }

        #[test]
        fn escaping_at_most_doubles(text: String) {
            prop_assert!(length(&escape(&text)) <= 2 * length(&text));
        }
    }
}
