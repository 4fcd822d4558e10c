//! Domains and channels.
//!
//! What lives here: finding them, and writing them down when settings name new ones. What must not: settings.

use bridge_core::{Micros, RemoteChannel};

use crate::model::{ChannelId, DomainId};
use crate::store::sql::{on_db, sql};
use crate::store::{Channel, Store, StoreError};

sql! {
    /// Writes a domain down, unless it is there.
    NEW_DOMAIN = ["INSERT INTO domain (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING"];
    /// A domain's id by its name.
    DOMAIN_BY_NAME = ["SELECT id FROM domain WHERE name = $1"];
    /// Writes a channel down, unless it is there.
    NEW_CHANNEL = ["INSERT INTO channel (id, connection, remote_id, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (connection, remote_id) DO NOTHING"];
    /// A channel by the platform's ids.
    CHANNEL_BY_REMOTE = ["SELECT * FROM channel WHERE connection = $1 AND remote_id = $2"];
    /// Every channel.
    CHANNELS = ["SELECT * FROM channel ORDER BY connection, remote_id"];
}

impl Store {
    /// The domain of that name; it is written down under `id` if there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure_domain(&self, name: &str, id: DomainId, now: Micros) -> Result<DomainId, StoreError> {
        on_db!(self.0.writing, NEW_DOMAIN, [id.0, name, now.0], execute)?;
        let (id,): (uuid::Uuid,) = on_db!(self.0.readers, DOMAIN_BY_NAME, [name], fetch_one)?;
        Ok(id.into())
    }

    /// The channel of these ids; it is written down under `id` if there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure_channel(
        &self,
        remote: &RemoteChannel,
        id: ChannelId,
        now: Micros,
    ) -> Result<Channel, StoreError> {
        let connection = remote.connection.to_string();
        on_db!(self.0.writing, NEW_CHANNEL, [id.0, &connection, &remote.id, now.0], execute)?;
        on_db!(self.0.readers, CHANNEL_BY_REMOTE, [&connection, &remote.id], fetch_one)
    }

    /// Every channel that there ever was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        on_db!(self.0.readers, CHANNELS, [], fetch_all)
    }
}
