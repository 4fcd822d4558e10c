//! Operators give conversations tags.
//!
//! What lives here: what a tag may be, and setting a conversation's tags. What must not: who may (the caller has checked).

use std::collections::BTreeSet;

use super::decide::Decision;
use super::{Service, ServiceError};
use crate::model::{Audience, ConversationId, DomainId, EventKind};
use crate::store::{Change, Desk};

/// Most tags of a conversation.
const MOST_TAGS: usize = 20;
/// Most characters of a tag.
const TAG_CHARS: usize = 40;

/// Brings tags into their one form: lower case, single spaces, no control characters, each once.
fn clean(tags: &[String]) -> Result<BTreeSet<String>, ServiceError> {
    let wrong = |why: String| ServiceError::Invalid { field: "tags", why };
    let mut clean = BTreeSet::new();
    for tag in tags {
        let text: String = tag.to_lowercase().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(wrong("holds an empty one; leave it out".into()));
        }
        if text.chars().count() > TAG_CHARS {
            return Err(wrong(format!("holds one of over {TAG_CHARS} characters; choose a shorter word")));
        }
        clean.insert(text);
        if clean.len() > MOST_TAGS {
            return Err(wrong(format!("are more than {MOST_TAGS}; leave some out")));
        }
    }
    Ok(clean)
}

/// Gives a conversation these tags and no others. Answers them in their one form, in order.
///
/// # Errors
/// [`ServiceError::Invalid`] for tags that are too many, too long or empty; [`ServiceError::NotFound`].
pub async fn set_tags(service: &Service, id: ConversationId, tags: &[String]) -> Result<Vec<String>, ServiceError> {
    let wanted = clean(tags)?;
    service
        .decide(|| async {
            let mut draft = service.draft(id).await?;
            let now = draft.now();
            let had: BTreeSet<String> = service.store.tags(&[id]).await?.into_iter().map(|tagged| tagged.tag).collect();
            if had == wanted {
                return Ok(Decision::Nothing(()));
            }
            for tag in had.difference(&wanted) {
                draft.push(Change::Desk(Desk::RemoveTag(id, tag.clone())));
            }
            for tag in wanted.difference(&had) {
                draft.push(Change::Desk(Desk::NewTag(id, tag.clone(), now)));
                draft.push(Change::Desk(Desk::DomainTag(draft.conversation.domain, tag.clone())));
            }
            draft.event(Audience::Operators, EventKind::ConversationTagged, None);
            Ok(Decision::write(draft, ()))
        })
        .await?;
    Ok(wanted.into_iter().collect())
}

/// Every tag that was ever used on these domains, in order.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn known_tags(service: &Service, domains: &[DomainId]) -> Result<Vec<String>, ServiceError> {
    let mut known = BTreeSet::new();
    for domain in domains {
        known.extend(service.store.tags_of_domain(*domain).await?);
    }
    Ok(known.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> Option<Vec<String>> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        clean(&tags).ok().map(|tags| tags.into_iter().collect())
    }

    #[test]
    fn tags_have_one_form_and_each_stands_once() {
        assert_eq!(tags(&["Refund", " refund ", "VIP\n customer"]), Some(vec!["refund".into(), "vip customer".into()]));
        assert_eq!(tags(&[]), Some(Vec::new()));
        assert_eq!(tags(&["\u{0}"]), None);
        assert_eq!(tags(&[&"x".repeat(41)]), None);
        let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
        assert!(clean(&many).is_err());
    }
}
