//! How a domain's chat looks and what it asks for.
//!
//! What lives here: the choices an admin has. What must not: how they are drawn, or read from a file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How visitors reach the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// In a live chat; while nobody can answer it says so, and what is written waits.
    #[default]
    LiveChat,
    /// By a form alone: name, e-mail and message.
    Form,
}

/// Whether something is asked for before the chat begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// It is not asked for.
    #[default]
    No,
    /// It may be left empty.
    Optional,
    /// The chat begins with it.
    Required,
}

/// What is asked of a visitor before the chat begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ask {
    /// Their name.
    pub name: Asked,
    /// Their e-mail address.
    pub email: Asked,
}

/// What is said about privacy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy {
    /// A sentence.
    pub text: Option<String>,
    /// The address of the page that says more; https.
    pub url: Option<String>,
}

/// The corner of the page where the chat sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// Bottom right.
    #[default]
    Right,
    /// Bottom left.
    Left,
}

/// What the launcher shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Icon {
    /// A speech bubble.
    #[default]
    Chat,
    /// A question mark.
    Question,
    /// A waving hand.
    Wave,
}

/// How the chat looks on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// Its colour as `#rrggbb` in lower case; `None` for our own.
    pub color: Option<String>,
    /// Its corner.
    pub corner: Corner,
    /// What the launcher shows.
    pub icon: Icon,
}

/// A language that everything is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// Turkish.
    Tr,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Pt, Self::Tr, Self::Ar];

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Pt => "pt",
            Self::Tr => "tr",
            Self::Ar => "ar",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
