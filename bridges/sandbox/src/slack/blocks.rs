//! Slack's rules for blocks: counts, lengths, ids.
//!
//! What lives here: validation with Slack's own sentences, and the ids that Slack adds where none were given.
//! What must not: rendering.
//!
//! Figures are those of Slack's Block Kit reference (the published Web API description names the argument only):
//! 50 blocks a message, section text 3,000, ten fields of 2,000, header 150, button text 75 and value 2,000,
//! 25 elements in `actions`, 10 in `context`, `block_id` and `action_id` 255, markdown blocks 12,000 together.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ids;

/// Most blocks in one message.
const MOST_BLOCKS: usize = 50;

/// Collects Slack's sentences with the place of each mistake.
struct Check {
    mistakes: Vec<String>,
}

impl Check {
    fn say(&mut self, sentence: &str, at: &str) {
        self.mistakes.push(format!("{sentence} [json-pointer:{at}]"));
    }

    fn text(&mut self, value: &Value, at: &str, longest: usize) {
        match value.as_str() {
            None => self.say("missing required field: text", at),
            Some("") => self.say("must be more than 0 characters", at),
            Some(text) if text.chars().count() > longest => {
                self.say(&format!("must be less than {} characters", longest + 1), at);
            }
            Some(_) => {}
        }
    }

    /// A text object; `plain` where Slack takes `plain_text` only.
    fn text_object(&mut self, value: &Value, at: &str, longest: usize, plain: bool) {
        match value["type"].as_str() {
            Some("plain_text") => {}
            Some("mrkdwn") if !plain => {}
            Some(_) => self.say("unsupported type for text object", &format!("{at}/type")),
            None => return self.say("missing required field: text", at),
        }
        self.text(&value["text"], &format!("{at}/text"), longest);
    }

    fn id(&mut self, value: &Value, at: &str) {
        match value {
            Value::Null => {}
            Value::String(id) if id.chars().count() <= 255 => {}
            Value::String(_) => self.say("must be less than 256 characters", at),
            _ => self.say("must be a string", at),
        }
    }

    fn element(&mut self, value: &Value, at: &str) {
        self.id(&value["action_id"], &format!("{at}/action_id"));
        match value["type"].as_str() {
            Some("button") => {
                self.text_object(&value["text"], &format!("{at}/text"), 75, true);
                if value["value"].as_str().is_some_and(|text| text.chars().count() > 2000) {
                    self.say("must be less than 2001 characters", &format!("{at}/value"));
                }
                if value["url"].as_str().is_some_and(|url| url.chars().count() > 3000) {
                    self.say("must be less than 3001 characters", &format!("{at}/url"));
                }
                if !matches!(value["style"].as_str(), None | Some("primary" | "danger")) {
                    self.say("unsupported value for style", &format!("{at}/style"));
                }
            }
            Some("image") => self.image(value, at),
            Some(
                "static_select"
                | "users_select"
                | "conversations_select"
                | "channels_select"
                | "external_select"
                | "overflow"
                | "datepicker"
                | "timepicker"
                | "checkboxes"
                | "radio_buttons"
                | "multi_static_select"
                | "multi_users_select"
                | "plain_text_input"
                | "workflow_button",
            ) => {}
            Some(_) => self.say("unsupported type for element", &format!("{at}/type")),
            None => self.say("missing required field: type", at),
        }
    }

    fn image(&mut self, value: &Value, at: &str) {
        if value["slack_file"].is_null() {
            self.text(&value["image_url"], &format!("{at}/image_url"), 3000);
        }
        self.text(&value["alt_text"], &format!("{at}/alt_text"), 2000);
    }

    fn elements(&mut self, block: &Value, at: &str, most: usize) -> Vec<Value> {
        let at = format!("{at}/elements");
        match block["elements"].as_array() {
            None => self.say("missing required field: elements", &at),
            Some(list) if list.is_empty() => self.say("no less than 1 items allowed", &at),
            Some(list) if list.len() > most => self.say(&format!("no more than {most} items allowed"), &at),
            Some(list) => return list.clone(),
        }
        Vec::new()
    }

