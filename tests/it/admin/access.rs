//! Roles that are given and taken away, and what is left of them.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use crate::sign_in::platforms::link_for;
use crate::support::database::{Database, on_both};
use crate::support::operator::{Desk, invite};
use crate::support::program::{Program, bare};
use crate::support::stand::{Stand, on_slack};
use crate::support::team::{MINA, Nature};

on_slack!(a_role_that_is_taken_leaves_what_the_chat_gives);
on_both!(
    a_domain_that_left_the_configuration_can_go,
    who_signed_in_once_was_seen,
    a_slash_at_the_end_leads_to_the_page
);

async fn listed(admin: &Desk, id: &str) -> Value {
    let all = admin.get("/v1/admin/operators").await;
    all["operators"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone()
}

async fn a_role_that_is_taken_leaves_what_the_chat_gives(stand: &Stand) {
    let team = stand.team_of(Nature::quiet()).await;
    let program = stand.program(&team).await;
    let grace = Desk::admin(&stand.db, &program.url, "Grace").await;
    let by_chat = Desk::sign_in(&program.url, &link_for(&team, MINA).await).await;
    let at = format!("/v1/admin/operators/{}", by_chat.id);

    // What isn't named stays, also where it is nothing.
    let changed = grace.patch(&at, &json!({"domains": ["shop.example"]})).await;
    assert_eq!((&changed["role"], &changed["domains"]), (&json!(null), &json!(["shop.example"])));

    grace.patch(&at, &json!({"role": "admin", "domains": null})).await;
    let link = grace.post(&format!("{at}/link"), &json!({})).await["link"].as_str().unwrap().to_owned();
    let by_invitation = Desk::sign_in(&program.url, &link).await;
    by_invitation.get("/v1/admin/operators").await;
    let changed = grace.patch(&at, &json!({"role": null})).await;
    assert_eq!((&changed["role"], &changed["sessions"]), (&json!(null), &json!(1)));
    assert_eq!(by_invitation.refused(Method::GET, "/v1/inbox/session", None).await.status, 401);
    assert_eq!(by_chat.refused(Method::GET, "/v1/admin/operators", None).await.status, 403);
    assert_eq!(by_chat.get("/v1/inbox/session").await["domains"], json!(["blog.example", "shop.example"]));

    // The last admin's stays, and so does that of somebody who is nobody without it.
    let take = json!({"role": null});
    let own = format!("/v1/admin/operators/{}", grace.id);
    grace.refused(Method::PATCH, &own, Some(&take)).await.is(
        409,
        "last-admin",
        "This is the only admin who can sign in: make somebody else an admin first.",
    );
    let ada = Desk::invited(&stand.db, &program.url, "Ada", Role::Operator, &[]).await;
    let at = format!("/v1/admin/operators/{}", ada.id);
    grace.refused(Method::PATCH, &at, Some(&take)).await.is(
        422,
        "validation-failed",
        "`role`: they are in none of the team's chats, so nothing would be left of them: deactivate them instead.",
    );
    assert_eq!(listed(&grace, &ada.id).await["role"], "operator");
    program.stop().await;
}

async fn a_domain_that_left_the_configuration_can_go(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &["shop.example", "blog.example"]).await;
    program.stop().await;

    let mut settings = bare(db);
    settings.domains.retain(|domain| domain.name == "shop.example");
    let program = Program::with(settings).await;
    let link = invite(db, &program.url, "Grace", Role::Admin, &[]).await;
    let grace = Desk::sign_in(&program.url, &link).await;
    let at = format!("/v1/admin/operators/{}", ada.id);
    let change = async |domains: Value| grace.patch(&at, &json!({"domains": domains})).await["domains"].clone();
    // What they have already isn't refused, whatever became of it.
    assert_eq!(change(json!(["blog.example", "shop.example"])).await, json!(["blog.example", "shop.example"]));
    assert_eq!(change(json!(["shop.example"])).await, json!(["shop.example"]));
    let back = json!({"domains": ["blog.example", "shop.example"]});
    grace.refused(Method::PATCH, &at, Some(&back)).await.is(
        422,
        "validation-failed",
        "`domains`: there is no domain `blog.example`; did you mean `shop.example`?",
    );
    program.stop().await;
}

async fn who_signed_in_once_was_seen(db: &Database) {
    let program = Program::with(bare(db)).await;
    let grace = Desk::admin(db, &program.url, "Grace").await;
    let new = json!({"name": "Ben", "role": "operator"});
    let ben = grace.post("/v1/admin/operators", &new).await["operator"]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed(&grace, &ben).await["last_seen_at"], json!(null));

    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &[]).await;
    let seen = listed(&grace, &ada.id).await["last_seen_at"].clone();
    assert!(seen.is_string(), "{seen}");
    ada.delete("/v1/inbox/session").await;
    let gone = listed(&grace, &ada.id).await;
    assert_eq!((&gone["sessions"], &gone["last_seen_at"]), (&json!(0), &seen));
    let off = grace.patch(&format!("/v1/admin/operators/{}", ada.id), &json!({"deactivated": true})).await;
    assert_eq!(off["last_seen_at"], seen);
    program.stop().await;
}

async fn a_slash_at_the_end_leads_to_the_page(db: &Database) {
    let program = Program::with(bare(db)).await;
    let stays = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (asked, led) in
        [("/inbox/", "/inbox"), ("/history/?q=tea", "/history?q=tea"), ("/monitor/", "/monitor"), ("/admin/", "/admin")]
    {
        let answer = stays.get(format!("{}{asked}", program.url)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (303, led));
    }
    program.stop().await;
}
