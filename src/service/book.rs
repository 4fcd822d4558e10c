//! What is configured: domains, their channels, and the bridges that serve them.
//!
//! What lives here: look-ups in memory, made once at the start. What must not: settings files (wiring turns them into this).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{Bridge, ConnectionId, RemoteChannel};
use secrecy::SecretString;

use crate::model::{Ask, ChannelId, DomainId, Language, Look, Mode, PictureId, Privacy};
use crate::store::Channel;

/// A configured domain.
#[derive(Debug, Clone)]
pub struct DomainInfo {
    /// Its id.
    pub id: DomainId,
    /// Its name, lower case.
    pub name: String,
    /// The origins whose pages may hold the widget, `scheme://host[:port]`.
    pub origins: Vec<String>,
    /// Whether page addresses keep query and fragment.
    pub keep_page_query: bool,
    /// After so long a quiet, a message in an unassigned conversation shows in the channel too.
    pub quiet_after: Duration,
    /// The channels that its conversations land in.
    pub channels: Vec<ChannelId>,
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

impl DomainInfo {
    /// A domain without channels and origins, and with the default of everything else.
    #[must_use]
    pub fn named(id: DomainId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            origins: Vec::new(),
            keep_page_query: false,
            quiet_after: Duration::from_secs(600),
            channels: Vec::new(),
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

/// Everything that is configured.
#[derive(Default)]
pub struct Book {
    domains: HashMap<DomainId, Arc<DomainInfo>>,
    channels: HashMap<ChannelId, Channel>,
    bridges: HashMap<ConnectionId, Arc<dyn Bridge>>,
    public_url: Option<String>,
    home: String,
}

impl Book {
    /// Notes our own address as the world sees it, without a slash at its end.
    pub fn set_public_url(&mut self, url: impl Into<String>) {
        self.public_url = Some(url.into());
    }

    /// Where a platform can fetch a picture; `None` while nobody has told us our own address.
    #[must_use]
    pub fn picture_url(&self, id: PictureId) -> Option<String> {
        self.public_url.as_ref().map(|url| format!("{url}/pictures/{id}"))
    }

    /// Notes where we are reached as long as nobody has told us our own address.
    pub fn set_home(&mut self, url: impl Into<String>) {
        self.home = url.into();
    }

    /// Where our pages are, without a slash at the end: our own address, or else the one that we listen at.
    #[must_use]
    pub fn home(&self) -> &str {
        self.public_url.as_deref().unwrap_or(&self.home)
    }

    /// Our own address as the world sees it, without a slash at its end; `None` while nobody has told us.
    #[must_use]
    pub fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    /// Adds a domain.
    pub fn add_domain(&mut self, domain: DomainInfo) {
        self.domains.insert(domain.id, Arc::new(domain));
    }

    /// Adds a channel.
    pub fn add_channel(&mut self, channel: Channel) {
        self.channels.insert(channel.id, channel);
    }

    /// Adds a bridge.
    pub fn add_bridge(&mut self, bridge: Arc<dyn Bridge>) {
        self.bridges.insert(bridge.connection().clone(), bridge);
    }

    /// The domain of that name; letter case doesn't matter.
    #[must_use]
    pub fn domain_by_name(&self, name: &str) -> Option<Arc<DomainInfo>> {
        let name = name.to_lowercase();
        self.domains.values().find(|domain| domain.name == name).cloned()
    }

    /// The domain with that id.
    #[must_use]
    pub fn domain(&self, id: DomainId) -> Option<Arc<DomainInfo>> {
        self.domains.get(&id).cloned()
    }

    /// All domains, by name.
    #[must_use]
    pub fn domains(&self) -> Vec<Arc<DomainInfo>> {
        let mut domains: Vec<_> = self.domains.values().cloned().collect();
        domains.sort_by(|one, other| one.name.cmp(&other.name));
        domains
    }

    /// The channel with that id.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<Channel> {
        self.channels.get(&id).cloned()
    }

    /// The channel at that place.
    #[must_use]
    pub fn channel_at(&self, remote: &RemoteChannel) -> Option<Channel> {
        self.channels.values().find(|channel| channel.remote == *remote).cloned()
    }

    /// The channels that a connection serves.
    #[must_use]
    pub fn channels_of(&self, connection: &ConnectionId) -> Vec<Channel> {
        self.channels.values().filter(|channel| channel.remote.connection == *connection).cloned().collect()
    }

    /// The bridge of a connection.
    #[must_use]
    pub fn bridge(&self, connection: &ConnectionId) -> Option<Arc<dyn Bridge>> {
        self.bridges.get(connection).cloned()
    }

    /// All bridges.
    pub fn bridges(&self) -> impl Iterator<Item = &Arc<dyn Bridge>> {
        self.bridges.values()
    }
}
