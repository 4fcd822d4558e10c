//! Reads what stands within a paragraph: formats, code, links, mentions.
//!
//! What lives here: one pass over the text with the formats that are open. What must not: blocks, and anything that fails.

use bridge_core::{Inline, RemoteUser};

use super::tokens;

/// How many formats may be open at once; what would be deeper stays as it was typed.
const DEEPEST: usize = 8;
const SHRUG: &str = r"¯\_(ツ)_/¯";

/// Reads running text; line breaks are kept.
pub(super) fn inlines(text: &str) -> Vec<Inline> {
    Reader { text, at: 0, frames: vec![Frame::new(None)], no_code: [false; 3], labelled: false }.read()
}

/// A format's mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Bold,
    Star,
    Underline,
    Dash,
    Strike,
    Spoiler,
}

impl Mark {
    const fn written(self) -> &'static str {
        match self {
            Self::Bold => "**",
            Self::Star => "*",
            Self::Underline => "__",
            Self::Dash => "_",
            Self::Strike => "~~",
            Self::Spoiler => "||",
        }
    }

    const fn is_star(self) -> bool {
        matches!(self, Self::Bold | Self::Star)
    }

    const fn is_dash(self) -> bool {
        matches!(self, Self::Underline | Self::Dash)
    }
}

/// A format that is open, and what stands in it so far.
struct Frame {
    mark: Option<Mark>,
    out: Vec<Inline>,
    words: String,
}

impl Frame {
    const fn new(mark: Option<Mark>) -> Self {
        Self { mark, out: Vec::new(), words: String::new() }
    }

    fn flush(&mut self) {
        if !self.words.is_empty() {
            self.out.push(Inline::text(std::mem::take(&mut self.words)));
        }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.out.is_empty()
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The innermost is the last; the first is the text itself.
    frames: Vec<Frame>,
    /// For one and two backticks: none close from here on, so none are looked for again.
    no_code: [bool; 3],
    /// Whether it is a link's label, in which no other link is read.
    labelled: bool,
}

impl Reader<'_> {
    fn read(mut self) -> Vec<Inline> {
        while let Some(c) = self.rest().chars().next() {
            if !self.special(c) {
                self.word(c);
                self.at += c.len_utf8();
            }
        }
        while self.frames.len() > 1 {
            self.give_up();
        }
        let mut whole = self.frames.pop().unwrap_or_else(|| Frame::new(None));
        whole.flush();
        whole.out
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn word(&mut self, c: char) {
        if let Some(frame) = self.frames.last_mut() {
            frame.words.push(c);
        }
    }

    fn push(&mut self, inline: Inline, length: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.flush();
            frame.out.push(inline);
        }
        self.at += length;
    }

    /// Reads what begins here, if it is more than a plain character.
    fn special(&mut self, c: char) -> bool {
        match c {
            '\\' => self.escaped(),
            '\n' => {
                self.push(Inline::Break, 1);
                true
            }
            // Discord knows the shrug, whose backslash would hide an arm.
            '¯' if self.rest().starts_with(SHRUG) => {
                SHRUG.chars().for_each(|c| self.word(c));
                self.at += SHRUG.len();
                true
            }
            '`' => self.code(),
            '<' => self.whole(tokens::angled(self.rest())),
            '[' if !self.labelled => self.masked(),
            'h' if !self.labelled => {
                let found = tokens::bare_address(self.rest()).map(|length| {
                    let url = self.rest()[..length].to_owned();
                    (Inline::Link { children: vec![Inline::text(url.clone())], url }, length)
                });
                self.whole(found)
            }
            '@' => {
                let called = ["everyone", "here"].into_iter().find(|name| self.rest()[1..].starts_with(name));
                self.whole(called.map(|name| {
                    let user = RemoteUser(name.to_owned());
                    (Inline::Mention { user, name: Some(name.to_owned()) }, name.len() + 1)
                }))
            }
            '*' => self.run(c, Mark::Bold, Some(Mark::Star)),
            '_' => self.run(c, Mark::Underline, Some(Mark::Dash)),
            '~' => self.run(c, Mark::Strike, None),
            '|' => self.run(c, Mark::Spoiler, None),
            _ => false,
        }
    }

    fn whole(&mut self, found: Option<(Inline, usize)>) -> bool {
        match found {
            // A label is words: a link in a link would lead to two places.
            Some((Inline::Link { .. }, _)) if self.labelled => false,
            Some((inline, length)) => {
                self.push(inline, length);
                true
            }
            None => false,
        }
    }

    /// A backslash makes a mark a plain character. Before a letter, a digit or a space it is itself one.
    fn escaped(&mut self) -> bool {
        let next = self.rest().chars().nth(1).filter(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace());
        let Some(next) = next else { return false };
        self.word(next);
        self.at += 1 + next.len_utf8();
        true
    }

    fn code(&mut self) -> bool {
        let ticks = self.rest().bytes().take_while(|b| *b == b'`').count();
        let closing = if ticks < self.no_code.len() && !self.no_code[ticks] { self.closing(ticks) } else { None };
        let Some(length) = closing else {
            if ticks < self.no_code.len() {
                self.no_code[ticks] = true;
            }
            (0..ticks).for_each(|_| self.word('`'));
            self.at += ticks;
            return true;
        };
        let inner = &self.rest()[ticks..ticks + length];
        let text = inner.replace('\n', " ");
        let text = if ticks > 1 { text.trim().to_owned() } else { text };
        self.push(Inline::Code { text }, length + 2 * ticks);
        true
    }

