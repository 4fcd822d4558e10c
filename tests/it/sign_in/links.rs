//! Links: good once, for a while, for one person.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use bridge_core::Micros;
use reqwest::Response;
use serde_json::json;
use threadline::model::Role;
use threadline::settings::Rate;

use crate::support::database::{Database, Kind, on_both};
use crate::support::operator::{Desk, cookie_of, invite, post_link};
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

on_both!(a_link_signs_in_once, a_link_is_good_for_a_while_and_for_its_own_server);

const USED: &str = "This link was used already, and each one works once: get a new one with `/threadline inbox` in the team's \
                    chat, or with `threadline invite` on the server.";
const UNKNOWN: &str = "This link is not valid: get a new one with `/threadline inbox` in the team's chat, or with `threadline \
                       invite` on the server.";
const TOO_OLD: &str = "This link is over 15 minutes old: get a new one with `/threadline inbox` in the team's chat, or with \
                       `threadline invite` on the server.";

async fn refused(answer: Response, detail: &str) {
    assert!(answer.headers().get("set-cookie").is_none());
    Refusal::read(answer).await.is(401, "link-not-valid", detail);
}

async fn a_link_signs_in_once(db: &Database) {
    let program = Program::with(bare(db)).await;
    let link = invite(db, &program.url, "Ada", Role::Operator, &["shop.example"]).await;
    // Whoever looks at the page (a preview, say) spends nothing.
    let page = reqwest::get(&link).await.unwrap();
    assert_eq!(page.status(), 200);
    let (one, other) = tokio::join!(post_link(&program.url, &link, None), post_link(&program.url, &link, None));
    let (won, lost) = if one.status() == 204 { (one, other) } else { (other, one) };
    assert_eq!(won.status(), 204);
    let line = won.headers()["set-cookie"].to_str().unwrap();
    assert!(line.ends_with("; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict"), "{line}");
    refused(lost, USED).await;
    refused(post_link(&program.url, &link, None).await, USED).await;

    let token = cookie_of(&won);
    let me = reqwest::Client::new().get(format!("{}/v1/inbox/session", program.url));
    let me: serde_json::Value =
        me.header("cookie", format!("threadline_session={token}")).send().await.unwrap().json().await.unwrap();
    let id = me["operator"]["id"].clone();
    assert_eq!(
        me,
        json!({
            "operator": {"id": id, "name": "Ada", "picture": null, "email": null}, "role": "operator",
            "domains": ["shop.example"], "all_domains": false, "availability": "auto", "selves": [], "language": null,
        })
    );
    // The same name again is the same person, with what they may as it was, unless it is said anew.
    let again = Desk::sign_in(&program.url, &invite(db, &program.url, "ada", Role::Admin, &[]).await).await;
    let me = again.get("/v1/inbox/session").await;
    assert_eq!((&me["operator"]["id"], &me["role"], &me["domains"]), (&id, &json!("admin"), &json!(["shop.example"])));
    program.stop().await;
}

async fn a_link_is_good_for_a_while_and_for_its_own_server(db: &Database) {
    let program = Program::with(bare(db)).await;
    for token in ["", "x", &"f".repeat(64), "' OR 1=1 --", &"é".repeat(40_000)] {
        let link = format!("{}/sign-in#{token}", program.url);
        let answer = post_link(&program.url, &link, None).await;
        if token.len() > 60_000 {
            assert_eq!(answer.status(), 413);
        } else {
            refused(answer, UNKNOWN).await;
        }
    }
    // A link of another server, with a database of its own.
    let other = Database::new(db.kind).await;
    let foreign = {
        let elsewhere = Program::with(bare(&other)).await;
        let link = invite(&other, &elsewhere.url, "Eve", Role::Admin, &[]).await;
        elsewhere.stop().await;
        link.split_once('#').unwrap().1.to_owned()
    };
    refused(post_link(&program.url, &format!("{}/sign-in#{foreign}", program.url), None).await, UNKNOWN).await;

    let link = invite(db, &program.url, "Ada", Role::Admin, &[]).await;
    age_links(db).await;
    refused(post_link(&program.url, &link, None).await, TOO_OLD).await;

    // A link for somebody who was deactivated meanwhile.
    let admin = Desk::admin(db, &program.url, "Grace").await;
    let link = invite(db, &program.url, "Bob", Role::Operator, &[]).await;
    let operators = admin.get("/v1/admin/operators").await;
    let bob = operators["operators"].as_array().unwrap().iter().find(|it| it["name"] == "Bob").unwrap()["id"].clone();
    let bob = format!("/v1/admin/operators/{}", bob.as_str().unwrap());
    admin.patch(&bob, &json!({"deactivated": true})).await;
    let answer = post_link(&program.url, &link, None).await;
    refused(answer, "This link is for somebody who may no longer sign in: ask an admin.").await;
    program.stop().await;
}

/// Lets every link of a database be sixteen minutes older.
async fn age_links(db: &Database) {
    const BY: i64 = 16 * 60 * 1_000_000;
    let aged = "UPDATE login_link SET expires_at = expires_at - 960000000";
    assert_eq!(Micros(BY).0, 960_000_000);
    db.run(aged).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_are_counted_by_address_and_tell_nothing() {
    let db = Database::new(Kind::Sqlite).await;
    let mut settings = bare(&db);
    settings.limits.sign_ins_per_address = Rate::new(1, 3);
    let program = Program::with(settings).await;
    let link = invite(&db, &program.url, "Ada", Role::Operator, &[]).await;
    let wrong = format!("{}/sign-in#{}", program.url, "0".repeat(64));
    for _ in 0..3 {
        refused(post_link(&program.url, &wrong, None).await, UNKNOWN).await;
    }
    // Neither a wrong one nor the right one is looked at now.
    for link in [&wrong, &link] {
        let refusal = Refusal::read(post_link(&program.url, link, None).await).await;
        refusal.is_too_many("tries to sign in from this address");
    }
    program.stop().await;
}
