//! The visitor.
//!
//! What lives here: who a visitor is to operators. What must not: sessions and tokens.

use bridge_core::Micros;

use super::conversation::Client;
use super::ids::{DomainId, VisitorId};

/// A person on a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Their id.
    pub id: VisitorId,
    /// The domain.
    pub domain: DomainId,
    /// Their name, if they gave one. Untrusted text.
    pub name: Option<String>,
    /// Their e-mail address, if they gave one. Untrusted text.
    pub email: Option<String>,
    /// Whether the domain vouched for the address.
    pub email_verified: bool,
    /// The website's own name for them, where the website vouches for who they are.
    pub external_id: Option<String>,
    /// The language that they last used, as a BCP 47 tag.
    pub language: Option<String>,
    /// Their browser, as it was when they last came.
    pub client: Option<Client>,
    /// When they first came.
    pub created_at: Micros,
    /// When they were last seen.
    pub last_seen_at: Micros,
}

impl Visitor {
    /// Somebody about whom nothing is known yet.
    #[must_use]
    pub const fn stranger(id: VisitorId, domain: DomainId, now: Micros) -> Self {
        Self {
            id,
            domain,
            name: None,
            email: None,
            email_verified: false,
            external_id: None,
            language: None,
            client: None,
            created_at: now,
            last_seen_at: now,
        }
    }

    /// Whether operators may take the visitor for who they seem to be: the website vouches for them, and for the address where
    /// there is one. An address that they typed proves nothing, whoever they are.
    #[must_use]
    pub const fn is_vouched_for(&self) -> bool {
        self.external_id.is_some() && (self.email.is_none() || self.email_verified)
    }

    /// What operators call them: their name, or "Visitor 7F3A".
    #[must_use]
    pub fn display_name(&self) -> String {
        self.known_name().map_or_else(|| format!("Visitor {}", self.number()), str::to_owned)
    }

    /// The name that they gave.
    #[must_use]
    pub fn known_name(&self) -> Option<&str> {
        self.name.as_deref().map(str::trim).filter(|name| !name.is_empty())
    }

    /// What tells apart those without a name, "7F3A", from the id's random end.
    #[must_use]
    pub fn number(&self) -> String {
        format!("{:04X}", self.id.0.as_u128() & 0xFFFF)
    }
}