    /// How much code stands before as many backticks as open it.
    fn closing(&self, ticks: usize) -> Option<usize> {
        let inside = &self.rest()[ticks..];
        let mut from = 0;
        while let Some(offset) = inside[from..].find('`') {
            let at = from + offset;
            let run = inside[at..].bytes().take_while(|b| *b == b'`').count();
            if run == ticks && !inside[..at].trim().is_empty() {
                return Some(at);
            }
            from = at + run;
        }
        None
    }

    fn masked(&mut self) -> bool {
        let Some((label, url, length)) = tokens::masked(self.rest()) else { return false };
        let reader = Reader { text: label, at: 0, frames: vec![Frame::new(None)], no_code: [false; 3], labelled: true };
        let link = Inline::Link { url: url.to_owned(), children: reader.read() };
        self.push(link, length);
        true
    }

    /// Reads a run of one mark: each piece of it closes what is open, or opens, or stays a plain character.
    fn run(&mut self, c: char, double: Mark, single: Option<Mark>) -> bool {
        let mut left = self.rest().chars().take_while(|next| *next == c).count();
        let before = self.text[..self.at].chars().next_back();
        let end = self.at + left;
        let after = self.text[end..].chars().next();
        while left > 0 {
            let open = self.innermost(|mark| mark == double || Some(mark) == single);
            let taken = match open {
                Some((depth, mark)) if mark == double && left >= 2 && !self.frames[depth].is_empty() => {
                    self.close(depth);
                    2
                }
                Some((depth, mark))
                    if Some(mark) == single
                        && (left != 2 || self.is_open(double))
                        && closes(mark, before, after, left)
                        && !self.frames[depth].is_empty() =>
                {
                    self.close(depth);
                    1
                }
                _ => self.open(left, double, single, before, after, c),
            };
            left -= taken;
        }
        self.at = end;
        true
    }

    /// Opens a format with the next one or two marks, or takes them as plain characters. Gives how many.
    fn open(
        &mut self,
        left: usize,
        double: Mark,
        single: Option<Mark>,
        before: Option<char>,
        after: Option<char>,
        c: char,
    ) -> usize {
        let room = self.frames.len() <= DEEPEST;
        if left >= 2 && room && after.is_some() && !self.is_open(double) {
            self.frames.push(Frame::new(Some(double)));
            return 2;
        }
        if let Some(single) = single
            && left == 1
            && room
            && !self.is_open(single)
            && opens(single, before, after)
        {
            self.frames.push(Frame::new(Some(single)));
            return 1;
        }
        self.word(c);
        1
    }

    fn innermost(&self, of: impl Fn(Mark) -> bool) -> Option<(usize, Mark)> {
        let marks = self.frames.iter().enumerate().rev().filter_map(|(depth, frame)| Some((depth, frame.mark?)));
        marks.into_iter().find(|(_, mark)| of(*mark))
    }

    fn is_open(&self, mark: Mark) -> bool {
        self.innermost(|open| open == mark).is_some()
    }

    /// Closes the format at `depth`; what is open within it was none.
    fn close(&mut self, depth: usize) {
        while self.frames.len() > depth + 1 {
            self.give_up();
        }
        let Some(mut frame) = self.frames.pop() else { return };
        frame.flush();
        let children = frame.out;
        let inline = match frame.mark {
            Some(Mark::Bold) => Inline::Bold { children },
            // A body knows no underlining; both stress.
            Some(Mark::Star | Mark::Dash | Mark::Underline) => Inline::Italic { children },
            Some(Mark::Strike) => Inline::Strike { children },
            // Whoever reads it elsewhere can't uncover it.
            Some(Mark::Spoiler) | None => {
                if let Some(outer) = self.frames.last_mut() {
                    outer.flush();
                    outer.out.extend(children);
                }
                return;
            }
        };
        self.push(inline, 0);
    }

    /// Takes the innermost open mark as plain characters.
    fn give_up(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        let Some(outer) = self.frames.last_mut() else { return };
        outer.words.push_str(frame.mark.map_or("", Mark::written));
        if frame.out.is_empty() {
            outer.words.push_str(&frame.words);
            return;
        }
        frame.flush();
        let mut out = frame.out.into_iter();
        match out.next() {
            Some(Inline::Text { text }) => outer.words.push_str(&text),
            Some(first) => {
                outer.flush();
                outer.out.push(first);
            }
            None => {}
        }
        let rest: Vec<Inline> = out.collect();
        if !rest.is_empty() {
            outer.flush();
            outer.out.extend(rest);
        }
    }
}

/// Whether a single mark may open between these two characters.
fn opens(mark: Mark, before: Option<char>, after: Option<char>) -> bool {
    let room = after.is_some_and(|c| !c.is_whitespace());
    room && (mark.is_star() || !before.is_some_and(is_word))
}

/// Whether a single mark may close between these two characters.
fn closes(mark: Mark, before: Option<char>, after: Option<char>, left: usize) -> bool {
    if mark.is_dash() {
        return left > 1 || !after.is_some_and(is_word);
    }
    !before.is_some_and(char::is_whitespace)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
