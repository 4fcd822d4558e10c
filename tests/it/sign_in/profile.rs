//! One's own name and picture.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use crate::support::database::{Database, on_both};
use crate::support::operator::{Desk, invite, try_invite};
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

on_both!(name_and_picture_are_ones_own, a_name_that_one_chose_gives_no_rights);

const PATH: &str = "/v1/inbox/profile/picture";

async fn name_and_picture_are_ones_own(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::invited(db, &program.url, "Ada", Role::Operator, &[]).await;
    let me = ada.patch("/v1/inbox/profile", &json!({"name": "  Ada <b>King</b> "})).await;
    assert_eq!(me["operator"]["name"], "Ada <b>King</b>", "it is text, and shown as such");
    for (name, why) in [
        (" ", "`name`: it is empty: write the name that visitors shall see."),
        ("a\u{202e}b", "`name`: it holds a character that can't be seen."),
        (&*"x".repeat(81), "`name`: it has over 80 characters."),
    ] {
        let refusal = ada.refused(Method::PATCH, "/v1/inbox/profile", Some(&json!({"name": name}))).await;
        refusal.is(422, "validation-failed", why);
    }

    let put = async |bytes: Vec<u8>| ada.request(Method::PUT, PATH).body(bytes).send().await.unwrap();
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 100]].concat();
    let answer = put(png.clone()).await;
    assert_eq!(answer.status(), 200);
    let me: Value = answer.json().await.unwrap();
    let path = me["operator"]["picture"].as_str().unwrap().to_owned();
    let shown = reqwest::get(format!("{}{path}", program.url)).await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/png");
    assert_eq!(shown.bytes().await.unwrap(), png);
    let svg = put(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()).await;
    Refusal::read(svg).await.is(422, "validation-failed", "`picture`: it is no PNG, JPEG or WebP.");
    let big = put([png.as_slice(), &vec![0; 512 << 10]].concat()).await;
    Refusal::read(big).await.is(413, "payload-too-large", "The body is over 524288 bytes.");
    assert_eq!(ada.get("/v1/inbox/session").await["operator"]["picture"], json!(path));
    assert_eq!(ada.delete(PATH).await["operator"]["picture"], json!(null));

    let me = ada.put("/v1/inbox/availability", &json!({"availability": "away"})).await;
    assert_eq!(me["availability"], "away");
    program.stop().await;
}

async fn a_name_that_one_chose_gives_no_rights(db: &Database) {
    let program = Program::with(bare(db)).await;
    let url = program.url.as_str();
    let bob = Desk::invited(db, url, "Bob", Role::Operator, &["blog.example"]).await;
    let grace = Desk::admin(db, url, "Grace").await;
    Desk::invited(db, url, "Élodie", Role::Operator, &[]).await;
    let rename = async |name: &str| bob.send(Method::PATCH, "/v1/inbox/profile", Some(&json!({"name": name}))).await;
    // Grace's next link must not lead to Bob, nor Élodie's.
    for name in ["GRACE", "ÉLODIE"] {
        let why = format!("{name} is somebody else's name here: choose another one.");
        Refusal::read(rename(&format!(" {name} ")).await).await.is(409, "conflict", &why);
    }
    let again = Desk::invited(db, url, "élodie", Role::Operator, &[]).await;
    assert_eq!(again.get("/v1/inbox/session").await["operator"]["name"], "Élodie", "she is known, in whatever case");
    assert_eq!(grace.patch("/v1/inbox/profile", &json!({"name": "Grace"})).await["operator"]["name"], "Grace");
    // Nor must the first invitation of somebody whose name he could guess.
    assert_eq!(rename("Alice").await.status(), 200);
    for (role, domains) in [(Role::Admin, &[][..]), (Role::Operator, &["shop.example"][..])] {
        let refused = try_invite(db, url, "Alice", role, domains).await.unwrap_err();
        assert!(refused.contains("what somebody calls themselves"), "{refused}");
    }
    let me = bob.get("/v1/inbox/session").await;
    assert_eq!((&me["role"], &me["domains"]), (&json!("operator"), &json!(["blog.example"])));
    // He gets a new link by that name, and an admin may say on the page what he may.
    invite(db, url, "Alice", Role::Operator, &["blog.example"]).await;
    grace.patch(&format!("/v1/admin/operators/{}", bob.id), &json!({"role": "admin"})).await;
    invite(db, url, "Alice", Role::Admin, &["blog.example"]).await;
    program.stop().await;
}
