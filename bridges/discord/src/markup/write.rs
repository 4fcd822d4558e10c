//! Writes a body as Discord's markdown.
//!
//! What lives here: the writer. What must not: reading (see `parse`), and names, embeds or buttons.
//!
//! The words always come out as they went in: formatted text is read back with our own parser, and where the words would
//! differ (formats that touch each other in ways which Discord can't tell apart), they are written without formats.

use bridge_core::{Block, Body, Inline, Speaker};

use super::escape::escape_line;
use super::parse;
use super::tokens::bare_address;
use bridge_core::honest::{is_honest_page, straight};

/// A body as markdown. A visitor's words have no formats at all, so that nothing of theirs can become one.
pub(crate) fn write(body: &Body, speaker: Speaker) -> String {
    if speaker == Speaker::Visitor || body.is_plain() {
        return write_words(body, speaker);
    }
    let formatted = blocks(&body.blocks, false);
    let same = squeezed(&parse(&formatted).to_plain()) == squeezed(&body.to_plain());
    if same { formatted } else { write_words(body, speaker) }
}

/// A body's words alone, with the honest addresses among them as links. It is at most twice as long as the words.
pub(crate) fn write_words(body: &Body, speaker: Speaker) -> String {
    let words = body.to_plain();
    let words = if speaker == Speaker::Visitor { straight(&words) } else { words };
    let mut out = String::with_capacity(words.len() + 16);
    for (index, line) in words.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        linked(line.strip_suffix('\r').unwrap_or(line), true, &mut out);
    }
    out
}

/// An address as a link that shows exactly where it leads; `None` when it must stay words.
pub(crate) fn link(url: &str) -> Option<String> {
    let writable = !url.contains(['<', '>', '"', '`', '|', '\\']);
    (writable && is_honest_page(url)).then(|| format!("<{url}>"))
}

fn squeezed(words: &str) -> String {
    words
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Words, with the web addresses in them as links where they show where they lead.
fn linked(words: &str, mut begins: bool, out: &mut String) {
    let mut rest = words;
    let mut from = 0;
    while let Some(at) = rest[from..].find("http").map(|offset| from + offset) {
        let found = bare_address(&rest[at..]).and_then(|length| Some((length, link(&rest[at..at + length])?)));
        let Some((length, link)) = found else {
            from = at + "http".len();
            continue;
        };
        escape_line(&rest[..at], begins, out);
        out.push_str(&link);
        begins = false;
        rest = &rest[at + length..];
        from = 0;
    }
    escape_line(rest, begins, out);
}

fn blocks(all: &[Block], quoted: bool) -> String {
    all.iter().map(|of| block(of, quoted)).collect::<Vec<_>>().join("\n")
}

fn block(block: &Block, quoted: bool) -> String {
    match block {
        Block::Paragraph { children } => lines(children).join("\n"),
        Block::Quote { children } => {
            // A quote in a quote is shown as it would be typed.
            let mark = if quoted { "\\> " } else { "> " };
            blocks(children, true).split('\n').map(|line| format!("{mark}{line}")).collect::<Vec<_>>().join("\n")
        }
        // A fence would end at the first one within, and in a quote it would begin outside the next line's mark.
        Block::Code { text } if !quoted && !text.contains("```") && !text.trim().is_empty() => {
            let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
            format!("```\n{}\n```", text.trim_matches('\n'))
        }
        Block::Code { .. } => write_words(&Body { blocks: vec![block.clone()] }, Speaker::Operator),
        Block::List { ordered, items } => {
            let items = items.iter().enumerate().map(|(index, item)| {
                let mark = if *ordered { format!("{}. ", index + 1) } else { "- ".to_owned() };
                format!("{mark}{}", lines(item).join("\n  "))
            });
            items.collect::<Vec<_>>().join("\n")
        }
    }
}

/// The formats around a piece of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Style {
    strike: bool,
    bold: bool,
    italic: bool,
}

impl Style {
    /// The marks that it needs, from the outermost to the innermost.
    fn marks(self) -> impl Iterator<Item = &'static str> {
        [(self.strike, "~~"), (self.bold, "**"), (self.italic, "*")]
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, mark)| mark)
    }
}

/// A piece of a line.
enum Piece {
    Words(String),
    /// Markdown that is ready.
    Ready(String),
}

