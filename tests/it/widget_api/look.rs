//! How a domain's chat looks, as the widget asks before anybody has opened it.
//!
//! What lives here: the answer, how long it may be kept, and for whom. What must not: the settings themselves.

use serde_json::{Value, json};

use crate::support::database::{Database, Kind};
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

#[tokio::test]
async fn a_page_learns_how_its_chat_looks() {
    let db = Database::new(Kind::Sqlite).await;
    let program = Program::with(bare(&db)).await;
    let ask = |name: &str, origin: &str| {
        let url = format!("{}/v1/widget/domain?name={name}", program.url);
        reqwest::Client::new().get(url).header("origin", origin).send()
    };
    let answer = ask("shop.example", "https://shop.example").await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(answer.status(), 200);
    assert_eq!(header("cache-control"), "public, max-age=300");
    assert_eq!(header("access-control-allow-origin"), "https://shop.example");
    // What a cache keeps for one website's page is not for another's.
    assert_eq!(header("vary").to_lowercase(), "origin");
    let look: Value = answer.json().await.unwrap();
    assert_eq!(look["mode"], "live_chat");
    assert_eq!(look["look"], json!({"color": null, "corner": "right", "icon": "chat"}));
    assert_eq!(look["team"], json!([]));

    let elsewhere = ask("shop.example", "https://evil.example").await.unwrap();
    assert_eq!(elsewhere.status(), 403);
    let unknown = Refusal::read(ask("nowhere.example", "https://shop.example").await.unwrap()).await;
    assert_eq!(unknown.status, 404);
    program.stop().await;
}
