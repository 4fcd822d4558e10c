//! Whose token is this?
//!
//! What lives here: the look-up by hash. What must not: headers.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{Service, ServiceError};
use crate::model::Visitor;

/// SHA-256 of a token: what the store keeps in its place.
pub(crate) fn hash_token(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret().as_bytes()).into()
}

/// The visitor to whom a token belongs.
///
/// # Errors
/// [`ServiceError::Unauthorized`] for a token that is none of ours, or whose domain is no longer configured.
pub async fn authenticate(service: &Service, token: &SecretString) -> Result<Visitor, ServiceError> {
    let visitor = service.store.visitor_by_token(&hash_token(token)).await?.ok_or(ServiceError::Unauthorized)?;
    if service.domain(visitor.domain).is_none() {
        return Err(ServiceError::Unauthorized);
    }
    Ok(visitor)
}
