//! Writes a body as a rich text block, which Slack shows as it is and never parses.
//!
//! What lives here: the writer. What must not: reading (see `markup`), and names or buttons.
//!
//! A link is made only of an address that shows where it leads ([`is_honest_url`]); any other stays words.

use bridge_core::{Block, Body, Inline, Speaker};
use serde_json::{Map, Value, json};

use bridge_core::honest::{is_honest_page, is_honest_url, straight};

/// A body's block. A visitor's link always shows where it leads.
pub(crate) fn block(body: &Body, speaker: Speaker, block_id: &str) -> Value {
    let mut writer = Writer { speaker, elements: Vec::new() };
    writer.blocks(&body.blocks);
    if writer.elements.is_empty() {
        writer.elements.push(section(vec![text("(empty)")]));
    }
    json!({ "type": "rich_text", "block_id": block_id, "elements": writer.elements })
}

/// Plain words.
pub(crate) fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

/// A link.
pub(crate) fn link(url: &str, label: &str) -> Value {
    json!({ "type": "link", "url": url, "text": label })
}

fn section(elements: Vec<Value>) -> Value {
    json!({ "type": "rich_text_section", "elements": elements })
}

struct Writer {
    speaker: Speaker,
    elements: Vec<Value>,
}

/// The formats around a piece of text.
#[derive(Debug, Clone, Copy, Default)]
struct Style {
    bold: bool,
    italic: bool,
    strike: bool,
    code: bool,
}

impl Style {
    fn put_on(self, mut element: Value) -> Value {
        let mut style = Map::new();
        for (name, on) in [("bold", self.bold), ("italic", self.italic), ("strike", self.strike), ("code", self.code)] {
            if on {
                style.insert(name.to_owned(), json!(true));
            }
        }
        if !style.is_empty() {
            element["style"] = Value::Object(style);
        }
        element
    }
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block]) {
        // Slack puts nothing between two sections, so paragraphs in a row are one section with line breaks.
        let mut running: Vec<Value> = Vec::new();
        for block in blocks {
            if let Block::Paragraph { children } = block {
                if !running.is_empty() {
                    running.push(text("\n"));
                }
                self.inlines(children, Style::default(), &mut running);
                continue;
            }
            self.flush(&mut running);
            match block {
                Block::Paragraph { .. } => {}
                Block::Quote { children } => {
                    let mut quoted = Vec::new();
                    self.quoted(children, &mut quoted);
                    self.push("rich_text_quote", quoted);
                }
                Block::Code { text: code } => {
                    let lines = code.trim_end_matches('\n');
                    let mut written = Vec::new();
                    self.say(lines, Style::default(), &mut written);
                    self.push("rich_text_preformatted", written);
                }
                Block::List { ordered, items } => {
                    let items: Vec<Value> = items.iter().map(|item| self.item(item)).collect();
                    if !items.is_empty() {
                        let style = if *ordered { "ordered" } else { "bullet" };
                        self.elements.push(json!({ "type": "rich_text_list", "style": style, "elements": items }));
                    }
                }
            }
        }
        self.flush(&mut running);
    }

    fn flush(&mut self, running: &mut Vec<Value>) {
        if !running.is_empty() {
            self.elements.push(section(std::mem::take(running)));
        }
    }

    fn push(&mut self, kind: &str, elements: Vec<Value>) {
        if !elements.is_empty() {
            self.elements.push(json!({ "type": kind, "elements": elements }));
        }
    }

    fn item(&self, children: &[Inline]) -> Value {
        let mut elements = Vec::new();
        self.inlines(children, Style::default(), &mut elements);
        if elements.is_empty() {
            elements.push(text(" "));
        }
        section(elements)
    }

    /// A quote holds running text only: what else stands in it is written as lines.
    fn quoted(&self, blocks: &[Block], out: &mut Vec<Value>) {
        for block in blocks {
            if !out.is_empty() {
                out.push(text("\n"));
            }
            match block {
                Block::Paragraph { children } => self.inlines(children, Style::default(), out),
                Block::Quote { children } => self.quoted(children, out),
                Block::Code { text: code } => self.say(code, Style::default(), out),
                Block::List { .. } => {
                    self.say(&Body { blocks: vec![block.clone()] }.to_plain(), Style::default(), out);
                }
            }
        }
    }

    fn inlines(&self, inlines: &[Inline], style: Style, out: &mut Vec<Value>) {
        for inline in inlines {
            match inline {
                Inline::Text { text: words } => self.linked(words, style, out),
                Inline::Bold { children } => self.inlines(children, Style { bold: true, ..style }, out),
                Inline::Italic { children } => self.inlines(children, Style { italic: true, ..style }, out),
                Inline::Strike { children } => self.inlines(children, Style { strike: true, ..style }, out),
                Inline::Code { text: code } => self.say(code, Style { code: true, ..style }, out),
                Inline::Link { url, children } => self.link(url, children, style, out),
                // Only a notice calls people: a name in somebody's words stays words.
                Inline::Mention { user, name } => {
                    let shown = name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&user.0);
                    self.say(&format!("@{shown}"), style, out);
                }
                Inline::Break => out.push(text("\n")),
            }
        }
    }

    fn link(&self, url: &str, children: &[Inline], style: Style, out: &mut Vec<Value>) {
        let label = Body { blocks: vec![Block::Paragraph { children: children.to_vec() }] }.to_plain();
        let label = if label.trim().is_empty() { url } else { label.as_str() };
        if !is_honest_url(url) {
            self.say(label, style, out);
        } else if self.speaker == Speaker::Visitor && label != url {
            self.say(&format!("{label} ("), style, out);
            out.push(style.put_on(link(url, url)));
            out.push(style.put_on(text(")")));
        } else {
            out.push(style.put_on(link(url, label)));
        }
    }

    /// Words as they are; a visitor's without what would turn the words around them. Slack refuses words that are none.
    fn say(&self, words: &str, style: Style, out: &mut Vec<Value>) {
        let straightened = if self.speaker == Speaker::Visitor { straight(words) } else { words.to_owned() };
        if !straightened.is_empty() {
            out.push(style.put_on(text(&straightened)));
        }
    }

    /// Words, with the web addresses in them as links that show exactly where they lead.
    fn linked(&self, words: &str, style: Style, out: &mut Vec<Value>) {
        let mut finder = linkify::LinkFinder::new();
        finder.kinds(&[linkify::LinkKind::Url]);
        for span in finder.spans(words) {
            let piece = span.as_str();
            if span.kind().is_some() && is_honest_page(piece) {
                out.push(style.put_on(link(piece, piece)));
            } else {
                self.say(piece, style, out);
            }
        }
    }
}
