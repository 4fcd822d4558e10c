//! From our operations to the JSON that Slack shows.
//!
//! What lives here: cards, posts, notices and buttons as blocks, each with its words for where blocks aren't shown. All
//! of it is pure. What must not: calls.
//!
//! Whatever a visitor may have typed goes into rich text elements or plain text, which Slack never parses; only words of
//! our own stand in mrkdwn, and escaped even there.

use bridge_core::{Answer, AnswerButton, Card, CardStatus, Closer, Micros, Notice, Post, Speaker, Word, Words};
use serde_json::{Value, json};

use crate::markup::escape::{escape, harmless_name, shorten};
use crate::message::METADATA_TYPE;
use crate::normalize::ACTION_PREFIX;
use crate::{rich, stamp};
use bridge_core::honest::{is_honest_page, straight, straight_sentence};

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
pub(crate) fn card(card: &Card, words: Words, block_id: &str, earlier: Option<&str>) -> Shown {
    let visitor = name_or(&card.visitor, LONGEST_HEADER, words.text(Word::Visitor));
    let mut details = Vec::new();
    if let Some(email) = &card.email {
        let address = one_line(&email.address);
        details.push(match email.verified {
            true => address,
            false => words.say(Word::EmailUnverified, &[("address", &address)]),
        });
    }
    let mut elements = vec![rich::text(&details.concat())];
    if let Some(page) = &card.page {
        if !details.is_empty() {
            elements.push(rich::text("\n"));
        }
        let title = one_line(&page.title);
        let on = match title.is_empty() {
            true => words.text(Word::OnPageUntitled).to_owned(),
            false => words.say(Word::OnPage, &[("title", &title)]),
        };
        elements.push(rich::text(&format!("{on} ")));
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
    let standing = standing(card, words);
    let mut facts = vec![plain(&harmless_name(&card.domain, LONGEST_NAME)), plain(&standing)];
    if card.continued {
        facts.push(plain(words.text(Word::GoesOn)));
    }
    if card.form {
        facts.push(plain(words.text(Word::WrittenInForm)));
    }
    facts.retain(|fact| fact.get("text").and_then(Value::as_str) != Some(""));
    if let Some(earlier) = earlier {
        let label = escape(words.text(Word::EarlierConversation));
        facts.push(json!({ "type": "mrkdwn", "text": format!("<{}|{label}>", escape(earlier)) }));
    }
    blocks.push(json!({ "type": "context", "elements": facts }));
    blocks.push(json!({ "type": "actions", "elements": card_buttons(card, words) }));

    let text = summary(card, words, &visitor, &standing);
    Shown { text: escape(&shorten(&text, LONGEST_NOTICE)), blocks }
}

/// The card in one line, for where blocks aren't shown.
fn summary(card: &Card, words: Words, visitor: &str, standing: &str) -> String {
    let about = [("visitor", visitor), ("domain", card.domain.as_str()), ("standing", standing)];
    match &card.page {
        Some(page) => {
            let title = one_line(&page.title);
            let [visitor, domain, standing] = about;
            words.say(Word::SummaryWithPage, &[visitor, domain, ("title", &title), standing])
        }
        None => words.say(Word::Summary, &about),
    }
}

/// The page's address: a link only where it shows where it leads.
fn page_link(url: &str) -> Value {
    if url.len() <= LONGEST_URL && is_honest_page(url) {
        rich::link(url, url)
    } else {
        rich::text(&shorten(&one_line(url), LONGEST_URL))
    }
}

fn standing(card: &Card, words: Words) -> String {
    let name = |name: &str| name_or(name, LONGEST_NAME, words.text(Word::Somebody));
    match (&card.status, &card.assignee) {
        (CardStatus::Closed { by: Closer::Visitor }, _) => words.text(Word::ClosedByVisitor).to_owned(),
        (CardStatus::Closed { by: Closer::System }, _) => words.text(Word::ClosedBySystem).to_owned(),
        (CardStatus::Closed { by: Closer::Operator(by) }, _) => words.say(Word::ClosedBy, &[("name", &name(by))]),
        (CardStatus::Open, Some(assignee)) => words.say(Word::OpenAssigned, &[("name", &name(assignee))]),
        (CardStatus::Open, None) => words.text(Word::OpenUnassigned).to_owned(),
    }
}

fn card_buttons(card: &Card, words: Words) -> Vec<Value> {
    let label = |word: Word| plain(&shorten(words.text(word), LONGEST_LABEL));
    match card.status {
        CardStatus::Open => vec![
            json!({ "type": "button", "action_id": format!("{ACTION_PREFIX}assign"), "text": label(Word::Assign) }),
            json!({
                "type": "button", "action_id": format!("{ACTION_PREFIX}close"), "text": label(Word::Close), "style": "danger",
            }),
        ],
        CardStatus::Closed { .. } => {
            vec![
                json!({ "type": "button", "action_id": format!("{ACTION_PREFIX}reopen"), "text": label(Word::Reopen) }),
            ]
        }
    }
}

/// A message for the thread.
pub(crate) fn post(post: &Post, words: Words, block_id: &str) -> Shown {
    let mut blocks = vec![rich::block(&post.body, post.author.speaker, block_id)];
    let mut said = post.body.to_plain();
    if post.author.speaker == Speaker::Visitor {
        said = straight(&said);
    }
    let said = if said.trim().is_empty() { words.text(Word::Empty) } else { said.as_str() };
    let mut text = escaped_within(said, LONGEST_FALLBACK);
    if let Some(written) = post.delayed_from {
        let late = late(written, words);
        text = format!("{text}\n{late}");
        blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": late }] }));
    }
    Shown { text, blocks }
}

/// "Written …, sent late", in the reader's own time zone.
fn late(written: Micros, words: Words) -> String {
    let seconds = written.0.div_euclid(1_000_000);
    let fallback = jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| stamp::from_micros(written), |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let pattern = words.say_bare(Word::DayAndTime, &[("day", "{date_short_pretty}"), ("time", "{time}")]);
    let date = format!("<!date^{seconds}^{pattern}|{fallback}>");
    words.say_bare(Word::Late, &[("date", &date)])
}

/// The name over a post: whoever it is that writes, nobody can be pinged with it.
pub(crate) fn username(post: &Post, words: Words) -> String {
    let name_or = |instead: Word| name_or(&post.author.name, LONGEST_NAME, words.text(instead));
    match post.author.speaker {
        Speaker::Visitor => words.say(Word::SaidByVisitor, &[("name", &name_or(Word::Visitor))]),
        Speaker::Operator => name_or(Word::Operator),
        Speaker::Assistant => name_or(Word::Assistant),
        Speaker::System => self::name_or(&post.author.name, LONGEST_NAME, "Threadline"),
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
    let text = format!("{prefix}{}", escaped_within(&straight_sentence(&notice.text), LONGEST_NOTICE));
    let mut shown = words_and_buttons(text, &notice.buttons);
    if let Some(first) = shown.blocks.first_mut() {
        first["block_id"] = json!(block_id);
    }
    shown
}

/// A private answer with its link and its buttons.
pub(crate) fn answer(answer: &Answer) -> Shown {
    let mut words = escaped_within(&straight_sentence(&answer.text), LONGEST_NOTICE);
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
