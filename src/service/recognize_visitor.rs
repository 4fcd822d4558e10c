//! A website says who its visitor is.
//!
//! What lives here: what follows from that for the visitor, their token and their conversations, in one commit. What must
//! not: whether the website's word is good ([`super::identity`]).
//!
//! A token belongs to one person. Where the website names another one, the token ends and a fresh one begins, so that on a
//! shared browser nobody is shown what somebody else said. A stranger's token may become anybody's once: what the stranger
//! said moves to whom the website names. Of two open conversations the newer one stays open.

use bridge_core::Notice;
use secrecy::SecretString;

use super::draft::{Draft, Told};
use super::identity::Identity;
use super::say::Say;
use super::start_session::{Arrival, Known, session_of, with_client};
use super::{DomainInfo, Service, ServiceError};
use crate::clock::new_id;
use crate::model::{Audience, ClosedBy, Conversation, ConversationId, EventKind, Visitor, VisitorId};
use crate::store::{Change, Guard, Recognition, SearchChange, Session, Write};

/// Who came, and who must be told of it.
pub(super) struct Recognized {
    /// The visitor.
    pub(super) visitor: Visitor,
    /// Whether they have a fresh token.
    pub(super) is_fresh: bool,
    /// Whom to tell.
    pub(super) told: Vec<Told>,
    /// The visitors whose tokens have ended.
    pub(super) ended: Option<VisitorId>,
}

impl Recognized {
    /// Somebody who goes on with their token.
    pub(super) const fn still(visitor: Visitor) -> Self {
        Self { visitor, is_fresh: false, told: Vec::new(), ended: None }
    }

    /// Somebody with a fresh token.
    pub(super) const fn newly(visitor: Visitor) -> Self {
        Self { visitor, is_fresh: true, told: Vec::new(), ended: None }
    }
}

/// Decides what follows from a website's word.
pub(super) async fn recognize(
    service: &Service,
    domain: &DomainInfo,
    known: Known,
    identity: &Identity,
    arrival: &Arrival,
    fresh: &SecretString,
) -> Result<(Write, Recognized), ServiceError> {
    let theirs = service.store.visitor_by_external_id(domain.id, &identity.external_id).await?;
    let (session, stranger) = match known.session {
        Some((session, visitor)) if visitor.external_id.as_ref() == Some(&identity.external_id) => {
            return go_on(service, &session, visitor, identity, arrival).await;
        }
        Some((session, visitor)) if visitor.external_id.is_none() => (Some(session), Some(visitor)),
        Some((session, _)) => (Some(session), None),
        None => (None, None),
    };
    let now = service.clock.now();
    let (mut write, mut recognized) = match (stranger, theirs) {
        (Some(stranger), Some(theirs)) => merge(service, stranger, theirs, identity, arrival).await?,
        (Some(stranger), None) => rewrite(service, stranger, identity, arrival).await?,
        (None, Some(theirs)) => rewrite(service, theirs, identity, arrival).await?,
        (None, None) => {
            let mut visitor = Visitor::stranger(new_id::<VisitorId>(), domain.id, now);
            describe(&mut visitor, identity);
            let visitor = with_client(visitor, &arrival.client);
            let mut write = Write::new(visitor.id.0);
            write.push(Change::NewVisitor(visitor.clone()));
            (write, Recognized::newly(visitor))
        }
    };
    recognized.is_fresh = true;
    write.push(Change::NewSession(session_of(&recognized.visitor, fresh, service)));
    if let Some(Session { id, visitor, .. }) = session {
        // Of two tabs that come at once, one ends the session; the other then finds who they are.
        write.guard(Guard::Session(id)).push(Change::Recognition(Recognition::EndSession(id)));
        recognized.ended = Some(visitor);
    }
    Ok((write, recognized))
}

/// The token is theirs already, unless it ends meanwhile: of two tabs that come at once, the other may just have made the
/// stranger this person, with a fresh token.
async fn go_on(
    service: &Service,
    session: &Session,
    visitor: Visitor,
    identity: &Identity,
    arrival: &Arrival,
) -> Result<(Write, Recognized), ServiceError> {
    let (mut write, recognized) = rewrite(service, visitor, identity, arrival).await?;
    write.guard(Guard::Session(session.id)).push(Change::VisitorSeen(recognized.visitor.id, service.clock.now()));
    Ok((write, recognized))
}

