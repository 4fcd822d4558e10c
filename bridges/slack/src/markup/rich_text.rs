//! Reads rich text blocks: what people type in Slack's own composer.
//!
//! What lives here: the reader. What must not: guessing. A block with an element that is not known is given back as
//! `None`, and the caller reads the message's mrkdwn text, which Slack always sends too.

use bridge_core::{Block, Body, Inline, RemoteUser};
use serde_json::Value;

use super::parse::{channel_label, channel_name};
use bridge_core::honest::is_safe_url;

/// Reads a message's blocks, if they are rich text all through. `text` is the message's mrkdwn, for what only it says:
/// what channels are called.
pub(crate) fn rich_text(blocks: &[Value], text: &str) -> Option<Body> {
    let mut out = Vec::new();
    for block in blocks {
        if kind(block)? != "rich_text" {
            return None;
        }
        for element in block.get("elements")?.as_array()? {
            out.push(read_block(element, text)?);
        }
    }
    // A section of nothing but line breaks is the distance between two blocks.
    out.retain(|block| !matches!(block, Block::Paragraph { children } if children.is_empty()));
    (!out.is_empty()).then_some(Body { blocks: join_lists(out) })
}

/// Slack cuts a list at every change of its depth; one list of ours holds the pieces again.
fn join_lists(blocks: Vec<Block>) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    for block in blocks {
        match (out.last_mut(), block) {
            (Some(Block::List { ordered, items }), Block::List { ordered: same, items: more }) if *ordered == same => {
                items.extend(more);
            }
            (_, block) => out.push(block),
        }
    }
    out
}

fn kind(value: &Value) -> Option<&str> {
    value.get("type")?.as_str()
}

fn read_block(element: &Value, text: &str) -> Option<Block> {
    let elements = element.get("elements")?.as_array()?;
    Some(match kind(element)? {
        "rich_text_section" => Block::Paragraph { children: trimmed(read_inlines(elements, text)?) },
        "rich_text_quote" => {
            Block::Quote { children: vec![Block::Paragraph { children: trimmed(read_inlines(elements, text)?) }] }
        }
        "rich_text_preformatted" => {
            let children = read_inlines(elements, text)?;
            Block::Code { text: Body { blocks: vec![Block::Paragraph { children }] }.to_plain() }
        }
        "rich_text_list" => {
            let items = elements.iter().map(|item| {
                let pieces = item.get("elements")?.as_array()?;
                (kind(item)? == "rich_text_section").then(|| read_inlines(pieces, text))?.map(trimmed)
            });
            let ordered = element.get("style").and_then(Value::as_str) == Some("ordered");
            Block::List { ordered, items: items.collect::<Option<_>>()? }
        }
        _ => return None,
    })
}

/// Without the line breaks at both ends: the block's own end is a break.
fn trimmed(mut inlines: Vec<Inline>) -> Vec<Inline> {
    while matches!(inlines.last(), Some(Inline::Break)) {
        inlines.pop();
    }
    let leading = inlines.iter().take_while(|inline| matches!(inline, Inline::Break)).count();
    inlines.drain(..leading);
    inlines
}

fn read_inlines(elements: &[Value], message: &str) -> Option<Vec<Inline>> {
    let mut out = Vec::new();
    for element in elements {
        let text = |name: &str| element.get(name).and_then(Value::as_str);
        let mention = |id: &str, name: Option<&str>| Inline::Mention {
            user: RemoteUser(id.to_owned()),
            name: name.map(str::to_owned),
        };
        let pieces = match kind(element)? {
            "text" => words(text("text")?, element),
            "link" => vec![link(text("url")?, text("text"))],
            "emoji" => vec![Inline::text(emoji(text("name")?, text("unicode")))],
            "user" => vec![mention(text("user_id")?, None)],
            "usergroup" => vec![mention(text("usergroup_id")?, None)],
            "broadcast" => vec![mention(text("range")?, text("range"))],
            "channel" => {
                let label = channel_label(message, text("channel_id")?);
                vec![Inline::text(channel_name(label.as_deref()))]
            }
            "date" => vec![Inline::text(text("fallback")?)],
            "color" => vec![Inline::text(text("value")?)],
            _ => return None,
        };
        out.extend(styled(pieces, element.get("style")));
    }
    Some(out)
}

