//! `[[domain]]`: the websites, and the channels where their conversations land.
//!
//! What lives here: that section; its channels and what shapes the chat have files of their own. What must not: looking at
//! a channel.

mod channel;
mod chat;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bridge_core::RemoteChannel;
use secrecy::SecretString;
use url::Url;

use self::channel::channel;
use self::chat::Chat;
use super::address;
use super::mistake::Wrong;
use super::read::{Section, flag, span, text};
use crate::model::{Ask, Language, Look, Mode, Privacy};

const QUIET_AFTER: Duration = Duration::from_secs(600);

/// One website domain.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Its name, in lower case: the widget's `data-domain`.
    pub name: String,
    /// Where pages with the widget may come from, as `scheme://host[:port]`; never empty after loading.
    pub origins: Vec<String>,
    /// Where its conversations land; with none they show in the web inbox alone.
    pub channels: Vec<RemoteChannel>,
    /// Whether the card shows a page's address with its query and fragment.
    pub keep_page_query: bool,
    /// After how long without a message a new one counts as coming after a quiet while.
    pub quiet_after: Duration,
    /// How visitors reach the team.
    pub mode: Mode,
    /// What visitors are greeted with.
    pub greeting: Option<String>,
    /// The language for everybody; `None` for each visitor's own.
    pub language: Option<Language>,
    /// What is asked before a chat.
    pub ask: Ask,
    /// What is said about privacy.
    pub privacy: Option<Privacy>,
    /// How the chat looks.
    pub look: Look,
    /// Texts of the widget in the admin's own words, by their keys.
    pub texts: BTreeMap<String, String>,
    /// With what the website signs who its visitors are.
    pub identity_secret: Option<SecretString>,
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
            mode: Mode::LiveChat,
            greeting: None,
            language: None,
            ask: Ask::default(),
            privacy: None,
            look: Look::default(),
            texts: BTreeMap::new(),
            identity_secret: None,
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
    let chat = Chat::read(&section);
    section.finish();
    let named = Domain::named(&name?);
    let origins = if origins.is_empty() { named.origins } else { origins };
    Some(Domain {
        name: named.name,
        origins,
        channels,
        keep_page_query,
        quiet_after,
        mode: chat.mode,
        greeting: chat.greeting,
        language: chat.language,
        ask: chat.ask,
        privacy: chat.privacy,
        look: chat.look,
        texts: chat.texts,
        identity_secret: chat.identity_secret,
    })
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
