//! What is configured: domains, their channels, and the bridges that serve them.
//!
//! What lives here: look-ups in memory, made once at the start. What must not: settings files (wiring turns them into this).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bridge_core::{Bridge, ConnectionId, RemoteChannel};

use crate::model::{ChannelId, DomainId, PictureId};
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
}

/// Everything that is configured.
#[derive(Default)]
pub struct Book {
    domains: HashMap<DomainId, Arc<DomainInfo>>,
    channels: HashMap<ChannelId, Channel>,
    bridges: HashMap<ConnectionId, Arc<dyn Bridge>>,
    public_url: Option<String>,
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
