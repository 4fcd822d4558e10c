//! From our operations to the JSON that Discord shows.
//!
//! What lives here: cards, posts, notices, answers and their buttons. All of it is pure. What must not: calls.
//!
//! Whatever a person may have typed is escaped, and no message of ours calls anybody but whom a notice names: every body
//! that leaves here says so in `allowed_mentions`.

use bridge_core::{Action, Answer, AnswerButton, Card, CardStatus, Micros, Notice, Post, RemoteUser, Speaker};
use serde_json::{Value, json};

use crate::markup::escape::{escape, harmless_name, length, shorten};
use crate::markup::{link, write, write_words};
use crate::snowflake;
use bridge_core::honest::straight;

/// What the ids of our buttons begin with.
pub(crate) const BUTTON_PREFIX: &str = "threadline.";
/// Discord takes 2,000 characters of content.
const LONGEST_CONTENT: usize = 2_000;
/// Discord takes 4,096 characters in an embed's description.
const LONGEST_DESCRIPTION: usize = 4_096;
/// Names of ours, escaped, have twice as many at most.
const LONGEST_NAME: usize = 60;
/// Discord takes 256 characters in an embed's title; escaped it has twice as many at most.
const LONGEST_TITLE: usize = 120;
/// Discord takes 100 characters in a thread's name.
const LONGEST_THREAD_NAME: usize = 100;
/// Discord takes 1,024 characters in a field; escaped text has twice as many at most.
const LONGEST_FIELD: usize = 300;
/// Of an address that is a link, which must not be cut; a longer one is words.
const LONGEST_LINK: usize = 400;
/// Discord takes 80 characters on a button, and 100 in its id.
const LONGEST_LABEL: usize = 80;
const LONGEST_BUTTON_ID: usize = 100;
/// Discord takes five buttons in a row, and five rows.
const BUTTONS_IN_A_ROW: usize = 5;
const ROWS: usize = 5;
/// No preview of an address in the text. It hides embeds of ours too.
const SUPPRESS_EMBEDS: u64 = 1 << 2;
const GREEN: u32 = 0x002e_7d32;
const GREY: u32 = 0x006b_7280;

/// What a message shows, and whom it calls.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Shown {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    mention: Option<String>,
}

impl Shown {
    /// The body of a call that posts or edits it. Every field is there, so that an edit takes away what was before.
    pub(crate) fn body(&self) -> Value {
        let mut allowed = json!({ "parse": [] });
        if let Some(user) = &self.mention {
            allowed["users"] = json!([user]);
        }
        json!({
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "allowed_mentions": allowed,
            "flags": if self.embeds.is_empty() { SUPPRESS_EMBEDS } else { 0 },
        })
    }

    /// Whether `message`, as Discord gives it, says the same words.
    pub(crate) fn is_said_by(&self, message: &Value) -> bool {
        let description = |embeds: Option<&Value>| {
            let text = embeds.and_then(|embed| embed.get("description")).and_then(Value::as_str);
            text.map(|text| text.trim().to_owned())
        };
        message.get("content").and_then(Value::as_str).map(str::trim) == Some(self.content.trim())
            && description(self.embeds.first()) == description(message.pointer("/embeds/0"))
    }
}

