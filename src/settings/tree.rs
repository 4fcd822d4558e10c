//! The settings as they were written, before anybody knows what they mean: values with the place where each stands.
//!
//! What lives here: TOML and the environment's variables made into one tree. What must not: any key's meaning.

use std::collections::BTreeMap;
use std::fmt;

use toml::de::{DeTable, DeValue};

use super::mistake::Mistake;

/// Environment variables that stand for keys begin so, and have the same mark between the parts of a path.
pub(super) const PREFIX: &str = "THREADLINE__";
const SEPARATOR: &str = "__";

/// Where a value is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A line of the file, from 1.
    Line(usize),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// A value and its place.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// A value.
pub(super) enum Value {
    Text(String),
    Integer(i128),
    Float,
    Flag(bool),
    Date,
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

impl Value {
    /// The kind of value, for a sentence.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Float => "a number with a decimal point",
            Self::Flag(_) => "true or false",
            Self::Date => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// Reads TOML; every error of syntax is told with its line and column.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, Node>, Vec<Mistake>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    if errors.is_empty() {
        return Ok(table(document.into_inner(), &lines));
    }
    let mut errors = errors;
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let mistakes = errors.iter().map(|error| {
        let place = error.span().map(|span| {
            let (line, column) = lines.find(span.start);
            format!("line {line}, column {column}")
        });
        Mistake {
            path: String::new(),
            place,
            wrong: format!("this is not TOML: {}", error.message().trim_end_matches(", expected nothing")),
            fix: "mend this line; texts stand in double quotes, lists in [brackets], and each key once".to_owned(),
        }
    });
    Err(mistakes.collect())
}

/// Puts the environment's values over the file's: `THREADLINE__SERVER__LISTEN` is `server.listen`.
pub(super) fn overlay(root: &mut BTreeMap<String, Node>, variables: &BTreeMap<String, String>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (name, value) in variables {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        let path = path.to_lowercase();
        let parts: Vec<&str> = path.split(SEPARATOR).collect();
        if let Err(wrong) = put(root, &parts, name, value) {
            mistakes.push(Mistake {
                path: parts.join("."),
                place: Some(Place::Variable(name.clone()).to_string()),
                wrong,
                fix: format!("unset {name}, and write the value into the file"),
            });
        }
    }
    mistakes
}

fn put(root: &mut BTreeMap<String, Node>, parts: &[&str], name: &str, value: &str) -> Result<(), String> {
    let Some((last, tables)) = parts.split_last() else { return Ok(()) };
    if parts.iter().any(|part| part.is_empty()) {
        return Err(format!("names no key: a name is {PREFIX}SECTION__KEY"));
    }
    let place = Place::Variable(name.to_owned());
    let mut table = root;
    for part in tables {
        let node = table
            .entry((*part).to_owned())
            .or_insert_with(|| Node { place: place.clone(), value: Value::Table(BTreeMap::new()) });
        let kind = node.value.kind();
        let Value::Table(inner) = &mut node.value else {
            return Err(format!(
                "can't be set: `{part}` is {kind}, and the environment has a form for tables' keys only"
            ));
        };
        table = inner;
    }
    table.insert((*last).to_owned(), Node { place, value: Value::Text(value.to_owned()) });
    Ok(())
}

fn table(table: DeTable<'_>, lines: &Lines) -> BTreeMap<String, Node> {
    let entries = table.into_iter().map(|(key, value)| {
        let line = lines.find(key.span().start).0;
        (key.into_inner().into_owned(), node(value.into_inner(), line, lines))
    });
    entries.collect()
}

fn node(value: DeValue<'_>, line: usize, lines: &Lines) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => {
            Value::Integer(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX))
        }
        DeValue::Float(_) => Value::Float,
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item| {
                    let line = lines.find(item.span().start).0;
                    node(item.into_inner(), line, lines)
                })
                .collect(),
        ),
        DeValue::Table(inner) => Value::Table(table(inner, lines)),
    };
    Node { place: Place::Line(line), value }
}

/// Where the lines begin, to say where a byte stands.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column of the byte at `at`, both from 1; the column counts characters.
    fn find(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..at).map_or(1, |before| before.chars().count() + 1);
        (line, column)
    }
}
