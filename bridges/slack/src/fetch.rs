//! Plain HTTP requests, for what slack-morphism has no call for: pictures, and the headers of an answer.
//!
//! What lives here: bounded requests that follow no redirect. What must not: a token to any host but the Web API's own.

use std::time::Duration;

use bridge_core::BridgeError;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::http::response::Parts;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use secrecy::{ExposeSecret as _, SecretString};
use slack_morphism::hyper_tokio::SlackHyperHttpsConnector;
use url::Url;

/// Makes bounded requests.
pub(crate) struct Fetcher {
    client: Client<SlackHyperHttpsConnector, Empty<Bytes>>,
    api_url: Url,
    within: Duration,
}

impl Fetcher {
    pub(crate) fn new(connector: SlackHyperHttpsConnector, api_url: Url, within: Duration) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build(connector), api_url, within }
    }

    /// The Web API's address.
    pub(crate) const fn api_url(&self) -> &Url {
        &self.api_url
    }

    /// Asks once and gives head and body. `token` goes along only where `url` is at the Web API's own origin.
    pub(crate) async fn fetch(
        &self,
        method: Method,
        url: &Url,
        token: &SecretString,
        most_bytes: usize,
    ) -> Result<(Parts, Bytes), BridgeError> {
        let transient = |why: &str| BridgeError::Transient { why: why.to_owned() };
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .body(Empty::new())
            .map_err(|_| transient("the address is not one that can be asked for"))?;
        if url.origin() == self.api_url.origin() {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
                BridgeError::Unauthorized { why: "the token holds characters that no token has".to_owned() }
            })?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let whole = async {
            let answer = self.client.request(request).await.map_err(|_| transient("no answer could be had"))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, most_bytes).collect().await;
            Ok((head, body.map_err(|_| transient("the answer broke off or is too big"))?.to_bytes()))
        };
        tokio::time::timeout(self.within, whole).await.map_err(|_| transient("no answer came in time"))?
    }
}
