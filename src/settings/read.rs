//! Reading sections: every key is asked for by name, whatever nobody asked for is a mistake, and one mistake never
//! hides another.
//!
//! What lives here: [`Section`] and the readers of plain values. What must not: any one section's keys.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use super::duration;
use super::mistake::{Mistake, Wrong, listed, near_miss};
use super::tree::{Node, Place, Value};

/// One reading of all settings: what was found wrong so far, and the environment for secrets.
pub(super) struct Reading {
    mistakes: RefCell<Vec<(Option<Place>, Mistake)>>,
    pub(super) variables: BTreeMap<String, String>,
}

impl Reading {
    pub(super) fn new(variables: BTreeMap<String, String>) -> Self {
        Self { mistakes: RefCell::default(), variables }
    }

    /// Notes a mistake at a path.
    pub(super) fn note(&self, path: &str, place: Option<&Place>, wrong: Wrong) {
        let Wrong { wrong, fix } = wrong;
        let mistake = Mistake { path: path.to_owned(), place: place.map(Place::to_string), wrong, fix };
        self.mistakes.borrow_mut().push((place.cloned(), mistake));
    }

    /// All mistakes, in the file's order.
    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by(|(a, _), (b, _)| a.cmp(b));
        mistakes.into_iter().map(|(_, mistake)| mistake).collect()
    }
}

/// A table of the settings; one that is not written is read as an empty one.
pub(super) struct Section<'a> {
    pub(super) reading: &'a Reading,
    pub(super) path: String,
    pub(super) place: Option<&'a Place>,
    entries: Option<&'a BTreeMap<String, Node>>,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    /// The table at the root.
    pub(super) fn root(reading: &'a Reading, entries: &'a BTreeMap<String, Node>) -> Self {
        Self { reading, path: String::new(), place: None, entries: Some(entries), known: RefCell::default() }
    }

    fn of_node(reading: &'a Reading, path: String, node: &'a Node, hint: &str) -> Self {
        let entries = match &node.value {
            Value::Table(entries) => Some(entries),
            other => {
                let wrong = format!("must be a table, and is {}", other.kind());
                reading.note(&path, Some(&node.place), Wrong::new(wrong, hint));
                None
            }
        };
        Self { reading, path, place: Some(&node.place), entries, known: RefCell::default() }
    }

    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn get(&self, key: &'static str) -> Option<&'a Node> {
        self.known.borrow_mut().push(key);
        self.entries?.get(key)
    }

    /// Whether there is a table to read, and not something else that was noted already.
    pub(super) const fn is_table(&self) -> bool {
        self.entries.is_some()
    }

    /// Whether the key is written, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    /// The value of a key that may be left out; a value that can't be read is noted.
    pub(super) fn optional<T>(&self, key: &'static str, read: impl FnOnce(&Node) -> Result<T, Wrong>) -> Option<T> {
        let node = self.get(key)?;
        match read(node) {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.reading.note(&self.path_of(key), Some(&node.place), wrong);
                None
            }
        }
    }

    /// The value of a key that must be there.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        fix: &str,
        read: impl FnOnce(&Node) -> Result<T, Wrong>,
    ) -> Option<T> {
        if self.entries.is_some() && !self.has(key) {
            self.reading.note(&self.path_of(key), self.place, Wrong::new("is missing", fix));
        }
        self.optional(key, read)
    }

    /// The value of a key with a default.
    pub(super) fn value<T>(&self, key: &'static str, default: T, read: impl FnOnce(&Node) -> Result<T, Wrong>) -> T {
        self.optional(key, read).unwrap_or(default)
    }

    /// A list whose items are read one by one, each under its own path. Items that can't be read are noted and left out.
    pub(super) fn list<T>(&self, key: &'static str, mut read: impl FnMut(&Node) -> Result<T, Wrong>) -> Vec<T> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let path = self.path_of(key);
        let Value::List(items) = &node.value else {
            let wrong = format!("must be a list, and is {}", node.value.kind());
            let fix = format!("write {key} = [\"…\"] in the file; a list has no environment form");
            self.reading.note(&path, Some(&node.place), Wrong::new(wrong, fix));
            return Vec::new();
        };
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read(item) {
                Ok(value) => values.push(value),
                Err(wrong) => self.reading.note(&format!("{path}[{index}]"), Some(&item.place), wrong),
            }
        }
        values
    }

    /// A table inside this one.
    pub(super) fn section(&self, key: &'static str) -> Self {
        self.section_like(key, &format!("write [{}]", self.path_of(key)))
    }

    /// A table inside this one; `hint` shows how it is written.
    pub(super) fn section_like(&self, key: &'static str, hint: &str) -> Self {
        let path = self.path_of(key);
        match self.get(key) {
            Some(node) => Self::of_node(self.reading, path, node, hint),
            None => Self { reading: self.reading, path, place: None, entries: None, known: RefCell::default() },
        }
    }

    /// The tables of `[[key]]`.
    pub(super) fn repeated(&self, key: &'static str) -> Vec<Self> {
        let hint = format!("write [[{key}]], with double brackets: there can be several");
        let Some(node) = self.get(key) else { return Vec::new() };
        let path = self.path_of(key);
        let Value::List(items) = &node.value else {
            let wrong = format!("must be a list of tables, and is {}", node.value.kind());
            self.reading.note(&path, Some(&node.place), Wrong::new(wrong, hint));
            return Vec::new();
        };
        let tables = items.iter().enumerate();
        tables.map(|(index, item)| Self::of_node(self.reading, format!("{path}[{index}]"), item, &hint)).collect()
    }

    /// The tables of `[key.NAME]`, with their names.
    pub(super) fn named(&self, key: &'static str) -> Vec<(String, Self)> {
        let path = self.path_of(key);
        let hint = format!("write [{path}.NAME], for example [{path}.acme], and its keys under that");
        let Some(node) = self.get(key) else { return Vec::new() };
        let Some(entries) = Self::of_node(self.reading, path.clone(), node, &hint).entries else { return Vec::new() };
        let tables = entries.iter();
        tables
            .map(|(name, node)| (name.clone(), Self::of_node(self.reading, format!("{path}.{name}"), node, &hint)))
            .collect()
    }

    /// Every key of a table that takes any, each read under its own path. Those that can't be read are noted and left out.
    pub(super) fn each<T>(self, mut read: impl FnMut(&str, &Node) -> Result<T, Wrong>) -> Vec<T> {
        let mut values = Vec::new();
        for (key, node) in self.entries.into_iter().flatten() {
            match read(key, node) {
                Ok(value) => values.push(value),
                Err(wrong) => self.reading.note(&self.path_of(key), Some(&node.place), wrong),
            }
        }
        values
    }

    /// Ends the section: a key that nobody asked for is a mistake.
    pub(super) fn finish(self) {
        let known = self.known.borrow();
        for (key, node) in self.entries.into_iter().flatten() {
            if known.contains(&key.as_str()) {
                continue;
            }
            let fix = match near_miss(key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("remove it; the keys here are {}", listed(known.iter().copied())),
            };
            self.reading.note(&self.path_of(key), Some(&node.place), Wrong::new("is not a key that exists", fix));
        }
    }
}

