//! Reads the paths (`crate::store::Store`, `axum::Router`) out of Rust source: every path there is, in `use` lines and in
//! code, and none of what only looks like one in comments and strings.
//!
//! Not a Rust parser: it knows words, `::`, braces and inline modules, which is all that an import rule needs. What is
//! allowed is not said here.

/// Every path of two segments or more, and every word after `use` or `extern crate`, with `crate`, `self` and `super`
/// resolved against `module` (the file's own place: `["store", "writer"]`), so that ours begin with `crate`.
pub(crate) fn of(source: &str, module: &[&str]) -> Vec<Vec<String>> {
    let tokens = tokens(source);
    let mut reader = Reader { tokens: &tokens, at: 0, inline: Vec::new(), found: Vec::new() };
    reader.read();
    reader.found.into_iter().map(|(path, inline)| resolve(path, module, inline)).collect()
}

/// Words and single signs; `::` is one sign; comments, strings, characters and lifetimes are gone.
fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&sign) = text.get(at) {
        let next = text.get(at + 1).copied();
        at = match (sign, next) {
            ('/', Some('/')) => skip_line(&text, at),
            ('/', Some('*')) => skip_block(&text, at),
            ('"', _) => skip_string(&text, at),
            ('\'', _) => skip_quote(&text, at),
            (':', Some(':')) => {
                tokens.push("::".to_owned());
                at + 2
            }
            _ if is_word(sign) => {
                let end = at + text[at..].iter().take_while(|sign| is_word(**sign)).count();
                let word: String = text[at..end].iter().collect();
                match raw_string_end(&text, &word, end) {
                    Some(end) => end,
                    None if word == "r" && text.get(end) == Some(&'#') => end + 1, // r#type is the word `type`
                    None => {
                        tokens.push(word);
                        end
                    }
                }
            }
            _ => {
                if !sign.is_whitespace() {
                    tokens.push(sign.to_string());
                }
                at + 1
            }
        };
    }
    tokens
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

fn skip_line(text: &[char], at: usize) -> usize {
    at + text[at..].iter().take_while(|sign| **sign != '\n').count()
}

