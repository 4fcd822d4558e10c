//! What works, but is probably not what the admin wants.
//!
//! What lives here: warnings about settings that are valid. What must not: mistakes (those stop the program).

use secrecy::ExposeSecret;
use url::Url;

use super::{Domain, Settings};

impl Settings {
    /// A sentence for everything that is allowed and yet worth a second look; the log and `threadline check` show them.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.domains.is_empty() {
            warnings.push("no [[domain]] is configured: the widget works on no website".to_owned());
        }
        for domain in self.domains.iter().filter(|domain| domain.channels.is_empty()) {
            warnings.push(format!(
                "nobody is mapped: visitors' messages on {} show in the web inbox alone, and in no channel",
                domain.name
            ));
        }
        for (connection, api_url) in self.connections() {
            if !self.domains.iter().any(|domain| uses(domain, &connection)) {
                warnings.push(format!("{connection} is connected, but no [[domain]] has a channel of it"));
            }
            if api_url.scheme() == "http" && !is_here(api_url) {
                warnings.push(format!(
                    "{connection}.api_url is plain http to another machine: tokens and messages can be read on the way"
                ));
            }
        }
        for (name, connection) in &self.slack {
            if connection.signing_secret.is_some() && self.server.public_url.is_none() {
                warnings.push(format!(
                    "slack.{name} has a signing_secret, and server.public_url is not set: Slack must be able to call \
                     /hooks/slack/{name}/events here"
                ));
            }
        }
        if let Ok(url) = self.database.url.expose_secret().parse::<url::Url>()
            && url.scheme().starts_with("postgres")
            && !is_here(&url)
            && !url
                .query_pairs()
                .any(|(key, value)| key == "sslmode" && (value == "require" || value.starts_with("verify-")))
        {
            warnings.push(
                "database.url names another machine without sslmode: conversations may travel in clear text; add \
                 ?sslmode=verify-full, or ?sslmode=require where the server's certificate can't be checked"
                    .to_owned(),
            );
        }
        let behind_proxy = self.server.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
        if behind_proxy && self.server.trusted_proxies.is_empty() {
            warnings.push(
                "server.public_url is https, so a proxy stands before this server, but server.trusted_proxies is empty: \
                 all visitors seem to come from the proxy's address and share its limits"
                    .to_owned(),
            );
        }
        warnings
    }

    /// Every connection, as `kind.name`, with the address of its platform's API.
    fn connections(&self) -> impl Iterator<Item = (String, &Url)> {
        let slack = self.slack.iter().map(|(name, connection)| (format!("slack.{name}"), &connection.api_url));
        let discord = self.discord.iter().map(|(name, connection)| (format!("discord.{name}"), &connection.api_url));
        slack.chain(discord)
    }
}

fn uses(domain: &Domain, connection: &str) -> bool {
    domain.channels.iter().any(|channel| channel.connection.to_string() == connection)
}

fn is_here(url: &url::Url) -> bool {
    match url.host() {
        // Only of web addresses does this parser know that a name made of digits is an IP address.
        Some(url::Host::Domain(name)) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
