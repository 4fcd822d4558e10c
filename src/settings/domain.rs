//! `[[domain]]`: the websites, and the channels where their conversations land.
//!
//! What lives here: that section. What must not: looking at a channel.

use std::collections::BTreeSet;
use std::time::Duration;

use bridge_core::RemoteChannel;
use url::Url;

use super::address;
use super::discord;
use super::mistake::{Wrong, listed, near_miss};
use super::read::{Section, flag, span, text};

const QUIET_AFTER: Duration = Duration::from_secs(600);
const CHANNEL: &str = "write \"slack.NAME/ID\" (the id, C…, stands at the end of the channel's details) or \
                       \"discord.NAME/ID\" (Copy Channel ID in the channel's menu, with Developer Mode on)";

/// A platform, as far as the ids of its channels go.
struct Platform {
    kind: &'static str,
    name: &'static str,
    is_id: fn(&str) -> bool,
    /// Where the id is found.
    fix: &'static str,
}

const PLATFORMS: [Platform; 2] = [
    Platform {
        kind: "slack",
        name: "Slack",
        is_id: |id| id.starts_with(['C', 'G']) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
        fix: "write \"slack.NAME/ID\"; in Slack, the id (C…) stands at the end of the channel's details",
    },
    Platform {
        kind: "discord",
        name: "Discord",
        is_id: discord::is_id,
        fix: "write \"discord.NAME/ID\", with the channel's id in digits: in Discord, switch Developer Mode on (User \
              Settings, Advanced), then Copy Channel ID in the channel's menu",
    },
];

/// One website domain.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Its name, in lower case: the widget's `data-domain`.
    pub name: String,
    /// Where pages with the widget may come from, as `scheme://host[:port]`; never empty after loading.
    pub origins: Vec<String>,
    /// Where its conversations land; with none they are stored only.
    pub channels: Vec<RemoteChannel>,
    /// Whether the card shows a page's address with its query and fragment.
    pub keep_page_query: bool,
    /// After how long without a message a new one counts as coming after a quiet while.
    pub quiet_after: Duration,
}

impl Domain {
    /// A domain with the default of everything but its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            origins: vec![format!("https://{name}")],
            channels: Vec::new(),
            keep_page_query: false,
            quiet_after: QUIET_AFTER,
        }
    }
}

/// All domains. `connections` are those that the settings have, as `kind.name`.
pub(super) fn read(sections: Vec<Section<'_>>, connections: &[String]) -> Vec<Domain> {
    let mut names = BTreeSet::new();
    sections.into_iter().filter_map(|section| domain(section, connections, &mut names)).collect()
}

fn domain(section: Section<'_>, connections: &[String], names: &mut BTreeSet<String>) -> Option<Domain> {
    let name = section.required("name", "write name = \"shop.example\"", |node| {
        let name = proper_name(text(node)?)?;
        if !names.insert(name.clone()) {
            let fix = "keep one [[domain]] with it; it may have several channels and origins";
            return Err(Wrong::new(format!("`{name}` is the name of another [[domain]] above"), fix));
        }
        Ok(name)
    });
    let mut origins: Vec<String> = Vec::new();
    for origin in section.list("origins", |node| address::origin(text(node)?)) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    let mut seen = BTreeSet::new();
    let channels = section.list("channels", |node| {
        let channel = channel(text(node)?, connections)?;
        if !seen.insert(channel.clone()) {
            return Err(Wrong::new(format!("`{channel}` stands twice in this domain"), "remove one of them"));
        }
        Ok(channel)
    });
    let keep_page_query = section.value("keep_page_query", false, flag);
    let quiet_after = section
        .value("quiet_after", QUIET_AFTER, |node| span(node, Duration::from_secs(1), Duration::from_secs(30 * 86_400)));
    section.finish();
    let named = Domain::named(&name?);
    let origins = if origins.is_empty() { named.origins } else { origins };
    Some(Domain { name: named.name, origins, channels, keep_page_query, quiet_after })
}

/// A name is a host's name in lower case, without anything around it.
fn proper_name(given: &str) -> Result<String, Wrong> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if given.len() <= 253 && given.split('.').all(label) {
        return Ok(given.to_owned());
    }
    // Whatever an address bar would make of it is probably what is meant.
    let address = if given.contains("://") { given.to_owned() } else { format!("https://{given}") };
    let host = Url::parse(&address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let host = host.map(|host| host.trim_end_matches('.').to_owned()).filter(|host| host.split('.').all(label));
    let fix = host.map_or_else(
        || "write the website's host name in lower case, for example shop.example".to_owned(),
        |host| format!("write {host}"),
    );
    Err(Wrong::new(format!("`{given}` is not a domain's name in its plain form"), fix))
}

fn channel(given: &str, connections: &[String]) -> Result<RemoteChannel, Wrong> {
    let id = given.split_once('/').map_or(given, |(_, id)| id);
    if id.starts_with('#') {
        let platform = PLATFORMS.iter().find(|platform| given.starts_with(&format!("{}.", platform.kind)));
        let fix = platform.map_or(CHANNEL, |platform| platform.fix);
        return Err(Wrong::new(format!("`{given}` has a channel's name, which people change, not its id"), fix));
    }
    let channel: RemoteChannel =
        given.parse().map_err(|_| Wrong::new(format!("`{given}` is not a channel"), CHANNEL))?;
    let kind = channel.connection.kind.as_str();
    let Some(platform) = PLATFORMS.iter().find(|platform| platform.kind == kind) else {
        return Err(Wrong::new(format!("`{kind}` is not a platform that is known here"), CHANNEL));
    };
    let connection = channel.connection.to_string();
    if !connections.contains(&connection) {
        let meant = near_miss(&connection, connections.iter().map(String::as_str));
        let fix = match (meant, connections.is_empty()) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, true) => format!("add [{connection}] with its tokens; no connection is configured"),
            (None, false) => format!(
                "use a connection that is configured ({}), or add [{connection}]",
                listed(connections.iter().map(String::as_str))
            ),
        };
        return Err(Wrong::new(format!("names the connection `{connection}`, which is not configured"), fix));
    }
    if !(platform.is_id)(&channel.id) {
        let wrong = format!("`{}` is not the id of a {} channel", channel.id, platform.name);
        return Err(Wrong::new(wrong, platform.fix));
    }
    Ok(channel)
}
