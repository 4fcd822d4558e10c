//! One's own name and picture.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

on_both!(name_and_picture_are_ones_own);

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
