//! The page that a visitor looks at.
//!
//! What lives here: cleaning a page's address before anybody keeps it. What must not: the settings that ask for it.

use serde::{Deserialize, Serialize};
use url::Url;

use super::limits::{PAGE_TITLE_CHARS, PAGE_URL_BYTES, shorten};

/// A page of a website. Untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its address: http or https, without user and password.
    pub url: String,
    /// Its title; empty when it has none.
    pub title: String,
    /// Where the visitor came from.
    pub referrer: Option<String>,
}

impl Page {
    /// Cleans what a browser says. An address that isn't http or https, or is over 2,048 bytes, is no page. Query and
    /// fragment are dropped unless `keep_query`: they carry search words, tokens and names.
    #[must_use]
    pub fn clean(url: &str, title: &str, referrer: Option<&str>, keep_query: bool) -> Option<Self> {
        let url = clean_url(url, keep_query)?;
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let referrer = referrer.and_then(|referrer| clean_url(referrer, keep_query));
        Some(Self { url, title: shorten(&title, PAGE_TITLE_CHARS), referrer })
    }
}

fn clean_url(text: &str, keep_query: bool) -> Option<String> {
    if text.len() > PAGE_URL_BYTES {
        return None;
    }
    let mut url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return None;
    }
    // Both only fail for addresses that can't have a host, and this one has.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if !keep_query {
        url.set_query(None);
        url.set_fragment(None);
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn query_fragment_and_password_are_dropped() {
        let page = Page::clean("https://me:pw@shop.example/cart?token=1#x", " My\n cart ", Some("javascript:1"), false)
            .unwrap();
        assert_eq!(page.url, "https://shop.example/cart");
        assert_eq!(page.title, "My cart");
        assert_eq!(page.referrer, None);
    }

    #[test]
    fn a_domain_may_keep_the_query() {
        let page = Page::clean("https://shop.example/?q=hat#top", "", None, true).unwrap();
        assert_eq!(page.url, "https://shop.example/?q=hat#top");
    }

    proptest! {
        #[test]
        fn nothing_but_http_gets_through(text: String) {
            if let Some(page) = Page::clean(&text, &text, Some(&text), true) {
                prop_assert!(page.url.starts_with("http://") || page.url.starts_with("https://"));
            }
        }
    }
}
