//! Pages of ours, and what operators say of themselves there.
//!
//! What lives here: from a page in use to the visitor's widget. What must not: platforms.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::json;
use threadline::model::Role;

use super::{Line, domain_of, monitoring, until_presence};
use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};

on_both!(a_page_in_use_makes_a_domain_online, what_an_operator_says_counts, nobody_sees_foreign_domains);

async fn a_page_in_use_makes_a_domain_online(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &["shop.example"]).await;
    let shop = domain_of(&ada, "shop.example").await;
    assert_eq!(
        (&shop["online"], &shop["reason"], &shop["settings_url"]),
        (&json!(false), &json!(null), &json!("/admin#domain=shop.example"))
    );
    assert!(shop["since"].is_string() && shop["offline_text"].as_str().unwrap().len() > 10, "{shop}");

    let visitor = program.visitor("shop.example").await;
    let (mut seen, mut elsewhere) = (visitor.live(0).await, program.visitor("blog.example").await.live(0).await);
    assert_eq!(seen.frame().await["presence"]["online"], false);
    assert_eq!(elsewhere.frame().await["presence"]["online"], false);

    let (mut line, domains) = Line::open(&ada, false).await;
    assert_eq!(domains.as_array().unwrap().len(), 1, "only her own");
    line.send(json!({"type": "active", "active": true})).await;
    until_presence(&mut seen, true).await;
    let shop = line.until_domain("shop.example", true).await;
    assert_eq!((monitoring(&shop), &shop["reason"]), (vec!["Ada: inbox".to_owned()], &json!("inbox")));
    assert_eq!(monitoring(&domain_of(&ada, "shop.example").await), ["Ada: inbox"]);

    line.send(json!({"type": "active", "active": false})).await;
    until_presence(&mut seen, false).await;
    line.send(json!({"type": "active", "active": true})).await;
    until_presence(&mut seen, true).await;
    // The network goes without a word.
    drop(line);
    until_presence(&mut seen, false).await;
    let asked = program.visitor("blog.example").await;
    assert_eq!(asked.live(0).await.frame().await["presence"]["online"], false, "she doesn't serve that domain");
    program.stop().await;
}

async fn what_an_operator_says_counts(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::admin(db, &program.url, "Ada").await;
    let mut seen = program.visitor("shop.example").await.live(0).await;
    assert_eq!(seen.frame().await["presence"]["online"], false);
    let (mut line, _) = Line::open(&ada, false).await;

    let me = ada.put("/v1/inbox/availability", &json!({"availability": "back"})).await;
    assert_eq!(me["availability"], "back");
    until_presence(&mut seen, true).await;
    let shop = line.until_domain("shop.example", true).await;
    assert_eq!((monitoring(&shop), &shop["reason"]), (vec!["Ada: said".to_owned()], &json!("said")));

    line.send(json!({"type": "active", "active": true})).await;
    let by_page = |frame: &serde_json::Value| (monitoring_of(frame) == ["Ada: inbox"]).then_some(());
    line.until("the page to count before the word", by_page).await;
    ada.put("/v1/inbox/availability", &json!({"availability": "away"})).await;
    until_presence(&mut seen, false).await;
    ada.put("/v1/inbox/availability", &json!({"availability": "auto"})).await;
    until_presence(&mut seen, true).await;

    // Whoever may no longer sign in answers nobody, whatever they said.
    let other = Desk::admin(db, &program.url, "Grace").await;
    ada.put("/v1/inbox/availability", &json!({"availability": "back"})).await;
    other.patch(&format!("/v1/admin/operators/{}", ada.id), &json!({"deactivated": true})).await;
    until_presence(&mut seen, false).await;
    loop {
        match line.0.next().await {
            Ok(frame) if frame["type"] == "signed_out" => {}
            Ok(_) => {}
            Err(code) => break assert_eq!(code, Some(4401)),
        }
    }
    program.stop().await;
}

fn monitoring_of(frame: &serde_json::Value) -> Vec<String> {
    let of_shop = frame["type"] == "domain" && frame["domain"]["name"] == "shop.example";
    if of_shop { monitoring(&frame["domain"]) } else { Vec::new() }
}

async fn nobody_sees_foreign_domains(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &["blog.example"]).await;
    let visitor = program.visitor("shop.example").await;
    let (mut line, _) = Line::open(&ada, true).await;
    let conversation = visitor.write("For the shop alone").await["conversation"]["id"].clone();
    for frame in [
        json!({"type": "watch", "conversation": conversation, "after": 0}),
        json!({"type": "typing", "conversation": conversation}),
    ] {
        line.send(frame).await;
        let problem =
            line.until("a refusal", |frame| (frame["type"] == "error").then(|| frame["problem"].clone())).await;
        assert_eq!((&problem["status"], &problem["type"]), (&json!(404), &json!("urn:threadline:problem:not-found")));
    }
    // What is told of her own domain comes, and nothing of the other did.
    let own = program.visitor("blog.example").await.write("For the blog").await["conversation"]["id"].clone();
    let told = line
        .until("her own", |frame| (frame["type"] == "conversation").then(|| frame["conversation"]["id"].clone()))
        .await;
    assert_eq!(told, own);
    assert_eq!(ada.refused(Method::GET, "/v1/inbox/conversations?domain=shop.example", None).await.status, 404);
    program.stop().await;
}
