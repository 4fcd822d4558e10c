//! An operator at a desk: a browser that is signed in to the inbox.
//!
//! What lives here: inviting, signing in, and requests with the cookie and our own origin. What must not: what the pages show.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use threadline::app;
use threadline::model::Role;
use threadline::service::invite_operator::Invitation;
use threadline::settings::{Database as DatabaseSettings, Domain, Settings};

use super::database::Database;
use super::refusal::Refusal;

/// The cookie's name where the program is reached without https.
pub(crate) const COOKIE: &str = "threadline_session";

/// What the browser calls itself in which somebody signs in.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0";

/// A link for somebody, made as `threadline invite` makes it, beside the program that runs at `url`. No domains: all.
pub(crate) async fn invite(db: &Database, url: &str, name: &str, role: Role, domains: &[&str]) -> String {
    try_invite(db, url, name, role, domains).await.unwrap()
}

/// The same; why not, where it is refused.
pub(crate) async fn try_invite(
    db: &Database,
    url: &str,
    name: &str,
    role: Role,
    domains: &[&str],
) -> Result<String, String> {
    let mut settings = Settings {
        database: DatabaseSettings { url: SecretString::from(db.url()) },
        domains: ["shop.example", "blog.example"].map(Domain::named).into(),
        ..Settings::default()
    };
    settings.server.public_url = Some(url.parse().unwrap());
    let names: Vec<String> = domains.iter().map(|name| (*name).to_owned()).collect();
    let domains = (!names.is_empty()).then_some(names);
    let invitation = Invitation { name: name.to_owned(), role: Some(role), domains };
    // The program may only just have started; it answers once it has the database.
    assert_eq!(reqwest::get(format!("{url}/readyz")).await.unwrap().status(), 200);
    let invited = app::invite(&settings, &invitation).await.map_err(|error| error.to_string())?;
    Ok(invited.link.url.expose_secret().to_owned())
}

/// A browser of an operator's.
pub(crate) struct Desk {
    /// Where the program is, without a slash at the end; also the origin of its pages.
    pub(crate) url: String,
    /// The operator's id.
    pub(crate) id: String,
    /// The session's token.
    pub(crate) token: String,
    http: reqwest::Client,
}

impl Desk {
    /// Somebody new with that role, signed in. No domains: all.
    pub(crate) async fn invited(db: &Database, url: &str, name: &str, role: Role, domains: &[&str]) -> Self {
        Self::sign_in(url, &invite(db, url, name, role, domains).await).await
    }

    /// A new admin who sees everything.
    pub(crate) async fn admin(db: &Database, url: &str, name: &str) -> Self {
        Self::invited(db, url, name, Role::Admin, &[]).await
    }

    /// Signs in with a link.
    pub(crate) async fn sign_in(url: &str, link: &str) -> Self {
        let answer = post_link(url, link, None).await;
        assert_eq!(answer.status(), 204);
        let token = cookie_of(&answer);
        let mut desk = Self { url: url.to_owned(), id: String::new(), token, http: reqwest::Client::new() };
        let me = desk.get("/v1/inbox/session").await;
        me["operator"]["id"].as_str().unwrap().clone_into(&mut desk.id);
        desk
    }

    /// The cookie, as a browser sends it.
    pub(crate) fn cookie(&self) -> String {
        format!("{COOKIE}={}", self.token)
    }

    /// A request as one of our pages makes it.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.header("cookie", self.cookie()).header("origin", &self.url)
    }

    /// Sends such a request, with a body where there is one.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// Reads something that is there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.done(Method::GET, path, None).await
    }

    /// Posts something that is taken; `null` where the answer has no body. The same holds for the others.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        self.done(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Value {
        self.done(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Value {
        self.done(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Value {
        self.done(Method::DELETE, path, None).await
    }

    async fn done(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let answer = self.send(method.clone(), path, body).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    /// Asks for something that is refused.
    pub(crate) async fn refused(&self, method: Method, path: &str, body: Option<&Value>) -> Refusal {
        Refusal::read(self.send(method, path, body).await).await
    }
}

/// Posts a link's token as the page does; `cookie` is what the browser holds already.
pub(crate) async fn post_link(url: &str, link: &str, cookie: Option<&str>) -> Response {
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, format!("{url}/sign-in"));
    let browser = reqwest::Client::builder().user_agent(BROWSER).build().unwrap();
    let mut request = browser.post(format!("{url}/v1/inbox/session")).header("origin", url);
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    request.json(&json!({"token": token})).send().await.unwrap()
}

/// The token in the cookie that an answer sets.
pub(crate) fn cookie_of(answer: &Response) -> String {
    let line = answer.headers()["set-cookie"].to_str().unwrap();
    let rest = line.strip_prefix(COOKIE).and_then(|rest| rest.strip_prefix('=')).unwrap();
    rest.split(';').next().unwrap().to_owned()
}
