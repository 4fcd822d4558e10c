//! Who may not: foreign pages, nobody, and operators where only admins may.
//!
//! What lives here: every route of the inbox's and the admin's API, as the description lists them, so that a new one is
//! tested from its first day. What must not: what a route does.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use crate::support::database::{Database, Kind};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

/// Every method and path of these APIs, with an id that nothing has.
async fn routes(url: &str) -> Vec<(Method, String)> {
    let description: Value = reqwest::get(format!("{url}/openapi.json")).await.unwrap().json().await.unwrap();
    let mut routes = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        if !path.starts_with("/v1/inbox/") && !path.starts_with("/v1/admin/") {
            continue;
        }
        let mut whole = path.clone();
        while let (Some(from), Some(to)) = (whole.find('{'), whole.find('}')) {
            whole.replace_range(from..=to, "00000000-0000-7000-8000-000000000000");
        }
        for method in methods.as_object().unwrap().keys() {
            routes.push((method.to_uppercase().parse().unwrap(), whole.clone()));
        }
    }
    assert!(routes.len() > 20, "{routes:?}");
    routes
}

fn is_sign_in(method: &Method, path: &str) -> bool {
    path == "/v1/inbox/session" && *method == Method::POST
}

fn is_live(path: &str) -> bool {
    path == "/v1/inbox/live"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_knows_who_may() {
    let db = Database::new(Kind::Sqlite).await;
    let program = Program::with(bare(&db)).await;
    let desk = Desk::invited(&db, &program.url, "Ada", Role::Operator, &[]).await;
    let http = reqwest::Client::new();
    for (method, path) in routes(&program.url).await {
        let at = format!("{method} {path}");
        let writes = method != Method::GET;
        // Nobody is signed in.
        let request = http.request(method.clone(), format!("{}{path}", program.url)).header("origin", &program.url);
        let answer = request.header("cookie", "threadline_session=nonsense").json(&json!({})).send().await.unwrap();
        if path == "/v1/inbox/session" && method == Method::DELETE {
            assert_eq!(answer.status(), 204, "who is signed out may forget the cookie");
        } else if !is_sign_in(&method, &path) && !is_live(&path) {
            let refusal = Refusal::read(answer).await;
            assert_eq!(
                (refusal.status, refusal.problem["type"].as_str()),
                (401, Some("urn:threadline:problem:signed-out")),
                "{at}"
            );
        }
        // A page of somebody else's, with the cookie.
        for origin in [None, Some("null"), Some("https://evil.example"), Some("http://127.0.0.1:1")] {
            let mut request = http.request(method.clone(), format!("{}{path}", program.url));
            request = request.header("cookie", desk.cookie());
            if is_live(&path) {
                request = request.header("connection", "upgrade").header("upgrade", "websocket");
                request = request
                    .header("sec-websocket-version", "13")
                    .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            }
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            if writes || is_live(&path) {
                let refusal = Refusal::read(request.json(&json!({})).send().await.unwrap()).await;
                let detail = format!(
                    "Only our own pages may do that, and the origin of this one is {}: open it at {}.",
                    origin.unwrap_or("none"),
                    program.url
                );
                assert_eq!(
                    (refusal.status, refusal.problem["detail"].as_str()),
                    (403, Some(&*detail)),
                    "{at} from {origin:?}"
                );
            }
        }
        // An operator where only admins may.
        if path.starts_with("/v1/admin/") {
            let refusal = desk.refused(method, &path, Some(&json!({}))).await;
            refusal.is(403, "not-allowed", "Only admins may do that: ask one of them, or ask to become one.");
        }
    }
    program.stop().await;
}
