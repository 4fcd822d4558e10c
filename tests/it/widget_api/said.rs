//! What a visitor says beside messages: who they are, the form, a rating, where they are and how far they have read.
//!
//! What lives here: that it is kept, that operators see it in their chat, and that nobody else's is touched. What must not:
//! what the pages for operators show.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use futures_util::future::join_all;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use threadline::model::{Asked, Corner, Icon, Language, Look, Mode, Privacy};

use crate::support::database::{Database, on_both};
use crate::support::program::{Program, bare, settings};
use crate::support::refusal::Refusal;
use crate::support::team::{MINA, SHOP, Team};
use crate::support::visitor::Visitor;

on_both!(
    a_session_tells_what_the_domain_wants,
    a_visitor_says_who_they_are,
    a_form_becomes_a_conversation,
    a_rating_is_kept_and_shown,
    a_page_and_a_read_mark_are_kept,
    what_can_not_be_kept_is_refused,
    whatever_is_said_stays_text,
    nobody_says_too_much,
);

async fn post(visitor: &Visitor, path: &str, body: &Value) -> Response {
    visitor.request(Method::POST, path).json(body).send().await.unwrap()
}

async fn patch(visitor: &Visitor, body: &Value) -> Response {
    visitor.request(Method::PATCH, "/visitor").json(body).send().await.unwrap()
}

async fn json_of(answer: Response, status: u16) -> Value {
    let found = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(found, status, "{body}");
    body
}

async fn a_session_tells_what_the_domain_wants(db: &Database) {
    let mut settings = bare(db);
    let shop = &mut settings.domains[0];
    shop.mode = Mode::Form;
    shop.greeting = Some("Hello!".into());
    shop.language = Some(Language::De);
    (shop.ask.name, shop.ask.email) = (Asked::Optional, Asked::Required);
    shop.privacy = Some(Privacy { text: Some("We keep it.".into()), url: None });
    shop.look = Look { color: Some("#0b6e4f".into()), corner: Corner::Left, icon: Icon::Wave };
    shop.texts = [("launcher.open".to_owned(), "<b>Talk</b>".to_owned())].into();
    let program = Program::with(settings).await;
    let visitor = program.visitor("shop.example").await;
    let ask = async |domain: &str| {
        let body = json!({"domain": domain, "language": "de-AT", "time_zone": "Europe/Vienna"});
        let request = visitor.http.post(format!("{}/v1/widget/sessions", program.url));
        let request = request.header("origin", format!("https://{domain}"));
        json_of(request.json(&body).send().await.unwrap(), 201).await
    };
    let session = ask("shop.example").await;
    assert_eq!(
        session["domain"],
        json!({
            "name": "shop.example", "mode": "form", "language": "de", "greeting": "Hello!",
            "ask": {"name": "optional", "email": "required"},
            "privacy": {"text": "We keep it.", "url": null},
            "look": {"color": "#0b6e4f", "corner": "left", "icon": "wave"},
            "texts": {"launcher.open": "<b>Talk</b>"}, "team": [],
        })
    );
    assert_eq!(session["visitor"], json!({"name": null, "email": null, "verified": false}));
    assert_eq!(session["seen"], json!({"operators": 0}));
    assert_eq!(
        ask("blog.example").await["domain"],
        json!({
            "name": "blog.example", "mode": "live_chat", "language": null, "greeting": null,
            "ask": {"name": "no", "email": "no"}, "privacy": null,
            "look": {"color": null, "corner": "right", "icon": "chat"}, "texts": {}, "team": [],
        })
    );
    program.stop().await;
}

async fn a_visitor_says_who_they_are(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    let named = json_of(patch(&visitor, &json!({"name": " Ada \n Lovelace\u{202e} "})).await, 200).await;
    assert_eq!(named["visitor"], json!({"name": "Ada Lovelace", "email": null, "verified": false}));
    visitor.write("Hello").await;
    team.cards_show(SHOP, "Ada Lovelace").await;
    let (before, _, _) = visitor.everything().await;
    json_of(patch(&visitor, &json!({"name": "Ada L.", "email": "ada@shop.example"})).await, 200).await;
    team.cards_show(SHOP, "Ada L.").await;
    team.cards_show(SHOP, "ada@shop.example (unverified)").await;
    let (after, _, _) = visitor.everything().await;
    assert_eq!(before, after, "it is the operators' business");
    let card = team.card(SHOP).await;
    team.press(MINA, SHOP, &card, "assign").await;
    visitor
        .until("a teammate", async |visitor| {
            let (_, _, conversation) = visitor.everything().await;
            (!conversation["assignee"].is_null()).then_some(())
        })
        .await;
    let session = program.visitor("shop.example").await;
    let body = json!({"domain": "shop.example", "visitor_token": session.token});
    let session = json_of(post(&session, "/sessions", &body).await, 201).await;
    assert_eq!(session["domain"]["team"][0]["name"], "Mina", "whoever was active lately is shown to the next one");
    program.stop().await;
}

