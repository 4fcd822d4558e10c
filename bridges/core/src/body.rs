//! Formatted text as a small tree: what every platform's markup is parsed into and rendered from.
//!
//! What lives here: the tree, its plain-text form, and its making from plain text. What must not: any platform's markup.

use serde::{Deserialize, Serialize};

use crate::ids::RemoteUser;

/// A message's text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body {
    /// The blocks, top to bottom.
    pub blocks: Vec<Block>,
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Running text.
    Paragraph {
        /// Its pieces.
        children: Vec<Inline>,
    },
    /// Somebody's quoted words.
    Quote {
        /// What is quoted.
        children: Vec<Block>,
    },
    /// Text that is shown as it is, in a fixed width.
    Code {
        /// The text, with its line breaks.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    /// Plain words.
    Text {
        /// The words; no line breaks.
        text: String,
    },
    /// Bold.
    Bold {
        /// What is bold.
        children: Vec<Inline>,
    },
    /// Italic.
    Italic {
        /// What is italic.
        children: Vec<Inline>,
    },
    /// Struck through.
    Strike {
        /// What is struck through.
        children: Vec<Inline>,
    },
    /// Fixed width.
    Code {
        /// The text.
        text: String,
    },
    /// A link.
    Link {
        /// Where to; `http`, `https`, `mailto` or `tel`.
        url: String,
        /// What is shown.
        children: Vec<Inline>,
    },
    /// A teammate called by name.
    Mention {
        /// Who.
        user: RemoteUser,
        /// Their name; `None` until it is looked up.
        name: Option<String>,
    },
    /// A line break.
    Break,
}

impl Inline {
    /// Plain words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

impl Body {
    /// Makes a body of plain words: every line break is kept, nothing is taken as markup.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let mut children = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                children.push(Inline::Break);
            }
            if !line.is_empty() {
                children.push(Inline::text(line));
            }
        }
        if children.is_empty() { Self::default() } else { Self { blocks: vec![Block::Paragraph { children }] } }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.to_plain().trim().is_empty()
    }

    /// Whether plain words say all of it, so that no formatted form needs to be kept.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match self.blocks.as_slice() {
            [] => true,
            [Block::Paragraph { children }] => {
                children.iter().all(|inline| matches!(inline, Inline::Text { .. } | Inline::Break))
            }
            _ => false,
        }
    }

    /// The words without formatting: what is searched, previewed, and given to those who show no formatting.
    #[must_use]
    pub fn to_plain(&self) -> String {
        let mut out = String::new();
        write_blocks(&self.blocks, "", &mut out);
        out
    }

    /// How many characters the plain words have.
    #[must_use]
    pub fn char_len(&self) -> usize {
        self.to_plain().chars().count()
    }

    /// Calls `visit` for every inline, so that mentions can be found and named.
    pub fn for_each_inline_mut(&mut self, visit: &mut dyn FnMut(&mut Inline)) {
        for block in &mut self.blocks {
            visit_block(block, visit);
        }
    }
}

fn visit_block(block: &mut Block, visit: &mut dyn FnMut(&mut Inline)) {
    match block {
        Block::Paragraph { children } => visit_inlines(children, visit),
        Block::Quote { children } => children.iter_mut().for_each(|child| visit_block(child, visit)),
        Block::Code { .. } => {}
        Block::List { items, .. } => items.iter_mut().for_each(|item| visit_inlines(item, visit)),
    }
}

fn visit_inlines(inlines: &mut [Inline], visit: &mut dyn FnMut(&mut Inline)) {
    for inline in inlines {
        visit(inline);
        match inline {
            Inline::Bold { children }
            | Inline::Italic { children }
            | Inline::Strike { children }
            | Inline::Link { children, .. } => visit_inlines(children, visit),
            Inline::Text { .. } | Inline::Code { .. } | Inline::Mention { .. } | Inline::Break => {}
        }
    }
}

fn write_blocks(blocks: &[Block], indent: &str, out: &mut String) {
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        match block {
            Block::Paragraph { children } => {
                out.push_str(indent);
                write_inlines(children, indent, out);
            }
            Block::Quote { children } => write_blocks(children, &format!("{indent}> "), out),
            Block::Code { text } => {
                for (line_index, line) in text.lines().enumerate() {
                    if line_index > 0 {
                        out.push('\n');
                    }
                    out.push_str(indent);
                    out.push_str(line);
                }
            }
            Block::List { ordered, items } => {
                for (item_index, item) in items.iter().enumerate() {
                    if item_index > 0 {
                        out.push('\n');
                    }
                    out.push_str(indent);
                    if *ordered {
                        out.push_str(&format!("{}. ", item_index + 1));
                    } else {
                        out.push_str("• ");
                    }
                    write_inlines(item, indent, out);
                }
            }
        }
    }
}

fn write_inlines(inlines: &[Inline], indent: &str, out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Bold { children } | Inline::Italic { children } | Inline::Strike { children } => {
                write_inlines(children, indent, out);
            }
            Inline::Link { url, children } => {
                let start = out.len();
                write_inlines(children, indent, out);
                let label = out[start..].trim().to_owned();
                if label.is_empty() {
                    out.push_str(url);
                } else if !same_place(&label, url) {
                    out.push_str(&format!(" ({url})"));
                }
            }
            Inline::Mention { user, name } => {
                out.push('@');
                out.push_str(name.as_deref().unwrap_or(&user.0));
            }
            Inline::Break => {
                out.push('\n');
                out.push_str(indent);
            }
        }
    }
}

/// Whether a link's label already shows where it leads, so that the address need not be repeated.
fn same_place(label: &str, url: &str) -> bool {
    let bare = |s: &str| {
        let s = s.strip_prefix("https://").or_else(|| s.strip_prefix("http://")).unwrap_or(s);
        let s = s.strip_prefix("mailto:").or_else(|| s.strip_prefix("tel:")).unwrap_or(s);
        s.trim_end_matches('/').to_lowercase()
    };
    bare(label) == bare(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(label: &str, url: &str) -> Body {
        Body {
            blocks: vec![Block::Paragraph {
                children: vec![Inline::Link { url: url.into(), children: vec![Inline::text(label)] }],
            }],
        }
    }

    #[test]
    fn a_links_plain_form_shows_where_it_leads() {
        assert_eq!(link("your bank", "https://evil.example").to_plain(), "your bank (https://evil.example)");
        assert_eq!(link("shop.example", "https://shop.example/").to_plain(), "shop.example");
    }

    #[test]
    fn blocks_keep_their_lines() {
        let body = Body {
            blocks: vec![
                Block::Quote { children: vec![Block::Paragraph { children: vec![Inline::text("so")] }] },
                Block::List { ordered: true, items: vec![vec![Inline::text("a")], vec![Inline::text("b")]] },
                Block::Code { text: "x\n  y".into() },
            ],
        };
        assert_eq!(body.to_plain(), "> so\n1. a\n2. b\nx\n  y");
    }

    proptest! {
        #[test]
        fn plain_text_comes_back_as_it_was(text in "[a-z<>&*_ \n]{0,80}") {
            let lines: Vec<&str> = text.lines().collect();
            prop_assert_eq!(Body::plain(&text).to_plain(), lines.join("\n"));
        }
    }
}
