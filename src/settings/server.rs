//! `[server]`: where the program listens, and what stands before it.
//!
//! What lives here: that section. What must not: the listener itself.

use std::net::{Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use url::Url;

use super::address;
use super::mistake::Wrong;
use super::read::{Section, text};

/// Where the program listens.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address and port of the HTTP listener.
    pub listen: SocketAddr,
    /// The address under which browsers and platforms reach the program, without a path; `None` when nobody said.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), public_url: None, trusted_proxies: Vec::new() }
    }
}

impl Server {
    pub(super) fn read(section: Section<'_>) -> Self {
        let default = Self::default();
        let server = Self {
            listen: section.value("listen", default.listen, |node| {
                let given = text(node)?;
                given.parse().map_err(|_| {
                    let fix = "write ADDRESS:PORT, for example 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080";
                    Wrong::new(format!("`{given}` is not an address with a port"), fix)
                })
            }),
            public_url: section.optional("public_url", |node| {
                let origin = address::origin(text(node)?)?;
                Url::parse(&origin).map_err(|_| Wrong::new("is not an address", "write https://chat.shop.example"))
            }),
            trusted_proxies: section.list("trusted_proxies", |node| address::network(text(node)?)),
        };
        section.finish();
        server
    }
}