async fn a_form_becomes_a_conversation(db: &Database) {
    let team = Team::in_slack().await;
    let mut settings = settings(db, &team);
    settings.domains[0].mode = Mode::Form;
    let program = Program::with(settings).await;
    let visitor = program.visitor("shop.example").await;
    let form = json!({
        "client_key": "1", "name": "Ada", "email": "ada@shop.example", "message": "Do you ship to Norway?",
        "page": {"url": "https://shop.example/contact", "title": "Contact"},
    });
    let posted = json_of(post(&visitor, "/form", &form).await, 201).await;
    assert_eq!((&posted["conversation"]["kind"], &posted["message"]["body"]), (&json!("form"), &form["message"]));
    assert_eq!(json_of(post(&visitor, "/form", &form).await, 200).await, posted, "sent again, it is still one");
    let card = team.card(SHOP).await;
    for words in ["Ada", "Written in the form", "ada@shop.example (unverified)", "Contact"] {
        team.cards_show(SHOP, words).await;
    }
    team.shows(SHOP, &card, "Do you ship to Norway?").await;
    team.say(MINA, SHOP, card.as_str(), "We do.");
    visitor.until_told("We do.").await;
    let chat = program.visitor("shop.example").await;
    assert_eq!(chat.write("Hello").await["conversation"]["kind"], "chat");
    program.stop().await;
}

async fn a_rating_is_kept_and_shown(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    let conversation = visitor.write("Hello").await["conversation"]["id"].clone();
    let card = team.card(SHOP).await;
    visitor.close().await;
    let rate = |stars: i64, comment: Option<&str>| json!({"conversation_id": conversation, "stars": stars, "comment": comment});
    let path = "/conversation/rating";
    let rated = json_of(post(&visitor, path, &rate(4, Some("Quick & <b>kind</b> @channel"))).await, 200).await;
    assert_eq!(rated["conversation"]["rating"], json!({"stars": 4}));
    team.shows(SHOP, &card, "Rated 4 of 5: Quick & <b>kind</b> @channel").await;
    json_of(post(&visitor, path, &rate(4, Some("Quick & <b>kind</b> @channel"))).await, 200).await;
    json_of(post(&visitor, path, &rate(5, None)).await, 200).await;
    team.shows(SHOP, &card, "Rated 5 of 5.").await;
    let (events, _, now) = visitor.everything().await;
    assert_eq!(events.iter().filter(|event| event["kind"] == "conversation_rated").count(), 2);
    assert_eq!((&now["rating"], &now["status"]), (&json!({"stars": 5}), &json!("closed")));
    let other = program.visitor("shop.example").await;
    for id in [conversation.clone(), json!("0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3")] {
        let body = json!({"conversation_id": id, "stars": 1});
        Refusal::read(post(&other, path, &body).await).await.is(404, "not-found", "There is no such conversation.");
    }
    program.stop().await;
}

