//! Formatted text as the widget reads it.
//!
//! What lives here: the tree's wire form. What must not: nodes that a visitor has no use for; a teammate who is called by
//! name is their name and no more.

use serde::Serialize;
use utoipa::ToSchema;

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::http) enum Block {
    /// Running text.
    Paragraph {
        /// Its pieces.
        children: Vec<Inline>,
    },
    /// Somebody's quoted words.
    Quote {
        /// What is quoted.
        #[schema(no_recursion)]
        children: Vec<Block>,
    },
    /// Text of fixed width, with its line breaks.
    Code {
        /// The text.
        text: String,
    },
    /// A list.
    List {
        /// Numbered, or with bullets.
        ordered: bool,
        /// Each item's pieces.
        items: Vec<Vec<Inline>>,
    },
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::http) enum Inline {
    /// Plain words.
    Text {
        /// The words.
        text: String,
    },
    /// Bold.
    Bold {
        /// What is bold.
        #[schema(no_recursion)]
        children: Vec<Inline>,
    },
    /// Italic.
    Italic {
        /// What is italic.
        #[schema(no_recursion)]
        children: Vec<Inline>,
    },
    /// Struck through.
    Strike {
        /// What is struck through.
        #[schema(no_recursion)]
        children: Vec<Inline>,
    },
    /// Text of fixed width.
    Code {
        /// The text.
        text: String,
    },
    /// A link.
    Link {
        /// Where to: `http`, `https`, `mailto` or `tel`.
        url: String,
        /// What is shown.
        #[schema(no_recursion)]
        children: Vec<Inline>,
    },
    /// A line break.
    Break,
}

impl From<bridge_core::Block> for Block {
    fn from(block: bridge_core::Block) -> Self {
        match block {
            bridge_core::Block::Paragraph { children } => Self::Paragraph { children: inlines(children) },
            bridge_core::Block::Quote { children } => {
                Self::Quote { children: children.into_iter().map(Into::into).collect() }
            }
            bridge_core::Block::Code { text } => Self::Code { text },
            bridge_core::Block::List { ordered, items } => {
                Self::List { ordered, items: items.into_iter().map(inlines).collect() }
            }
        }
    }
}

impl From<bridge_core::Inline> for Inline {
    fn from(inline: bridge_core::Inline) -> Self {
        match inline {
            bridge_core::Inline::Text { text } => Self::Text { text },
            bridge_core::Inline::Bold { children } => Self::Bold { children: inlines(children) },
            bridge_core::Inline::Italic { children } => Self::Italic { children: inlines(children) },
            bridge_core::Inline::Strike { children } => Self::Strike { children: inlines(children) },
            bridge_core::Inline::Code { text } => Self::Code { text },
            bridge_core::Inline::Link { url, children } => Self::Link { url, children: inlines(children) },
            bridge_core::Inline::Mention { name, .. } => {
                // The platform's id of a teammate is nothing for a visitor's eyes.
                Self::Text { text: name.map_or_else(|| "@…".to_owned(), |name| format!("@{name}")) }
            }
            bridge_core::Inline::Break => Self::Break,
        }
    }
}

fn inlines(children: Vec<bridge_core::Inline>) -> Vec<Inline> {
    children.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use bridge_core::RemoteUser;

    use super::*;

    #[test]
    fn a_teammates_id_stays_inside() {
        let user = || RemoteUser("U0123".into());
        let named = bridge_core::Inline::Mention { user: user(), name: Some("Ada".into()) };
        let unnamed = bridge_core::Inline::Mention { user: user(), name: None };
        assert_eq!(Inline::from(named), Inline::Text { text: "@Ada".into() });
        assert_eq!(Inline::from(unnamed), Inline::Text { text: "@…".into() });
    }
}
