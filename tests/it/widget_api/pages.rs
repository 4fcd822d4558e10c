//! What is served beside the API.
//!
//! What lives here: health, the API's description, the widget's script, pictures that are not there. What must not: the
//! script's contents.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use std::path::Path;

use serde_json::{Value, json};

use crate::support::database::{Database, Kind, on_both};
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

on_both!(a_picture_that_is_not_there, health_is_told);

async fn a_picture_that_is_not_there(db: &Database) {
    let program = Program::with(bare(db)).await;
    for id in ["0192f0c1-2d3e-7000-8000-000000000000", "nonsense", "..%2f..%2fthreadline.db", "%00"] {
        let answer = reqwest::get(format!("{}/pictures/{id}", program.url)).await.unwrap();
        Refusal::read(answer).await.is(404, "not-found", "There is no such picture.");
    }
    program.stop().await;
}

async fn health_is_told(db: &Database) {
    let program = Program::with(bare(db)).await;
    for (path, status) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let answer = reqwest::get(format!("{}{path}", program.url)).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["cache-control"].to_str().unwrap()), (200, "no-store"));
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"status": status}));
    }
    program.stop().await;
}

#[tokio::test]
async fn the_description_is_the_one_that_is_committed() {
    let db = Database::new(Kind::Sqlite).await;
    let program = Program::with(bare(&db)).await;
    let answer = reqwest::get(format!("{}/openapi.json", program.url)).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let served: Value = answer.json().await.unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/api/openapi.json");
    let committed: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(served, committed, "run `cargo xtask api` to write {} again", file.display());
    program.stop().await;
}

#[tokio::test]
async fn the_widget_is_served() {
    let db = Database::new(Kind::Sqlite).await;
    let program = Program::with(bare(&db)).await;
    let url = format!("{}/widget.js", program.url);
    let answer = reqwest::get(&url).await.unwrap();
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(answer.status(), 200);
    assert!(header("content-type").starts_with("text/javascript"), "{}", header("content-type"));
    assert_eq!(
        (header("access-control-allow-origin").as_str(), header("x-content-type-options").as_str()),
        ("*", "nosniff")
    );
    let tag = header("etag");
    let http = reqwest::Client::new();
    assert_eq!(http.get(&url).header("if-none-match", &tag).send().await.unwrap().status(), 304);
    assert!(!answer.bytes().await.unwrap().is_empty());
    program.stop().await;
}
