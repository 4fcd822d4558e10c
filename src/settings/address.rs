//! Addresses in the settings: web origins and networks.
//!
//! What lives here: reading them. What must not: who uses them for what.

use ipnet::IpNet;
use url::Url;

use super::mistake::Wrong;

const ORIGIN: &str = "write scheme://host or scheme://host:port, for example https://shop.example";

/// An origin (`scheme://host[:port]`) in its usual form: lower case, without the scheme's own port.
pub(super) fn origin(text: &str) -> Result<String, Wrong> {
    if text.contains('*') {
        return Err(Wrong::new(
            format!("`{text}` is a wildcard: then any website could speak to this domain as its visitors"),
            "list each origin; one domain may have many",
        ));
    }
    let url = Url::parse(text).map_err(|_| Wrong::new(format!("`{text}` is not an origin"), ORIGIN))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Wrong::new(format!("`{text}` is not an origin of web pages"), ORIGIN));
    }
    let origin = url.origin().ascii_serialization();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Wrong::new("has a user's name or password, which no origin has", format!("write {origin}")));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || text.ends_with('/') {
        return Err(Wrong::new(format!("`{text}` has more than an origin"), format!("write {origin}")));
    }
    Ok(origin)
}

/// A network (`10.0.0.0/8`), or one address.
pub(super) fn network(text: &str) -> Result<IpNet, Wrong> {
    let network =
        text.parse::<IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
            Wrong::new(format!("`{text}` is not an address"), "write an address (10.0.0.7) or a network (10.0.0.0/8)")
        })?;
    if network.prefix_len() == 0 {
        return Err(Wrong::new(
            format!("`{text}` trusts the whole world: anybody could then choose the address that limits see"),
            "write the proxy's own address or network",
        ));
    }
    Ok(network.trunc())
}
