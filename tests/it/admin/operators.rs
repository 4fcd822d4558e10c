//! Inviting people, and what they may.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::json;
use threadline::model::Role;

use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};

on_both!(an_admin_invites_and_somebody_always_remains, domains_are_shown_as_they_are_configured);

async fn an_admin_invites_and_somebody_always_remains(db: &Database) {
    let program = Program::with(bare(db)).await;
    let grace = Desk::admin(db, &program.url, "Grace").await;
    let new = json!({"name": "Ada", "role": "operator", "domains": ["Shop.example", "shop.example"]});
    let invited = grace.post("/v1/admin/operators", &new).await;
    assert_eq!(invited["operator"]["domains"], json!(["shop.example"]));
    let ada = Desk::sign_in(&program.url, invited["link"].as_str().unwrap()).await;
    assert_eq!(json!(ada.id), invited["operator"]["id"]);
    let refuse = async |body: serde_json::Value, why: &str| {
        grace.refused(Method::POST, "/v1/admin/operators", Some(&body)).await.is(422, "validation-failed", why);
    };
    refuse(
        json!({"name": "ADA", "role": "admin"}),
        "`name`: `ADA` was invited before: make a link for them, or choose another name.",
    )
    .await;
    refuse(
        json!({"name": "Bob", "role": "operator", "domains": ["nowhere.test"]}),
        "`domains`: there is no domain `nowhere.test`; there are blog.example, shop.example.",
    )
    .await;
    refuse(
        json!({"name": "Bob", "role": "operator", "domains": []}),
        "`domains`: name at least one domain, or leave it out for all of them.",
    )
    .await;

    // Nobody can take the last admin away, and of two who take each other away at once only one goes.
    let at = |desk: &Desk| format!("/v1/admin/operators/{}", desk.id);
    for change in [json!({"role": "operator"}), json!({"deactivated": true})] {
        let refusal = grace.refused(Method::PATCH, &at(&grace), Some(&change)).await;
        refusal.is(409, "last-admin", "This is the only admin who can sign in: make somebody else an admin first.");
    }
    grace.patch(&at(&ada), &json!({"role": "admin", "domains": null})).await;
    assert_eq!(ada.get("/v1/inbox/session").await["domains"], json!(["blog.example", "shop.example"]));
    let demote = json!({"role": "operator"});
    let (ada_at, grace_at) = (at(&ada), at(&grace));
    let (one, other) = tokio::join!(
        grace.send(Method::PATCH, &ada_at, Some(&demote)),
        ada.send(Method::PATCH, &grace_at, Some(&demote))
    );
    let mut answers = [one.status().as_u16(), other.status().as_u16()];
    answers.sort_unstable();
    // The slower one finds that it would be the last, or that it is no admin any more.
    assert!(matches!(answers, [200, 403 | 409]), "{answers:?}");

    let nobody = "/v1/admin/operators/00000000-0000-7000-8000-000000000000";
    let left = if one.status() == 200 { &grace } else { &ada };
    for (method, path) in [
        (Method::PATCH, nobody.to_owned()),
        (Method::POST, format!("{nobody}/link")),
        (Method::GET, format!("{nobody}/sessions")),
    ] {
        left.refused(method, &path, Some(&json!({}))).await.is(404, "not-found", "There is no such operator.");
    }
    left.refused(Method::PATCH, "/v1/admin/operators/x", Some(&json!({}))).await.is(
        404,
        "not-found",
        "There is no such operator.",
    );
    program.stop().await;
}

async fn domains_are_shown_as_they_are_configured(db: &Database) {
    let mut settings = bare(db);
    if let Some(domain) = settings.domains.first_mut() {
        domain.greeting = Some("Hello!".into());
        domain.identity_secret = Some("a secret of at least 32 bytes, really".into());
    }
    let program = Program::with(settings).await;
    let admin = Desk::invited(db, &program.url, "Grace", Role::Admin, &[]).await;
    let shown = admin.get("/v1/admin/domains").await;
    let shop = shown["domains"].as_array().unwrap().iter().find(|it| it["name"] == "shop.example").unwrap();
    assert_eq!((&shop["mode"], &shop["settings"]["greeting"]), (&json!("live_chat"), &json!("Hello!")));
    assert_eq!(shop["settings"]["identity_secret"], "set");
    assert!(!shown.to_string().contains("a secret of"));
    let script = format!("<script src=\"{}/widget.js\" data-domain=\"shop.example\" async></script>", program.url);
    assert_eq!(shop["embed"], json!(script));
    program.stop().await;
}
