//! What a message carries: text, blocks, attachments, metadata, checked as Slack checks them.
//!
//! What lives here: reading and refusing. What must not: storing.

use serde_json::Value;

use super::{ApiError, Args, err};
use crate::slack::blocks;
use crate::slack::text;

/// Text is cut after this many characters.
const LONGEST_TEXT: usize = 40_000;
/// `chat.update` refuses longer text instead of cutting it.
const LONGEST_UPDATE: usize = 4_000;

/// A message's content as an app gave it.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) blocks: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Value>>,
    pub(crate) metadata: Option<Value>,
    /// The text was longer than Slack keeps.
    pub(crate) cut: bool,
}

fn list(args: &Args, key: &str) -> Result<Option<Vec<Value>>, ApiError> {
    let broken = || err(&format!("invalid_{key}_format"));
    match args.json_value(key).map_err(|()| broken())? {
        None => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(_) => Err(broken()),
    }
}

fn metadata(args: &Args) -> Result<Option<Value>, ApiError> {
    let broken = || err("invalid_metadata_format");
    let Some(value) = args.json_value("metadata").map_err(|()| broken())? else { return Ok(None) };
    let Some(object) = value.as_object() else { return Err(broken()) };
    if object.is_empty() {
        return Ok(Some(Value::Null));
    }
    let named = value["event_type"].as_str().is_some_and(|name| !name.is_empty());
    if named && value["event_payload"].is_object() { Ok(Some(value)) } else { Err(broken()) }
}

/// With `link_names` or `parse=full`, bare names become live: what a careful app never asks for.
fn live(text: String, args: &Args) -> String {
    if args.flag("link_names") != Some(true) && args.text("parse").as_deref() != Some("full") {
        return text;
    }
    ["channel", "here", "everyone"]
        .iter()
        .fold(text, |text, word| text.replace(&format!("@{word}"), &format!("<!{word}>")))
}

impl Content {
    /// Reads and checks a message's content; `None` fields were not given.
    pub(crate) fn read(args: &Args) -> Result<Self, ApiError> {
        let given = if args.has("markdown_text") { args.text("markdown_text") } else { args.text("text") };
        let mut content = Self {
            text: given.or_else(|| args.has("text").then(String::new)).map(|text| live(text::normalise(&text), args)),
            blocks: list(args, "blocks")?,
            attachments: list(args, "attachments")?,
            metadata: metadata(args)?,
            cut: false,
        };
        if args.has("markdown_text") && (args.has("text") || args.has("blocks")) {
            return Err(err("markdown_text_conflict"));
        }
        if let Some(blocks) = &content.blocks {
            let mistakes = blocks::mistakes(blocks);
            if !mistakes.is_empty() {
                return Err(err("invalid_blocks").saying(&mistakes));
            }
        }
        if content.attachments.as_ref().is_some_and(|list| list.len() > 100) {
            return Err(err("too_many_attachments"));
        }
        if let Some(text) = content.text.as_ref().filter(|text| text.chars().count() > LONGEST_TEXT) {
            content.text = Some(text.chars().take(LONGEST_TEXT).collect());
            content.cut = true;
        }
        Ok(content)
    }

    /// Refuses a message without anything in it.
    pub(crate) fn not_empty(&self) -> Result<(), ApiError> {
        let full = |list: &Option<Vec<Value>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let text = self.text.as_ref().is_some_and(|text| !text.trim().is_empty());
        if text || full(&self.blocks) || full(&self.attachments) { Ok(()) } else { Err(err("no_text")) }
    }

    /// Refuses text that is too long for an update.
    pub(crate) fn fits_update(&self) -> Result<(), ApiError> {
        let long = self.text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_UPDATE);
        if long { Err(err("msg_too_long")) } else { Ok(()) }
    }
}
