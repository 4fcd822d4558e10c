//! Reads mrkdwn, the text that Slack gives for every message.
//!
//! What lives here: the parser. What must not: anything that fails; whatever is not understood is kept as plain words.

use bridge_core::{Block, Body, Inline, RemoteUser};

use super::escape::unescape;
use bridge_core::honest::is_safe_url;

/// How deep formats may be nested; what is deeper stays as it was typed.
const DEEPEST: u8 = 8;

/// Reads mrkdwn. Total: every text has a body.
pub(crate) fn mrkdwn(text: &str) -> Body {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, code, after)) = fence(rest) {
        paragraphs(before, &mut blocks);
        if !code.trim().is_empty() {
            blocks.push(Block::Code { text: unescape(code.trim_matches('\n')) });
        }
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    paragraphs(rest, &mut blocks);
    Body { blocks }
}

/// The text before, in and after the first code fence.
fn fence(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("```")?;
    let (code, after) = rest.split_once("```")?;
    Some((before, code, after))
}

/// Reads lines into paragraphs and quotes.
fn paragraphs(text: &str, blocks: &mut Vec<Block>) {
    let mut plain: Vec<&str> = Vec::new();
    let mut quoted: Vec<&str> = Vec::new();
    let mut all_quoted = false;
    for line in text.trim_matches('\n').split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !all_quoted && let Some(inner) = line.strip_prefix("&gt;&gt;&gt;").or_else(|| line.strip_prefix(">>>")) {
            push_paragraph(&mut plain, blocks);
            all_quoted = true;
            quoted.push(inner.trim_start());
            continue;
        }
        let inner = line.strip_prefix("&gt;").or_else(|| line.strip_prefix('>'));
        match inner {
            _ if all_quoted => quoted.push(line),
            Some(inner) => {
                push_paragraph(&mut plain, blocks);
                quoted.push(inner.strip_prefix(' ').unwrap_or(inner));
            }
            None => {
                push_quote(&mut quoted, blocks);
                plain.push(line);
            }
        }
    }
    push_quote(&mut quoted, blocks);
    push_paragraph(&mut plain, blocks);
}

fn push_quote(lines: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    let children = lines_to_inlines(lines);
    if !children.is_empty() {
        blocks.push(Block::Quote { children: vec![Block::Paragraph { children }] });
    }
}

fn push_paragraph(lines: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    let children = lines_to_inlines(lines);
    if !children.is_empty() {
        blocks.push(Block::Paragraph { children });
    }
}

fn lines_to_inlines(lines: &mut Vec<&str>) -> Vec<Inline> {
    let mut children = Vec::new();
    for (index, line) in lines.drain(..).enumerate() {
        if index > 0 {
            children.push(Inline::Break);
        }
        children.extend(Line::new(line).inlines(0));
    }
    if children.iter().all(|inline| matches!(inline, Inline::Break)) { Vec::new() } else { children }
}

/// One line while it is read.
struct Line<'a> {
    text: &'a str,
    /// For `*`, `_`, `~` and the backtick: no closing one was found from some place on, so none is looked for again.
    /// Without this a line of nothing but opening marks would take time with the square of its length.
    unclosed: [bool; 4],
}

impl<'a> Line<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, unclosed: [false; 4] }
    }

    fn inlines(mut self, depth: u8) -> Vec<Inline> {
        let mut out = Vec::new();
        let mut words = String::new();
        let mut at = 0;
        let mut previous = None;
        while let Some(c) = self.text[at..].chars().next() {
            if let Some((inline, end)) = self.special(c, at, previous, depth) {
                flush(&mut words, &mut out);
                previous = self.text[..end].chars().next_back();
                out.push(inline);
                at = end;
            } else {
                words.push(c);
                previous = Some(c);
                at += c.len_utf8();
            }
        }
        flush(&mut words, &mut out);
        out
    }

    /// What begins at `at`, and where it ends, if it is more than a plain character.
    fn special(&mut self, c: char, at: usize, previous: Option<char>, depth: u8) -> Option<(Inline, usize)> {
        match c {
            '<' => {
                let length = self.text[at..].find('>')?;
                let inner = &self.text[at + 1..at + length];
                Some((token(inner)?, at + length + 1))
            }
            '`' => {
                let end = self.closing('`', 3, at, |_, _| true)?;
                Some((Inline::Code { text: unescape(&self.text[at + 1..end]) }, end + 1))
            }
            '*' | '_' | '~' if depth < DEEPEST && !previous.is_some_and(char::is_alphanumeric) => {
                if self.text[at + 1..].starts_with(char::is_whitespace) {
                    return None;
                }
                let slot = usize::from(c == '_') + 2 * usize::from(c == '~');
                let end = self.closing(c, slot, at, |before, after| {
                    !before.is_some_and(char::is_whitespace) && !after.is_some_and(char::is_alphanumeric)
                })?;
                let children = Line::new(&self.text[at + 1..end]).inlines(depth + 1);
                let inline = match c {
                    '*' => Inline::Bold { children },
                    '_' => Inline::Italic { children },
                    _ => Inline::Strike { children },
                };
                Some((inline, end + 1))
            }
            _ => None,
        }
    }

    /// Where the mark that opens at `at` is closed, with something between.
    fn closing(
        &mut self,
        mark: char,
        slot: usize,
        at: usize,
        fits: impl Fn(Option<char>, Option<char>) -> bool,
    ) -> Option<usize> {
        if self.unclosed[slot] {
            return None;
        }
        let inside = at + 1;
        let found = self.text[inside..].match_indices(mark).map(|(offset, _)| inside + offset).find(|end| {
            *end > inside && fits(self.text[..*end].chars().next_back(), self.text[end + 1..].chars().next())
        });
        self.unclosed[slot] = found.is_none();
        found
    }
}

