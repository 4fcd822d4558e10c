//! Operators have a conversation open, and see who else has.
//!
//! What lives here: who may, noting it and telling the others. What must not: what there is to see in it
//! ([`super::show_conversation`]).

use super::access::Access;
use super::{Service, ServiceError};
use crate::live::TeamNudge;
use crate::live::viewing::Open;
use crate::model::{ConversationId, DomainId, Operator, OperatorId};

/// A conversation that an operator's page shows, until it is dropped.
pub struct Looking {
    service: Service,
    domain: DomainId,
    /// Taken only at the end.
    open: Option<Open>,
    conversation: ConversationId,
}

impl Looking {
    /// Which conversation.
    #[must_use]
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// Its domain.
    #[must_use]
    pub const fn domain(&self) -> DomainId {
        self.domain
    }

    fn tell(&self) {
        let (conversation, domain) = (self.conversation, self.domain);
        self.service.hub.tell_team(TeamNudge::Viewing { conversation, domain });
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        // Gone first, so that whoever looks at once sees it.
        drop(self.open.take());
        self.tell();
    }
}

/// An operator opens a conversation.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is none that the operator sees; [`ServiceError::Unavailable`].
pub async fn look_on(
    service: &Service,
    access: &Access,
    operator: OperatorId,
    conversation: ConversationId,
) -> Result<Looking, ServiceError> {
    let known = service.store.conversation(conversation).await?.filter(|known| access.sees(known.domain));
    let known = known.ok_or(ServiceError::NotFound { what: "conversation" })?;
    let open = Some(service.hub.viewing().open(conversation, operator));
    let looking = Looking { service: service.clone(), domain: known.domain, open, conversation };
    looking.tell();
    Ok(looking)
}

/// The others who have a conversation open.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn others(
    service: &Service,
    conversation: ConversationId,
    me: OperatorId,
) -> Result<Vec<Operator>, ServiceError> {
    let mut others = service.hub.viewing().of(conversation);
    others.retain(|other| *other != me);
    Ok(service.store.operators(&others).await?)
}
