//! From our operations to the JSON that Discord shows.
//!
//! What lives here: cards, posts, notices, answers and their buttons. All of it is pure. What must not: calls.
//!
//! Whatever a person may have typed is escaped, and no message of ours calls anybody but whom a notice names: every body
//! that leaves here says so in `allowed_mentions`.

use bridge_core::{
    Action, Answer, AnswerButton, Card, CardStatus, Closer, Micros, Notice, Post, RemoteUser, Speaker, Word, Words,
};
use serde_json::{Value, json};

use crate::markup::escape::{escape, harmless_name, length, shorten};
use crate::markup::{link, write, write_words};
use crate::snowflake;
use bridge_core::honest::{straight, straight_sentence};

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

    /// Whether `message`, as Discord gives it, says the same words. What only turns text may have got lost.
    pub(crate) fn is_said_by(&self, message: &Value) -> bool {
        let words = |text: &str| straight(text).trim().to_owned();
        let description = |embeds: Option<&Value>| {
            embeds.and_then(|embed| embed.get("description")).and_then(Value::as_str).map(words)
        };
        message.get("content").and_then(Value::as_str).map(words) == Some(words(&self.content))
            && description(self.embeds.first()) == description(message.pointer("/embeds/0"))
    }
}

/// The thread's first message. `key` goes into its buttons' ids, where it is found again.
pub(crate) fn card(card: &Card, words: Words, key: &str) -> Shown {
    let (status, color) = status(&card.status, words);
    let clean = harmless_name(&card.visitor, LONGEST_TITLE);
    let title = if clean.is_empty() { words.text(Word::Visitor).to_owned() } else { escape(&clean) };
    let embed = json!({ "title": title, "fields": fields(card, words, &status), "color": color });
    Shown { embeds: vec![embed], components: rows(card_buttons(&card.status, words, key)), ..Shown::default() }
}

fn status(status: &CardStatus, words: Words) -> (String, u32) {
    match status {
        CardStatus::Open => (words.text(Word::Open).to_owned(), GREEN),
        CardStatus::Closed { by: Closer::Visitor } => (words.text(Word::ClosedByVisitor).to_owned(), GREY),
        CardStatus::Closed { by: Closer::System } => (words.text(Word::ClosedBySystem).to_owned(), GREY),
        CardStatus::Closed { by: Closer::Operator(by) } => {
            (words.say(Word::ClosedBy, &[("name", &name_or(by, words.text(Word::Somebody)))]), GREY)
        }
    }
}

fn fields(card: &Card, words: Words, status: &str) -> Vec<Value> {
    let field = |name: Word, value: &str, inline: bool| field(words.text(name), value, inline);
    let mut fields = Vec::new();
    if let Some(email) = &card.email {
        let address = escape(&one_line(&email.address));
        let shown = match email.verified {
            true => format!("{address} ✓"),
            false => words.say(Word::EmailUnverified, &[("address", &address)]),
        };
        fields.push(field(Word::EmailLabel, &shown, true));
    }
    fields.push(field(Word::Website, &name_or(&card.domain, words.text(Word::WebsiteUnknown)), true));
    if let Some(page) = &card.page {
        let title = escape(&one_line(&page.title));
        fields.push(field(Word::PageLabel, format!("{title}\n{}", page_link(&page.url)).trim(), false));
    }
    fields.push(field(Word::Status, status, true));
    let assignee = match card.assignee.as_deref() {
        Some(name) => name_or(name, words.text(Word::Somebody)),
        None => words.text(Word::Nobody).to_owned(),
    };
    fields.push(field(Word::AssignedTo, &assignee, true));
    if let Some(earlier) = card.earlier.as_deref().filter(|id| snowflake::number(id).is_some()) {
        fields.push(field(Word::EarlierConversation, &format!("<#{earlier}>"), true));
    }
    if card.continued {
        fields.push(field(Word::Remark, words.text(Word::GoesOn), true));
    }
    if card.form {
        fields.push(field(Word::Remark, words.text(Word::WrittenInForm), true));
    }
    fields
}

fn field(name: &str, value: &str, inline: bool) -> Value {
    json!({ "name": name, "value": if value.is_empty() { "–" } else { value }, "inline": inline })
}

