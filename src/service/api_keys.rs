//! Scripts get keys.
//!
//! What lives here: making, listing and revoking them. What must not: what a key allows ([`super::access`]).

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::access::Scope;
use super::authenticate::hash_token;
use super::change_access::checked_domains;
use super::decide::Decision;
use super::operator_profile::checked_name;
use super::record_audit::{Actor, record};
use super::{Service, ServiceError};
use crate::clock::{new_id, new_token};
use crate::model::ApiKeyId;
use crate::store::{ApiKey, Change, SignIn, Write};

/// How every key begins, so that people and scanners know one when they see it.
const PREFIX: &str = "tlk_";
/// Most days that a key may be good for.
const MOST_DAYS: u32 = 3_650;

/// What a new key shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// Its name for people.
    pub name: String,
    /// What it is good for: `read`, `write`, `admin`.
    pub scopes: Vec<String>,
    /// The names of the domains that it may see; `None` for all of them.
    pub domains: Option<Vec<String>>,
    /// For how many days it is good; `None` for ever.
    pub expires_in_days: Option<u32>,
}

pub use crate::store::ApiKey as KeyView;

/// Makes a key. The key itself is given here and never again.
///
/// # Errors
/// [`ServiceError::Invalid`], [`ServiceError::Unavailable`].
pub async fn make_api_key(
    service: &Service,
    new: &NewApiKey,
    by: Actor,
) -> Result<(ApiKey, SecretString), ServiceError> {
    let name = checked_name(&new.name)?;
    let scopes = checked_scopes(&new.scopes)?;
    let domains = checked_domains(service, new.domains.as_deref())?;
    if domains.is_some() && scopes.iter().any(|scope| scope == Scope::Admin.word()) {
        // With it one could make oneself a key for the others too.
        let why = "a key with the scope `admin` is for all domains: leave `domains` out, or that scope".to_owned();
        return Err(ServiceError::Invalid { field: "domains", why });
    }
    if new.expires_in_days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        let why = format!("write a number of days from 1 to {MOST_DAYS}, or leave it out");
        return Err(ServiceError::Invalid { field: "expires_in_days", why });
    }
    let token = SecretString::from(format!("{PREFIX}{}", new_token().expose_secret()));
    let now = service.clock.now();
    let key = ApiKey {
        id: new_id::<ApiKeyId>(),
        name,
        token_hash: hash_token(&token),
        scopes,
        domains,
        created_by: match by {
            Actor::Operator(id) => Some(id),
            _ => None,
        },
        created_at: now,
        expires_at: new.expires_in_days.map(|days| now.plus(Duration::from_secs(u64::from(days) * 86_400))),
        last_used_at: None,
        revoked_at: None,
    };
    service
        .decide(|| async {
            let mut write = Write::new(key.id.0);
            write.push(Change::SignIn(SignIn::NewApiKey(key.clone())));
            record(&mut write, now, by, "key.made", &key.name, key.scopes.join(", "));
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
    Ok((key, token))
}

fn checked_scopes(words: &[String]) -> Result<Vec<String>, ServiceError> {
    let wrong = |why: String| ServiceError::Invalid { field: "scopes", why };
    let mut scopes = BTreeSet::new();
    for word in words {
        let unknown =
            || wrong(format!("`{}` is none: write read, write or admin", crate::model::limits::shorten(word, 40)));
        scopes.insert(Scope::named(word).ok_or_else(unknown)?);
    }
    if scopes.is_empty() {
        return Err(wrong("name at least one of read, write and admin".to_owned()));
    }
    Ok(scopes.into_iter().map(|scope| scope.word().to_owned()).collect())
}

/// Every key there ever was, the newest first.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn list_api_keys(service: &Service) -> Result<Vec<ApiKey>, ServiceError> {
    Ok(service.store.api_keys().await?)
}

/// Revokes a key; nothing happens to one that was revoked before.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Unavailable`].
pub async fn revoke_api_key(service: &Service, id: ApiKeyId, by: Actor) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let key = service.store.api_key(id).await?.ok_or(ServiceError::NotFound { what: "key" })?;
            if key.revoked_at.is_some() {
                return Ok(Decision::Nothing(()));
            }
            let now = service.clock.now();
            let mut write = Write::new(id.0);
            write.push(Change::SignIn(SignIn::ApiKeyRevoked(id, now)));
            record(&mut write, now, by, "key.revoked", &key.name, String::new());
            Ok(Decision::Quietly(write, ()))
        })
        .await
}