fn skip_block(text: &[char], at: usize) -> usize {
    let (mut at, mut depth) = (at, 0_usize);
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            ('/', Some('*')) => (at, depth) = (at + 2, depth + 1),
            ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn skip_string(text: &[char], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(sign) = text.get(at) {
        match sign {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// A character or a lifetime: `'a'`, `'\n'`, `'static`.
fn skip_quote(text: &[char], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some('\\'), _) => {
            let rest = text.get(at + 3..).unwrap_or_default();
            at + 4 + rest.iter().take_while(|sign| **sign != '\'').count()
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1 + text[at + 1..].iter().take_while(|sign| is_word(**sign)).count(),
    }
}

/// The end of `r"…"`, `br#"…"#` and the like, when `word`, which ends at `at`, begins one.
fn raw_string_end(text: &[char], word: &str, at: usize) -> Option<usize> {
    if !matches!(word, "r" | "br" | "cr") {
        return None;
    }
    let hashes = text[at..].iter().take_while(|sign| **sign == '#').count();
    if text.get(at + hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = at + hashes + 1;
    let length = text[body..].windows(end.len()).position(|window| window == end);
    Some(length.map_or(text.len(), |length| body + length + end.len()))
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
    /// One entry an open brace: whether it opened an inline module.
    inline: Vec<bool>,
    /// Paths as written, with the number of inline modules around them.
    found: Vec<(Vec<String>, usize)>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", String::as_str)
    }

    fn read(&mut self) {
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "mod" if self.peek(2) == "{" => {
                    self.inline.push(true);
                    self.at += 3;
                }
                "{" => {
                    self.inline.push(false);
                    self.at += 1;
                }
                "}" => {
                    self.inline.pop();
                    self.at += 1;
                }
                "use" => {
                    self.at += 1;
                    self.path(Vec::new(), true);
                }
                "extern" if self.peek(1) == "crate" => {
                    self.found.push((vec![self.peek(2).to_owned()], self.depth()));
                    self.at += 3;
                }
                "::" => self.path(Vec::new(), false),
                word if is_name(word) => self.path(Vec::new(), false),
                _ => self.at += 1,
            }
        }
    }

    fn depth(&self) -> usize {
        self.inline.iter().filter(|inline| **inline).count()
    }

    /// Reads `a::b::{c, d::e}`; a single word counts only as an import.
    fn path(&mut self, mut path: Vec<String>, import: bool) {
        if self.peek(0) == "::" {
            self.at += 1;
        }
        loop {
            let token = self.peek(0).to_owned();
            if token == "{" && import {
                self.at += 1;
                while !matches!(self.peek(0), "}" | "") {
                    self.path(path.clone(), true);
                    if self.peek(0) == "as" {
                        self.at += 2;
                    }
                    if self.peek(0) != "}" {
                        self.at += 1; // the comma
                    }
                }
                self.at += 1;
                return;
            }
            if !is_name(&token) && token != "*" {
                break;
            }
            path.push(token);
            self.at += 1;
            // After `::` a `<` begins type arguments: the path ends there, and those are paths of their own.
            let goes_on = is_name(self.peek(1)) || self.peek(1) == "*" || (import && self.peek(1) == "{");
            if self.peek(0) != "::" || !goes_on {
                break;
            }
            self.at += 1;
        }
        if path.len() > 1 || (import && !path.is_empty()) {
            let depth = self.depth();
            self.found.push((path, depth));
        }
    }
}

fn is_name(word: &str) -> bool {
    word.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// `super::x` in `crate::store::writer` is `crate::store::x`; inside an inline module it is one step less far.
fn resolve(path: Vec<String>, module: &[&str], inline: usize) -> Vec<String> {
    let up = path.iter().take_while(|word| *word == "super").count();
    let begins_here = up > 0 || path.first().is_some_and(|word| word == "self");
    if !begins_here {
        return path;
    }
    let rest = path.into_iter().skip_while(|word| word == "super" || word == "self");
    if up == 0 && inline > 0 {
        // Something of the inline module's own: its name can't be told from a neighbour's, so it stays unresolved.
        return rest.collect();
    }
    let keep = module.len().saturating_sub(up.saturating_sub(inline));
    let base = std::iter::once("crate").chain(module[..keep].iter().copied()).map(str::to_owned);
    base.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    fn found(source: &str, module: &[&str]) -> Vec<String> {
        of(source, module).into_iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn groups_are_spelled_out() {
        let source = "pub(crate) use crate::{store::{Store, Write as W}, model, live::*};";
        assert_eq!(
            found(source, &[]),
            ["crate::store::Store", "crate::store::Write", "crate::model", "crate::live::*"]
        );
        assert_eq!(found("use {axum::Router, sqlx as s};", &[]), ["axum::Router", "sqlx"]);
        assert_eq!(found("extern crate sqlx; use ::serde;", &[]), ["sqlx", "serde"]);
    }

    #[test]
    fn code_counts_as_much_as_imports() {
        let source =
            "#[derive(sqlx::FromRow)] fn a(s: &crate::store::S) -> Vec<axum::B> { Vec::<crate::http::E>::new() }";
        let paths = ["sqlx::FromRow", "crate::store::S", "axum::B", "crate::http::E"];
        assert_eq!(found(source, &[]), paths);
        assert_eq!(found("match x { crate::live::Hub { a } => 1, _ => b }", &[]), ["crate::live::Hub"]);
    }

    #[test]
    fn super_and_self_are_resolved() {
        assert_eq!(found("use super::super::store::S;", &["http", "widget"]), ["crate::store::S"]);
        assert_eq!(
            found("use super::row; use self::x::Y;", &["store", "writer"]),
            ["crate::store::row", "crate::store::writer::x::Y"]
        );
        let tests = "mod tests { use super::*; fn a() { super::super::http::b(); } } use super::live;";
        assert_eq!(found(tests, &["store"]), ["crate::store::*", "crate::http::b", "crate::live"]);
    }

    #[test]
    fn words_in_comments_and_strings_are_no_paths() {
        for quiet in [
            "// use sqlx::Row;",
            "/* use sqlx::Row; /* nested sqlx::A */ sqlx::B */",
            "//! [`sqlx::Row`]",
            r#"let a = "sqlx::Row \" sqlx::Row";"#,
            r##"let a = r#"sqlx::Row " sqlx::Row"#;"##,
            "let a = ('\"', '\\'', '\\u{1F}', 'x');",
        ] {
            assert_eq!(found(quiet, &[]), Vec::<String>::new(), "{quiet}");
        }
        assert_eq!(found("let a = '\"'; sqlx::query(\"x\")", &[]), ["sqlx::query"]);
        assert_eq!(found("fn a<'a>(x: &'a str) { sqlx::b() }", &[]), ["sqlx::b"]);
        assert_eq!(found("use crate::r#type::X;", &[]), ["crate::type::X"]);
    }

    #[test]
    fn broken_source_ends_the_reading_and_nothing_else() {
        for broken in
            ["use a::{b, ", "\"open", "r#\"open", "/* open", "'", "'\\", "}}}}", "mod", "use ::", "{{{", "extern crate"]
        {
            of(broken, &["x"]);
        }
    }
}
