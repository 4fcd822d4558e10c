//! The visitor who asks.
//!
//! What lives here: from the bearer token to the visitor, held to their domain's origins. What must not: what a visitor may
//! do.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;
use secrecy::SecretString;

use super::super::State;
use super::super::error::ApiError;
use super::origin::Origin;
use crate::model::Visitor;
use crate::service::DomainInfo;
use crate::service::authenticate::authenticate;

/// A visitor whose token is good and whose page may ask.
pub(in crate::http) struct CurrentVisitor {
    /// Who.
    pub(in crate::http) visitor: Visitor,
    /// Their domain.
    pub(in crate::http) domain: Arc<DomainInfo>,
}

impl CurrentVisitor {
    /// Finds the visitor of a token.
    ///
    /// # Errors
    /// `Unauthorized` when the token is none of ours, or its domain is no longer configured; `OriginNotAllowed` when the
    /// page isn't the domain's; `Unavailable`.
    pub(in crate::http) async fn find(state: &State, token: &SecretString, origin: &Origin) -> Result<Self, ApiError> {
        let visitor = authenticate(&state.service, token).await?;
        let domain = state.service.domain(visitor.domain).ok_or(ApiError::Unauthorized)?;
        origin.check(&domain)?;
        Ok(Self { visitor, domain })
    }
}

impl FromRequestParts<State> for CurrentVisitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let token = bearer(&parts.headers).ok_or(ApiError::Unauthorized)?;
        let Ok(origin) = Origin::from_request_parts(parts, state).await;
        Self::find(state, &token, &origin).await
    }
}

/// The token of `Authorization: Bearer TOKEN`; the scheme's letter case doesn't matter (RFC 9110).
pub(in crate::http) fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| SecretString::from(token))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;
    use secrecy::ExposeSecret;

    use super::*;

    #[rstest]
    #[case("Bearer abc", Some("abc"))]
    #[case("bearer  abc ", Some("abc"))]
    #[case("Basic abc", None)]
    #[case("Bearer", None)]
    #[case("Bearer ", None)]
    #[case("abc", None)]
    fn a_token_is_found_behind_its_scheme(#[case] value: &'static str, #[case] token: Option<&str>) {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        assert_eq!(bearer(&headers).as_ref().map(ExposeSecret::expose_secret), token);
    }
}
