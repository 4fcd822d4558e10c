//! The inbox's lists: order, pages, filters, counts, and whose they are.
//!
//! What lives here: what the list on the left shows. What must not: what happens within a conversation.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use super::{LIST, conversation, from_the_cart, kind, write};
use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};

on_both!(
    pages_hold_each_conversation_once,
    lists_show_how_things_stand,
    notes_hide_nobodys_last_word,
    foreign_domains_are_not_there,
    bad_parameters_are_refused
);

fn ids(page: &Value) -> Vec<String> {
    page["conversations"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

async fn pages_hold_each_conversation_once(db: &Database) {
    let program = Program::with(bare(db)).await;
    let desk = Desk::admin(db, &program.url, "Ada").await;
    let mut visitors = Vec::new();
    for n in 0..7 {
        let visitor = program.visitor(["shop.example", "blog.example"][n % 2]).await;
        visitor.write(&format!("Question {n}")).await;
        visitors.push(visitor);
    }
    let whole = desk.get(LIST).await;
    assert_eq!((ids(&whole).len(), whole["next"].is_null()), (7, true));
    assert_eq!(whole["conversations"][0]["preview"]["text"], "Question 6", "the newest activity comes first");

    let first = desk.get(&format!("{LIST}?limit=3")).await;
    // Somebody whom the page shows already writes again: it moves up, and must not show a second time.
    visitors[5].write("Are you there?").await;
    let second = desk.get(&format!("{LIST}?limit=3&before={}", first["next"].as_str().unwrap())).await;
    // Somebody whom no page shows yet writes: it moves to the top, where the page hears of it live.
    visitors[0].write("Me too").await;
    let third = desk.get(&format!("{LIST}?limit=3&before={}", second["next"].as_str().unwrap())).await;
    assert!(third["next"].is_null());
    let listed: Vec<String> = [&first, &second, &third].into_iter().flat_map(ids).collect();
    assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len(), "none shows twice");
    assert_eq!(listed, ids(&whole)[..6], "and none is left out but the one that moved up");
    assert_eq!(ids(&desk.get(&format!("{LIST}?limit=1")).await), ids(&whole)[6..]);

    let shop = desk.get(&format!("{LIST}?domain=SHOP.example")).await;
    assert!(shop["conversations"].as_array().unwrap().iter().all(|it| it["domain"] == "shop.example"));
    assert_eq!(ids(&shop).len(), 4);
    program.stop().await;
}

async fn lists_show_how_things_stand(db: &Database) {
    let program = Program::with(bare(db)).await;
    let desk = Desk::admin(db, &program.url, "Ada").await;
    let visitor = from_the_cart(&program, "shop.example", "One").await;
    visitor.write("Two").await;
    let at = conversation(&desk).await;
    let first = desk.get(LIST).await["conversations"][0].clone();
    assert_eq!((&first["unread"], &first["status"], &first["kind"]), (&json!(2), &json!("open"), &json!("chat")));
    assert!(first["waiting_since"].is_string() && first["assignee"].is_null());
    assert!(first["visitor"]["name"].as_str().unwrap().starts_with("Visitor "));

    let shown = desk.get(&at).await;
    assert_eq!(shown["page"]["url"], "https://shop.example/cart");
    assert_eq!((&shown["checks"]["visitor_has_last_word"], &shown["read"]["mine"]), (&json!(true), &json!(0)));
    let seq = shown["messages"][1]["seq"].clone();
    desk.post(&format!("{at}/read"), &json!({"seq": seq})).await;
    desk.post(&format!("{at}/read"), &json!({"seq": 0})).await;
    let batch = desk.get(&format!("{at}/events?after={}", shown["after"])).await;
    assert_eq!((&batch["read"]["mine"], &batch["conversation"]["unread"]), (&seq, &json!(0)), "marks never go back");
    assert_eq!(batch["events"][0]["kind"], "operator_read");
    desk.post(&format!("{at}/read"), &json!({"seq": 1_000_000})).await;
    visitor.write("Three").await;
    assert_eq!(desk.get(LIST).await["conversations"][0]["unread"], 1, "no mark goes past what was said");

    write(&desk, &at, "Yes", false).await;
    let answered = desk.get(LIST).await["conversations"][0].clone();
    assert_eq!(answered["waiting_since"], json!(null));
    let tags = desk.put(&format!("{at}/tags"), &json!({"tags": ["Refund", " VIP  customer "]})).await;
    assert_eq!(tags["tags"], json!(["refund", "vip customer"]));
    assert_eq!(desk.get("/v1/inbox/tags").await, tags);
    assert_eq!(desk.put(&format!("{at}/tags"), &json!({"tags": ["refund"]})).await["tags"], json!(["refund"]));
    assert_eq!(desk.get(LIST).await["conversations"][0]["tags"], json!(["refund"]));

    let count = async |filter: &str| ids(&desk.get(&format!("{LIST}?filter={filter}")).await).len();
    assert_eq!(
        [count("open").await, count("unassigned").await, count("mine").await, count("closed").await],
        [1, 1, 0, 0]
    );
    desk.post(&format!("{at}/assign"), &json!({"operator": "me"})).await;
    assert_eq!(
        [count("open").await, count("unassigned").await, count("mine").await, count("closed").await],
        [1, 0, 1, 0]
    );
    desk.post(&format!("{at}/close"), &json!({})).await;
    assert_eq!([count("open").await, count("mine").await, count("closed").await, count("all").await], [0, 0, 1, 1]);
    let shown = desk.get(&at).await;
    let before = shown["messages"][2]["seq"].as_i64().unwrap();
    let older = desk.get(&format!("{at}/messages?before={before}&limit=1")).await;
    assert_eq!((&older["messages"][0]["body"], &older["more_before"]), (&json!("Two"), &json!(true)));
    let lost = desk.get(&format!("{at}/events?after=9000")).await;
    assert_eq!((&lost["reset"], lost["messages"].as_array().unwrap().len()), (&json!(true), 4));
    program.stop().await;
}

async fn notes_hide_nobodys_last_word(db: &Database) {
    let program = Program::with(bare(db)).await;
    let desk = Desk::admin(db, &program.url, "Ada").await;
    program.visitor("shop.example").await.write("Is it back?").await;
    let at = conversation(&desk).await;
    for index in 0..21 {
        write(&desk, &at, &format!("note {index}"), true).await;
    }
    assert_eq!(desk.get(&at).await["checks"]["visitor_has_last_word"], true);
    program.stop().await;
}

async fn foreign_domains_are_not_there(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::admin(db, &program.url, "Ada").await;
    let ben = Desk::invited(db, &program.url, "Ben", Role::Operator, &["blog.example"]).await;
    program.visitor("shop.example").await.write("From the shop").await;
    let at = conversation(&ada).await;
    let reply = write(&ada, &at, "To the shop", false).await;
    let message = format!("{at}/messages/{}", reply["id"].as_str().unwrap());
    program.visitor("blog.example").await.write("From the blog").await;

    let list = ben.get(&format!("{LIST}?filter=all")).await;
    assert_eq!((ids(&list).len(), &list["conversations"][0]["domain"]), (1, &json!("blog.example")));
    let words = json!({"client_key": "k", "body": "Let me in"});
    let tags = json!({"tags": ["x"]});
    let nobody = json!({"operator": null});
    for (method, path, body) in [
        (Method::GET, at.clone(), None),
        (Method::GET, format!("{at}/messages"), None),
        (Method::GET, format!("{at}/events?after=0"), None),
        (Method::GET, format!("{at}/transcript.txt"), None),
        (Method::GET, format!("{at}/transcript.json"), None),
        (Method::POST, format!("{at}/messages"), Some(&words)),
        (Method::PATCH, message.clone(), Some(&json!({"body": "x"}))),
        (Method::DELETE, message.clone(), None),
        (Method::POST, format!("{message}/retry"), None),
        (Method::POST, format!("{message}/release"), None),
        (Method::POST, format!("{message}/keep"), None),
        (Method::POST, format!("{at}/close"), None),
        (Method::POST, format!("{at}/reopen"), None),
        (Method::POST, format!("{at}/assign"), Some(&nobody)),
        (Method::POST, format!("{at}/read"), Some(&json!({"seq": 1}))),
        (Method::PUT, format!("{at}/tags"), Some(&tags)),
        (Method::GET, format!("{LIST}?domain=shop.example"), None),
        (Method::GET, "/v1/inbox/tags?domain=shop.example".to_owned(), None),
        (Method::GET, "/v1/inbox/operators?domain=shop.example".to_owned(), None),
        (Method::GET, format!("{LIST}/00000000-0000-0000-0000-000000000000"), None),
        (Method::GET, format!("{LIST}/%ff"), None),
    ] {
        let refused = ben.refused(method.clone(), &path, body).await;
        assert_eq!(kind(&refused), (404, "not-found"), "{method} {path}");
    }
    // A message is looked for in its own conversation only.
    let own = conversation(&ben).await;
    let stray = format!("{own}/messages/{}", reply["id"].as_str().unwrap());
    assert_eq!(ben.refused(Method::DELETE, &stray, None).await.status, 404);
    assert_eq!(ada.get(&at).await["messages"][1]["body"], "To the shop");
    program.stop().await;
}

async fn bad_parameters_are_refused(db: &Database) {
    let program = Program::with(bare(db)).await;
    let desk = Desk::admin(db, &program.url, "Ada").await;
    program.visitor("shop.example").await.write("Hello").await;
    let at = conversation(&desk).await;
    for query in ["before=nonsense", "limit=0", "limit=101", "before=1-2"] {
        let refused = desk.refused(Method::GET, &format!("{LIST}?{query}"), None).await;
        assert_eq!(kind(&refused), (422, "validation-failed"), "{query}");
    }
    assert_eq!(desk.refused(Method::GET, &format!("{LIST}?filter=best"), None).await.status, 400);
    let messages = format!("{at}/messages");
    let long = "x".repeat(10_001);
    for (key, body) in [("", "x"), (&*"k".repeat(65), "x"), ("k", ""), ("k", "  \n\0"), ("k", &long)] {
        let body = json!({"client_key": key, "body": body});
        let refused = desk.refused(Method::POST, &messages, Some(&body)).await;
        assert_eq!(kind(&refused), (422, "validation-failed"), "{key:?}");
    }
    let tags = desk.refused(Method::PUT, &format!("{at}/tags"), Some(&json!({"tags": [long]}))).await;
    assert_eq!((tags.status, &tags.problem["field"]), (422, &json!("tags")));
    // An operator who types like a machine is asked to wait; nobody else is.
    let storm = join_all((0..60).map(async |n| {
        let body = json!({"client_key": format!("many {n}"), "body": "x", "note": true});
        desk.send(Method::POST, &messages, Some(&body)).await.status()
    }));
    assert!(storm.await.iter().any(|status| *status == 429), "nothing holds a storm of messages");
    let other = Desk::admin(db, &program.url, "Ben").await;
    write(&other, &at, "I am calm", true).await;
    program.stop().await;
}
