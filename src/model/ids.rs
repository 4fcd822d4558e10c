//! A newtype for each kind of row, so that no id is ever taken for another's.
//!
//! What lives here: the types. What must not: their making; new ids come from [`crate::clock::Ids`].

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A website's domain.
    DomainId
    /// A platform's channel.
    ChannelId
    /// A visitor.
    VisitorId
    /// A visitor's browser session.
    SessionId
    /// An operator.
    OperatorId
    /// An operator's picture.
    PictureId
    /// A conversation.
    ConversationId
    /// A message.
    MessageId
    /// A conversation's tie to one remote thread.
    LinkId
    /// A message's tie to one remote message.
    MapId
    /// A piece of work towards a platform; its bits are the idempotency key.
    OutboxId
    /// A piece of work from a platform.
    IntakeId
    /// A link that signs an operator in, once.
    LoginLinkId
    /// An operator's browser session.
    OperatorSessionId
    /// A script's key.
    ApiKeyId
    /// An entry of what was done.
    AuditId
    /// A reply that is kept for use again.
    CannedReplyId
}

impl OutboxId {
    /// The key under which a platform keeps this work apart.
    #[must_use]
    pub fn key(self) -> bridge_core::IdempotencyKey {
        bridge_core::IdempotencyKey::from_bits(self.0.as_u128())
    }
}

impl From<bridge_core::IdempotencyKey> for OutboxId {
    fn from(key: bridge_core::IdempotencyKey) -> Self {
        Self(Uuid::from_u128(key.bits()))
    }
}