/// A text.
pub(super) fn text(node: &Node) -> Result<&str, Wrong> {
    match &node.value {
        Value::Text(text) => Ok(text),
        other => Err(Wrong::new(format!("must be a text, and is {}", other.kind()), "put the value in double quotes")),
    }
}

/// A whole number within bounds.
pub(super) fn whole(node: &Node, least: u32, most: u32) -> Result<u32, Wrong> {
    let fix = || format!("write a whole number from {least} to {most}");
    let number = match (&node.value, &node.place) {
        (Value::Integer(number), _) => *number,
        (Value::Text(text), Place::Variable(_)) => {
            text.trim().parse().map_err(|_| Wrong::new("must be a whole number", fix()))?
        }
        (other, _) => {
            return Err(Wrong::new(format!("must be a whole number, and is {}", other.kind()), fix()));
        }
    };
    u32::try_from(number)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Wrong::new(format!("must be from {least} to {most}, and is {number}"), fix()))
}

/// A whole number above zero, a thousand million at most.
pub(super) fn above_zero(node: &Node) -> Result<NonZeroU32, Wrong> {
    let number = whole(node, 1, 1_000_000_000)?;
    Ok(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
}

/// True or false.
pub(super) fn flag(node: &Node) -> Result<bool, Wrong> {
    let word = match (&node.value, &node.place) {
        (Value::Flag(flag), _) => return Ok(*flag),
        (Value::Text(text), Place::Variable(_)) => text.trim(),
        (other, _) => {
            let wrong = format!("must be true or false, and is {}", other.kind());
            return Err(Wrong::new(wrong, "write true or false, without quotes"));
        }
    };
    word.parse().map_err(|_| Wrong::new("must be true or false", "set it to true or to false"))
}

/// A time span within bounds.
pub(super) fn span(node: &Node, least: Duration, most: Duration) -> Result<Duration, Wrong> {
    let example = "write a number and a unit: \"500ms\", \"30s\", \"10m\", \"2h\" or \"7d\"";
    let Value::Text(text) = &node.value else {
        return Err(Wrong::new(format!("must be a time span in quotes, and is {}", node.value.kind()), example));
    };
    let span = duration::parse(text).ok_or_else(|| Wrong::new(format!("`{text}` is not a time span"), example))?;
    if (least..=most).contains(&span) {
        return Ok(span);
    }
    let (least, most) = (duration::show(least), duration::show(most));
    Err(Wrong::new(format!("`{text}` is out of bounds"), format!("write a time span from \"{least}\" to \"{most}\"")))
}

/// One of a few words.
pub(super) fn word<T: Copy>(node: &Node, words: &[(&'static str, T)]) -> Result<T, Wrong> {
    let given = text(node)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
        return Ok(*value);
    }
    let fix = match near_miss(given, words.iter().map(|(word, _)| *word)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("write one of {}", listed(words.iter().map(|(word, _)| *word))),
    };
    Err(Wrong::new(format!("`{given}` is not known here"), fix))
}
