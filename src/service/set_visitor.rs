//! A visitor says who they are.
//!
//! What lives here: keeping their name and address, and showing them to operators. What must not: what a website says of its
//! visitor ([`super::recognize_visitor`]); that counts more.

use super::decide::Decision;
use super::draft::Draft;
use super::{Service, ServiceError};
use crate::model::contact::{NAME_CHARS, clean_line, is_email};
use crate::model::{Audience, EventKind, Visitor};
use crate::store::{Change, Write};

/// What a visitor says of themselves; `None` leaves things as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

impl Contact {
    /// The same, fit to be kept.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] for a name that is too long and an address that is none.
    pub(super) fn clean(&self) -> Result<Self, ServiceError> {
        let name = self.name.as_deref().and_then(clean_line);
        if let Some(name) = &name
            && name.chars().count() > NAME_CHARS
        {
            let why = format!("has more than {NAME_CHARS} characters");
            return Err(ServiceError::Invalid { field: "name", why });
        }
        let email = self.email.as_deref().map(str::trim).filter(|email| !email.is_empty()).map(str::to_owned);
        if let Some(email) = &email
            && !is_email(email)
        {
            let why = "is not an e-mail address, such as you@shop.example".to_owned();
            return Err(ServiceError::Invalid { field: "email", why });
        }
        Ok(Self { name, email })
    }

    /// The visitor with what they say; where the website says it, that stays.
    pub(super) fn put_into(&self, mut visitor: Visitor) -> Visitor {
        let vouched = visitor.external_id.is_some();
        if let Some(name) = &self.name
            && (!vouched || visitor.name.is_none())
        {
            visitor.name = Some(name.clone());
        }
        if let Some(email) = &self.email
            && (!vouched || !visitor.email_verified)
            && visitor.email.as_ref() != Some(email)
        {
            visitor.email = Some(email.clone());
            visitor.email_verified = false;
        }
        visitor
    }
}

/// Keeps what a visitor says of themselves.
///
/// # Errors
/// [`ServiceError::Invalid`] for values that can't be kept; [`ServiceError::IdentityVerified`] where the website says
/// otherwise.
pub async fn set_visitor(service: &Service, visitor: &Visitor, contact: &Contact) -> Result<Visitor, ServiceError> {
    let contact = contact.clean()?;
    service
        .decide(|| async {
            let before = service.store.visitor(visitor.id).await?.ok_or(ServiceError::Unauthorized)?;
            let after = contact.put_into(before.clone());
            let said = |said: Option<&String>, kept: Option<&String>| said.is_none() || said == kept;
            if !said(contact.name.as_ref(), after.name.as_ref()) || !said(contact.email.as_ref(), after.email.as_ref())
            {
                return Err(ServiceError::IdentityVerified);
            }
            if after == before {
                return Ok(Decision::Nothing(after));
            }
            let Some(open) = service.store.open_conversation(visitor.id).await? else {
                let mut write = Write::new(visitor.id.0);
                write.push(Change::SetVisitor(after.clone()));
                return Ok(Decision::Quietly(write, after));
            };
            let mut draft = service.draft_of(open).await?;
            show(&mut draft, &after);
            Ok(Decision::write(draft, after))
        })
        .await
}

/// Keeps the visitor with a change of their conversation, and shows operators what is new.
pub(super) fn show(draft: &mut Draft, visitor: &Visitor) {
    draft.push(Change::SetVisitor(visitor.clone()));
    draft.event(Audience::Operators, EventKind::VisitorChanged, None);
    draft.update_cards();
}
