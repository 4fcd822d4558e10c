//! The platform's markup: `@name` calls somebody, and a backslash makes the next character plain.
//!
//! What lives here: both ways between it and `Body`. What must not: anything else that could be alive.

use crate::body::{Block, Body, Inline};
use crate::ids::RemoteUser;

/// Words in which nothing is alive.
pub(super) fn escape(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '\\' | '@').then_some('\\').into_iter().chain([c])).collect()
}

/// Reads markup. Total: whatever is no markup is plain words.
pub(super) fn read(text: &str) -> Body {
    let mut children = Vec::new();
    let mut words = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let inline = match c {
            '\n' => Inline::Break,
            '@' if chars.peek().is_some_and(char::is_ascii_lowercase) => {
                let name = std::iter::from_fn(|| chars.next_if(char::is_ascii_lowercase)).collect();
                Inline::Mention { user: RemoteUser(name), name: None }
            }
            '\\' => {
                words.push(chars.next().unwrap_or('\\'));
                continue;
            }
            c => {
                words.push(c);
                continue;
            }
        };
        if !words.is_empty() {
            children.push(Inline::text(std::mem::take(&mut words)));
        }
        children.push(inline);
    }
    if !words.is_empty() {
        children.push(Inline::text(words));
    }
    if children.is_empty() { Body::default() } else { Body { blocks: vec![Block::Paragraph { children }] } }
}

/// Whom a body calls.
pub(super) fn mentions(body: &mut Body) -> Vec<RemoteUser> {
    let mut users = Vec::new();
    body.for_each_inline_mut(&mut |inline| {
        if let Inline::Mention { user, .. } = inline
            && !users.contains(user)
        {
            users.push(user.clone());
        }
    });
    users
}
