//! Reads Discord's markdown.
//!
//! What lives here: the blocks (paragraphs, headings, quotes, lists, code). What must not: what stands within a line (see
//! `inlines`), and anything that fails; whatever is not understood is kept as plain words.

use bridge_core::{Block, Body, Inline};

use super::inlines::inlines;

const FENCE: &str = "```";

/// Reads markdown. Total: every text has a body. Takes time in proportion to the text's length.
pub(crate) fn parse(text: &str) -> Body {
    let text = text.replace("\r\n", "\n");
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, code, after)) = fence(rest) {
        lines(before, &mut blocks);
        let code = without_language(code);
        if !code.trim().is_empty() {
            blocks.push(Block::Code { text: code.trim_matches('\n').to_owned() });
        }
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    lines(rest, &mut blocks);
    Body { blocks }
}

/// The text before, in and after the first code fence. One whose first backtick is escaped is none.
fn fence(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(FENCE)?;
        let backslashes = text[..at].bytes().rev().take_while(|b| *b == b'\\').count();
        if backslashes % 2 == 0 {
            let inside = at + FENCE.len();
            let mut end = inside + text[inside..].find(FENCE)?;
            // Of four backticks in a row the last three close.
            while text[end + FENCE.len()..].starts_with('`') {
                end += 1;
            }
            return Some((&text[..at], &text[inside..end], &text[end + FENCE.len()..]));
        }
        from = at + 1;
    }
}

/// The code without the language's name, which stands alone on the first line.
fn without_language(code: &str) -> &str {
    let is_name = |line: &str| {
        !line.is_empty()
            && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'.' | b'#'))
    };
    match code.split_once('\n') {
        Some((first, rest)) if is_name(first) && !rest.trim().is_empty() => rest,
        _ => code,
    }
}

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Heading,
    Quote,
    /// Everything from here on is quoted.
    QuoteAll,
    Item {
        ordered: bool,
    },
    /// Goes on with the item above.
    MoreOfItem,
}

/// A line's kind, and what is left of it.
fn kind(line: &str, in_list: bool, in_quote: bool) -> (Kind, &str) {
    if !in_quote {
        if let Some(inner) = line.strip_prefix(">>> ") {
            return (Kind::QuoteAll, inner);
        }
        if let Some(inner) = line.strip_prefix("> ") {
            return (Kind::Quote, inner);
        }
        if line == ">" {
            return (Kind::Quote, "");
        }
    }
    for mark in ["# ", "## ", "### "] {
        if let Some(inner) = line.strip_prefix(mark).filter(|inner| !inner.trim().is_empty()) {
            return (Kind::Heading, inner.trim());
        }
    }
    if let Some(inner) = line.strip_prefix("-# ").filter(|inner| !inner.trim().is_empty()) {
        return (Kind::Plain, inner);
    }
    let words = line.trim_start_matches(' ');
    if let Some(inner) = words.strip_prefix("- ").or_else(|| words.strip_prefix("* ")).filter(|i| !i.trim().is_empty())
    {
        return (Kind::Item { ordered: false }, inner.trim_start());
    }
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=9).contains(&digits)
        && let Some(inner) = words[digits..].strip_prefix(". ").filter(|inner| !inner.trim().is_empty())
    {
        return (Kind::Item { ordered: true }, inner.trim_start());
    }
    if in_list && line.starts_with("  ") && !words.is_empty() {
        return (Kind::MoreOfItem, words);
    }
    (Kind::Plain, line)
}

/// A run of lines of one kind.
#[derive(Default)]
struct Run {
    plain: String,
    any: bool,
}

impl Run {
    fn push(&mut self, line: &str) {
        if self.any {
            self.plain.push('\n');
        }
        self.any = true;
        self.plain.push_str(line);
    }

    /// The run as inlines, without those that show nothing.
    fn take(&mut self) -> Vec<Inline> {
        let run = std::mem::take(self);
        if run.plain.trim().is_empty() {
            return Vec::new();
        }
        let mut children = inlines(&run.plain);
        if children.iter().all(|inline| matches!(inline, Inline::Break)) {
            children.clear();
        }
        children
    }
}

/// Reads lines outside code into blocks.
fn lines(text: &str, blocks: &mut Vec<Block>) {
    Lines { blocks, in_quote: false, plain: Run::default(), quoted: Run::default(), list: None }.read(text);
}

struct Lines<'a> {
    blocks: &'a mut Vec<Block>,
    in_quote: bool,
    plain: Run,
    quoted: Run,
    list: Option<(bool, Vec<Run>)>,
}

impl Lines<'_> {
    fn read(&mut self, text: &str) {
        let mut all_quoted = false;
        for line in text.trim_matches('\n').split('\n') {
            if all_quoted {
                self.quoted.push(line);
                continue;
            }
            let (kind, inner) = kind(line, self.list.is_some(), self.in_quote);
            if kind != Kind::Plain {
                self.end_plain();
            }
            if !matches!(kind, Kind::Quote | Kind::QuoteAll) {
                self.end_quote();
            }
            if !matches!(kind, Kind::Item { .. } | Kind::MoreOfItem) {
                self.end_list();
            }
            match kind {
                Kind::Plain => self.plain.push(inner),
                Kind::Heading => {
                    self.blocks.push(Block::Paragraph { children: vec![Inline::Bold { children: inlines(inner) }] });
                }
                Kind::Quote => self.quoted.push(inner),
                Kind::QuoteAll => {
                    all_quoted = true;
                    self.quoted.push(inner);
                }
                Kind::Item { ordered } => self.item(ordered, inner),
                Kind::MoreOfItem => {
                    if let Some(item) = self.list.as_mut().and_then(|(_, items)| items.last_mut()) {
                        item.push(inner);
                    }
                }
            }
        }
        self.end_plain();
        self.end_quote();
        self.end_list();
    }

    fn item(&mut self, ordered: bool, inner: &str) {
        if self.list.as_ref().is_some_and(|(of, _)| *of != ordered) {
            self.end_list();
        }
        let mut item = Run::default();
        item.push(inner);
        self.list.get_or_insert_with(|| (ordered, Vec::new())).1.push(item);
    }

    fn end_plain(&mut self) {
        let children = self.plain.take();
        if !children.is_empty() {
            self.blocks.push(Block::Paragraph { children });
        }
    }

    fn end_quote(&mut self) {
        let run = std::mem::take(&mut self.quoted);
        if !run.any {
            return;
        }
        let mut children = Vec::new();
        let mut inner =
            Lines { blocks: &mut children, in_quote: true, plain: Run::default(), quoted: Run::default(), list: None };
        inner.read(&run.plain);
        if !children.is_empty() {
            self.blocks.push(Block::Quote { children });
        }
    }

    fn end_list(&mut self) {
        let Some((ordered, runs)) = self.list.take() else { return };
        let items: Vec<_> = runs.into_iter().map(|mut run| run.take()).filter(|item| !item.is_empty()).collect();
        if !items.is_empty() {
            self.blocks.push(Block::List { ordered, items });
        }
    }
}

#[cfg(test)]
mod tests;
