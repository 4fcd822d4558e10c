//! More than anybody may ask for.
//!
//! What lives here: each limit, met on purpose. What must not: floods (see the test of many strangers).
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};
use threadline::settings::{Limits, Rate, Settings};

use super::Stand;
use crate::support::database::{Database, Kind};
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

/// A program with other limits.
async fn stand(db: &Database, limit: impl FnOnce(&mut Limits)) -> Stand {
    let mut settings: Settings = bare(db);
    limit(&mut settings.limits);
    Stand::of(Program::with(settings).await)
}

#[tokio::test]
async fn too_many_sessions() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.sessions_per_address = Rate::new(1, 2)).await;
    let body = json!({"domain": "shop.example"});
    assert_eq!(stand.session(None, &body).await.status(), 201);
    // What is refused for another reason costs nothing.
    assert_eq!(stand.session(Some("https://evil.example"), &body).await.status(), 403);
    assert_eq!(stand.session(None, &body).await.status(), 201);
    Refusal::read(stand.session(None, &body).await).await.is_too_many("sessions from this address");
    let page = stand.session(Some("https://shop.example"), &body).await;
    assert_eq!(
        page.headers()["access-control-expose-headers"],
        "Retry-After, X-Request-Id",
        "a page can read how long"
    );
    stand.program.stop().await;
}

#[tokio::test]
async fn too_many_messages() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.messages_per_visitor = Rate::new(1, 2)).await;
    let (ada, bob) = (stand.program.visitor("shop.example").await, stand.program.visitor("shop.example").await);
    ada.write("one").await;
    ada.write("two").await;
    Refusal::read(ada.send("three", "three").await.unwrap()).await.is_too_many("messages");
    bob.write("mine").await;
    assert_eq!(ada.sees().await.len(), 2, "what was refused was not kept");
    stand.program.stop().await;
}

#[tokio::test]
async fn too_many_messages_from_one_address() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.messages_per_address = Rate::new(1, 2)).await;
    for name in ["one", "two"] {
        stand.program.visitor("shop.example").await.write(name).await;
    }
    let third = stand.program.visitor("shop.example").await;
    Refusal::read(third.send("three", "three").await.unwrap()).await.is_too_many("messages from this address");
    stand.program.stop().await;
}

#[tokio::test]
async fn too_many_bytes() {
    let limit = |limits: &mut Limits| limits.bytes_per_visitor = Rate::new(40_000, 40_000);
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, limit).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.write(&"🧵".repeat(9_000)).await;
    Refusal::read(visitor.send("again", &"🧶".repeat(9_000)).await.unwrap()).await.is_too_many("long messages");
    visitor.write("short").await;
    stand.program.stop().await;
}

#[tokio::test]
async fn too_many_new_conversations() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.conversations_per_address = Rate::new(1, 1)).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.write("one").await;
    visitor.write("two, in the same").await;
    let other = stand.program.visitor("shop.example").await;
    Refusal::read(other.send("three", "three").await.unwrap()).await.is_too_many("new conversations from this address");
    visitor.write("the open one goes on").await;
    visitor.close().await;
    Refusal::read(visitor.send("four", "four").await.unwrap()).await.is_too_many("new conversations from this address");
    stand.program.stop().await;
}

#[tokio::test]
async fn a_message_that_is_kept_already_is_not_counted_as_a_new_conversation() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.conversations_per_address = Rate::new(1, 1)).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.write("one").await;
    visitor.close().await;
    let again = visitor.send("one", "one").await.unwrap();
    assert_eq!(again.status(), 200, "its answer was lost on the way, and the conversation was closed meanwhile");
    stand.program.stop().await;
}

#[tokio::test]
async fn too_many_conversations_on_one_domain() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.conversations_per_domain = Rate::new(1, 1)).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.write("one").await;
    let other = stand.program.visitor("shop.example").await;
    Refusal::read(other.send("two", "two").await.unwrap()).await.is_too_many("new conversations here");
    stand.program.visitor("blog.example").await.write("elsewhere").await;
    visitor.write("the open one goes on").await;
    stand.program.stop().await;
}

#[tokio::test]
async fn too_many_requests() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| limits.requests_per_address = Rate::new(1, 3)).await;
    let visitor = stand.program.visitor("shop.example").await;
    visitor.sees().await;
    visitor.sees().await;
    let answer = visitor.request(Method::GET, "/messages?after=0").send().await.unwrap();
    Refusal::read(answer).await.is_too_many("requests from this address");
    let alive = stand.request(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(alive.status(), 200, "a supervisor is no visitor");
    stand.program.stop().await;
}

/// The error and the code that a live line ends with.
async fn end(live: &mut crate::support::visitor::Live) -> (Value, Option<u16>) {
    let error = live.frame().await;
    (error, live.next().await.unwrap_err())
}

#[tokio::test]
async fn too_many_sockets() {
    let db = Database::new(Kind::Sqlite).await;
    let stand = stand(&db, |limits| {
        limits.sockets_per_visitor = 1;
        limits.sockets_per_address = 2;
    })
    .await;
    let (ada, bob) = (stand.program.visitor("shop.example").await, stand.program.visitor("shop.example").await);
    let mut first = ada.live(0).await;
    assert_eq!(first.frame().await["type"], "ready");
    let (error, code) = end(&mut ada.live(0).await).await;
    assert_eq!(
        (error["problem"]["type"].as_str(), code),
        (Some("urn:threadline:problem:too-many-requests"), Some(4429))
    );
    assert!(
        error["problem"]["detail"].as_str().unwrap().starts_with("Too many live connections of this visitor"),
        "{error}"
    );
    let mut second = bob.live(0).await;
    assert_eq!(second.frame().await["type"], "ready");
    let carol = stand.program.visitor("shop.example").await;
    let (error, code) = end(&mut carol.live(0).await).await;
    assert_eq!(code, Some(4429));
    assert!(
        error["problem"]["detail"].as_str().unwrap().starts_with("Too many live connections from this address"),
        "{error}"
    );
    stand.program.stop().await;
}
