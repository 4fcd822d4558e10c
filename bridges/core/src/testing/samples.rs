//! Things to say.
//!
//! What lives here: cards, posts and notices as the program makes them, and the texts that trouble platforms most. What
//! must not: a platform's own markup that no other platform has to bear; it is in here for everybody.

use crate::body::Body;
use crate::op::{Card, CardPage, CardStatus, Email, Notice, Op, Post, PostAuthor, Speaker};

/// The visitor of every check.
pub(super) const VISITOR: &str = "Ada Lovelace";

/// Texts that are markup, a call, a link or a command on one platform or another. Each must come out as it went in.
pub(super) const LITERAL: &[&str] = &[
    "*not bold* and **not bold** and _not italic_ and __not underlined__",
    "~not struck~ and ~~not struck~~ and ||not hidden||",
    "`not code` and ``not code`` and ```not a fence```",
    "> not a quote",
    ">>> not a quote",
    "# not a heading",
    "-# not small",
    "- not a list",
    "1. not a list",
    "a < b && b > c; d &amp; e &lt;f&gt;",
    "back\\slash and \\*star\\*",
    "[not a link](elsewhere) and <not|a link>",
    "snake_case_name and 2*3*4 and 5_000_000",
    "colons :smile: and <:wave:123456789012345678> and <t:1700000000:R>",
    "Grüße, 你好, שלום, مرحبا, 👩‍👩‍👧‍👦 🏳️‍🌈",
    "line one\nline two\n\nline four",
];

/// Texts that would call somebody.
pub(super) const CALLS: &[&str] = &[
    "@everyone",
    "@here @channel",
    "<!channel> <!here> <!everyone>",
    "&lt;!channel&gt;",
    "<@everyone>",
    "```\n@everyone\n```",
    "\\@everyone \\\\@everyone",
    "> @everyone",
];

/// Links that lead elsewhere than they show.
pub(super) const LURES: &[&str] = &[
    "[your bank](https://evil.example/login)",
    "<https://evil.example/login|your bank>",
    "[https://bank.example](https://evil.example)",
    "<a href=\"https://evil.example\">your bank</a>",
];

/// Characters of which a whole message may consist, each making what is sent as long as it gets.
pub(super) const NASTY: &[char] = &['&', '<', '*', '_', '`', '\\', '@', '|', '>', '~', 'ß', '你', '😀'];

pub(super) fn card() -> Card {
    Card {
        visitor: VISITOR.to_owned(),
        email: Some(Email { address: "ada@shop.example".to_owned(), verified: false }),
        domain: "shop.example".to_owned(),
        page: Some(CardPage { title: "Prices".to_owned(), url: "https://shop.example/prices".to_owned() }),
        status: CardStatus::Open,
        assignee: None,
        continued: false,
        form: false,
        earlier: None,
    }
}

pub(super) fn post(words: &str) -> Post {
    Post {
        author: PostAuthor { speaker: Speaker::Visitor, name: VISITOR.to_owned(), picture: None },
        body: Body::plain(words),
        part: 0,
        broadcast: false,
        delayed_from: None,
    }
}

/// The visitor says it.
pub(super) fn said(words: &str) -> Op {
    Op::Post(post(words))
}

pub(super) fn notice(words: &str) -> Notice {
    Notice { text: words.to_owned(), mention: None, broadcast: false, buttons: Vec::new() }
}
