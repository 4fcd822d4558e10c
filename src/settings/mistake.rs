//! What is wrong with the settings, in words that lead to the fix.
//!
//! What lives here: one mistake, and all of them together as the error of loading. What must not: the rules themselves,
//! and any value that could be a secret.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The key's path (`domain[1].channels[0]`); empty when the whole file is meant.
    pub path: String,
    /// Where it is written (`line 12`, `environment variable THREADLINE__SERVER__LISTEN`), where that is known.
    pub place: Option<String>,
    /// What is wrong, as a sentence (often one whose subject is the path) without its full stop.
    pub wrong: String,
    /// What to do about it, as a sentence without its full stop.
    pub fix: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.path.as_str(), &self.place) {
            ("", None) => write!(f, "{}", self.wrong)?,
            ("", Some(place)) => write!(f, "{place}: {}", self.wrong)?,
            (path, None) => write!(f, "{path}: {}", self.wrong)?,
            (path, Some(place)) => write!(f, "{path} ({place}): {}", self.wrong)?,
        }
        write!(f, "\n    fix: {}", self.fix)
    }
}

/// Everything that is wrong with the settings, in the order in which it is written in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsErrors {
    file: Option<PathBuf>,
    mistakes: Vec<Mistake>,
}

impl SettingsErrors {
    pub(super) const fn new(file: Option<PathBuf>, mistakes: Vec<Mistake>) -> Self {
        Self { file, mistakes }
    }

    /// The file that was read, if one was.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The mistakes; at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", file.display())?,
            None => f.write_str("the settings")?,
        }
        match self.mistakes.len() {
            1 => writeln!(f, ": 1 mistake")?,
            several => writeln!(f, ": {several} mistakes")?,
        }
        for mistake in &self.mistakes {
            write!(f, "\n  {mistake}\n")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsErrors {}

/// What one value's reader has to say; the section adds the path and the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) wrong: String,
    pub(super) fix: String,
}

impl Wrong {
    pub(super) fn new(wrong: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), fix: fix.into() }
    }
}

/// The known word that was probably meant.
pub(super) fn near_miss<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&given, word), word))
        .filter(|(distance, word)| *distance <= (word.len() / 3).clamp(1, 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// `a`, `b` and `c`.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
