//! Tokens that are none, or somebody else's.
//!
//! What lives here: who is nobody, and that nobody reads another visitor's conversation. What must not: origins.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};

use super::Stand;
use crate::support::database::{Database, on_both};
use crate::support::refusal::Refusal;

on_both!(
    a_bad_token_is_refused_everywhere,
    a_token_counts_on_its_own_domain_only,
    nobody_reads_another_visitors_conversation
);

const ROUTES: [(Method, &str); 9] = [
    (Method::GET, "/v1/widget/messages?after=0"),
    (Method::POST, "/v1/widget/messages"),
    (Method::POST, "/v1/widget/typing"),
    (Method::POST, "/v1/widget/read"),
    (Method::POST, "/v1/widget/conversation/close"),
    (Method::POST, "/v1/widget/conversation/rating"),
    (Method::POST, "/v1/widget/form"),
    (Method::POST, "/v1/widget/page"),
    (Method::PATCH, "/v1/widget/visitor"),
];

async fn a_bad_token_is_refused_everywhere(db: &Database) {
    let stand = Stand::start(db).await;
    let visitor = stand.program.visitor("shop.example").await;
    let mut changed = visitor.token.clone();
    let last = if changed.pop() == Some('a') { 'b' } else { 'a' };
    changed.push(last);
    let wrong = [
        "Bearer nonsense".to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {}", visitor.token),
        format!("Bearer {changed}"),
        format!("Bearer {}", &visitor.token[1..]),
        format!("Bearer {}", visitor.token.to_uppercase()),
        format!("Bearer {}", "x".repeat(4_000)),
        visitor.token.clone(),
        "Bearer ' OR 1=1 --".to_owned(),
    ];
    let detail = "The visitor token is missing or not valid: start a session to get one, and send it as `Authorization: Bearer TOKEN`.";
    for (method, path) in ROUTES {
        for header in std::iter::once(None).chain(wrong.iter().map(Some)) {
            let mut request =
                stand.request(method.clone(), path).json(&json!({"client_key": "1", "body": "hi", "event_seq": 0}));
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let refusal = Refusal::read(request.send().await.unwrap()).await;
            refusal.is(401, "unauthorized", detail);
            assert_eq!(refusal.header("www-authenticate"), Some("Bearer"));
        }
    }
    stand.program.stop().await;
}

async fn a_token_counts_on_its_own_domain_only(db: &Database) {
    let stand = Stand::start(db).await;
    let reader = stand.program.visitor("blog.example").await;
    reader.write("for the blog only").await;
    let detail = "A page of https://shop.example may not use the chat of the domain `blog.example`: to allow it, add \
                  \"https://shop.example\" to `origins` of the [[domain]] named `blog.example` in the configuration file.";
    for (method, path) in ROUTES {
        let request = stand.request(method, path).bearer_auth(&reader.token).header("origin", "https://shop.example");
        let body = json!({"client_key": "1", "body": "hi", "event_seq": 0});
        Refusal::read(request.json(&body).send().await.unwrap()).await.is(403, "origin-not-allowed", detail);
    }
    // A session of the other domain begins afresh, and the old one goes on.
    let body = json!({"domain": "shop.example", "visitor_token": reader.token});
    let session: Value = stand.session(Some("https://shop.example"), &body).await.json().await.unwrap();
    assert_ne!(session["visitor_token"], reader.token.as_str());
    assert_eq!(
        (session["messages"].as_array().map(Vec::len), session["conversation"].is_null(), session["after"].as_i64()),
        (Some(0), true, Some(0))
    );
    assert_eq!(reader.sees().await.len(), 1);
    stand.program.stop().await;
}

async fn nobody_reads_another_visitors_conversation(db: &Database) {
    let stand = Stand::start(db).await;
    let (ada, bob) = (stand.program.visitor("shop.example").await, stand.program.visitor("shop.example").await);
    let posted: Value = ada.send("Ada's key", "Ada's secret").await.unwrap().json().await.unwrap();
    bob.write("Bob's own").await;
    let conversation = posted["conversation"]["id"].as_str().unwrap();
    let message = posted["message"]["id"].as_str().unwrap();
    for query in [
        "after=0".to_owned(),
        format!("after=0&conversation_id={conversation}"),
        format!("after=0&conversation={conversation}&message_id={message}"),
        format!("after=0&visitor_token={}", ada.token),
        "after=1".to_owned(),
        "after=999999".to_owned(),
    ] {
        let answer = bob.request(Method::GET, &format!("/messages?{query}")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        assert!(!text.contains("secret") && !text.contains(conversation) && !text.contains(message), "{query}: {text}");
    }
    for path in [
        format!("/conversation/{conversation}"),
        format!("/conversations/{conversation}/messages"),
        format!("/messages/{message}"),
    ] {
        let answer = bob.request(Method::GET, &path).send().await.unwrap();
        Refusal::read(answer).await.is(404, "not-found", "There is no such page.");
    }
    // Ada's key is Bob's to use, for a message of his own.
    let body = json!({"client_key": "Ada's key", "body": "Bob again", "conversation_id": conversation});
    let answer = bob.request(Method::POST, "/messages").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let answer: Value = answer.json().await.unwrap();
    assert_ne!(answer["conversation"]["id"], conversation);
    let close = bob.request(Method::POST, "/conversation/close").json(&json!({"conversation_id": conversation}));
    assert_eq!(close.send().await.unwrap().status(), 200);
    let (_, messages, own) = ada.everything().await;
    assert_eq!((messages.len(), own["status"].as_str()), (1, Some("open")));
    let mut live = bob.live(0).await;
    let frames = format!("{} {}", live.frame().await, live.frame().await);
    assert!(frames.contains("Bob's own") && !frames.contains("secret"), "{frames}");
    assert!(!frames.contains(conversation) && !frames.contains(message), "{frames}");
    stand.program.stop().await;
}
