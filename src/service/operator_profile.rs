//! An operator says who they are to visitors, and whether they can answer.
//!
//! What lives here: an operator's own name, picture and word. What must not: what platforms say of them
//! ([`super::know_operator`]), and what follows from the word for a domain.

use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::team_presence::refresh_team;
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::model::{Availability, Operator, OperatorId, PictureId};
use crate::store::{Change, StoredPicture, Write};

/// Most characters of a name.
const NAME: usize = 80;
/// What is written down when somebody gives themselves a name.
pub(super) const NAMED: &str = "profile.named";
/// Most bytes of a picture.
pub const PICTURE: usize = 512 << 10;

/// A name that visitors may see.
pub(super) fn checked_name(name: &str) -> Result<String, ServiceError> {
    let wrong = |why: &str| ServiceError::Invalid { field: "name", why: why.to_owned() };
    let name = name.trim();
    if name.is_empty() {
        return Err(wrong("it is empty: write the name that visitors shall see"));
    }
    if name.chars().count() > NAME {
        return Err(wrong("it has over 80 characters"));
    }
    // Signs that turn the direction of writing could make one name look like another.
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if name.chars().any(is_odd) {
        return Err(wrong("it holds a character that can't be seen"));
    }
    Ok(name.to_owned())
}

/// An image's type by its first bytes; whoever sends it may call it anything.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Gives an operator a name of their own: none by which somebody else was invited, for names are how admins invite again.
///
/// # Errors
/// [`ServiceError::Invalid`], [`ServiceError::Conflict`] for a name that is somebody else's, [`ServiceError::Unavailable`].
pub async fn set_name(service: &Service, id: OperatorId, name: &str) -> Result<Operator, ServiceError> {
    let name = checked_name(name)?;
    if service.store.invited(&name).await?.iter().any(|known| known.id != id) {
        let why = format!("{name} is somebody else's name here: choose another one");
        return Err(ServiceError::Conflict { why });
    }
    change(service, id, NAMED, &name, |operator, _| operator.name.clone_from(&name)).await
}

/// Gives an operator a picture of their own.
///
/// # Errors
/// [`ServiceError::Invalid`] for what is no picture, or too big a one; [`ServiceError::Unavailable`].
pub async fn set_picture(service: &Service, id: OperatorId, bytes: &[u8]) -> Result<Operator, ServiceError> {
    let wrong = |why: &str| ServiceError::Invalid { field: "picture", why: why.to_owned() };
    if bytes.len() > PICTURE {
        return Err(wrong("it is over 512 KiB: make it smaller"));
    }
    let content_type = image_type(bytes).ok_or_else(|| wrong("it is no PNG, JPEG or WebP"))?;
    change(service, id, "profile.pictured", content_type, |operator, write| {
        let picture = new_id::<PictureId>();
        operator.picture = Some(picture);
        write.push(Change::NewPicture(StoredPicture {
            id: picture,
            content_type: content_type.to_owned(),
            bytes: bytes.to_vec(),
            created_at: service.clock.now(),
        }));
    })
    .await
}

/// Takes an operator's picture away.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn remove_picture(service: &Service, id: OperatorId) -> Result<Operator, ServiceError> {
    change(service, id, "profile.pictured", "none", |operator, _| operator.picture = None).await
}

async fn change(
    service: &Service,
    id: OperatorId,
    action: &'static str,
    detail: &str,
    change: impl Fn(&mut Operator, &mut Write),
) -> Result<Operator, ServiceError> {
    let operator = service
        .decide(|| async {
            let mut operator = service.store.operator(id).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
            let mut write = Write::new(id.0);
            change(&mut operator, &mut write);
            operator.own_profile = true;
            operator.picture_source = None;
            write.push(Change::SetOperator(operator.clone()));
            record(&mut write, service.clock.now(), Actor::Operator(id), action, id, detail);
            Ok(Decision::Quietly(write, operator))
        })
        .await?;
    service.tell_operator_changed(id).await;
    Ok(operator)
}

impl Service {
    /// Tells an operator's own pages that something about them changed, and everybody else's that the team did.
    pub(super) async fn tell_operator_changed(&self, id: OperatorId) {
        self.tell_team_changed().await;
        self.hub.tell_team(crate::live::TeamNudge::Operator(id));
    }

    /// Tells the operators' pages that the team itself changed: who is in it, or what somebody is called.
    pub(super) async fn tell_team_changed(&self) {
        if let Err(error) = refresh_team(self).await {
            // It is read again in a while in any case.
            tracing::warn!(error = %error, "who the operators are could not be read anew");
        }
        for domain in self.book.domains() {
            self.hub.tell_team(crate::live::TeamNudge::Domain(domain.id));
        }
    }
}

/// Notes what an operator says about whether they can answer.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Unavailable`].
pub async fn set_availability(
    service: &Service,
    id: OperatorId,
    availability: Availability,
) -> Result<Operator, ServiceError> {
    let operator = service
        .decide(|| async {
            let mut operator = service.store.operator(id).await?.ok_or(ServiceError::NotFound { what: "operator" })?;
            operator.availability = availability;
            let mut write = Write::new(id.0);
            write.push(Change::OperatorAvailability(id, availability));
            Ok(Decision::Quietly(write, operator))
        })
        .await?;
    service.tell_operator_changed(id).await;
    Ok(operator)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("  Ada  ", Some("Ada"))]
    #[case("عائشة", Some("عائشة"))]
    #[case("", None)]
    #[case(" \u{a0} ", None)]
    #[case("a\nb", None)]
    #[case("a\u{202e}b", None)]
    fn a_name_is_what_one_can_read(#[case] given: &str, #[case] taken: Option<&str>) {
        assert_eq!(checked_name(given).ok().as_deref(), taken);
    }

    #[test]
    fn a_name_has_an_end_and_a_picture_is_known_by_its_bytes() {
        assert!(checked_name(&"ä".repeat(80)).is_ok());
        assert!(checked_name(&"ä".repeat(81)).is_err());
        assert_eq!(image_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(image_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(image_type(b"RIFF1234WEBPVP8 "), Some("image/webp"));
        assert_eq!(image_type(b"<svg onload=alert(1)>"), None);
    }
}
