//! Looking back: what was said is found, and figures are told about it.
//!
//! What lives here: the history and the monitor over HTTP, with a script's key. What must not: pages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where its stand fails")]

mod bounded;
mod changed;
mod corpus;
mod figures;
mod found;

use std::time::Duration;

use bridge_core::Micros;
use serde_json::Value;
use sha2::{Digest, Sha256};
use threadline::clock::new_id;
use threadline::store::{ApiKey, Change, SignIn, Store, Write};

use crate::support::PATIENCE;

/// 2026-09-21T13:33:20Z.
const NOW: Micros = Micros(1_789_997_600_000_000);
const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// How long conversations may take until they are found: a whole corpus is read page after page meanwhile.
const LONG_PATIENCE: Duration = PATIENCE.saturating_mul(3);

/// Makes these changes in one write without guards.
async fn make(store: &Store, changes: impl IntoIterator<Item = Change>) {
    let mut write = Write::new(new_id::<uuid::Uuid>());
    write.changes.extend(changes);
    store.commit(write).await.unwrap();
}

/// Writes down a key that may read; of these domains, where some are named.
async fn key(store: &Store, token: &str, domains: Option<&[&str]>) {
    let key = ApiKey {
        id: new_id(),
        name: token.to_owned(),
        token_hash: Sha256::digest(token.as_bytes()).into(),
        scopes: vec!["read".to_owned()],
        domains: domains.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        created_by: None,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    };
    make(store, [Change::SignIn(SignIn::NewApiKey(key))]).await;
}

/// A script with a key.
struct Script {
    http: reqwest::Client,
    url: String,
    key: &'static str,
}

impl Script {
    fn new(url: &str, key: &'static str) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned(), key }
    }

    /// What the API answers, with its status.
    async fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> (u16, Value) {
        let url = url::Url::parse_with_params(&format!("{}/v1/inbox/{path}", self.url), parameters).unwrap();
        let answer = self.http.get(url).bearer_auth(self.key).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap())
    }

    async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let (status, answer) = self.ask(path, parameters).await;
        assert_eq!(status, 200, "{path} {parameters:?}: {answer}");
        answer
    }

    /// What is found, page after page of `limit`: ids with snippets.
    async fn all(&self, parameters: &[(&str, &str)], limit: usize) -> Vec<(String, Option<String>)> {
        let (mut found, mut before, limit) = (Vec::new(), None::<String>, limit.to_string());
        loop {
            let mut parameters = parameters.to_vec();
            parameters.push(("limit", &limit));
            if let Some(before) = &before {
                parameters.push(("before", before));
            }
            let page = self.get("history", &parameters).await;
            for entry in page["conversations"].as_array().unwrap() {
                let snippet = entry["snippet"].as_str().map(str::to_owned);
                found.push((entry["id"].as_str().unwrap().to_owned(), snippet));
            }
            match page["next"].as_str() {
                Some(next) => before = Some(next.to_owned()),
                None => return found,
            }
        }
    }

    /// Waits until so many conversations are found.
    async fn until(&self, count: usize, parameters: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let look = async {
            loop {
                let found = self.all(parameters, 100).await;
                if found.len() == count {
                    return found;
                }
            }
        };
        match tokio::time::timeout(LONG_PATIENCE, look).await {
            Ok(found) => found,
            Err(_) => panic!("{parameters:?} never found {count}, but {:?}", self.all(parameters, 100).await),
        }
    }
}
