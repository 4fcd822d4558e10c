//! Visitors who try to call people on Discord, or to dress their words up.
//!
//! What lives here: hostile text, and what Discord makes of it. What must not: Slack's markup (see `disguise`).

use super::Talk;
use crate::support::stand::{Stand, on_discord};
use crate::support::team::SHOP;

on_discord!(words_call_nobody_and_stay_as_typed);

const HOSTILE: [&str; 14] = [
    "@everyone @here",
    "<@700000000000000301> <@!700000000000000302> <@&700000000000000201>",
    "<#700000000000000101> </close:700000000000000401>",
    "[your bank](https://evil.example) <https://evil.example>",
    "**bold** __under__ *slanted* ~~gone~~ `code` ||hidden||",
    "# A heading",
    "> quoted",
    "- a list",
    "```a fence```",
    "<t:1700000000:R> <:smile:700000000000000401> :tada:",
    "**Mina**",
    "!close",
    "// not a note of an operator",
    "\\*backslashes\\* and _more_",
];

async fn words_call_nobody_and_stay_as_typed(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    for text in HOSTILE {
        talk.visitor.write(text).await;
    }
    talk.visitor.write("That was all.").await;
    talk.team.shows(SHOP, &talk.card, "That was all.").await;
    talk.only(&[]).await;
    let mut written = vec!["Hello"];
    written.extend(HOSTILE);
    written.push("That was all.");
    assert_eq!(talk.team.relayed(SHOP, &talk.card), written, "a person reads what was typed");
    for message in talk.team.discord().channel_messages(SHOP.discord()) {
        assert!(message.pinged.is_empty(), "{:?} called {:?}", message.content, message.pinged);
    }
    let (_, _, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open", "a visitor gives no commands");
    talk.end().await;
}
