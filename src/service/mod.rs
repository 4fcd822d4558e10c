//! The use cases, one a file: each reads, decides, and hands the store a write.
//!
//! What lives here: what happens when a visitor writes, an operator answers, somebody closes, a platform tells us something.
//! What must not: HTTP, SQL, a vendor's SDK, or a transaction held open.

pub mod accept_event;
pub mod access;
pub mod answer;
pub mod api_keys;
pub mod assign_conversation;
pub mod authenticate;
pub mod book;
pub mod break_channel;
pub mod build_card;
pub mod canned_replies;
pub mod change_access;
pub mod close_conversation;
mod decide;
pub mod draft;
pub mod edit_reply;
pub mod error;
mod find_link;
pub mod find_snippets;
pub mod follow_page;
pub mod identity;
pub mod inbox_view;
pub mod index_conversations;
pub mod invite_operator;
pub mod know_operator;
pub mod link_codes;
mod link_operator;
pub mod list_conversations;
pub mod list_domains;
pub mod list_history;
pub mod list_operators;
pub mod look_on;
pub mod monitor;
pub mod monitor_figures;
pub mod operator_access;
pub mod operator_profile;
pub mod post_visitor_message;
pub mod rate_conversation;
pub mod read_audit;
pub mod read_conversation;
pub mod read_events;
pub mod ready;
pub mod receive;
pub mod receive_click;
pub mod receive_command;
pub mod receive_delete;
pub mod receive_edit;
pub mod receive_reply;
mod receive_team_command;
mod recognize_visitor;
pub mod record_audit;
pub mod record_delivery;
pub mod record_read;
pub mod release_held;
pub mod reopen_conversation;
pub mod replace_thread;
pub mod report_typing;
pub mod retry_undelivered;
pub mod say;
pub mod search_conversations;
mod sentence;
pub mod set_visitor;
pub mod show_conversation;
pub mod show_picture;
pub mod sign_in;
pub mod sign_out;
pub mod standings;
pub mod start_session;
pub mod tag_conversation;
pub mod take_hook;
pub mod team_presence;
pub mod tie_selves;
pub mod view;
mod waiting;
pub mod write_reply;
pub mod write_transcript;

use std::sync::Arc;

use bridge_core::{Bridge, ConnectionId, Micros};
use dashmap::DashMap;

pub use book::{Book, DomainInfo};
pub use error::ServiceError;

use crate::clock::Clock;
use crate::live::{Hub, PresenceBoard, Subscription, Wake};
use crate::model::{ChannelId, DomainId, Presence, VisitorId};
use crate::store::{Channel, Store};

/// What every use case works with.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

/// The parts of a [`Service`].
pub struct Inner {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// Browsers' streams.
    pub hub: Hub,
    /// The workers' bells.
    pub wake: Wake,
    /// Who can answer now.
    pub presence: PresenceBoard,
    /// The domains, channels and bridges that are configured.
    pub book: Book,
    /// When channels that couldn't be used were restored.
    pub restored: DashMap<ChannelId, Micros>,
    /// Whoever pauses a channel or lets it go on has the turn until that is written down and on the board.
    pub breaking: tokio::sync::Mutex<()>,
    /// The codes by which operators link their accounts.
    pub link_codes: link_codes::LinkCodes,
    /// What platforms last said about who is an operator.
    pub standings: standings::Standings,
    /// Where visitors' typing goes.
    pub typing: tokio::sync::mpsc::Sender<VisitorId>,
    /// Connections whose threads must be read again.
    pub catch_up: tokio::sync::mpsc::Sender<ConnectionId>,
    /// Everything that runs beside a request.
    pub tasks: tokio_util::task::TaskTracker,
}

impl std::ops::Deref for Service {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Service {
    /// Puts the parts together.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The domain of that name; letter case doesn't matter.
    #[must_use]
    pub fn domain_by_name(&self, name: &str) -> Option<Arc<DomainInfo>> {
        self.book.domain_by_name(name)
    }

    /// The domain with that id, if it is configured.
    #[must_use]
    pub fn domain(&self, id: DomainId) -> Option<Arc<DomainInfo>> {
        self.book.domain(id)
    }

    /// Follows whether somebody can answer on a domain.
    #[must_use]
    pub fn presence(&self, domain: DomainId) -> tokio::sync::watch::Receiver<Presence> {
        self.presence.watch(domain)
    }

    /// Follows a visitor's changes. Subscribe first, then read.
    #[must_use]
    pub fn subscribe(&self, visitor: VisitorId) -> Subscription {
        self.hub.subscribe(visitor)
    }

    /// The bridge of a connection, if it is configured.
    #[must_use]
    pub fn bridge(&self, connection: &ConnectionId) -> Option<Arc<dyn Bridge>> {
        self.book.bridge(connection)
    }

    /// The bridge that serves a channel, with the channel.
    #[must_use]
    pub fn bridge_of(&self, channel: ChannelId) -> Option<(Arc<dyn Bridge>, Channel)> {
        let channel = self.book.channel(channel)?;
        Some((self.book.bridge(&channel.remote.connection)?, channel))
    }
}