/// Words with their line breaks; fixed width is a format of words only.
fn words(text: &str, element: &Value) -> Vec<Inline> {
    let code = element.pointer("/style/code").and_then(Value::as_bool) == Some(true);
    let mut out = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push(Inline::Break);
        }
        if !line.is_empty() {
            out.push(if code { Inline::Code { text: line.to_owned() } } else { Inline::text(line) });
        }
    }
    out
}

fn link(url: &str, label: Option<&str>) -> Inline {
    let bare = || url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(url);
    let label = label.filter(|label| !label.trim().is_empty()).unwrap_or_else(bare);
    if is_safe_url(url) {
        Inline::Link { url: url.to_owned(), children: vec![Inline::text(label.replace('\n', " "))] }
    } else {
        Inline::text(label.replace('\n', " "))
    }
}

/// The emoji's own characters (`1f44d-1f3fb` in Slack's form), or its name where it is one of the workspace's own.
fn emoji(name: &str, unicode: Option<&str>) -> String {
    let read = |code: &str| u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
    let characters: Option<String> = unicode.and_then(|codes| codes.split('-').map(read).collect());
    characters.filter(|found| !found.is_empty()).unwrap_or_else(|| format!(":{name}:"))
}

fn styled(mut pieces: Vec<Inline>, style: Option<&Value>) -> Vec<Inline> {
    let has = |name: &str| style.and_then(|style| style.get(name)).and_then(Value::as_bool) == Some(true);
    if has("strike") {
        pieces = vec![Inline::Strike { children: pieces }];
    }
    if has("italic") {
        pieces = vec![Inline::Italic { children: pieces }];
    }
    if has("bold") {
        pieces = vec![Inline::Bold { children: pieces }];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_composer_makes_is_read() {
        let blocks = [json!({"type": "rich_text", "block_id": "x", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "Hello "},
                {"type": "text", "text": "you", "style": {"bold": true, "italic": true}},
                {"type": "emoji", "name": "thumbsup", "unicode": "1f44d-1f3fb"},
                {"type": "emoji", "name": "partyparrot"},
                {"type": "text", "text": "\nsee "},
                {"type": "link", "url": "https://shop.example", "text": "the shop"},
                {"type": "user", "user_id": "U1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "broadcast", "range": "here"},
                {"type": "text", "text": "x_y", "style": {"code": true}},
                {"type": "text", "text": "\n"}
            ]},
            {"type": "rich_text_list", "style": "bullet", "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
            ]},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]}
            ]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "so they said"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a < b\n  c"}]}
        ]})];
        insta::assert_json_snapshot!(rich_text(&blocks, "").unwrap());
    }

    #[test]
    fn a_channel_goes_by_its_name_and_never_by_its_id() {
        let blocks = [json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "channel", "channel_id": "C012ABC"}, {"type": "text", "text": " or "},
            {"type": "channel", "channel_id": "C012ABD"}
        ]}]})];
        let read = |text: &str| rich_text(&blocks, text).unwrap().to_plain();
        assert_eq!(read("<#C012ABC|r&amp;d> or <#C012ABD|>"), "#r&d or #channel");
        assert_eq!(read("<#C012ABD|plans> <#C012ABC"), "#channel or #plans");
        assert_eq!(read(""), "#channel or #channel");
    }

    #[test]
    fn an_element_of_tomorrow_is_left_to_the_text() {
        let blocks = [json!({"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "hologram", "id": 7}]}
        ]})];
        assert_eq!(rich_text(&blocks, ""), None);
        assert_eq!(rich_text(&[json!({"type": "section"})], ""), None);
        assert_eq!(rich_text(&[json!("no block at all")], ""), None);
    }
}
