//! Tokens of every kind, made by hand: a test must not ask the same code what it thinks of itself.

use hmac::{Hmac, KeyInit, Mac};
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};
use uuid::Uuid;

use super::*;
use crate::model::DomainId;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: Micros = Micros(1_700_000_000_000_000);

fn domain() -> DomainInfo {
    let identity_secret = Some(SecretString::from(SECRET));
    DomainInfo { identity_secret, ..DomainInfo::named(DomainId(Uuid::nil()), "shop.example") }
}

/// Base64url without padding (RFC 4648, 5).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(LETTERS[((bits >> (18 - 6 * place)) & 63) as usize]));
        }
    }
    text
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()))
}

fn token(header: &Value, claims: &Value, secret: &str) -> String {
    let message = unsigned(header, claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", base64(&mac.finalize().into_bytes()))
}

fn claims() -> Value {
    json!({"sub": "u-1", "aud": "shop.example", "exp": 1_700_003_600, "name": "Ada", "email": "ada@shop.example"})
}

fn read(token: &str) -> Result<Identity, String> {
    verify(&domain(), &SecretString::from(token), NOW).map_err(|error| error.to_string())
}

fn hs256() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

#[test]
fn a_good_token_says_who_somebody_is() {
    let identity = read(&token(&hs256(), &claims(), SECRET)).unwrap();
    let wanted = Identity {
        external_id: "u-1".into(),
        name: Some("Ada".into()),
        email: Some(("ada@shop.example".into(), true)),
    };
    assert_eq!(identity, wanted);
    let mut unproved = claims();
    unproved["email_verified"] = json!(false);
    unproved["aud"] = json!(["shop.example", "other.example"]);
    unproved["name"] = json!("  <b>Ada</b>\u{202e} ");
    let identity = read(&token(&hs256(), &unproved, SECRET)).unwrap();
    assert_eq!(identity.email, Some(("ada@shop.example".into(), false)));
    assert_eq!(identity.name.as_deref(), Some("<b>Ada</b>"));
}

#[rstest]
#[case::no_sub("sub", Value::Null, "`sub` is missing")]
#[case::empty_sub("sub", json!(""), "`sub` must have")]
#[case::invisible_sub("sub", json!("u\u{200b}1"), "`sub` must have")]
#[case::long_sub("sub", json!("x".repeat(256)), "`sub` must have")]
#[case::number_sub("sub", json!(7), "of")]
#[case::no_aud("aud", Value::Null, "`aud` is missing")]
#[case::other_aud("aud", json!("blog.example"), "`aud` must be \"shop.example\"")]
#[case::no_exp("exp", Value::Null, "`exp` is missing")]
#[case::text_exp("exp", json!("tomorrow"), "of")]
#[case::old("exp", json!(1_699_999_900), "`exp` is over")]
#[case::far("exp", json!(1_700_000_000 + 8 * 86_400), "7 days")]
#[case::endless("exp", json!(1e300), "")]
#[case::not_yet("nbf", json!(1_700_000_061), "`nbf` is still to come")]
#[case::text_nbf("nbf", json!("now"), "`nbf` must be a number")]
#[case::no_email("email", json!("ada"), "`email` is not")]
fn a_wrong_claim_is_named(#[case] claim: &str, #[case] value: Value, #[case] says: &str) {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(claim);
    } else {
        claims[claim] = value;
    }
    let told = read(&token(&hs256(), &claims, SECRET)).unwrap_err();
    assert!(told.contains(says), "{told}");
}

#[test]
fn no_other_algorithm_and_no_other_key_will_do() {
    for alg in ["none", "None", "RS256", "ES256", "HS384", "HS512", ""] {
        let header = json!({"alg": alg, "typ": "JWT"});
        let told = read(&token(&header, &claims(), SECRET)).unwrap_err();
        assert!(told.contains("HS256"), "{alg}: {told}");
        assert!(read(&format!("{}.", unsigned(&header, &claims()))).is_err(), "{alg} without a signature");
    }
    let told = read(&token(&hs256(), &claims(), "another secret of the same length!!!")).unwrap_err();
    assert!(told.contains("signature"), "{told}");
    // What a header offers as its own key, or asks for on top, is not for the token to say.
    let own = json!({"alg": "HS256", "jwk": {"kty": "oct", "k": base64(b"theirs")}, "jku": "https://evil.example", "kid": "1"});
    assert!(read(&token(&own, &claims(), "theirs")).unwrap_err().contains("signature"));
    assert!(
        read(&token(&json!({"alg": "HS256", "crit": ["x"], "x": "1"}), &claims(), SECRET))
            .unwrap_err()
            .contains("crit")
    );
    let message = unsigned(&hs256(), &claims());
    let mut longer = Hmac::<Sha512>::new_from_slice(SECRET.as_bytes()).unwrap();
    longer.update(message.as_bytes());
    assert!(read(&format!("{message}.{}", base64(&longer.finalize().into_bytes()))).is_err());
    assert!(read(&format!("{message}.")).is_err(), "no signature at all");
}

#[test]
fn what_is_no_token_is_refused_in_words() {
    let good = token(&hs256(), &claims(), SECRET);
    for odd in ["", ".", "..", "a.b", "a.b.c", "not a token", "é.é.é", &format!("{good}.x"), &good[..good.len() - 2]]
    {
        assert!(!read(odd).unwrap_err().is_empty(), "{odd}");
    }
    assert!(read(&"x".repeat(TOKEN_BYTES + 1)).unwrap_err().contains("bytes"));
    let mut bare = domain();
    bare.identity_secret = None;
    assert!(verify(&bare, &SecretString::from(good), NOW).unwrap_err().to_string().contains("identity_secret"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = read(&text);
    }
}