/// Running text as lines of markdown.
fn lines(children: &[Inline]) -> Vec<String> {
    let mut pieces = vec![Vec::new()];
    collect(children, Style::default(), &mut pieces);
    pieces.into_iter().map(line).collect()
}

fn collect(children: &[Inline], style: Style, lines: &mut Vec<Vec<(Style, Piece)>>) {
    for child in children {
        match child {
            Inline::Text { text } => words(text, style, lines),
            Inline::Bold { children } => collect(children, Style { bold: true, ..style }, lines),
            Inline::Italic { children } => collect(children, Style { italic: true, ..style }, lines),
            Inline::Strike { children } => collect(children, Style { strike: true, ..style }, lines),
            Inline::Code { text } => match code(text) {
                Some(code) => push(style, Piece::Ready(code), lines),
                None => words(text, style, lines),
            },
            Inline::Link { url, children } => link_piece(url, children, style, lines),
            // Only a notice calls people: a name in somebody's words stays words.
            Inline::Mention { user, name } => {
                let shown = name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&user.0);
                words(&format!("@{shown}"), style, lines);
            }
            Inline::Break => lines.push(Vec::new()),
        }
    }
}

fn push(style: Style, piece: Piece, lines: &mut [Vec<(Style, Piece)>]) {
    if let Some(line) = lines.last_mut() {
        line.push((style, piece));
    }
}

/// Words of one style. Spaces at their ends get no format, since Discord begins and ends none beside a space.
fn words(text: &str, style: Style, lines: &mut Vec<Vec<(Style, Piece)>>) {
    for (index, text) in text.split('\n').enumerate() {
        if index > 0 {
            lines.push(Vec::new());
        }
        let inner = text.trim();
        let indent = text.len() - text.trim_start().len();
        let parts =
            [(Style::default(), &text[..indent]), (style, inner), (Style::default(), &text[indent + inner.len()..])];
        for (style, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
            let Some(line) = lines.last_mut() else { continue };
            match line.last_mut() {
                Some((of, Piece::Words(before))) if *of == style => before.push_str(part),
                _ => line.push((style, Piece::Words(part.to_owned()))),
            }
        }
    }
}

/// Code within a line, where it can be written as such.
fn code(text: &str) -> Option<String> {
    let fits = !text.contains(|c: char| c == '`' || c.is_control()) && !text.trim().is_empty();
    fits.then(|| format!("`{text}`"))
}

fn link_piece(url: &str, children: &[Inline], style: Style, lines: &mut Vec<Vec<(Style, Piece)>>) {
    let inner =
        |children: &[Inline]| Body { blocks: vec![Block::Paragraph { children: children.to_vec() }] }.to_plain();
    let label = inner(children);
    let label = label.trim();
    match link(url) {
        Some(link) if label.is_empty() || label == url => push(style, Piece::Ready(link), lines),
        // Discord makes no link of a label that looks like an address or goes over two lines.
        Some(link) if !label.contains("://") && !label.contains('\n') => {
            let mut shown = String::new();
            escape_line(label, false, &mut shown);
            push(style, Piece::Ready(format!("[{shown}]({link})")), lines);
        }
        _ => words(&inner(&[Inline::Link { url: url.to_owned(), children: children.to_vec() }]), style, lines),
    }
}

/// One line of markdown: formats are opened and closed like brackets.
fn line(pieces: Vec<(Style, Piece)>) -> String {
    let mut out = String::new();
    let mut open: Vec<&'static str> = Vec::new();
    let mut begins = true;
    for (style, piece) in pieces {
        let mut closed_stars = false;
        while open.iter().any(|mark| !style.marks().any(|wanted| wanted == *mark)) {
            let mark = open.pop().unwrap_or_default();
            closed_stars |= mark.starts_with('*');
            out.push_str(mark);
        }
        for mark in style.marks() {
            // Discord could not tell which of many stars close and which open: such a piece goes without the format.
            let unclear = closed_stars && mark.starts_with('*');
            if !open.contains(&mark) && !unclear {
                out.push_str(mark);
                open.push(mark);
            }
        }
        match piece {
            Piece::Words(words) => {
                let blank = words.trim().is_empty();
                linked(&words, begins, &mut out);
                begins &= blank;
            }
            Piece::Ready(ready) => {
                out.push_str(&ready);
                begins = false;
            }
        }
    }
    while let Some(mark) = open.pop() {
        out.push_str(mark);
    }
    out
}

#[cfg(test)]
mod tests;
