//! Sessions: whose they are, and how they end.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::json;
use threadline::model::Role;

use crate::support::database::{Database, on_both};
use crate::support::operator::{Desk, cookie_of, invite, post_link};
use crate::support::program::{Program, bare};

on_both!(a_session_ends_for_good, a_shared_browser_keeps_nothing_of_who_was_there_before);

async fn is_signed_out(desk: &Desk) {
    let refusal = desk.refused(Method::GET, "/v1/inbox/session", None).await;
    assert_eq!((refusal.status, refusal.problem["type"].as_str()), (401, Some("urn:threadline:problem:signed-out")));
}

async fn a_session_ends_for_good(db: &Database) {
    let program = Program::with(bare(db)).await;
    let admin = Desk::admin(db, &program.url, "Grace").await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &[]).await;
    let at = format!("/v1/admin/operators/{}", ada.id);

    // Signed out: the token is worth nothing, also for somebody who kept it.
    let answer = ada.send(Method::DELETE, "/v1/inbox/session", None).await;
    assert_eq!((answer.status().as_u16(), cookie_of(&answer)), (204, String::new()));
    is_signed_out(&ada).await;

    // Revoked by an admin.
    let ada =
        Desk::sign_in(&program.url, admin.post(&format!("{at}/link"), &json!({})).await["link"].as_str().unwrap())
            .await;
    let sessions = admin.get(&format!("{at}/sessions")).await;
    let [session] = sessions["sessions"].as_array().unwrap().as_slice() else { panic!("{sessions}") };
    assert_eq!((&session["current"], &session["by"]), (&json!(false), &json!(null)));
    assert_eq!(session["agent"], "Firefox 142 on Linux");
    let path = format!("{at}/sessions/{}", session["id"].as_str().unwrap());
    // It isn't found under somebody else's name.
    let other = format!("/v1/admin/operators/{}/sessions/{}", admin.id, session["id"].as_str().unwrap());
    assert_eq!(admin.refused(Method::DELETE, &other, None).await.status, 404);
    ada.get("/v1/inbox/session").await;
    admin.delete(&path).await;
    is_signed_out(&ada).await;

    // Deactivated, and all that is older stays ended when they are let in again.
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &[]).await;
    let changed = admin.patch(&at, &json!({"deactivated": true})).await;
    assert_eq!((&changed["deactivated"], &changed["sessions"]), (&json!(true), &json!(0)));
    is_signed_out(&ada).await;
    admin.patch(&at, &json!({"deactivated": false})).await;
    is_signed_out(&ada).await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &[]).await;

    // What somebody may see is asked with every request.
    assert_eq!(ada.get("/v1/inbox/session").await["domains"], json!(["blog.example", "shop.example"]));
    admin.patch(&at, &json!({"domains": ["blog.example"], "role": "admin"})).await;
    let me = ada.get("/v1/inbox/session").await;
    assert_eq!((&me["domains"], &me["role"]), (&json!(["blog.example"]), &json!("admin")));

    // What was done is written down, the newest first.
    let audit = ada.get("/v1/admin/audit?limit=3").await;
    let told: Vec<_> = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["actor"]["name"], &it["action"], &it["subject"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("Grace"), &json!("access.changed"), &json!("Ada")),
            (&json!("Ada"), &json!("session.started"), &json!("Ada")),
            (&json!(null), &json!("link.made"), &json!("Ada")),
        ]
    );
    let older = ada.get(&format!("/v1/admin/audit?limit=3&before={}", audit["next"].as_str().unwrap())).await;
    assert_ne!(older["entries"][0]["id"], audit["entries"][2]["id"]);
    assert!(!ada.get("/v1/admin/audit?limit=200").await.to_string().contains(&ada.token));
    program.stop().await;
}

async fn a_shared_browser_keeps_nothing_of_who_was_there_before(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Admin, &[]).await;
    let link = invite(db, &program.url, "Bob", Role::Operator, &["blog.example"]).await;
    // Bob opens his link in the browser in which Ada is still signed in.
    let answer = post_link(&program.url, &link, Some(&ada.cookie())).await;
    assert_eq!(answer.status(), 204);
    assert_ne!(cookie_of(&answer), ada.token);
    is_signed_out(&ada).await;
    let mut bob = ada;
    bob.token = cookie_of(&answer);
    let me = bob.get("/v1/inbox/session").await;
    assert_eq!(
        (&me["operator"]["name"], &me["role"], &me["domains"]),
        (&json!("Bob"), &json!("operator"), &json!(["blog.example"]))
    );
    assert_eq!(bob.refused(Method::GET, "/v1/admin/operators", None).await.status, 403);
    program.stop().await;
}
