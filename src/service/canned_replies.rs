//! Replies that are kept for use again.
//!
//! What lives here: finding, keeping, changing and dropping them, and whose they are. What must not: filling in names (the page
//! does).

use std::sync::Arc;

use super::decide::Decision;
use super::write_reply::check_words;
use super::{DomainInfo, Service, ServiceError};
use crate::clock::new_id;
use crate::model::CannedReplyId;
use crate::store::{Change, Desk, Write};

pub use crate::store::CannedReply;

/// Most characters of a name.
const NAME_CHARS: usize = 40;
/// Most canned replies in all.
const MOST: usize = 1_000;

/// What a canned reply shall be.
#[derive(Debug, Clone)]
pub struct NewCanned {
    /// What is typed to find it: `[a-z0-9-]+`, at most 40 characters.
    pub name: String,
    /// The words.
    pub body: String,
    /// The names of the domains that it is for; `None` for all of them.
    pub domains: Option<Vec<String>>,
}

/// Who asks: the domains that they see, of how many there are.
pub struct Asking<'a> {
    /// The domains that they see.
    pub domains: &'a [Arc<DomainInfo>],
    /// Whether these are all.
    pub sees_all: bool,
}

impl Asking<'_> {
    fn sees(&self, name: &str) -> bool {
        self.domains.iter().any(|domain| domain.name == name)
    }

    fn may_use(&self, reply: &CannedReply) -> bool {
        reply.domains.as_ref().is_none_or(|names| names.iter().any(|name| self.sees(name)))
    }

    /// What others use too is theirs to change who see everything that it is for.
    fn may_change(&self, domains: Option<&[String]>) -> bool {
        self.sees_all || domains.is_some_and(|names| names.iter().all(|name| self.sees(name)))
    }
}

/// The canned replies that the asking one may use, by name; only those for `domain`, where one is named.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn list_canned(
    service: &Service,
    asking: &Asking<'_>,
    domain: Option<&str>,
) -> Result<Vec<CannedReply>, ServiceError> {
    let mut replies = service.store.canned_replies().await?;
    let is_for = |reply: &CannedReply, name: &str| {
        reply.domains.as_ref().is_none_or(|names| names.iter().any(|known| known == name))
    };
    replies.retain(|reply| asking.may_use(reply) && domain.is_none_or(|name| is_for(reply, name)));
    Ok(replies)
}

/// Keeps a reply, or changes the one with that id.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name, words or domains that can't be taken; [`ServiceError::Conflict`] for a name that is
/// taken; [`ServiceError::NotAllowed`] where it is for domains that the asking one doesn't see; [`ServiceError::NotFound`].
pub async fn keep_canned(
    service: &Service,
    asking: &Asking<'_>,
    id: Option<CannedReplyId>,
    new: &NewCanned,
) -> Result<CannedReply, ServiceError> {
    let (name, body) = (check_name(&new.name)?, check_words(&new.body)?);
    let domains = check_domains(asking, new.domains.as_deref())?;
    service
        .decide(|| async {
            let now = service.clock.now();
            let taken = service.store.canned_reply_by_name(&name).await?;
            if taken.is_some_and(|reply| Some(reply.id) != id) {
                let why = format!("There is a canned reply named {name} already; choose another name.");
                return Err(ServiceError::Conflict { why });
            }
            let known = match id {
                Some(id) => Some(changeable(service, asking, id).await?),
                None if service.store.canned_replies().await?.len() >= MOST => {
                    let why = format!("There are {MOST} canned replies already; drop some first.");
                    return Err(ServiceError::Conflict { why });
                }
                None => None,
            };
            let reply = CannedReply {
                id: id.unwrap_or_else(new_id),
                name: name.clone(),
                body: body.clone(),
                domains: domains.clone(),
                created_at: known.map_or(now, |reply| reply.created_at),
                updated_at: now,
            };
            let mut write = Write::new(reply.id.0);
            let change = if id.is_some() { Desk::SetCanned(reply.clone()) } else { Desk::NewCanned(reply.clone()) };
            write.push(Change::Desk(change));
            Ok(Decision::Quietly(write, reply))
        })
        .await
}

/// Drops a canned reply.
///
/// # Errors
/// [`ServiceError::NotAllowed`], [`ServiceError::NotFound`] as when changing it.
pub async fn drop_canned(service: &Service, asking: &Asking<'_>, id: CannedReplyId) -> Result<(), ServiceError> {
    service
        .decide(|| async {
            let reply = changeable(service, asking, id).await?;
            let mut write = Write::new(reply.id.0);
            write.push(Change::Desk(Desk::RemoveCanned(reply.id)));
            Ok(Decision::Quietly(write, ()))
        })
        .await
}

async fn changeable(service: &Service, asking: &Asking<'_>, id: CannedReplyId) -> Result<CannedReply, ServiceError> {
    let reply = service.store.canned_reply(id).await?.filter(|reply| asking.may_use(reply));
    let reply = reply.ok_or(ServiceError::NotFound { what: "canned reply" })?;
    if !asking.may_change(reply.domains.as_deref()) {
        let what = "this canned reply is for domains too that you don't see: ask somebody who sees them all";
        return Err(ServiceError::NotAllowed { what });
    }
    Ok(reply)
}

fn check_name(name: &str) -> Result<String, ServiceError> {
    let is_word = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if name.is_empty() || name.len() > NAME_CHARS || !is_word {
        let why = format!("must have 1 to {NAME_CHARS} of the characters a-z, 0-9 and -, such as `opening-hours`");
        return Err(ServiceError::Invalid { field: "name", why });
    }
    Ok(name.to_owned())
}

fn check_domains(asking: &Asking<'_>, names: Option<&[String]>) -> Result<Option<Vec<String>>, ServiceError> {
    let wrong = |why: String| ServiceError::Invalid { field: "domains", why };
    let Some(names) = names else {
        if asking.sees_all {
            return Ok(None);
        }
        return Err(wrong("must be named: you don't see all of them".into()));
    };
    let mut clean: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    clean.sort_unstable();
    clean.dedup();
    if clean.is_empty() {
        return Err(wrong("are none; name at least one, or leave them out for all".into()));
    }
    if let Some(unknown) = clean.iter().find(|name| !asking.sees(name)) {
        return Err(wrong(format!("holds `{}`, which is none of yours", crate::model::limits::shorten(unknown, 100))));
    }
    Ok(Some(clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_easy_to_type() {
        for name in ["hi", "opening-hours", "2fa"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "Hi", "a b", "ü", "a/b", &"x".repeat(41)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
