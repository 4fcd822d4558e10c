//! The one place that executes a call of Slack's Web API.
//!
//! What lives here: the client, the time-out and the pace of every call, and the sorting of everything that can go wrong
//! on the way. What must not: what a call is for.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{BridgeError, Scope};
use dashmap::DashMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::hyper_tokio::{SlackClientHyperConnector, SlackHyperClient, SlackHyperHttpsConnector};
use slack_morphism::{
    SlackApiToken, SlackApiTokenValue, SlackClient, SlackClientApiCallContext, SlackClientHttpConnector as _,
};
use url::Url;

use crate::errors::{Failure, Refusal};
use crate::settings::MethodPaces;

/// The longest that a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a call that changes something waits for its turn before the worker is told to come back later.
const WRITE_PATIENCE: Duration = Duration::from_secs(1);
/// How long a call that only reads waits for its turn.
const READ_PATIENCE: Duration = Duration::from_secs(30);

/// Whether a call changes something: if so, a lost answer leaves its outcome unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing is changed; trying again is safe.
    Reads,
    /// Something may be changed.
    Writes,
}

/// Calls Slack with one token.
pub(crate) struct Caller {
    client: Arc<SlackHyperClient>,
    token: SlackApiToken,
    within: Duration,
    paces: MethodPaces,
    limiters: DashMap<String, Arc<DefaultDirectRateLimiter>>,
}

/// The one connector of the connection: https with the machine's own roots (or, where it has none, the built-in ones),
/// and plain http for a stand-in on the same machine.
pub(crate) fn connector() -> Result<SlackHyperHttpsConnector, BridgeError> {
    // slack-morphism's sockets ask for the process's provider; the first bridge to be made sets it, later ones find it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut http = hyper_util::client::legacy::connect::HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT_WITHIN));
    http.set_nodelay(true);
    let builder = hyper_rustls::HttpsConnectorBuilder::new();
    let with_roots = match builder.with_provider_and_native_roots(rustls::crypto::ring::default_provider()) {
        Ok(with_roots) => with_roots,
        Err(_) => hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| BridgeError::Transient { why: format!("TLS could not be set up: {error}") })?,
    };
    Ok(with_roots.https_or_http().enable_http1().wrap_connector(http))
}

/// The client that every caller of the connection shares.
pub(crate) fn client(connector: SlackHyperHttpsConnector, api_url: &str) -> Arc<SlackHyperClient> {
    let connector = SlackClientHyperConnector::with_connector(connector).with_slack_api_url(api_url);
    Arc::new(SlackClient::new(connector))
}

/// A token in the form that slack-morphism takes.
pub(crate) fn token(secret: &SecretString) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue(secret.expose_secret().to_owned()))
}

impl Caller {
    pub(crate) fn new(
        client: Arc<SlackHyperClient>,
        secret: &SecretString,
        within: Duration,
        paces: MethodPaces,
    ) -> Self {
        Self { client, token: token(secret), within, paces, limiters: DashMap::new() }
    }

    /// Reads with a GET request.
    pub(crate) async fn get(&self, method: &str, params: &[(&str, &str)]) -> Result<Value, Failure> {
        self.wait_turn(method, Effect::Reads).await?;
        let params: Vec<(&str, Option<&str>)> = params.iter().map(|(name, value)| (*name, Some(*value))).collect();
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_get::<Value, _, _>(method, &params, None);
        self.settle(method, Effect::Reads, tokio::time::timeout(self.within, call).await)
    }

    /// Sends a JSON body.
    pub(crate) async fn post(&self, method: &str, body: &Value, effect: Effect) -> Result<Value, Failure> {
        self.wait_turn(method, effect).await?;
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post::<_, Value>(method, body, None);
        self.settle(method, effect, tokio::time::timeout(self.within, call).await)
    }

    /// Sends a JSON body to an address that Slack gave us, without any token.
    pub(crate) async fn post_without_token(&self, url: Url, body: &Value) -> Result<(), Failure> {
        let span = tracing::Span::none();
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        let call = self.client.http_api.connector.http_post_uri::<_, Value>(url, body, context);
        self.settle("response_url", Effect::Writes, tokio::time::timeout(self.within, call).await).map(|_| ())
    }

