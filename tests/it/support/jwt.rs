//! What a website's own server does: a word, signed, about who its visitor is.
//!
//! What lives here: making JSON Web Tokens by hand. What must not: reading them.
#![expect(clippy::unwrap_used, reason = "a test ends where its stand fails")]

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// The secret of the domain `shop.example` in tests.
pub(crate) const SECRET: &str = "a secret of at least thirty-two bytes";

/// Base64url without padding (RFC 4648, 5).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |bits: u32| char::from(LETTERS.get((bits & 63) as usize).copied().unwrap_or_default());
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        text.extend((0..=chunk.len()).map(|place| letter(bits >> (18 - 6 * place))));
    }
    text
}

/// A token with this header and these claims, signed by HMAC with SHA-256 whatever the header says.
pub(crate) fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let message = format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", base64(&mac.finalize().into_bytes()))
}

/// Good claims for somebody on `shop.example`, for an hour from now.
pub(crate) fn claims(sub: &str) -> Value {
    let now = threadline::clock::Clock::system().now().0 / 1_000_000;
    json!({"sub": sub, "aud": "shop.example", "exp": now + 3_600, "name": format!("Name of {sub}"), "email": format!("{sub}@shop.example")})
}

/// A good token for somebody on `shop.example`.
pub(crate) fn identity(sub: &str) -> String {
    signed(&json!({"alg": "HS256", "typ": "JWT"}), &claims(sub), SECRET)
}