/// The thread's first message. `key` goes into its buttons' ids, where it is found again.
pub(crate) fn card(card: &Card, key: &str) -> Shown {
    let mut fields = Vec::new();
    if let Some(email) = &card.email {
        let mark = if email.verified { " ✓" } else { " (unverified)" };
        fields.push(field("E-mail", &format!("{}{mark}", escape(&one_line(&email.address))), true));
    }
    fields.push(field("Website", &name_or(&card.domain, "unknown"), true));
    if let Some(page) = &card.page {
        let title = escape(&one_line(&page.title));
        fields.push(field("Page", format!("{title}\n{}", page_link(&page.url)).trim(), false));
    }
    let (status, color) = match &card.status {
        CardStatus::Open => ("Open".to_owned(), GREEN),
        CardStatus::Closed { by } => (format!("Closed by {}", name_or(by, "somebody")), GREY),
    };
    fields.push(field("Status", &status, true));
    let assignee = card.assignee.as_deref().map_or_else(|| "nobody".to_owned(), |name| name_or(name, "somebody"));
    fields.push(field("Assigned to", &assignee, true));
    if let Some(earlier) = card.earlier.as_deref().filter(|id| snowflake::number(id).is_some()) {
        fields.push(field("Earlier conversation", &format!("<#{earlier}>"), true));
    }
    if card.continued {
        fields.push(field("Note", "Goes on from an earlier thread", true));
    }
    if card.form {
        fields.push(field("Note", "Written in the form", true));
    }
    let clean = harmless_name(&card.visitor, LONGEST_TITLE);
    let title = if clean.is_empty() { "Visitor".to_owned() } else { escape(&clean) };
    let embed = json!({ "title": title, "fields": fields, "color": color });
    Shown { embeds: vec![embed], components: rows(card_buttons(&card.status, key)), ..Shown::default() }
}

fn field(name: &str, value: &str, inline: bool) -> Value {
    json!({ "name": name, "value": if value.is_empty() { "–" } else { value }, "inline": inline })
}

/// The page's address: a link only where it shows where it leads.
fn page_link(url: &str) -> String {
    link(url).filter(|link| length(link) <= LONGEST_LINK).unwrap_or_else(|| escape(&one_line(url)))
}

fn card_buttons(status: &CardStatus, key: &str) -> Vec<Value> {
    let on_card = |label: &str, action: &Action, style: u8| {
        button(label, &format!("{BUTTON_PREFIX}{}/{key}", action.name()), style)
    };
    match status {
        CardStatus::Open => {
            vec![on_card("Assign to me", &Action::Assign, PRIMARY), on_card("Close", &Action::Close, DANGER)]
        }
        CardStatus::Closed { .. } => vec![on_card("Reopen", &Action::Reopen, SECONDARY)],
    }
}

const PRIMARY: u8 = 1;
const SECONDARY: u8 = 2;
const DANGER: u8 = 4;

fn button(label: &str, id: &str, style: u8) -> Value {
    json!({ "type": 2, "style": style, "label": label, "custom_id": id })
}

fn rows(buttons: Vec<Value>) -> Vec<Value> {
    buttons.chunks(BUTTONS_IN_A_ROW).take(ROWS).map(|row| json!({ "type": 1, "components": row })).collect()
}

/// The name of a card's thread.
pub(crate) fn thread_name(card: &Card) -> String {
    let visitor = harmless_name(&card.visitor, LONGEST_NAME);
    let visitor = if visitor.is_empty() { "Visitor" } else { visitor.as_str() };
    let domain = harmless_name(&card.domain, LONGEST_NAME);
    let name = if domain.is_empty() { visitor.to_owned() } else { format!("{visitor} · {domain}") };
    shorten(&name, LONGEST_THREAD_NAME)
}

/// A message for the thread. The words go into an embed where escaped they are too long for the content; where even that
/// is too short for their formats, they go without.
pub(crate) fn post(post: &Post) -> Shown {
    let speaker = post.author.speaker;
    let heading = heading(post);
    let late = post.delayed_from.map(late).unwrap_or_default();
    let room = LONGEST_CONTENT - length(&heading) - length(&late);
    let formatted = write(&post.body, speaker);
    let words = if length(&formatted) <= LONGEST_DESCRIPTION { formatted } else { write_words(&post.body, speaker) };
    let words = if words.trim().is_empty() { "(empty)".to_owned() } else { words };
    if length(&words) <= room {
        return Shown { content: format!("{heading}{words}{late}"), ..Shown::default() };
    }
    let embed = json!({ "description": shorten(&words, LONGEST_DESCRIPTION), "color": GREY });
    Shown { content: format!("{}{late}", heading.trim_end()), embeds: vec![embed], ..Shown::default() }
}

/// Who says it: whoever it is, nobody can be called with the name.
fn heading(post: &Post) -> String {
    let name = &post.author.name;
    match post.author.speaker {
        Speaker::Visitor => format!("**{} · visitor**\n", name_or(name, "Visitor")),
        Speaker::Operator => format!("**{}**\n", name_or(name, "Operator")),
        Speaker::Assistant => format!("**{}**\n", name_or(name, "Assistant")),
        Speaker::System => format!("**{}**\n", name_or(name, "Threadline")),
    }
}

