//! Who asks for the pages and their API, and what they may see and do.
//!
//! What lives here: callers, scopes, and from an operator's role, domains and selves (or a key's) to the domains that they
//! see. What must not: tokens, and whether a session goes on ([`super::operator_access`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use bridge_core::ConnectionId;

use super::{DomainInfo, Service, ServiceError};
use crate::model::{ApiKeyId, DomainId, Operator, OperatorId, OperatorSessionId, Role};
use crate::store::{Account, ApiKey, Identity};

/// What a script's key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Reading what operators read.
    Read,
    /// Changing what operators change.
    Write,
    /// What admins do.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person who signed in.
    Operator {
        /// Who.
        operator: Operator,
        /// Their session.
        session: OperatorSessionId,
    },
    /// A script.
    Key {
        /// Its key.
        id: ApiKeyId,
        /// The key's name.
        name: String,
        /// What the key is good for.
        scopes: Vec<Scope>,
    },
}

impl Caller {
    /// The operator, where a person asks.
    #[must_use]
    pub const fn operator(&self) -> Option<&Operator> {
        match self {
            Self::Operator { operator, .. } => Some(operator),
            Self::Key { .. } => None,
        }
    }
}

/// What a caller may see and do.
#[derive(Debug, Clone)]
pub struct Access {
    domains: Vec<Arc<DomainInfo>>,
    scopes: BTreeSet<Scope>,
}

impl Access {
    fn new(mut domains: Vec<Arc<DomainInfo>>, scopes: impl IntoIterator<Item = Scope>) -> Self {
        domains.sort_by(|one, other| one.name.cmp(&other.name));
        Self { domains, scopes: scopes.into_iter().collect() }
    }

    /// Whether the caller sees that domain.
    #[must_use]
    pub fn sees(&self, domain: DomainId) -> bool {
        self.domains.iter().any(|known| known.id == domain)
    }

    /// The domains that the caller sees, by name.
    #[must_use]
    pub fn domains(&self) -> &[Arc<DomainInfo>] {
        &self.domains
    }

    /// Their ids.
    #[must_use]
    pub fn domain_ids(&self) -> Vec<DomainId> {
        self.domains.iter().map(|domain| domain.id).collect()
    }

    /// The domain of that name, where the caller sees it; letter case doesn't matter.
    #[must_use]
    pub fn domain_by_name(&self, name: &str) -> Option<&Arc<DomainInfo>> {
        let name = name.to_lowercase();
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// Whether the caller may do what admins do.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.allows(Scope::Admin)
    }

    /// Whether the caller may do things of that kind.
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl Service {
    /// What an operator may see and do, whose selves are on these connections and count there.
    pub(super) fn access_of(&self, operator: &Operator, selves: &[ConnectionId]) -> Access {
        let all = self.book.domains();
        let domains = match (&operator.domains, operator.role) {
            (Some(names), _) => all.into_iter().filter(|domain| names.contains(&domain.name)).collect(),
            (None, Some(_)) => all,
            (None, None) => all.into_iter().filter(|domain| self.is_served_by(domain, selves)).collect(),
        };
        let admin = (operator.role == Some(Role::Admin)).then_some(Scope::Admin);
        Access::new(domains, [Scope::Read, Scope::Write].into_iter().chain(admin))
    }

    /// What a script may see and do with a key.
    pub(super) fn access_of_key(&self, key: &ApiKey) -> Access {
        let mut domains = self.book.domains();
        if let Some(names) = &key.domains {
            domains.retain(|domain| names.contains(&domain.name));
        }
        Access::new(domains, key.scopes.iter().filter_map(|word| Scope::named(word)))
    }

    /// What an operator may see and do, by what was last known of their selves; no platform is asked.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Unavailable`].
    pub async fn access_of_operator(&self, id: OperatorId) -> Result<(Operator, Access), ServiceError> {
        let operator = self.store.operator(id).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
        let selves = self.connections_of(id).await?;
        let access = self.access_of(&operator, &selves);
        Ok((operator, access))
    }

    pub(super) async fn connections_of(&self, id: OperatorId) -> Result<Vec<ConnectionId>, ServiceError> {
        Ok(self.store.identities(id).await?.into_iter().map(|identity| identity.connection).collect())
    }

    /// Who an operator is in the team's chats, the self by which we know them first.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`].
    pub async fn selves_of(&self, id: OperatorId) -> Result<Vec<Account>, ServiceError> {
        let account = |it: Identity| Account { connection: it.connection, user: it.user };
        Ok(self.store.identities(id).await?.into_iter().map(account).collect())
    }

    /// Those who serve a domain: invited for it, or with a self where one of its channels is. Nobody who may not sign in.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`].
    pub async fn operators_of(&self, domains: &[DomainId]) -> Result<Vec<Operator>, ServiceError> {
        let selves = self.store.all_identities().await?;
        let mut operators = self.store.all_operators().await?;
        operators.retain(|operator| {
            let connections: Vec<ConnectionId> =
                selves.iter().filter(|it| it.operator == operator.id).map(|it| it.connection.clone()).collect();
            let access = self.access_of(operator, &connections);
            operator.deactivated_at.is_none() && domains.iter().any(|domain| access.sees(*domain))
        });
        Ok(operators)
    }

    fn is_served_by(&self, domain: &DomainInfo, selves: &[ConnectionId]) -> bool {
        let mut channels = domain.channels.iter().filter_map(|id| self.book.channel(*id));
        channels.any(|channel| selves.contains(&channel.remote.connection))
    }
}