    /// Waits for the method's turn, or says when to come back.
    async fn wait_turn(&self, method: &str, effect: Effect) -> Result<(), Failure> {
        let Some(limiter) = self.limiter(method) else { return Ok(()) };
        let patience = if effect == Effect::Writes { WRITE_PATIENCE } else { READ_PATIENCE };
        let mut waited = Duration::ZERO;
        loop {
            let Err(not_until) = limiter.check() else { return Ok(()) };
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            waited = waited.saturating_add(wait);
            if waited > patience {
                return Err(Failure::Other(BridgeError::RateLimited { after: wait, scope: Scope::Channel }));
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn limiter(&self, method: &str) -> Option<Arc<DefaultDirectRateLimiter>> {
        if let Some(limiter) = self.limiters.get(method) {
            return Some(limiter.clone());
        }
        let pace = self.paces.of(method);
        let burst = NonZeroU32::new(pace.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(pace.interval)?.allow_burst(burst);
        let made = || Arc::new(RateLimiter::direct(quota));
        Some(self.limiters.entry(method.to_owned()).or_insert_with(made).clone())
    }

    fn settle(
        &self,
        method: &str,
        effect: Effect,
        answer: Result<Result<Value, SlackClientError>, tokio::time::error::Elapsed>,
    ) -> Result<Value, Failure> {
        let failure = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => sort(method, effect, error),
            Err(_) => unknown(effect, format!("{method} had no answer within {:?}", self.within)),
        };
        tracing::debug!(slack.method = method, ?failure, "Slack did not do {method}");
        Err(failure)
    }
}

/// A lost answer: unknown where something may have changed, harmless where not.
fn unknown(effect: Effect, why: String) -> Failure {
    Failure::Other(match effect {
        Effect::Writes => BridgeError::Ambiguous { why },
        Effect::Reads => BridgeError::Transient { why },
    })
}

/// Sorts the client's error. Its own text holds the answer's body, and so people's words: it is never passed on.
fn sort(method: &str, effect: Effect, error: SlackClientError) -> Failure {
    match error {
        SlackClientError::ApiError(error) => {
            let body = error.http_response_body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
            let messages = body.as_ref().and_then(|body| body.pointer("/response_metadata/messages"));
            Failure::Refused(Refusal {
                method: method.to_owned(),
                code: error.code,
                needed: body.as_ref().and_then(|body| body.get("needed")?.as_str()).map(str::to_owned),
                details: messages
                    .and_then(Value::as_array)
                    .map(|list| list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
                    .unwrap_or_default(),
            })
        }
        SlackClientError::RateLimitError(error) => Failure::Other(BridgeError::RateLimited {
            after: error.retry_after.unwrap_or(Duration::from_secs(5)).max(Duration::from_millis(100)),
            scope: Scope::Channel,
        }),
        SlackClientError::HttpError(error) => by_status(method, effect, error.status_code.as_u16()),
        SlackClientError::HttpProtocolError(error) => {
            let refused = error.cause.as_ref().and_then(|cause| {
                cause.downcast_ref::<hyper_util::client::legacy::Error>().filter(|error| error.is_connect())
            });
            match refused {
                Some(_) => Failure::Other(BridgeError::Transient {
                    why: "no connection to Slack could be made; check the network and api_url".to_owned(),
                }),
                None => unknown(effect, format!("the connection broke during {method}")),
            }
        }
        SlackClientError::ProtocolError(_) => unknown(effect, format!("{method} was answered with no usable JSON")),
        SlackClientError::SystemError(_)
        | SlackClientError::EndOfStream(_)
        | SlackClientError::SocketModeProtocolError(_) => unknown(effect, format!("the answer to {method} broke off")),
    }
}

fn by_status(method: &str, effect: Effect, status: u16) -> Failure {
    Failure::Other(match status {
        401 | 403 => BridgeError::Unauthorized {
            why: format!("{method} was answered with HTTP {status}; check the token and api_url"),
        },
        413 => BridgeError::Rejected { why: "the message is too big (HTTP 413)".to_owned() },
        408 | 500..=599 => return unknown(effect, format!("{method} was answered with HTTP {status}")),
        _ => BridgeError::Transient { why: format!("{method} was answered with HTTP {status}; check api_url") },
    })
}