/// "Written …, sent late", in the reader's own time zone.
fn late(written: Micros) -> String {
    format!("\n-# Written <t:{}:f>, sent late", written.0.div_euclid(1_000_000))
}

/// Something of our own to say. A visitor's name may stand in it.
pub(crate) fn notice(notice: &Notice) -> Shown {
    let mention = called(notice).map(|user| user.0.clone());
    let prefix = mention.as_ref().map(|user| format!("<@{user}> ")).unwrap_or_default();
    let words = escaped_within(&straight(&notice.text), LONGEST_CONTENT - length(&prefix));
    Shown {
        content: format!("{prefix}{words}"),
        components: answer_buttons(&notice.buttons),
        mention,
        ..Shown::default()
    }
}

/// The person whom a notice calls by name, if it is one of Discord's.
pub(crate) fn called(notice: &Notice) -> Option<&RemoteUser> {
    notice.mention.as_ref().filter(|user| snowflake::number(&user.0).is_some())
}

/// A line for the channel, so that people who aren't in the thread notice.
pub(crate) fn pointer(thread: &str) -> Shown {
    Shown { content: format!("New message in <#{thread}>"), ..Shown::default() }
}

/// An answer to one person with its link and its buttons.
pub(crate) fn answer(answer: &Answer) -> Shown {
    let link = answer.openable_link();
    let room = LONGEST_CONTENT.saturating_sub(link.map_or(0, |link| link.len() + 3));
    let mut content = escaped_within(&straight(&answer.text), room);
    if let Some(link) = link {
        // The brackets keep Discord from fetching the address for a preview.
        content = format!("{content}\n<{link}>");
    }
    Shown { content, components: answer_buttons(&answer.buttons), ..Shown::default() }
}

fn answer_buttons(buttons: &[AnswerButton]) -> Vec<Value> {
    let mut ids = Vec::new();
    let shown = buttons.iter().filter_map(|answer| {
        let value = answer.action.value();
        let slash = if value.is_empty() { "" } else { "/" };
        let id = format!("{BUTTON_PREFIX}{}{slash}{value}", answer.action.name());
        let label = harmless_name(&answer.label, LONGEST_LABEL);
        // Discord wants every id in a message only once, and none too long: what can't be pressed is not shown.
        if label.is_empty() || length(&id) > LONGEST_BUTTON_ID || ids.contains(&id) {
            return None;
        }
        ids.push(id.clone());
        Some(button(&label, &id, SECONDARY))
    });
    rows(shown.collect())
}

/// Whether one of the message's buttons holds `key`: then it is the card which that key's work posted.
pub(crate) fn is_card_of(message: &Value, key: &str) -> bool {
    let rows = message.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let buttons = rows.iter().filter_map(|row| row.get("components")?.as_array()).flatten();
    let mut ids = buttons.filter_map(|button| button.get("custom_id")?.as_str());
    ids.any(|id| id.strip_prefix(BUTTON_PREFIX).and_then(|rest| rest.split_once('/')).is_some_and(|(_, k)| k == key))
}

fn name_or(name: &str, instead: &str) -> String {
    let clean = harmless_name(name, LONGEST_NAME);
    if clean.is_empty() { instead.to_owned() } else { escape(&clean) }
}

/// What came from a visitor's browser, on one line.
fn one_line(text: &str) -> String {
    let straight = straight(text);
    let words = straight.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    shorten(&words.collect::<Vec<_>>().join(" "), LONGEST_FIELD)
}

/// Escapes as much of `text` as fits into `longest` characters of escaped text, with an ellipsis where it was cut.
fn escaped_within(text: &str, longest: usize) -> String {
    let whole = escape(text);
    let fits = if length(&whole) <= longest { whole } else { escape(&shorten(text, longest / 2)) };
    if fits.trim().is_empty() { "…".to_owned() } else { fits }
}

#[cfg(test)]
mod tests;
