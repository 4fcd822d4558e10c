//! From our operations to the JSON that Slack shows.
//!
//! What lives here: cards, posts, notices and buttons as blocks, each with its words for where blocks aren't shown. All
//! of it is pure. What must not: calls.
//!
//! Whatever a visitor may have typed goes into rich text elements or plain text, which Slack never parses; only words of
//! our own stand in mrkdwn, and escaped even there.

use bridge_core::{Answer, AnswerButton, Card, CardStatus, Micros, Notice, Post, Speaker};
use serde_json::{Value, json};

use crate::markup::escape::{escape, harmless_name, shorten};
use crate::message::METADATA_TYPE;
use crate::normalize::ACTION_PREFIX;
use crate::{rich, stamp};
use bridge_core::honest::{is_honest_page, straight};

/// Slack shows names of up to 80 characters.
const LONGEST_NAME: usize = 60;
/// Slack takes 150 characters in a header.
const LONGEST_HEADER: usize = 140;
/// Slack takes 3,000 characters in a section.
const LONGEST_NOTICE: usize = 2_900;
/// `chat.update` takes 4,000 characters of text; the line about a late message needs some of them.
const LONGEST_FALLBACK: usize = 3_800;
/// Slack takes 75 characters on a button.
const LONGEST_LABEL: usize = 75;
/// Slack takes addresses of 3,000 characters; a longer one is shown and not linked.
const LONGEST_URL: usize = 2_000;

/// What is shown, and the words for where blocks aren't.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) blocks: Vec<Value>,
}

/// Our mark on a message: the key and the kind of work, as flat text (slack-morphism reads no other shape).
pub(crate) fn metadata(key: &str, kind: &str) -> Value {
    json!({ "event_type": METADATA_TYPE, "event_payload": { "key": key, "kind": kind } })
}

/// Where people find the thread of the visitor's conversation before this one. Slack tells `workspace` itself; nothing in
/// the address is anybody else's words.
pub(crate) fn earlier(card: &Card, workspace: Option<&str>, channel: &str) -> Option<String> {
    permalink(workspace, channel, card.earlier.as_deref()?)
}

/// Where people find a thread, by its first message.
pub(crate) fn permalink(workspace: Option<&str>, channel: &str, thread: &str) -> Option<String> {
    let thread = Some(thread).filter(|ts| ts.bytes().all(|b| b.is_ascii_digit() || b == b'.'))?;
    let workspace = url::Url::parse(workspace?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(workspace.join(&format!("archives/{channel}/p{}", thread.replace('.', ""))).ok()?.into())
}

/// The thread's first message. `block_id` goes on its first block, `earlier` is where to find the conversation before.
pub(crate) fn card(card: &Card, block_id: &str, earlier: Option<&str>) -> Shown {
    let visitor = name_or(&card.visitor, LONGEST_HEADER, "Visitor");
    let mut details = Vec::new();
    if let Some(email) = &card.email {
        let mark = if email.verified { "" } else { " (unverified)" };
        details.push(format!("{}{mark}", one_line(&email.address)));
    }
    let mut elements = vec![rich::text(&details.concat())];
    if let Some(page) = &card.page {
        if !details.is_empty() {
            elements.push(rich::text("\n"));
        }
        let title = one_line(&page.title);
        elements.push(rich::text(&if title.is_empty() { "On ".to_owned() } else { format!("On “{title}” ") }));
        elements.push(page_link(&page.url));
    }
    elements.retain(|element| element.get("text").and_then(Value::as_str) != Some(""));

    let mut blocks = vec![json!({ "type": "header", "block_id": block_id, "text": plain(&visitor) })];
    if !elements.is_empty() {
        blocks.push(json!({
            "type": "rich_text",
            "elements": [{ "type": "rich_text_section", "elements": elements }],
        }));
    }
    let standing = standing(card);
    let mut facts = vec![plain(&harmless_name(&card.domain, LONGEST_NAME)), plain(&standing)];
    if card.continued {
        facts.push(plain("Goes on from an earlier thread"));
    }
    if card.form {
        facts.push(plain("Written in the form"));
    }
    facts.retain(|fact| fact.get("text").and_then(Value::as_str) != Some(""));
    if let Some(earlier) = earlier {
        facts.push(json!({ "type": "mrkdwn", "text": format!("<{}|Earlier conversation>", escape(earlier)) }));
    }
    blocks.push(json!({ "type": "context", "elements": facts }));
    blocks.push(json!({ "type": "actions", "elements": card_buttons(card) }));

    let page = card.page.as_ref().map(|page| format!(", on {}", one_line(&page.title))).unwrap_or_default();
    let text = shorten(&format!("{visitor} · {}{page} · {standing}", card.domain), LONGEST_NOTICE);
    Shown { text: escape(&text), blocks }
}

/// The page's address: a link only where it shows where it leads.
fn page_link(url: &str) -> Value {
    if url.len() <= LONGEST_URL && is_honest_page(url) {
        rich::link(url, url)
    } else {
        rich::text(&shorten(&one_line(url), LONGEST_URL))
    }
}

fn standing(card: &Card) -> String {
    match (&card.status, &card.assignee) {
        (CardStatus::Closed { by }, _) => format!("Closed by {}", name_or(by, LONGEST_NAME, "somebody")),
        (CardStatus::Open, Some(assignee)) => {
            format!("Open · assigned to {}", name_or(assignee, LONGEST_NAME, "somebody"))
        }
        (CardStatus::Open, None) => "Open · assigned to nobody".to_owned(),
    }
}

fn card_buttons(card: &Card) -> Vec<Value> {
    match card.status {
        CardStatus::Open => vec![
            json!({ "type": "button", "action_id": format!("{ACTION_PREFIX}assign"), "text": plain("Assign to me") }),
            json!({
                "type": "button", "action_id": format!("{ACTION_PREFIX}close"), "text": plain("Close"), "style": "danger",
            }),
        ],
        CardStatus::Closed { .. } => {
            vec![json!({ "type": "button", "action_id": format!("{ACTION_PREFIX}reopen"), "text": plain("Reopen") })]
        }
    }
}

/// A message for the thread.
pub(crate) fn post(post: &Post, block_id: &str) -> Shown {
    let mut blocks = vec![rich::block(&post.body, post.author.speaker, block_id)];
    let mut words = post.body.to_plain();
    if post.author.speaker == Speaker::Visitor {
        words = straight(&words);
    }
    let mut text =
        if words.trim().is_empty() { "(empty)".to_owned() } else { escaped_within(&words, LONGEST_FALLBACK) };
    if let Some(written) = post.delayed_from {
        blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": late(written) }] }));
        text = format!("{text}\n{}", late(written));
    }
    Shown { text, blocks }
}

/// "Written …, sent late", in the reader's own time zone.
fn late(written: Micros) -> String {
    let seconds = written.0.div_euclid(1_000_000);
    let fallback = jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| stamp::from_micros(written), |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string());
    format!("Written <!date^{seconds}^{{date_short_pretty}} at {{time}}|{fallback}>, sent late")
}