/// The page's address: a link only where it shows where it leads.
fn page_link(url: &str) -> String {
    link(url).filter(|link| length(link) <= LONGEST_LINK).unwrap_or_else(|| escape(&one_line(url)))
}

fn card_buttons(status: &CardStatus, words: Words, key: &str) -> Vec<Value> {
    let on_card = |label: Word, action: &Action, style: u8| {
        let label = shorten(words.text(label), LONGEST_LABEL);
        button(&label, &format!("{BUTTON_PREFIX}{}/{key}", action.name()), style)
    };
    match status {
        CardStatus::Open => {
            vec![on_card(Word::Assign, &Action::Assign, PRIMARY), on_card(Word::Close, &Action::Close, DANGER)]
        }
        CardStatus::Closed { .. } => vec![on_card(Word::Reopen, &Action::Reopen, SECONDARY)],
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
pub(crate) fn thread_name(card: &Card, words: Words) -> String {
    let visitor = harmless_name(&card.visitor, LONGEST_NAME);
    let visitor = if visitor.is_empty() { words.text(Word::Visitor) } else { visitor.as_str() };
    let domain = harmless_name(&card.domain, LONGEST_NAME);
    let name = if domain.is_empty() { visitor.to_owned() } else { format!("{visitor} · {domain}") };
    shorten(&name, LONGEST_THREAD_NAME)
}

/// A message for the thread. The words go into an embed where escaped they are too long for the content; where even that
/// is too short for their formats, they go without.
pub(crate) fn post(post: &Post, words: Words) -> Shown {
    let speaker = post.author.speaker;
    let heading = heading(post, words);
    let late = post.delayed_from.map(|written| late(written, words)).unwrap_or_default();
    let room = LONGEST_CONTENT - length(&heading) - length(&late);
    let formatted = write(&post.body, speaker);
    let said = if length(&formatted) <= LONGEST_DESCRIPTION { formatted } else { write_words(&post.body, speaker) };
    let said = if said.trim().is_empty() { words.text(Word::Empty).to_owned() } else { said };
    if length(&said) <= room {
        return Shown { content: format!("{heading}{said}{late}"), ..Shown::default() };
    }
    let embed = json!({ "description": shorten(&said, LONGEST_DESCRIPTION), "color": GREY });
    Shown { content: format!("{}{late}", heading.trim_end()), embeds: vec![embed], ..Shown::default() }
}

/// Who says it: whoever it is, nobody can be called with the name.
fn heading(post: &Post, words: Words) -> String {
    let name_or = |instead: Word| name_or(&post.author.name, words.text(instead));
    let name = match post.author.speaker {
        Speaker::Visitor => words.say(Word::SaidByVisitor, &[("name", &name_or(Word::Visitor))]),
        Speaker::Operator => name_or(Word::Operator),
        Speaker::Assistant => name_or(Word::Assistant),
        Speaker::System => self::name_or(&post.author.name, "Threadline"),
    };
    format!("**{name}**\n")
}

/// "Written …, sent late", in the reader's own time zone.
fn late(written: Micros, words: Words) -> String {
    let date = format!("<t:{}:f>", written.0.div_euclid(1_000_000));
    format!("\n-# {}", words.say_bare(Word::Late, &[("date", &date)]))
}

/// Something of our own to say. A visitor's name may stand in it.
pub(crate) fn notice(notice: &Notice) -> Shown {
    let mention = called(notice).map(|user| user.0.clone());
    let prefix = mention.as_ref().map(|user| format!("<@{user}> ")).unwrap_or_default();
    let words = escaped_within(&straight_sentence(&notice.text), LONGEST_CONTENT - length(&prefix));
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
pub(crate) fn pointer(thread: &str, words: Words) -> Shown {
    let content = words.say_bare(Word::Pointer, &[("thread", &format!("<#{thread}>"))]);
    Shown { content, ..Shown::default() }
}

/// An answer to one person with its link and its buttons.
pub(crate) fn answer(answer: &Answer) -> Shown {
    let link = answer.openable_link();
    let room = LONGEST_CONTENT.saturating_sub(link.map_or(0, |link| link.len() + 3));
    let mut content = escaped_within(&straight_sentence(&answer.text), room);
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
