//! Canned replies: keeping them, and whose they are.
//!
//! What lives here: their API. What must not: filling them in (the page does).

use reqwest::Method;
use serde_json::json;
use threadline::model::Role;

use crate::support::database::{Database, on_both};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};

on_both!(canned_replies_are_kept_changed_and_dropped);

const AT: &str = "/v1/inbox/canned-replies";

async fn canned_replies_are_kept_changed_and_dropped(db: &Database) {
    let program = Program::with(bare(db)).await;
    let ada = Desk::admin(db, &program.url, "Ada").await;
    let ben = Desk::invited(db, &program.url, "Ben", Role::Operator, &["blog.example"]).await;
    for (desk, all) in [(&ada, true), (&ben, false)] {
        assert_eq!(desk.get("/v1/inbox/session").await["all_domains"], json!(all), "who may make them for all domains");
    }
    let hours = ada.post(AT, &json!({"name": "hours", "body": "Hi {visitor}, we open at nine."})).await;
    assert_eq!((&hours["name"], &hours["domains"]), (&json!("hours"), &json!(null)));
    let shop = ada.post(AT, &json!({"name": "shop", "body": "x", "domains": ["Shop.example"]})).await;
    assert_eq!(shop["domains"], json!(["shop.example"]));
    let blog = ben.post(AT, &json!({"name": "blog", "body": "<b>x</b>", "domains": ["blog.example"]})).await;
    let names = async |desk: &Desk, query: &str| {
        let list = desk.get(&format!("{AT}{query}")).await;
        let names = list["canned_replies"].as_array().unwrap().iter();
        names.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&ada, "").await, ["blog", "hours", "shop"]);
    assert_eq!(names(&ada, "?domain=shop.example").await, ["hours", "shop"]);
    assert_eq!(names(&ben, "").await, ["blog", "hours"], "what is for foreign domains is not there");

    let at = |it: &serde_json::Value| format!("{AT}/{}", it["id"].as_str().unwrap());
    let wish = |name: &str, domains: serde_json::Value| json!({"name": name, "body": "y", "domains": domains});
    for (method, path, body, status) in [
        (Method::POST, AT.to_owned(), wish("hours", json!(null)), 422),
        (Method::POST, AT.to_owned(), wish("hours", json!(["blog.example"])), 409),
        (Method::POST, AT.to_owned(), wish("Hours", json!(["blog.example"])), 422),
        (Method::POST, AT.to_owned(), wish("mine", json!(["shop.example"])), 422),
        (Method::POST, AT.to_owned(), wish("mine", json!([])), 422),
        (Method::PUT, at(&hours), wish("hours", json!(["blog.example"])), 403),
        (Method::PUT, at(&shop), wish("shop", json!(["blog.example"])), 404),
        (Method::DELETE, at(&hours), json!(null), 403),
        (Method::DELETE, at(&shop), json!(null), 404),
        (Method::DELETE, format!("{AT}/nonsense"), json!(null), 404),
    ] {
        let refused = ben.refused(method.clone(), &path, Some(&body)).await;
        assert_eq!(refused.status, status, "{method} {path} {body}");
    }
    let changed = ben.put(&at(&blog), &wish("journal", json!(["blog.example"]))).await;
    assert_eq!((&changed["id"], &changed["name"], &changed["body"]), (&blog["id"], &json!("journal"), &json!("y")));
    ada.delete(&at(&hours)).await;
    assert_eq!(names(&ada, "").await, ["journal", "shop"]);
    program.stop().await;
}