/// The name over a post: whoever it is that writes, nobody can be pinged with it.
pub(crate) fn username(post: &Post) -> String {
    match post.author.speaker {
        Speaker::Visitor => format!("{} · visitor", name_or(&post.author.name, LONGEST_NAME, "Visitor")),
        Speaker::Operator => name_or(&post.author.name, LONGEST_NAME, "Operator"),
        Speaker::Assistant => name_or(&post.author.name, LONGEST_NAME, "Assistant"),
        Speaker::System => name_or(&post.author.name, LONGEST_NAME, "Threadline"),
    }
}

/// The picture beside a post, if Slack can fetch it.
pub(crate) fn icon_url(post: &Post) -> Option<&str> {
    let url = post.author.picture.as_deref()?;
    url::Url::parse(url).is_ok_and(|parsed| matches!(parsed.scheme(), "http" | "https")).then_some(url)
}

/// Something of our own to say. A visitor's name may stand in it.
pub(crate) fn notice(notice: &Notice, block_id: &str) -> Shown {
    let mention = notice.mention.as_ref().filter(|user| is_user_id(&user.0));
    let prefix = mention.map(|user| format!("<@{}> ", user.0)).unwrap_or_default();
    let text = format!("{prefix}{}", escaped_within(&straight(&notice.text), LONGEST_NOTICE));
    let mut shown = words_and_buttons(text, &notice.buttons);
    if let Some(first) = shown.blocks.first_mut() {
        first["block_id"] = json!(block_id);
    }
    shown
}

/// A private answer with its link and its buttons.
pub(crate) fn answer(answer: &Answer) -> Shown {
    let mut words = escaped_within(&straight(&answer.text), LONGEST_NOTICE);
    if let Some(link) = answer.openable_link() {
        // The words are verbatim: an address is alive only where it is marked as one.
        words = format!("{words}\n<{link}>");
    }
    words_and_buttons(words, &answer.buttons)
}

fn words_and_buttons(text: String, buttons: &[AnswerButton]) -> Shown {
    let words = json!({ "type": "mrkdwn", "text": text, "verbatim": true });
    let mut blocks = vec![json!({ "type": "section", "text": words })];
    let elements: Vec<Value> =
        (0..).zip(buttons).map(|(index, button)| answer_button(index, buttons, button)).collect();
    if !elements.is_empty() {
        blocks.push(json!({ "type": "actions", "elements": elements }));
    }
    Shown { text, blocks }
}

fn answer_button(index: usize, all: &[AnswerButton], button: &AnswerButton) -> Value {
    let name = button.action.name();
    // Slack wants every id in a message only once.
    let again = all.iter().take(index).any(|earlier| earlier.action.name() == name);
    let suffix = if again { format!(".{index}") } else { String::new() };
    let mut element = json!({
        "type": "button",
        "action_id": format!("{ACTION_PREFIX}{name}{suffix}"),
        "text": plain(&shorten(&button.label, LONGEST_LABEL)),
    });
    if !button.action.value().is_empty() {
        element["value"] = json!(button.action.value());
    }
    element
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": false })
}

fn name_or(name: &str, longest: usize, instead: &str) -> String {
    let clean = harmless_name(name, longest);
    if clean.is_empty() { instead.to_owned() } else { clean }
}

/// What came from a visitor's browser, on one line.
fn one_line(text: &str) -> String {
    let straight = straight(text);
    let words = straight.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    shorten(&words.collect::<Vec<_>>().join(" "), 300)
}

/// Escapes as much of `text` as fits into `longest` characters of escaped text, with an ellipsis where it was cut.
fn escaped_within(text: &str, longest: usize) -> String {
    let mut words = String::new();
    let mut used = 0;
    for c in text.chars() {
        let piece = escape(c.encode_utf8(&mut [0; 4]));
        used += piece.chars().count();
        if used >= longest {
            words.push('…');
            break;
        }
        words.push_str(&piece);
    }
    if words.trim().is_empty() { "…".to_owned() } else { words }
}

/// Whether it is a person's or a group's id in Slack's form, so that nothing else can stand in a mention.
fn is_user_id(id: &str) -> bool {
    (2..=40).contains(&id.len())
        && id.starts_with(['U', 'W'])
        && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
