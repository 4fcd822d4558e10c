//! Rows to write.
//!
//! What lives here: values with every field filled, and a world to hang them in. What must not: assertions.
#![expect(clippy::unwrap_used, reason = "a fixture that can't be written fails the test")]

use bridge_core::{Cursor, Micros, RemoteUser, Speaker};
use threadline::clock::new_id;
use threadline::model::{
    Audience, Client, Conversation, ConversationId, Disposition, DomainId, Event, EventKind, Link, LinkId, LinkState,
    Message, Operator, Visitor, VisitorId,
};
use threadline::store::{
    Change, Channel, CommitError, Identity, Intake, IntakeProgress, IntakeState, MessageMap, Outbox, OutboxKind,
    OutboxProgress, Store, Write,
};

use crate::support::database::Database;

pub(super) const NOW: Micros = Micros(1_790_000_000_000_000);

/// A moment so many microseconds after [`NOW`].
pub(super) fn at(micros: i64) -> Micros {
    Micros(NOW.0 + micros)
}

/// A store with a domain and a channel.
pub(super) struct World {
    pub(super) store: Store,
    pub(super) domain: DomainId,
    pub(super) channel: Channel,
}

impl World {
    pub(super) async fn new(db: &Database) -> Self {
        let store = db.open().await;
        let domain = store.ensure_domain("shop.example", new_id(), NOW).await.unwrap();
        let channel = store.ensure_channel(&"slack.acme/C1".parse().unwrap(), new_id(), NOW).await.unwrap();
        Self { store, domain, channel }
    }

    /// Makes the changes as one write without guards.
    pub(super) async fn make(&self, changes: impl IntoIterator<Item = Change>) -> Result<(), CommitError> {
        let mut write = Write::new(new_id::<uuid::Uuid>());
        write.changes.extend(changes);
        self.store.commit(write).await
    }

    pub(super) fn visitor(&self) -> Visitor {
        Visitor {
            id: new_id(),
            domain: self.domain,
            name: Some("Ada \"Löve\" 🦀".into()),
            email: Some("ada@shop.example".into()),
            email_verified: true,
            external_id: Some(format!("customer {} 🦀", new_id::<uuid::Uuid>())),
            language: Some("de-AT".into()),
            client: Some(Client {
                browser: Some("Firefox 142 on Windows".into()),
                language: Some("de-AT".into()),
                time_zone: Some("Europe/Vienna".into()),
            }),
            created_at: NOW,
            last_seen_at: NOW,
        }
    }

    pub(super) fn conversation(&self, visitor: VisitorId) -> Conversation {
        Conversation::begin(new_id(), self.domain, visitor, 1, None, NOW)
    }

    /// A visitor and their open conversation, both stored.
    pub(super) async fn begin(&self) -> Conversation {
        let visitor = self.visitor();
        let conversation = self.conversation(visitor.id);
        self.make([Change::NewVisitor(visitor), Change::NewConversation(conversation.clone())]).await.unwrap();
        conversation
    }

    /// An open link of a stored conversation, stored.
    pub(super) async fn link(&self, conversation: ConversationId) -> Link {
        let link = Link {
            state: LinkState::Open,
            remote_thread: Some(new_id::<uuid::Uuid>().to_string()),
            card: Some("card".into()),
            ..self.new_link(conversation)
        };
        self.make([Change::NewLink(link.clone())]).await.unwrap();
        link
    }

    pub(super) fn new_link(&self, conversation: ConversationId) -> Link {
        Link {
            id: new_id(),
            conversation,
            channel: self.channel.id,
            generation: 1,
            state: LinkState::Opening,
            remote_thread: None,
            card: None,
            next_lane_seq: 1,
            cursor: Cursor("17.5".into()),
            card_wanted: 3,
            card_shown: 2,
            card_due_at: NOW,
        }
    }
}

pub(super) fn message(conversation: &Conversation, seq: i64) -> Message {
    Message {
        id: new_id(),
        conversation: conversation.id,
        seq,
        speaker: Speaker::Visitor,
        visitor: Some(conversation.visitor),
        operator: None,
        disposition: Disposition::Sent,
        body: "a 'quoted' \\ text\nwith lines, ünïcode 🦀 and {\"json\": [1]}".into(),
        rich: None,
        client_key: Some(format!("key-{}-{seq}", conversation.id)),
        origin: None,
        created_at: at(seq),
        edited_at: None,
        removed_at: None,
        version: 1,
    }
}

pub(super) fn event(conversation: &Conversation, event_seq: i64, audience: Audience) -> Event {
    Event {
        visitor: conversation.visitor,
        event_seq,
        conversation: conversation.id,
        audience,
        kind: EventKind::MessagePosted,
        message: None,
        at: at(event_seq),
    }
}

pub(super) fn outbox(link: &Link, lane_seq: i64) -> Outbox {
    Outbox {
        id: new_id(),
        link: link.id,
        conversation: link.conversation,
        channel: link.channel,
        lane_seq,
        kind: OutboxKind::Post,
        message: None,
        part: 0,
        payload: "{\"v\":1}".into(),
        delayed: false,
        broadcast: true,
        created_at: NOW,
        progress: OutboxProgress::fresh(NOW),
    }
}

pub(super) fn intake(lane: &str, key: &str) -> Intake {
    Intake {
        id: new_id(),
        connection: "slack.acme".parse().unwrap(),
        dedupe_key: key.into(),
        lane: lane.into(),
        payload: Some("{\"v\":1}".into()),
        received_at: NOW,
        progress: IntakeProgress { state: IntakeState::Pending, attempts: 0, due_at: NOW, error: None, done_at: None },
    }
}

pub(super) fn map(link: &Link, remote_id: &str) -> MessageMap {
    MessageMap {
        id: new_id(),
        link: link.id,
        channel: link.channel,
        remote_id: remote_id.into(),
        remote_part: 0,
        message: None,
        local_part: None,
        version: 1,
        remote_edited_at: None,
        removed_at: None,
        created_at: NOW,
    }
}

pub(super) fn operator() -> Operator {
    Operator {
        email: Some("grace@acme.example".into()),
        picture: Some(new_id()),
        picture_source: Some("hash-1".into()),
        ..Operator::named(new_id(), "Grace", NOW)
    }
}

pub(super) fn identity(operator: &Operator, user: &str) -> Identity {
    Identity {
        operator: operator.id,
        connection: "slack.acme".parse().unwrap(),
        user: RemoteUser(user.into()),
        created_at: NOW,
    }
}

/// An id that no row has.
pub(super) fn nobody() -> LinkId {
    new_id()
}
