//! The operator, or the script, who asks.
//!
//! What lives here: from the cookie or the key to the caller, with all that keeps others out: the origin of writes, the
//! scope that the URL and the method ask for. What must not: which domain a thing belongs to (each handler asks
//! [`Access::sees`]).
//!
//! Every handler of the inbox's and the admin's API takes [`CurrentOperator`], and so none can forget a check.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use url::Url;

use super::super::State;
use super::super::error::ApiError;
use super::super::router::url as urls;
use super::super::sign_in::cookie;
use super::visitor::bearer;
use crate::model::limits::shorten;
use crate::model::{Operator, OperatorSessionId};
use crate::service::access::{Access, Caller, Scope};
use crate::service::operator_access::{by_key, by_session};
use crate::service::record_audit::Actor;

/// Most characters of a foreign origin that we repeat to its sender.
const SHOWN: usize = 200;

/// Somebody who signed in, or a script with a key, and what they may.
pub(in crate::http) struct CurrentOperator {
    /// Who.
    pub(in crate::http) who: Caller,
    /// What they see and may do.
    pub(in crate::http) access: Access,
}

impl CurrentOperator {
    /// The person who asks.
    ///
    /// # Errors
    /// `OperatorNeeded` for a script.
    pub(in crate::http) fn operator(&self) -> Result<&Operator, ApiError> {
        self.who.operator().ok_or(ApiError::OperatorNeeded)
    }

    /// The person's session.
    ///
    /// # Errors
    /// `OperatorNeeded` for a script.
    pub(in crate::http) fn session(&self) -> Result<OperatorSessionId, ApiError> {
        match &self.who {
            Caller::Operator { session, .. } => Ok(*session),
            Caller::Key { .. } => Err(ApiError::OperatorNeeded),
        }
    }

    /// Who they are in the record of what was done.
    pub(in crate::http) fn actor(&self) -> Actor {
        Actor::from(&self.who)
    }
}

impl FromRequestParts<State> for CurrentOperator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let (who, access) = if let Some(key) = bearer(&parts.headers) {
            by_key(&state.service, &key).await?
        } else {
            // Before anything is looked up: a foreign page learns nothing, not even whether somebody is signed in.
            if writes(&parts.method) || opens_socket(&parts.headers) {
                check_origin(&parts.headers, state)?;
            }
            let token = cookie::read(&parts.headers, state).ok_or(ApiError::SignedOut)?;
            by_session(&state.service, &token).await?
        };
        let scope = needed(parts.uri.path(), &parts.method);
        if !access.allows(scope) {
            return Err(ApiError::NotAllowed { what: refused(&who, scope) });
        }
        Ok(Self { who, access })
    }
}

/// A request that comes from one of our own pages, whoever is signed in there.
pub(in crate::http) struct OwnPage;

impl FromRequestParts<State> for OwnPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        check_origin(&parts.headers, state).map(|()| Self)
    }
}

/// Holds a request to our own pages. Absent and `null` are refused too: a browser always says where a write comes from.
///
/// # Errors
/// `ForeignOrigin`.
fn check_origin(headers: &HeaderMap, state: &State) -> Result<(), ApiError> {
    let mut given = headers.get_all(header::ORIGIN).iter();
    let (first, second) = (given.next(), given.next());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let ours = ours(state.service.book.public_url(), host);
    if let (Some(first), None) = (first, second)
        && let Ok(text) = first.to_str()
        && let Some(origin) = read(text)
        && ours.contains(&origin)
    {
        return Ok(());
    }
    let origin =
        first.map_or_else(|| "none".to_owned(), |first| shorten(&String::from_utf8_lossy(first.as_bytes()), SHOWN));
    Err(ApiError::ForeignOrigin { origin, ours: ours.into_iter().next().unwrap_or_default() })
}

/// The origins of our own pages. Who told us our address is held to it; else it is the address that was asked.
fn ours(public_url: Option<&str>, host: Option<&str>) -> Vec<String> {
    match (public_url, host) {
        (Some(url), _) => read(url).into_iter().collect(),
        (None, Some(host)) => {
            ["http", "https"].iter().filter_map(|scheme| read(&format!("{scheme}://{host}"))).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// An origin in its one form; `null` and nonsense are none.
fn read(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "http" | "https") && is_bare).then(|| url.origin().ascii_serialization())
}

fn writes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

fn opens_socket(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE)
}

fn needed(path: &str, method: &Method) -> Scope {
    if path.starts_with(urls::ADMIN) {
        Scope::Admin
    } else if writes(method) {
        Scope::Write
    } else {
        Scope::Read
    }
}

fn refused(who: &Caller, scope: Scope) -> &'static str {
    match (who, scope) {
        (Caller::Operator { .. }, _) => "only admins may do that: ask one of them, or ask to become one",
        (Caller::Key { .. }, Scope::Read) => "the key lacks the scope `read`: make one that has it",
        (Caller::Key { .. }, Scope::Write) => "the key lacks the scope `write`: make one that has it",
        (Caller::Key { .. }, Scope::Admin) => "the key lacks the scope `admin`: make one that has it",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::named(Some("https://chat.example"), Some("chat.example"), "https://chat.example", true)]
    #[case::a_port_of_its_own(Some("https://chat.example"), None, "https://chat.example:443", true)]
    #[case::another_scheme(Some("https://chat.example"), None, "http://chat.example", false)]
    #[case::another_name_than_ours(
        Some("https://chat.example"),
        Some("127.0.0.1:8080"),
        "http://127.0.0.1:8080",
        false
    )]
    #[case::by_host(None, Some("127.0.0.1:8080"), "http://127.0.0.1:8080", true)]
    #[case::by_host_behind_tls(None, Some("chat.example"), "https://chat.example", true)]
    #[case::another_port(None, Some("127.0.0.1:8080"), "http://127.0.0.1:8081", false)]
    #[case::no_host(None, None, "http://127.0.0.1", false)]
    #[case::nobodys(Some("https://chat.example"), None, "null", false)]
    #[case::longer(Some("https://chat.example"), None, "https://chat.example.evil.example", false)]
    #[case::with_a_path(Some("https://chat.example"), None, "https://chat.example/x", false)]
    fn a_page_is_ours(#[case] url: Option<&str>, #[case] host: Option<&str>, #[case] origin: &str, #[case] is: bool) {
        assert_eq!(read(origin).is_some_and(|origin| ours(url, host).contains(&origin)), is);
    }
}
