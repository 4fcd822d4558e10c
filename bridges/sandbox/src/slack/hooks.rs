//! Slack's calls over HTTP: the Events API, interactions and slash commands, signed, with retries.
//!
//! What lives here: the signature and the posts. What must not: payloads, or when to retry (see `delivery`).
//!
//! The signature is `v0=` and the hex of HMAC-SHA256 over `v0:{timestamp}:{raw body}` with the app's signing secret.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc;
use url::form_urlencoded;

use super::SlackSandbox;
use super::net::{Kind, Outgoing};

/// A client that follows no redirects, as Slack's own sender.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap_or_default()
}

/// Signs a raw body as Slack does.
#[must_use]
pub fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// Sends what one app is owed, one after the other.
pub(crate) async fn run_lane(sandbox: SlackSandbox, mut inbox: mpsc::UnboundedReceiver<Outgoing>) {
    loop {
        let out = tokio::select! {
            () = sandbox.0.stop.cancelled() => return,
            out = inbox.recv() => out,
        };
        let Some(out) = out else { return };
        let first = tokio::spawn(sandbox.clone().follow_http(out));
        // Waited for only for a moment; it goes on by itself.
        let _ = tokio::time::timeout(sandbox.0.order_wait, first).await;
    }
}

/// Why an app's answer was no acknowledgement, in the words of `X-Slack-Retry-Reason`.
struct Failure {
    reason: String,
    no_retry: bool,
}

impl SlackSandbox {
    async fn follow_http(self, mut out: Outgoing) {
        let mut attempt = 0;
        let mut reason = String::new();
        loop {
            let answer = tokio::select! {
                answer = self.post(&out, attempt, &reason) => answer,
                () = self.0.stop.cancelled() => return,
            };
            match answer {
                Ok(payload) => {
                    self.note(&out, attempt, "acked", true);
                    return self.answered(&mut out, payload);
                }
                Err(failure) if failure.no_retry => {
                    self.note(&out, attempt, "no_retry", true);
                    return;
                }
                Err(failure) => {
                    let Some(next) = self.next_attempt(&mut out, attempt, &failure.reason) else { return };
                    let sandbox = self.clone();
                    reason = if failure.reason.starts_with("http_5") || failure.reason.starts_with("http_4") {
                        "http_error".to_owned()
                    } else {
                        failure.reason
                    };
                    tokio::select! {
                        () = sandbox.0.clock.sleep_until(next) => {}
                        () = sandbox.0.stop.cancelled() => return,
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// The address and the raw body for one attempt.
    fn request(&self, out: &Outgoing) -> Option<(String, String, &'static str, Vec<u8>)> {
        let world = self.lock();
        let app = world.apps.get(&out.app_id)?;
        let form = "application/x-www-form-urlencoded";
        let (url, kind, body) = match out.kind {
            Kind::Event => (app.event_url.clone()?, "application/json", out.payload.to_string()),
            Kind::Interaction => {
                let mut body = form_urlencoded::Serializer::new(String::new());
                (app.interaction_url.clone()?, form, body.append_pair("payload", &out.payload.to_string()).finish())
            }
            Kind::Command => {
                let mut body = form_urlencoded::Serializer::new(String::new());
                for (key, value) in out.payload.as_object().into_iter().flatten() {
                    body.append_pair(key, value.as_str().unwrap_or_default());
                }
                (app.command_url.clone()?, form, body.finish())
            }
        };
        Some((url, app.signing_secret.clone(), kind, body.into_bytes()))
    }

    async fn post(&self, out: &Outgoing, attempt: u32, reason: &str) -> Result<Option<Value>, Failure> {
        let failed = |reason: &str| Failure { reason: reason.to_owned(), no_retry: false };
        let (url, secret, kind, body) = self.request(out).ok_or_else(|| failed("no_request_url"))?;
        let at = self.0.clock.now_seconds();
        let mut request = self
            .0
            .http
            .post(url)
            .header("content-type", kind)
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", at.to_string())
            .header("x-slack-signature", sign(&secret, at, &body));
        if attempt > 0 {
            request = request.header("x-slack-retry-num", attempt.to_string()).header("x-slack-retry-reason", reason);
        }
        let answer = async {
            let answer = request.body(body).send().await.map_err(|_| failed("connection_failed"))?;
            let status = answer.status();
            let no_retry = answer.headers().get("x-slack-no-retry").is_some_and(|value| value == "1");
            let body = answer.bytes().await.map_err(|_| failed("connection_failed"))?;
            if status.is_success() {
                let text = String::from_utf8_lossy(&body).into_owned();
                let plain = (!text.trim().is_empty()).then(|| json!({"text": text}));
                Ok(serde_json::from_slice::<Value>(&body).ok().filter(Value::is_object).or(plain))
            } else {
                Err(Failure { reason: format!("http_{}", status.as_u16()), no_retry })
            }
        };
        let deadline = self.0.clock.after(self.0.ack_within);
        tokio::select! {
            biased;
            answer = answer => answer,
            () = self.0.clock.sleep_until(deadline) => Err(failed("http_timeout")),
        }
    }

    /// Does what Slack's app page does when a request URL is saved: sends a signed `url_verification`.
    ///
    /// # Errors
    /// A sentence about what the URL answered instead of the challenge.
    pub async fn verify_request_url(&self, app_id: &str) -> Result<(), String> {
        let challenge = crate::ids::token(40);
        let app = self.lock().apps.get(app_id).cloned().ok_or_else(|| format!("there is no app {app_id}"))?;
        let url = app.event_url.ok_or_else(|| format!("{app_id} has no request URL"))?;
        let payload =
            json!({"token": app.verification_token, "challenge": challenge, "type": "url_verification"}).to_string();
        let at = self.0.clock.now_seconds();
        let answer = self
            .0
            .http
            .post(&url)
            .header("content-type", "application/json")
            .header("x-slack-request-timestamp", at.to_string())
            .header("x-slack-signature", sign(&app.signing_secret, at, payload.as_bytes()))
            .body(payload)
            .timeout(self.0.ack_within)
            .send()
            .await
            .map_err(|error| format!("{url} didn't answer: {error}"))?;
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        let json = serde_json::from_str::<Value>(&text).unwrap_or_default();
        if status.is_success() && (text.trim() == challenge || json["challenge"] == challenge.as_str()) {
            return Ok(());
        }
        Err(format!("{url} answered {status} without the challenge"))
    }
}
