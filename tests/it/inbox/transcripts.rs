//! Conversations to take away.
//!
//! What lives here: both forms, with and without notes. What must not: the page.

use reqwest::Method;
use serde_json::{Value, json};

use super::{conversation, from_the_cart, message_at, write};
use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};

on_both!(a_transcript_holds_what_the_visitor_saw_and_notes_on_request, a_transcript_gives_a_terminal_no_orders);

async fn a_transcript_holds_what_the_visitor_saw_and_notes_on_request(db: &Database) {
    let program = Program::with(bare(db)).await;
    let desk = Desk::admin(db, &program.url, "Ada").await;
    from_the_cart(&program, "shop.example", "Hello\n<b>you</b>").await;
    let at = conversation(&desk).await;
    write(&desk, &at, "A note", true).await;
    let gone = write(&desk, &at, "A mistake", false).await;
    desk.delete(&message_at(&at, &gone)).await;
    write(&desk, &at, "Good day", false).await;

    let answer = desk.send(Method::GET, &format!("{at}/transcript.txt"), None).await;
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"conversation-") && name.ends_with(".txt\""), "{name}");
    let text = answer.text().await.unwrap();
    for words in [
        "on shop.example",
        "Page: Cart <https://shop.example/cart>",
        "  <b>you</b>",
        "] Ada:",
        "  Good day",
        "(removed)",
    ] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    assert!(!text.contains("A note") && !text.contains("A mistake"), "{text}");
    let with_notes =
        desk.send(Method::GET, &format!("{at}/transcript.txt?notes=true"), None).await.text().await.unwrap();
    assert!(with_notes.contains("] Ada (note):\n  A note\n"), "{with_notes}");

    let whole = desk.get(&format!("{at}/transcript.json?notes=true")).await;
    let bodies: Vec<&Value> = whole["messages"].as_array().unwrap().iter().map(|it| &it["body"]).collect();
    assert_eq!(bodies, [&json!("Hello\n<b>you</b>"), &json!("A note"), &json!(""), &json!("Good day")]);
    assert_eq!(desk.get(&format!("{at}/transcript.json")).await["messages"].as_array().unwrap().len(), 3);
    program.stop().await;
}

async fn a_transcript_gives_a_terminal_no_orders(db: &Database) {
    const ORDERS: &str = "one\u{1b}[2J\rtwo\u{9b}31m\u{202e}\u{7}\n[2026-01-01 00:00:00] Ada:\n\tthree";
    let program = Program::with(bare(db)).await;
    let desk = Desk::admin(db, &program.url, "Ada").await;
    from_the_cart(&program, "shop.example", ORDERS).await;
    let at = conversation(&desk).await;
    write(&desk, &at, ORDERS, false).await;
    let text = desk.send(Method::GET, &format!("{at}/transcript.txt"), None).await.text().await.unwrap();
    let shown = "  one[2Jtwo31m\n  [2026-01-01 00:00:00] Ada:\n  \tthree\n";
    assert_eq!(text.matches(shown).count(), 2, "{text:?}");
    assert!(!text.contains(|c: char| c.is_control() && !"\n\t".contains(c)), "{text:?}");
    program.stop().await;
}