/// Writes down what the website says of a visitor; operators see it at once.
async fn rewrite(
    service: &Service,
    before: Visitor,
    identity: &Identity,
    arrival: &Arrival,
) -> Result<(Write, Recognized), ServiceError> {
    let mut visitor = before.clone();
    describe(&mut visitor, identity);
    let shows = visitor != before;
    let visitor = with_client(visitor, &arrival.client);
    let mut write = Write::new(visitor.id.0);
    let mut told = Vec::new();
    if visitor != before {
        write.push(Change::SetVisitor(visitor.clone()));
    }
    if shows && let Some(open) = service.store.open_conversation(visitor.id).await? {
        let mut draft = service.draft_of(open).await?;
        draft.event(Audience::Operators, EventKind::VisitorChanged, None);
        draft.update_cards();
        told.push(join(&mut write, draft));
    }
    Ok((write, Recognized { told, ..Recognized::still(visitor) }))
}

/// What the website says counts; what it doesn't say stays.
fn describe(visitor: &mut Visitor, identity: &Identity) {
    visitor.external_id = Some(identity.external_id.clone());
    if let Some(name) = &identity.name {
        visitor.name = Some(name.clone());
    }
    if let Some((email, verified)) = &identity.email {
        visitor.email = Some(email.clone());
        visitor.email_verified = *verified;
    }
}

/// A stranger turns out to be somebody known: their conversations move over, and their events get the numbers that come
/// next in the known visitor's stream.
async fn merge(
    service: &Service,
    stranger: Visitor,
    theirs: Visitor,
    identity: &Identity,
    arrival: &Arrival,
) -> Result<(Write, Recognized), ServiceError> {
    let mut visitor = theirs;
    visitor.name = visitor.name.or(stranger.name);
    if visitor.email.is_none() {
        visitor.email = stranger.email;
    }
    describe(&mut visitor, identity);
    let visitor = with_client(visitor, &arrival.client);
    let mut write = Write::new(visitor.id.0);
    write.push(Change::SetVisitor(visitor.clone()));
    let ahead = service.store.next_event(visitor.id).await?.saturating_sub(1);
    let mut next = service.store.next_event(stranger.id).await?.saturating_add(ahead);
    let mut moved = service.store.conversations_of_visitor(stranger.id).await?;
    for conversation in &mut moved {
        conversation.visitor = visitor.id;
    }
    let open = service.store.open_conversation(visitor.id).await?;
    let kept = open.as_ref().map(|conversation| conversation.id);
    let closes = older(moved.iter().find(|conversation| conversation.is_open()), open.as_ref());
    // The one that the visitor had already changes too, if there is one: its card shows more than before.
    let mut told = Vec::new();
    for mut conversation in moved.into_iter().chain(open) {
        conversation.next_event = next;
        let id = conversation.id;
        let is_open = conversation.is_open();
        let links = service.store.links(id).await?;
        let mut draft = Draft::of(conversation, links, service.clock.now());
        draft.event(Audience::Operators, EventKind::VisitorChanged, None);
        if closes == Some(id) {
            close(service, &mut draft);
        }
        if is_open {
            draft.update_cards();
        }
        if kept != Some(id) {
            // Its events have other numbers now, so that nobody knows which of them the search has counted.
            draft.push(Change::Search(SearchChange::UpTo(id, 0)));
        }
        next = draft.conversation.next_event;
        told.push(join(&mut write, draft));
    }
    write.merge_visitors(stranger.id, visitor.id, ahead);
    Ok((write, Recognized { told, ..Recognized::newly(visitor) }))
}

/// The one that closes: of two that are open, the one that began earlier.
fn older(one: Option<&Conversation>, other: Option<&Conversation>) -> Option<ConversationId> {
    let (one, other) = (one?, other?);
    Some(if (one.opened_at, one.id) < (other.opened_at, other.id) { one.id } else { other.id })
}

fn close(service: &Service, draft: &mut Draft) {
    let now = draft.now();
    if draft.conversation.close(ClosedBy::System, now).is_err() {
        return;
    }
    draft.event(Audience::All, EventKind::ConversationClosed, None);
    let text = service.words(draft.conversation.domain).text(Say::ClosedForNewer).to_owned();
    draft.notice(|_| Notice { text: text.clone(), mention: None, broadcast: false, buttons: Vec::new() });
    draft.put_away(service);
}

/// Puts a conversation's change into the whole, and says whom to tell of it.
fn join(write: &mut Write, draft: Draft) -> Told {
    let (part, told) = draft.finish();
    write.guards.extend(part.guards);
    write.changes.extend(part.changes);
    told
}
