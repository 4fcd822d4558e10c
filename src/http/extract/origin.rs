//! The page that a browser asks for.
//!
//! What lives here: reading `Origin`, and whether it is one of a domain's. What must not: CORS headers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::super::State;
use super::super::cors::Verdict;
use super::super::error::ApiError;
use crate::model::limits::shorten;
use crate::service::DomainInfo;

/// Most characters of a foreign origin that we repeat to its sender.
const SHOWN: usize = 200;

/// The origin of the page that asks.
#[derive(Debug, Clone)]
pub(in crate::http) struct Origin {
    page: Page,
    /// The demo's own page, under whatever name it was reached.
    is_demo: bool,
    verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Page {
    /// Not a page: browsers always say where a request to another origin comes from.
    None,
    /// A page of this origin, `scheme://host[:port]`.
    Of(String),
    /// `null` (a file, a sandboxed frame) or nonsense, which is nobody's origin.
    Nobodys(String),
}

impl FromRequestParts<State> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let verdict = parts.extensions.get().cloned().unwrap_or_default();
        let page = Page::read(&parts.headers);
        let is_demo = state.demo && page.is_at(parts.headers.get(header::HOST));
        Ok(Self { page, is_demo, verdict })
    }
}

impl Origin {
    /// Holds the page to the domain's origins. Who is no page may pass: an origin protects a browser's user, and a program
    /// can claim any.
    ///
    /// # Errors
    /// `OriginNotAllowed` when the page is of none of them.
    pub(in crate::http) fn check(&self, domain: &DomainInfo) -> Result<(), ApiError> {
        let domain_name = &domain.name;
        let (origin, fix) = match &self.page {
            Page::None => return Ok(()),
            Page::Of(origin) if self.is_demo || is_allowed(origin, domain_name, &domain.origins) => {
                self.verdict.allow();
                return Ok(());
            }
            Page::Of(origin) => {
                let origin = shorten(origin, SHOWN);
                let fix = format!(
                    "to allow it, add \"{origin}\" to `origins` of the [[domain]] named `{domain_name}` in the \
                     configuration file"
                );
                (origin, fix)
            }
            Page::Nobodys(origin) => {
                let fix = format!(
                    "files and sandboxed frames have no origin of their own; open the page over http or https, from one of \
                     the `origins` of the [[domain]] named `{domain_name}` in the configuration file"
                );
                (shorten(origin, SHOWN), fix)
            }
        };
        Err(ApiError::OriginNotAllowed { origin, domain: domain_name.clone(), fix })
    }
}

/// Whether a page's address is one of the domain's own. Only such a one is shown to operators: a program that claims
/// another could lead them astray.
pub(in crate::http) fn is_page_of(url: &str, domain: &DomainInfo) -> bool {
    let origin = Url::parse(url).map(|url| url.origin().ascii_serialization());
    origin.is_ok_and(|origin| is_allowed(&origin, &domain.name, &domain.origins))
}

/// A domain that names no origins allows its own pages, over https.
fn is_allowed(origin: &str, name: &str, origins: &[String]) -> bool {
    if origins.is_empty() { origin.strip_prefix("https://") == Some(name) } else { origins.iter().any(|o| o == origin) }
}

impl Page {
    /// Whether the page came from the very server that is asked.
    fn is_at(&self, host: Option<&HeaderValue>) -> bool {
        let (Self::Of(origin), Some(host)) = (self, host) else { return false };
        origin.split_once("://").is_some_and(|(_, authority)| authority.as_bytes() == host.as_bytes())
    }

    fn read(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::ORIGIN).iter();
        let Some(value) = values.next() else { return Self::None };
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if values.next().is_some() {
            return Self::Nobodys(text);
        }
        match Url::parse(&text) {
            // Parsing brings letter case and a scheme's own port into the one form that the settings have too.
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none() => {
                Self::Of(url.origin().ascii_serialization())
            }
            _ => Self::Nobodys(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;
    use crate::model::DomainId;

    fn domain(origins: &[&str]) -> DomainInfo {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        DomainInfo { origins, ..DomainInfo::named(DomainId(Uuid::nil()), "shop.example") }
    }

    fn check(origin: Option<&'static str>, domain: &DomainInfo) -> Result<(), ApiError> {
        let headers = origin.map(|origin| (header::ORIGIN, HeaderValue::from_static(origin)));
        let page = Page::read(&HeaderMap::from_iter(headers));
        Origin { page, is_demo: false, verdict: Verdict::default() }.check(domain)
    }

    #[rstest]
    #[case(None, true)]
    #[case(Some("https://shop.example"), true)]
    #[case(Some("HTTPS://Shop.Example:443"), true)]
    #[case(Some("http://localhost:3000"), true)]
    #[case(Some("http://localhost"), false)]
    #[case(Some("http://shop.example"), false)]
    #[case(Some("https://shop.example.evil.example"), false)]
    #[case(Some("https://evil.example/https://shop.example"), false)]
    #[case(Some("https://sub.shop.example"), false)]
    #[case(Some("null"), false)]
    #[case(Some(""), false)]
    #[case(Some("file:///etc/passwd"), false)]
    fn a_page_is_held_to_the_domains_origins(#[case] origin: Option<&'static str>, #[case] allowed: bool) {
        let domain = domain(&["https://shop.example", "http://localhost:3000"]);
        assert_eq!(check(origin, &domain).is_ok(), allowed);
    }

    #[test]
    fn a_domain_without_origins_allows_its_own_pages() {
        assert!(check(Some("https://shop.example"), &domain(&[])).is_ok());
        assert!(check(Some("http://shop.example"), &domain(&[])).is_err());
    }

    #[test]
    fn two_origins_are_nobodys() {
        let origin = (header::ORIGIN, HeaderValue::from_static("https://shop.example"));
        let mut headers = HeaderMap::from_iter([origin.clone()]);
        headers.append(origin.0, origin.1);
        assert!(matches!(Page::read(&headers), Page::Nobodys(_)));
    }

    #[test]
    fn a_refusal_names_the_origin_and_the_setting() {
        let nobodys = check(Some("null"), &domain(&[])).unwrap_err().to_string();
        assert!(nobodys.contains("a page of null") && nobodys.contains("`origins`") && !nobodys.contains("add"));
        let text = check(Some("https://evil.example"), &domain(&[])).unwrap_err().to_string();
        assert!(
            text.contains("https://evil.example") && text.contains("`origins` of the [[domain]] named `shop.example`")
        );
    }
}
