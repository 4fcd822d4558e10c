//! Who a website says that its visitor is: a JSON Web Token, signed with the domain's secret.
//!
//! What lives here: judging a token. What must not: what follows from it (that is [`super::start_session`]).
//!
//! One algorithm is taken, HS256, and the verifier below knows no other: whatever a token's header asks for, nothing else can
//! happen to it.

use std::sync::LazyLock;

use bridge_core::Micros;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwkUtils, JwtSigner, JwtVerifier};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, TokenData, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use signature::Verifier;

use super::{DomainInfo, ServiceError};
use crate::model::contact::{NAME_CHARS, clean_line, is_email};
use crate::model::limits::shorten;

/// Most bytes of a token.
const TOKEN_BYTES: usize = 8_192;
/// Most characters of a website's own name for a visitor.
const SUBJECT_CHARS: usize = 255;
/// How far ahead a token may end.
const LONGEST_SECONDS: i64 = 7 * 24 * 3_600;
/// By how much the website's clock may differ from ours.
const LEEWAY_SECONDS: i64 = 60;

/// Who somebody is, by the word of the website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The website's own name for them.
    pub external_id: String,
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address, and whether it is proved to be theirs.
    pub email: Option<(String, bool)>,
}

#[derive(Deserialize)]
struct Claims {
    /// Whether these two are there and of their kind is judged with the rest, so that one that isn't can be named.
    #[serde(default)]
    sub: Value,
    #[serde(default)]
    exp: Value,
    #[serde(default)]
    nbf: Value,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<bool>,
}

/// Reads a token for a domain.
///
/// # Errors
/// [`ServiceError::IdentityNotValid`], with the reason for the website's developer.
pub fn verify(domain: &DomainInfo, token: &SecretString, now: Micros) -> Result<Identity, ServiceError> {
    let refuse = |why: String| ServiceError::IdentityNotValid { why };
    let Some(secret) = &domain.identity_secret else {
        let why = format!("the domain `{}` has no identity_secret in the configuration file: add one", domain.name);
        return Err(refuse(why));
    };
    let token = token.expose_secret();
    if token.len() > TOKEN_BYTES {
        return Err(refuse(format!("it has {} bytes; at most {TOKEN_BYTES} are taken", token.len())));
    }
    LazyLock::force(&INSTALLED);
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "aud", "sub"]);
    validation.set_audience(&[&domain.name]);
    // Judged below, by our own clock.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(secret.expose_secret().as_bytes());
    let decoded = jsonwebtoken::decode::<Claims>(token, &key, &validation);
    let TokenData { header, claims, .. } = decoded.map_err(|error| refuse(explain(&error, &domain.name)))?;
    if header.crit.is_some() {
        return Err(refuse("its header has `crit`, and whatever it asks for is not understood here".to_owned()));
    }
    judge_time(claims.exp.as_f64().unwrap_or_default(), now).map_err(refuse)?;
    judge_beginning(&claims.nbf, now).map_err(refuse)?;
    let subject = claims.sub.as_str().unwrap_or_default();
    let external_id = clean_line(subject).filter(|id| *id == subject && id.chars().count() <= SUBJECT_CHARS);
    let external_id = external_id.ok_or_else(|| {
        refuse(format!("`sub` must have 1 to {SUBJECT_CHARS} characters, none of them invisible, and single spaces"))
    })?;
    let verified = claims.email_verified.unwrap_or(true);
    let email = claims.email.map(|email| email.trim().to_owned()).filter(|email| !email.is_empty());
    if let Some(email) = &email
        && !is_email(email)
    {
        return Err(refuse("`email` is not an e-mail address; leave it out where there is none".to_owned()));
    }
    let name = claims.name.as_deref().and_then(clean_line).map(|name| shorten(&name, NAME_CHARS));
    Ok(Identity { external_id, name, email: email.map(|email| (email, verified)) })
}

fn judge_time(exp: f64, now: Micros) -> Result<(), String> {
    #[expect(clippy::cast_possible_truncation, reason = "a number out of bounds becomes the bound, and is refused")]
    let exp = exp.round() as i64;
    let now = now.0 / 1_000_000;
    if exp <= now.saturating_sub(LEEWAY_SECONDS) {
        return Err("`exp` is over: make a new token for each page".to_owned());
    }
    if exp > now.saturating_add(LONGEST_SECONDS + LEEWAY_SECONDS) {
        return Err("`exp` is more than 7 days ahead: a token that leaks must not be good for long".to_owned());
    }
    Ok(())
}

/// A token may say from when on it is good (RFC 7519, 4.1.5).
fn judge_beginning(nbf: &Value, now: Micros) -> Result<(), String> {
    if nbf.is_null() {
        return Ok(());
    }
    let from =
        nbf.as_f64().ok_or("`nbf` must be a number of seconds since 1970; leave it out where it isn't needed")?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of this era are far from where whole numbers get lost")]
    let latest = (now.0 / 1_000_000).saturating_add(LEEWAY_SECONDS) as f64;
    if from > latest {
        return Err("`nbf` is still to come: the token isn't good yet; is the website's clock right?".to_owned());
    }
    Ok(())
}

fn explain(error: &JwtError, domain: &str) -> String {
    match error.kind() {
        ErrorKind::InvalidSignature => {
            "the signature doesn't match: sign with the domain's identity_secret, by HS256".to_owned()
        }
        ErrorKind::MissingRequiredClaim(claim) => format!("`{claim}` is missing, or not of its kind"),
        ErrorKind::InvalidAudience => format!("`aud` must be \"{domain}\""),
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::InvalidKeyFormat => {
            "`alg` must be HS256; nothing else is taken".to_owned()
        }
        // The header of a token with `alg` none, say, can't be read at all.
        ErrorKind::Json(source) if source.to_string().contains("unknown variant") => {
            "`alg` must be HS256; nothing else is taken".to_owned()
        }
        ErrorKind::Json(_) => "its claims are of the wrong kind, or it is not JSON inside".to_owned(),
        _ => "it is not a JSON Web Token: three parts in Base64url with dots between them".to_owned(),
    }
}

/// The one verifier there is.
struct Hs256(Hmac<Sha256>);

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let mut mac = self.0.clone();
        mac.update(message);
        // Compared in constant time.
        mac.verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, JwtError> {
    if *algorithm != Algorithm::HS256 {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let mac = Hmac::new_from_slice(key.try_get_hmac_secret()?).map_err(|_| ErrorKind::InvalidKeyFormat)?;
    Ok(Box::new(Hs256(mac)))
}

/// We sign nothing.
fn signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, JwtError> {
    Err(ErrorKind::InvalidAlgorithm.into())
}

static PROVIDER: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, jwk_utils: JwkUtils::new_unimplemented() };

/// The crate keeps one provider a process. Where another was first, it can do no less.
static INSTALLED: LazyLock<bool> = LazyLock::new(|| PROVIDER.install_default().is_ok());

#[cfg(test)]
mod tests;
