//! What the connections of every platform have in common.
//!
//! What lives here: a connection's name, the address of a platform's API, a token as it was copied. What must not: what
//! one platform alone asks for.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::mistake::Wrong;
use super::read::{Section, text};
use super::tree::Node;

/// Notes a name that can't be one; `example` is the head of a section that can.
pub(super) fn proper_name(name: &str, section: &Section<'_>, example: &str) {
    let proper = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if name.is_empty() || !name.bytes().all(proper) {
        let wrong = Wrong::new(
            format!("`{name}` is not a connection's name"),
            format!("use lower-case letters, digits and underscores only, for example {example}"),
        );
        section.reading.note(&section.path, section.place, wrong);
    }
}

/// A token without white space around it.
pub(super) fn trimmed(token: &SecretString) -> Result<&str, Wrong> {
    let given = token.expose_secret();
    if given.trim() == given {
        Ok(given)
    } else {
        Err(Wrong::new("has white space around it", "remove the white space"))
    }
}

/// Where a platform's API is. `platform` is its name, `usual` its own address.
pub(super) fn api_url(node: &Node, platform: &str, usual: &str) -> Result<Url, Wrong> {
    let given = text(node)?;
    let fix = format!("leave it out for {platform} itself, or write an address such as {usual}");
    let url = Url::parse(given).map_err(|_| Wrong::new("is not a web address", fix.clone()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Wrong::new("is not an http or https address", fix));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(Wrong::new("has more than scheme, host, port and path", fix));
    }
    if given.ends_with('/') {
        return Err(Wrong::new("ends with a slash", format!("write {}", given.trim_end_matches('/'))));
    }
    Ok(url)
}
