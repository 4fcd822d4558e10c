//! An operator, and a key, at the doors of another domain.
//!
//! What lives here: every route of the inbox's API, as the description lists them, so that a new one is tested from its first
//! day. What must not: what a route does.

use reqwest::Method;
use serde_json::{Value, json};
use threadline::model::Role;

use crate::support::database::{Database, Kind};
use crate::support::operator::Desk;
use crate::support::program::{Program, bare};
use crate::support::refusal::Refusal;

/// What is about oneself, or about all domains that one sees: there is nothing in it that could be of a foreign one.
const ABOUT_ONESELF: [&str; 11] = [
    "delete /v1/inbox/profile/picture",
    "delete /v1/inbox/session",
    "get /v1/inbox/domains",
    "get /v1/inbox/live",
    "get /v1/inbox/session",
    "patch /v1/inbox/profile",
    "post /v1/inbox/canned-replies",
    "post /v1/inbox/profile/link-code",
    "post /v1/inbox/session",
    "put /v1/inbox/availability",
    "put /v1/inbox/profile/picture",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_holds_to_the_callers_domains() {
    let db = Database::new(Kind::Sqlite).await;
    let program = Program::with(bare(&db)).await;
    let url = program.url.as_str();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let admin = Desk::admin(&db, url, "Grace").await;
    let ben = Desk::invited(&db, url, "Ben", Role::Operator, &["blog.example"]).await;
    let key = json!({"name": "blog", "scopes": ["read", "write"], "domains": ["blog.example"]});
    let key = text(&admin.post("/v1/admin/api-keys", &key).await["token"]);
    let conversation = text(&program.visitor("shop.example").await.write("For the shop").await["conversation"]["id"]);
    let at = format!("/v1/inbox/conversations/{conversation}");
    let words = json!({"client_key": "1", "body": "Hello"});
    let message = text(&admin.post(&format!("{at}/messages"), &words).await["message"]["id"]);
    let hours = |domain: &str| json!({"name": "hours", "body": "Nine to five", "domains": [domain]});
    let canned = text(&admin.post("/v1/inbox/canned-replies", &hours("shop.example")).await["id"]);
    let before = admin.get(&at).await;

    let description: Value = reqwest::get(format!("{url}/openapi.json")).await.unwrap().json().await.unwrap();
    let paths = description["paths"].as_object().unwrap();
    let mut about_oneself = Vec::new();
    for (path, methods) in paths.iter().filter(|(path, _)| path.starts_with("/v1/inbox/")) {
        let id = if path.contains("/canned-replies/") { &canned } else { &conversation };
        let path = path.replace("{id}", id).replace("{message}", &message);
        for (method, route) in methods.as_object().unwrap() {
            let parameters = route["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let takes_domain = parameters.iter().any(|it| it["name"] == "domain");
            if !takes_domain && !path.contains(id) {
                about_oneself.push(format!("{method} {path}"));
                continue;
            }
            let path = if takes_domain { format!("{path}?domain=shop.example") } else { path.clone() };
            let method: Method = method.to_uppercase().parse().unwrap();
            let by_key = reqwest::Client::new().request(method.clone(), format!("{url}{path}")).bearer_auth(&key);
            for request in [ben.request(method.clone(), &path), by_key] {
                let refusal = Refusal::read(request.json(&hours("blog.example")).send().await.unwrap()).await;
                assert_eq!(
                    (refusal.status, refusal.problem["type"].as_str()),
                    (404, Some("urn:threadline:problem:not-found")),
                    "{method} {path}"
                );
            }
        }
    }
    about_oneself.sort_unstable();
    assert_eq!(about_oneself, ABOUT_ONESELF);

    for list in ["conversations?filter=all", "history"] {
        assert_eq!(ben.get(&format!("/v1/inbox/{list}")).await["conversations"], json!([]), "{list}");
    }
    let mine = ben.get("/v1/inbox/domains").await;
    assert_eq!((mine["domains"].as_array().unwrap().len(), &mine["domains"][0]["name"]), (1, &json!("blog.example")));
    let foreign = hours("shop.example");
    assert_eq!(ben.refused(Method::POST, "/v1/inbox/canned-replies", Some(&foreign)).await.status, 422);
    assert_eq!(admin.get(&at).await, before, "nothing of it did anything");
    program.stop().await;
}
