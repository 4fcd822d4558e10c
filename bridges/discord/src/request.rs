//! Requests with a body, and the one-time marks that go with them.
//!
//! What lives here: serenity's `Request` with JSON in it. What must not: executing one (see `call`), and what one is for.

use serde_json::{Value, json};
use serenity::http::{LightMethod, Request, Route};
use sha2::{Digest as _, Sha256};

/// Discord takes 25 characters of nonce.
const NONCE_LENGTH: usize = 25;

/// A new thing.
pub(crate) fn post<'a>(route: Route<'a>, body: &Value) -> Request<'a> {
    Request::new(route, LightMethod::Post).body(Some(body.to_string().into_bytes()))
}

/// A changed thing.
pub(crate) fn patch<'a>(route: Route<'a>, body: &Value) -> Request<'a> {
    Request::new(route, LightMethod::Patch).body(Some(body.to_string().into_bytes()))
}

/// Nothing but the address.
pub(crate) const fn bare(method: LightMethod, route: Route<'_>) -> Request<'_> {
    Request::new(route, method)
}

/// Makes a message's body one that leaves one message however often it is sent within a few minutes.
pub(crate) fn once(mut body: Value, nonce: &str) -> Value {
    body["nonce"] = json!(nonce);
    body["enforce_nonce"] = json!(true);
    body
}

/// A nonce made of what the message is about: the same parts give the same.
pub(crate) fn nonce_of(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize();
    // Keys of ours hold digits and letters only: with this mark it is never taken for one.
    let letters = hash.iter().take(NONCE_LENGTH - 1).map(|byte| char::from(b'a' + byte % 26));
    std::iter::once('~').chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use bridge_core::IdempotencyKey;

    use super::*;

    #[test]
    fn a_made_nonce_fits_and_is_never_taken_for_a_key() {
        let nonce = nonce_of(&["1", "hello"]);
        assert_eq!(nonce.chars().count(), NONCE_LENGTH);
        assert_eq!(nonce, nonce_of(&["1", "hello"]));
        assert_ne!(nonce, nonce_of(&["1h", "ello"]));
        assert!(nonce.parse::<IdempotencyKey>().is_err());
    }
}
