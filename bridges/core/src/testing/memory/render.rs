//! What our operations look like on the platform.
//!
//! What lives here: cards, posts, notices and buttons as messages. What must not: calls.

use super::markup::escape;
use super::platform::{Button, Message};
use crate::bridge::AnswerButton;
use crate::inbound::Action;
use crate::op::{Card, CardStatus, Closer, Notice, Post, Speaker};

/// The longest piece of a card.
const LONGEST_FIELD: usize = 100;

fn short(text: &str) -> String {
    escape(&text.chars().take(LONGEST_FIELD).collect::<String>())
}

/// A button's id: the action's name, and its value behind a slash.
fn button(action: &Action) -> Button {
    Button { id: format!("{}/{}", action.name(), action.value()) }
}

/// The action behind a button's id.
pub(super) fn action(id: &str) -> Option<Action> {
    let (name, value) = id.split_once('/')?;
    Action::parse(name, value)
}

pub(super) fn card(card: &Card) -> Message {
    let mut lines = vec![short(&card.visitor), short(&card.domain)];
    lines.extend(
        card.email
            .as_ref()
            .map(|email| format!("{}{}", short(&email.address), if email.verified { "" } else { " (unverified)" })),
    );
    lines.extend(card.page.as_ref().map(|page| format!("{} {}", short(&page.title), short(&page.url))));
    let actions = match &card.status {
        CardStatus::Open => {
            lines.extend(card.assignee.as_ref().map(|name| format!("assigned to {}", short(name))));
            vec![Action::Assign, Action::Close]
        }
        CardStatus::Closed { by } => {
            let by = match by {
                Closer::Visitor => "the visitor",
                Closer::System => "Threadline",
                Closer::Operator(name) => name,
            };
            lines.push(format!("closed by {}", short(by)));
            vec![Action::Reopen]
        }
    };
    Message { text: lines.join("\n"), buttons: actions.iter().map(button).collect(), ..Message::default() }
}

pub(super) fn post(post: &Post) -> Message {
    let role = if post.author.speaker == Speaker::Visitor { " · visitor" } else { "" };
    let late = if post.delayed_from.is_some() { "\n(sent late)" } else { "" };
    Message {
        shown_as: Some(format!("{}{role}", post.author.name)),
        text: format!("{}{late}", escape(&post.body.to_plain())),
        ..Message::default()
    }
}

pub(super) fn notice(notice: &Notice) -> Message {
    let call = notice.mention.as_ref().map(|user| format!("@{user} ")).unwrap_or_default();
    Message { text: format!("{call}{}", escape(&notice.text)), buttons: buttons(&notice.buttons), ..Message::default() }
}

fn buttons(buttons: &[AnswerButton]) -> Vec<Button> {
    buttons.iter().map(|it| button(&it.action)).collect()
}
