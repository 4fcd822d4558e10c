//! Checks that an HTTP request is Slack's.
//!
//! What lives here: the signature, over the raw bytes, with its window of time. What must not: parsing the body.

use std::time::Duration;

use bridge_core::{HookRequest, Micros};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How far a request's time may be from ours; Slack's own advice.
const WINDOW: Duration = Duration::from_secs(300);

/// Why a request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    /// A header is missing or no time.
    #[error("the headers X-Slack-Signature and X-Slack-Request-Timestamp are missing or malformed")]
    Missing,
    /// Too old, or from the future.
    #[error("the request's time is more than 300 s away from ours; check this machine's clock")]
    Stale,
    /// Signed with another secret, or changed on the way.
    #[error("the signature does not fit; check signing_secret")]
    Wrong,
}

/// Checks the signature of `request`.
pub(crate) fn verify(secret: &SecretString, request: &HookRequest) -> Result<(), SignatureError> {
    let signature = request.header("x-slack-signature").ok_or(SignatureError::Missing)?;
    let timestamp = request.header("x-slack-request-timestamp").ok_or(SignatureError::Missing)?;
    let seconds: i64 = timestamp.parse().map_err(|_| SignatureError::Missing)?;
    let sent = Micros(seconds.checked_mul(1_000_000).ok_or(SignatureError::Stale)?);
    if sent.since(request.received_at).max(request.received_at.since(sent)) > WINDOW {
        return Err(SignatureError::Stale);
    }
    let expected = sign(secret, timestamp, &request.body).ok_or(SignatureError::Wrong)?;
    if bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) { Ok(()) } else { Err(SignatureError::Wrong) }
}

/// The signature that Slack gives: `v0=` and the hex form.
fn sign(secret: &SecretString, timestamp: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    Some(format!("v0={}", hex::encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use proptest::prelude::*;

    fn request(timestamp: &str, signature: &str, body: &[u8], received_at: i64) -> HookRequest {
        HookRequest {
            endpoint: "events".into(),
            headers: vec![
                ("x-slack-request-timestamp".into(), timestamp.into()),
                ("x-slack-signature".into(), signature.into()),
            ],
            body: Bytes::copy_from_slice(body),
            received_at: Micros(received_at * 1_000_000),
        }
    }

    #[test]
    fn slacks_own_example_is_taken() {
        // From Slack's page "Verifying requests from Slack".
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let secret = "8f742231b10e8888abcd99yyyzzz85a5".into();
        let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        assert_eq!(verify(&secret, &request("1531420618", signature, body, 1_531_420_700)), Ok(()));
        let stale = request("1531420618", signature, body, 1_531_420_919);
        assert_eq!(verify(&secret, &stale), Err(SignatureError::Stale));
        let early = request("1531420618", signature, body, 1_531_420_317);
        assert_eq!(verify(&secret, &early), Err(SignatureError::Stale));
        assert_eq!(
            verify(&"other".into(), &request("1531420618", signature, body, 1_531_420_618)),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn a_request_without_signature_is_not_taken() {
        let mut bare = request("1", "v0=", b"", 1);
        bare.headers.clear();
        assert_eq!(verify(&"secret".into(), &bare), Err(SignatureError::Missing));
        assert_eq!(verify(&"secret".into(), &request("soon", "v0=", b"", 1)), Err(SignatureError::Missing));
        assert_eq!(
            verify(&"secret".into(), &request("9223372036854775807", "v0=", b"", 1)),
            Err(SignatureError::Stale)
        );
    }

    proptest! {
        #[test]
        fn only_the_same_bytes_and_secret_fit(body: Vec<u8>, secret: String, flip in 0_usize..64, at in 0_i64..4_000_000_000) {
            let secret: SecretString = secret.into();
            let timestamp = at.to_string();
            let signature = sign(&secret, &timestamp, &body).unwrap();
            prop_assert_eq!(verify(&secret, &request(&timestamp, &signature, &body, at)), Ok(()));
            let mut other = body.clone();
            other.insert(flip.min(other.len()), b'!');
            prop_assert_eq!(verify(&secret, &request(&timestamp, &signature, &other, at)), Err(SignatureError::Wrong));
        }

        #[test]
        fn no_header_makes_it_panic(timestamp: String, signature: String, received in -4_000_000_000_i64..4_000_000_000) {
            let _ = verify(&"secret".into(), &request(&timestamp, &signature, b"x", received));
        }
    }
}