fn flush(words: &mut String, out: &mut Vec<Inline>) {
    if !words.is_empty() {
        out.push(Inline::text(unescape(&std::mem::take(words))));
    }
}

/// Reads what stands between `<` and `>`.
fn token(inner: &str) -> Option<Inline> {
    let (target, label) = match inner.split_once('|') {
        Some((target, label)) => (target, Some(unescape(label)).filter(|label| !label.trim().is_empty())),
        None => (inner, None),
    };
    let mention = |id: &str, name: Option<String>| Inline::Mention {
        user: RemoteUser(id.to_owned()),
        name: name.map(|name| name.trim_start_matches('@').to_owned()),
    };
    if let Some(id) = target.strip_prefix('@') {
        return is_id(id).then(|| mention(id, label));
    }
    if let Some(id) = target.strip_prefix('#') {
        return is_id(id).then(|| Inline::text(channel_name(label.as_deref())));
    }
    if let Some(command) = target.strip_prefix('!') {
        if let Some(id) = command.strip_prefix("subteam^") {
            return is_id(id).then(|| mention(id, label));
        }
        return match command {
            "here" | "channel" | "everyone" | "group" => Some(mention(command, Some(command.to_owned()))),
            _ => Some(Inline::text(label.unwrap_or_else(|| unescape(command)))),
        };
    }
    let url = unescape(target);
    is_safe_url(&url).then(|| {
        let shown = label.unwrap_or_else(|| {
            url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(&url).to_owned()
        });
        Inline::Link { url, children: vec![Inline::text(shown)] }
    })
}

/// How a channel is called where visitors read it. Its id is nobody's business, and tells them nothing.
pub(super) fn channel_name(label: Option<&str>) -> String {
    format!(
        "#{}",
        label.map(|label| label.trim_start_matches('#')).filter(|label| !label.is_empty()).unwrap_or("channel")
    )
}

/// The label that Slack gives a channel's token in `text`, if it gives one.
pub(super) fn channel_label(text: &str, id: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<#{id}|"))?;
    let label = unescape(rest.split_once('>')?.0);
    (!label.trim().is_empty()).then_some(label)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::super::escape::escape;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_slack_writes_is_read() {
        insta::assert_json_snapshot!(
            [
                "plain words &amp; &lt;tags&gt;",
                "*bold* _italic_ ~gone~ `code *not bold*` snake_case_word 2*3*4",
                "*bold _and italic_*",
                "<@U012AB> <@U012AB|ada> <!here> <!subteam^S01|@support> <#C01|general> <#C02> <#C03|>",
                "<https://shop.example/a?b=1&amp;c=2|the shop> <https://shop.example> <mailto:a@b.example|a@b.example>",
                "<javascript:alert(1)|click> <not a token> a < b > c",
                "before\n```let a = 1;\n  let b = &lt;2&gt;;```\nafter",
                "&gt; quoted\n&gt; twice\nanswer",
                "&gt;&gt;&gt; all\nof it",
                "<!date^1700000000^{date}|14 Nov 2023>",
            ]
            .map(mrkdwn)
        );
    }

    #[test]
    fn many_opening_marks_take_no_time() {
        let text = "*a ".repeat(20_000) + &"_b ".repeat(20_000) + &"<".repeat(2_000);
        assert_eq!(mrkdwn(&text).to_plain().len(), text.len());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = mrkdwn(&text).to_plain();
        }

        #[test]
        fn no_text_of_marks_makes_it_panic(text in "[*_~`<>|!@#&;a \n]{0,80}") {
            let _ = mrkdwn(&text).to_plain();
        }

        #[test]
        fn escaped_words_come_back_the_same(text in "[a-zA-Z0-9é<&>!@#|,. ]{0,60}") {
            prop_assume!(!text.starts_with('>') && !text.trim().is_empty());
            prop_assert_eq!(mrkdwn(&escape(&text)).to_plain(), text);
        }

        #[test]
        fn escaped_words_mention_nobody(text: String) {
            let mut mentions = 0;
            mrkdwn(&escape(&text)).for_each_inline_mut(&mut |inline| {
                mentions += usize::from(matches!(inline, Inline::Mention { .. } | Inline::Link { .. }));
            });
            prop_assert_eq!(mentions, 0);
        }
    }
}