    fn section(&mut self, block: &Value, at: &str) {
        let fields = block["fields"].as_array().cloned().unwrap_or_default();
        if block["text"].is_null() && fields.is_empty() {
            self.say("missing required field: text", at);
        } else if !block["text"].is_null() {
            self.text_object(&block["text"], &format!("{at}/text"), 3000, false);
        }
        if fields.len() > 10 {
            self.say("no more than 10 items allowed", &format!("{at}/fields"));
        }
        for (index, field) in fields.iter().enumerate() {
            self.text_object(field, &format!("{at}/fields/{index}"), 2000, false);
        }
        if !block["accessory"].is_null() {
            self.element(&block["accessory"], &format!("{at}/accessory"));
        }
    }

    fn block(&mut self, block: &Value, at: &str) {
        self.id(&block["block_id"], &format!("{at}/block_id"));
        match block["type"].as_str() {
            Some("section") => self.section(block, at),
            Some("header") => self.text_object(&block["text"], &format!("{at}/text"), 150, true),
            Some("context") => {
                for (index, element) in self.elements(block, at, 10).iter().enumerate() {
                    let at = format!("{at}/elements/{index}");
                    match element["type"].as_str() {
                        Some("image") => self.image(element, &at),
                        _ => self.text_object(element, &at, 3000, false),
                    }
                }
            }
            Some("actions") => {
                for (index, element) in self.elements(block, at, 25).iter().enumerate() {
                    self.element(element, &format!("{at}/elements/{index}"));
                }
            }
            Some("image") => self.image(block, at),
            Some("markdown") => self.text(&block["text"], &format!("{at}/text"), 12_000),
            Some("rich_text") => {
                if !block["elements"].is_array() {
                    self.say("missing required field: elements", &format!("{at}/elements"));
                }
            }
            Some("divider" | "file" | "video" | "table" | "context_actions" | "input") => {}
            Some(_) => self.say("unsupported type", &format!("{at}/type")),
            None => self.say("missing required field: type", at),
        }
    }
}

/// Slack's sentences about what is wrong with these blocks; empty when nothing is.
#[must_use]
pub fn mistakes(blocks: &[Value]) -> Vec<String> {
    let mut check = Check { mistakes: Vec::new() };
    if blocks.len() > MOST_BLOCKS {
        check.say(&format!("no more than {MOST_BLOCKS} items allowed"), "/blocks");
    }
    let mut seen = BTreeSet::new();
    let mut actions = BTreeSet::new();
    let mut markdown = 0;
    for (index, block) in blocks.iter().enumerate() {
        let at = format!("/blocks/{index}");
        check.block(block, &at);
        if let Some(id) = block["block_id"].as_str().filter(|id| !id.is_empty())
            && !seen.insert(id.to_owned())
        {
            check.say(&format!("`block_id` {id} already exists"), &format!("{at}/block_id"));
        }
        if block["type"] == "markdown" {
            markdown += block["text"].as_str().map_or(0, |text| text.chars().count());
        }
        for element in block["elements"].as_array().into_iter().flatten().filter(|_| block["type"] == "actions") {
            let Some(action) = element["action_id"].as_str().filter(|id| !id.is_empty()) else { continue };
            if !actions.insert((index, action.to_owned())) {
                check.say(&format!("`action_id` {action} already exists"), &format!("{at}/elements"));
            }
        }
    }
    if markdown > 12_000 {
        check.say("markdown blocks must be less than 12001 characters together", "/blocks");
    }
    check.mistakes
}

/// Gives every block and every element the id that Slack makes up where none was given.
pub(crate) fn fill_ids(blocks: &mut [Value]) {
    let missing = |value: &Value| value.as_str().is_none_or(str::is_empty);
    for block in blocks {
        if missing(&block["block_id"]) {
            block["block_id"] = json!(ids::token(5));
        }
        if block["type"] == "actions" {
            for element in block["elements"].as_array_mut().into_iter().flatten() {
                if missing(&element["action_id"]) {
                    element["action_id"] = json!(ids::token(5));
                }
            }
        }
        if block["accessory"]["type"] == "button" && missing(&block["accessory"]["action_id"]) {
            block["accessory"]["action_id"] = json!(ids::token(5));
        }
    }
}

/// The button with this action id: its block id and the element.
pub(crate) fn button(blocks: &[Value], action_id: &str) -> Option<(String, Value)> {
    for block in blocks {
        let inside = block["elements"].as_array().into_iter().flatten();
        let found = inside.chain(std::iter::once(&block["accessory"])).find(|element| {
            element["type"] == "button" && element["action_id"].as_str().is_some_and(|id| id == action_id)
        });
        if let Some(element) = found {
            return Some((block["block_id"].as_str().unwrap_or_default().to_owned(), element.clone()));
        }
    }
    None
}
