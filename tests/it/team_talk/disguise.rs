//! Visitors who try to call people, to forge links, or to dress their words up.
//!
//! What lives here: hostile text, names, addresses and pages, and what Slack makes of them. What must not: broken requests.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_sandbox::slack::Message;
use bridge_sandbox::slack::text::pings;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use threadline::clock::new_id;
use threadline::model::{DomainId, SessionId, Visitor as VisitorRow, VisitorId};
use threadline::store::{Change, Session, Write};

use super::Talk;
use crate::support::database::Database;
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{MINA, Nature, SHOP};
use crate::support::visitor::Visitor;

on_slack!(words_call_nobody_and_stay_as_typed, names_and_pages_call_nobody);

const HOSTILE: [&str; 12] = [
    "<!channel> <!here> <!everyone>",
    "<@U0MINA> <@U0MINA|mina> @mina @here @channel",
    "<!subteam^S0SUPPORT> <#C0SHOP>",
    "<https://evil.example|https://bank.example>",
    "[your bank](https://evil.example) https://evil.example",
    "*bold* _slanted_ ~gone~ `code` > quoted",
    "> quoted\n- a list\n1. another\n```a fence```",
    "&lt;!channel&gt; &amp;lt;!here&amp;gt; &#60;!here&#62;",
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "!close",
    ";; not a note of an operator",
    ":tada: <!date^1392734382^{date}|x>",
];

/// Everything in a value that Slack would parse as its markup, and every rich text element with its style.
fn gather<'a>(value: &'a Value, markup: &mut Vec<&'a str>, elements: &mut Vec<&'a Value>) {
    if value["type"] == "mrkdwn" {
        markup.push(value["text"].as_str().unwrap());
    }
    if matches!(
        value["type"].as_str(),
        Some("user" | "usergroup" | "channel" | "broadcast" | "link" | "emoji" | "date")
    ) || value["style"].is_object()
    {
        elements.push(value);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, markup, elements)),
        Value::Object(fields) => fields.values().for_each(|field| gather(field, markup, elements)),
        _ => {}
    }
}

/// Holds a message of ours to calling nobody and to forming nothing, and gives the links that it has.
fn harmless(message: &Message) -> Vec<String> {
    assert_eq!(pings(&message.text), [""; 0], "{}", message.text);
    let username = message.username.as_deref().unwrap_or_default();
    assert!(!username.contains(['<', '>', '@']), "{username}");
    let blocks = Value::Array(message.blocks.clone());
    let (mut markup, mut elements) = (Vec::new(), Vec::new());
    gather(&blocks, &mut markup, &mut elements);
    for text in markup {
        assert_eq!(pings(text), [""; 0], "{text}");
    }
    let link = |element: &&Value| {
        assert_eq!((element["type"].as_str(), element["style"].is_object()), (Some("link"), false), "{element}");
        assert!(
            element["text"].is_null() || element["text"] == element["url"],
            "a link shows where it leads: {element}"
        );
        element["url"].as_str().unwrap().to_owned()
    };
    elements.iter().map(link).collect()
}

async fn words_call_nobody_and_stay_as_typed(stand: &Stand) {
    let talk = Talk::begin(stand).await;
    for text in HOSTILE {
        talk.visitor.write(text).await;
    }
    talk.team.shows(SHOP, &talk.card, HOSTILE[11]).await;
    talk.only(&[]).await;
    let typed = ["https://evil.example", "https://bank.example", "https://shop.example/cart"];
    for message in talk.team.slack().channel_messages(SHOP.slack()).iter().filter(|message| message.app_id.is_some()) {
        assert!(harmless(message).iter().all(|url| typed.contains(&url.as_str())), "{}", message.text);
    }
    let mut written = vec!["Hello"];
    written.extend(HOSTILE);
    assert_eq!(talk.team.relayed(SHOP, &talk.card), written, "a person in Slack reads what was typed");
    let (_, messages, conversation) = talk.visitor.everything().await;
    assert_eq!(conversation["status"], "open", "a visitor gives no commands");
    for message in messages.iter().filter(|message| message["author"]["kind"] == "visitor") {
        assert!(written.contains(&message["body"].as_str().unwrap()) && message["rich"].is_null(), "{message}");
    }
    for call in talk.team.slack().api_calls().iter().filter(|call| call.method == "chat.postMessage") {
        let set = [&call.args["link_names"], &call.args["unfurl_links"], &call.args["unfurl_media"]];
        assert!(set.iter().all(|it| **it == json!(false) || **it == "false"), "{}", call.args);
    }
    talk.end().await;
}

/// Puts a visitor with that name and address into the database, as a signed identity would, and gives their token.
async fn named_visitor(db: &Database, name: &str, email: &str) -> String {
    let store = db.open().await;
    let clock = threadline::clock::Clock::system();
    let now = clock.now();
    let domain: DomainId = store.ensure_domain("shop.example", new_id(), now).await.unwrap();
    let id: VisitorId = new_id();
    let visitor = VisitorRow {
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        ..VisitorRow::stranger(id, domain, now)
    };
    let token = SecretString::from("a token of the test's own");
    let token_hash = Sha256::digest(secrecy::ExposeSecret::expose_secret(&token).as_bytes()).into();
    let mut write = Write::new(id.0);
    write.push(Change::NewVisitor(visitor));
    write.push(Change::NewSession(Session { id: new_id::<SessionId>(), visitor: id, token_hash, created_at: now }));
    store.commit(write).await.unwrap();
    store.close().await;
    secrecy::ExposeSecret::expose_secret(&token).to_owned()
}

async fn names_and_pages_call_nobody(stand: &Stand) {
    let name = "<!channel> *Bob* @here <https://evil.example|bank>";
    let token = named_visitor(&stand.db, name, "<!here>@evil.example").await;
    let team = stand.team_of(Nature::quiet()).await;
    let program = stand.program(&team).await;
    let visitor = Visitor::known(&program.url, "shop.example", &token);
    let page = json!({
        "url": "https://shop.example/<!channel>|x>?token=1#<@U0MINA>",
        "title": "<!channel> <@U0MINA> *Sale* <https://evil.example|bank>",
    });
    let message = json!({"client_key": "1", "body": "Hello", "page": page});
    let answer = visitor.request(reqwest::Method::POST, "/messages").json(&message).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let card = team.card(SHOP).await;
    team.shows(SHOP, &card, "Hello").await;
    let post = team.slack().thread(SHOP.slack(), &card).pop().unwrap();
    assert_eq!(harmless(&post), [""; 0]);
    assert_eq!(post.username.as_deref(), Some("‹!channel› *Bob* ＠here ‹https：//evil.example|bank› · visitor"));
    team.press(MINA, SHOP, &card, "close").await;
    visitor.until_status("closed").await;
    team.shows(SHOP, &card, "Mina closed the conversation.").await;
    let thread = team.slack().thread(SHOP.slack(), &card);
    let card = thread.first().unwrap();
    assert_eq!(harmless(card), ["https://shop.example/%3C!channel%3E|x%3E"], "without query and fragment");
    assert!(card.text.contains("‹!channel› *Bob*"), "{}", card.text);
    assert!(Value::Array(card.blocks.clone()).to_string().contains("(unverified)"));
    assert_eq!(visitor.sees().await.iter().map(|seen| seen.body.as_str()).collect::<Vec<_>>(), ["Hello"]);
    program.stop().await;
}
