//! Who can answer: pages, platforms and operators' own words; and the live line of the pages.
//!
//! What lives here: one file a subject, and an operator's line. What must not: what is shown of a conversation.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its stand fails")]

mod commands;
mod demo;
mod live;
mod pages;
mod platforms;

use serde_json::{Value, json};

use crate::support::PATIENCE;
use crate::support::operator::Desk;
use crate::support::visitor::Live;

/// The live line of an operator's page.
pub(crate) struct Line(Live);

impl Line {
    /// Opens it and says hello. Gives what `ready` says of the domains.
    pub(crate) async fn open(desk: &Desk, active: bool) -> (Self, Value) {
        let mut line = Self(Self::dial(desk).await);
        line.0.send(&json!({"type": "hello", "active": active})).await;
        let ready = line.until("ready", |frame| (frame["type"] == "ready").then(|| frame["domains"].clone())).await;
        (line, ready)
    }

    /// Opens it, and says nothing yet.
    async fn dial(desk: &Desk) -> Live {
        let headers = [("cookie", desk.cookie()), ("origin", desk.url.clone())];
        let headers: Vec<(&'static str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Live::connect(&format!("{}/v1/inbox/live", desk.url), &headers).await.unwrap()
    }

    async fn send(&mut self, frame: Value) {
        self.0.send(&frame).await;
    }

    /// Waits for a frame.
    pub(crate) async fn until<T>(&mut self, what: &str, mut look: impl FnMut(&Value) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let waiting = async {
            loop {
                let frame = self.0.frame().await;
                if let Some(found) = look(&frame) {
                    return found;
                }
                seen.push(frame);
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}; there came {seen:#?}"),
        }
    }

    /// Waits until a domain stands so.
    async fn until_domain(&mut self, name: &str, online: bool) -> Value {
        let look = |frame: &Value| {
            let domain = &frame["domain"];
            (frame["type"] == "domain" && domain["name"] == name && domain["online"] == online).then(|| domain.clone())
        };
        self.until("a domain to change", look).await
    }
}

/// Waits for the visitor's next word about presence that says this.
async fn until_presence(live: &mut Live, online: bool) {
    let waiting = async { while live.frame().await["presence"]["online"] != online {} };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "presence never became {online}");
}

/// Who is monitoring a domain, and by what: `Ada: inbox`.
fn monitoring(domain: &Value) -> Vec<String> {
    let monitors = domain["monitoring"].as_array().unwrap().iter();
    let words = |it: &Value| format!("{}: {}", it["operator"]["name"].as_str().unwrap(), it["how"].as_str().unwrap());
    monitors.map(words).collect()
}

/// A domain as a desk's list shows it.
async fn domain_of(desk: &Desk, name: &str) -> Value {
    let domains = desk.get("/v1/inbox/domains").await;
    domains["domains"].as_array().unwrap().iter().find(|domain| domain["name"] == name).unwrap().clone()
}