async fn a_page_and_a_read_mark_are_kept(db: &Database) {
    let team = Team::in_slack().await;
    let program = Program::with(settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    let page = |name: &str| json!({"page": {"url": format!("https://shop.example/{name}?token=1"), "title": name}});
    assert_eq!(post(&visitor, "/page", &page("early")).await.status(), 204, "nothing is open, so nothing is kept");
    visitor.write("Hello").await;
    let card = team.card(SHOP).await;
    assert_eq!(post(&visitor, "/page", &page("checkout")).await.status(), 204);
    team.cards_show(SHOP, "https://shop.example/checkout").await;
    team.say(MINA, SHOP, card.as_str(), "Hi!");
    let reply = visitor.until_told("Hi!").await;
    let (events, _, _) = visitor.everything().await;
    let last = events.last().unwrap()["event_seq"].clone();
    for body in [json!({"after": last}), json!({"after": last}), json!({"after": 0}), json!({"event_seq": 9_999})] {
        assert_eq!(post(&visitor, "/read", &body).await.status(), 204);
    }
    assert_eq!(visitor.everything().await.0, events, "it is the operators' business");
    program.stop().await;
    let store = db.open().await;
    let id: uuid::Uuid = events[0]["conversation_id"].as_str().unwrap().parse().unwrap();
    let conversation = store.conversation(id.into()).await.unwrap().unwrap();
    assert_eq!(conversation.visitor_seen, reply.seq);
    let kinds: Vec<_> =
        store.events_of_conversation_after(id.into(), 0, 1_000).await.unwrap().iter().map(|event| event.kind).collect();
    let marks = kinds.iter().filter(|kind| **kind == threadline::model::EventKind::VisitorRead).count();
    assert_eq!(marks, 1, "a mark that doesn't grow is none: {kinds:?}");
    store.close().await;
}

async fn what_can_not_be_kept_is_refused(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    let conversation = visitor.write("Hello").await["conversation"]["id"].clone();
    let refused = async |answer: Response, field: &str| {
        let refusal = Refusal::read(answer).await;
        let found = (refusal.status, refusal.problem["field"].as_str().map(str::to_owned));
        assert_eq!(found, (422, Some(field.to_owned())), "{}", refusal.problem);
    };
    refused(patch(&visitor, &json!({"name": "x".repeat(81)})).await, "name").await;
    refused(patch(&visitor, &json!({"email": "not an address"})).await, "email").await;
    refused(patch(&visitor, &json!({"email": 7})).await, "email").await;
    let form = |name: &str, email: &str, message: &str| json!({"client_key": "f", "name": name, "email": email, "message": message});
    refused(post(&visitor, "/form", &form("Ada", "", "Hi")).await, "email").await;
    refused(post(&visitor, "/form", &form("Ada", "ada", "Hi")).await, "email").await;
    refused(post(&visitor, "/form", &form("Ada", "ada@shop.example", " ")).await, "message").await;
    refused(post(&visitor, "/form", &json!({"client_key": "f"})).await, "name").await;
    let rate =
        |stars: Value, comment: &str| json!({"conversation_id": conversation, "stars": stars, "comment": comment});
    let path = "/conversation/rating";
    for stars in [json!(0), json!(6), json!(-1), json!(1.5), json!("five"), Value::Null] {
        refused(post(&visitor, path, &rate(stars, "")).await, "stars").await;
    }
    refused(post(&visitor, path, &rate(json!(3), &"x".repeat(1_001))).await, "comment").await;
    refused(post(&visitor, path, &json!({"conversation_id": "mine", "stars": 3})).await, "conversation_id").await;
    refused(post(&visitor, "/page", &json!({"page": {"title": "x"}})).await, "page.url").await;
    refused(post(&visitor, "/read", &json!({"after": -1})).await, "after").await;
    // A page of somebody else's is no page; nothing is kept, and nothing is wrong.
    let foreign = json!({"page": {"url": "javascript:alert(1)", "title": "x"}});
    assert_eq!(post(&visitor, "/page", &foreign).await.status(), 204);
    program.stop().await;
}

/// Every link in a message's blocks.
fn links(value: &Value) -> Vec<&Value> {
    let inner: Vec<&Value> = match value {
        Value::Array(items) => items.iter().flat_map(links).collect(),
        Value::Object(fields) => fields.values().flat_map(links).collect(),
        _ => Vec::new(),
    };
    if value["type"] == "link" { [value].into_iter().chain(inner).collect() } else { inner }
}

async fn whatever_is_said_stays_text(db: &Database) {
    const HOSTILE: &str = "<script>alert(1)</script> <!channel> @everyone [x](https://evil.example)";
    let team = Team::in_slack().await;
    let program = Program::with(settings(db, &team)).await;
    let visitor = program.visitor("shop.example").await;
    let form = json!({
        "client_key": "1", "name": HOSTILE, "email": "a'\"b@shop.example", "message": HOSTILE,
        "page": {"url": "https://shop.example/<script>", "title": HOSTILE},
    });
    Refusal::read(post(&visitor, "/form", &form).await).await.problem["field"].as_str().unwrap();
    let mut form = form;
    form["email"] = json!("a'b@shop.example");
    let posted = json_of(post(&visitor, "/form", &form).await, 201).await;
    let card = team.card(SHOP).await;
    team.shows(SHOP, &card, HOSTILE).await;
    let rating = json!({"conversation_id": posted["conversation"]["id"], "stars": 1, "comment": HOSTILE});
    json_of(post(&visitor, "/conversation/rating", &rating).await, 200).await;
    team.until_thread("the rating", SHOP, &card, |thread| {
        thread.iter().any(|shown| shown.whole.contains("Rated 1 of 5")).then_some(())
    })
    .await;
    for message in team.slack().channel_messages(SHOP.slack()) {
        // What stands in blocks is text there; this is what Slack reads as its own markup.
        assert_eq!(bridge_sandbox::slack::text::pings(&message.text), [""; 0], "{}", message.text);
        // An address may lead where it says, and nowhere else.
        for link in links(&Value::Array(message.blocks.clone())) {
            assert_eq!(link["text"], link["url"], "{link}");
        }
    }
    let body = json!({"domain": "shop.example", "visitor_token": visitor.token});
    let session = json_of(post(&visitor, "/sessions", &body).await, 201).await;
    assert_eq!(session["visitor"]["name"], HOSTILE, "text, as it was typed");
    assert_eq!(session["messages"][0]["body"], HOSTILE);
    program.stop().await;
}

async fn nobody_says_too_much(db: &Database) {
    let program = Program::with(bare(db)).await;
    let visitor = program.visitor("shop.example").await;
    let page = json!({"page": {"url": "https://shop.example/", "title": ""}});
    // All at once: one after the other, a slow machine would leave them the time that they are asked to wait.
    let changes =
        join_all((0..40).map(async |number| patch(&visitor, &json!({"name": format!("Ada {number}")})).await));
    let pages = join_all((0..40).map(|_| post(&visitor, "/page", &page)));
    let reads = join_all((0..40).map(async |_| post(&visitor, "/read", &json!({"after": 0})).await));
    let (changes, pages, reads) = tokio::join!(changes, pages, reads);
    for (answers, what) in [(changes, "changes"), (pages, "pages"), (reads, "read marks")] {
        let refused = answers.into_iter().find(|answer| answer.status() == 429);
        Refusal::read(refused.unwrap()).await.is_too_many(what);
    }
    program.stop().await;
}
