//! Work towards a platform was done, or can't be.
//!
//! What lives here: writing that down once, whether the platform's answer or its echo says it first. What must not: calling
//! a platform.

use bridge_core::{Action, AnswerButton, Applied, Micros, Notice, RemoteMessage, Words};

use super::decide::Decision;
use super::draft::Draft;
use super::receive::Received;
use super::say::Say;
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::live::TeamNudge;
use crate::model::{Audience, ConversationId, EventKind, LinkState, MapId, MessageId, OutboxId};
use crate::store::{Change, Guard, MessageMap, Outbox, OutboxKind, OutboxState, Write};

/// What was shown, so that later changes are compared with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// The message's version.
    pub message_version: i64,
    /// The card's wish.
    pub card_wanted: i64,
}

/// A remote message of ours that was changed.
#[derive(Debug, Clone)]
pub struct Touched {
    /// What we knew of it.
    pub map: MessageMap,
    /// Whether it was taken away; its words were changed otherwise.
    pub removed: bool,
}

impl Touched {
    fn change(&self, shown: Shown, now: Micros) -> Change {
        let version = if self.removed { self.map.version } else { shown.message_version };
        let removed_at = self.removed.then_some(now);
        Change::SetMap { id: self.map.id, version, remote_edited_at: self.map.remote_edited_at, removed_at }
    }
}

/// Writes down that a piece of work is done. Doing it twice is harmless. `attempts` is how often it had been tried when it
/// was: work that was moved to another thread since has a new attempt before it, and this one's outcome is no longer its own.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn record_applied(
    service: &Service,
    id: OutboxId,
    attempts: Option<i64>,
    applied: &Applied,
    shown: Shown,
    touched: &[Touched],
) -> Result<(), ServiceError> {
    let (opened, delivered) = service
        .decide(|| async {
            let Some(row) = service.store.outbox(id).await? else { return Ok(Decision::Nothing((false, None))) };
            let is_over =
                matches!(row.progress.state, OutboxState::Done | OutboxState::Dropped | OutboxState::Undelivered);
            if is_over || attempts.is_some_and(|attempts| attempts != row.progress.attempts) {
                return Ok(Decision::Nothing((false, None)));
            }
            let mut write = Write::new(row.conversation.0);
            write.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
            write.push(Change::SetOutbox(row.id, done(&row)));
            let now = service.clock.now();
            write.changes.extend(touched.iter().map(|touched| touched.change(shown, now)));
            if row.kind == OutboxKind::OpenThread {
                let (Some(thread), Some(card)) = (&applied.thread, &applied.id) else {
                    return Err(ServiceError::Invalid {
                        field: "applied",
                        why: "a bridge opened a thread, but did not say which".into(),
                    });
                };
                write.push(Change::LinkOpened { id: row.link, remote_thread: thread.clone(), card: card.clone() });
                write.push(Change::LinkCardShown(row.link, shown.card_wanted, service.clock.now()));
            } else if let Some(remote_id) = &applied.id
                && matches!(row.kind, OutboxKind::Post | OutboxKind::Notice)
                && service.store.maps_by_remote(row.channel, remote_id).await?.is_empty()
            {
                write.push(Change::NewMap(map(&row, remote_id, shown, service.clock.now())));
            }
            if row.delayed && row.message.is_some() {
                return told_again(service, &row, write).await;
            }
            let delivered = row.message.map(|message| (row.conversation, message));
            Ok(Decision::Quietly(write, (row.kind == OutboxKind::OpenThread, delivered)))
        })
        .await?;
    // No event, since nobody who looks later needs to hear of it: the message itself says where it has arrived.
    if let Some((conversation, message)) = delivered {
        service.hub.tell_team(TeamNudge::Delivered { conversation, message });
    }
    // The lane's next row may go.
    service.wake.deliver();
    if opened {
        service.wake.cards();
    }
    Ok(())
}

/// What was refused at first is there now: pages that show it as refused read it again.
async fn told_again(
    service: &Service,
    row: &Outbox,
    write: Write,
) -> Result<Decision<(bool, Option<(ConversationId, MessageId)>)>, ServiceError> {
    let mut draft = service.draft(row.conversation).await?;
    write.guards.into_iter().for_each(|guard| draft.guard(guard));
    write.changes.into_iter().for_each(|change| draft.push(change));
    draft.event(Audience::Operators, EventKind::MessageUndelivered, row.message);
    Ok(Decision::write(draft, (false, None)))
}

fn done(row: &Outbox) -> crate::store::OutboxProgress {
    crate::store::OutboxProgress {
        state: OutboxState::Done,
        lease_until: None,
        step: None,
        error: None,
        ..row.progress.clone()
    }
}

fn map(row: &Outbox, remote_id: &str, shown: Shown, now: Micros) -> MessageMap {
    MessageMap {
        id: new_id::<MapId>(),
        link: row.link,
        channel: row.channel,
        remote_id: remote_id.to_owned(),
        remote_part: 0,
        message: row.message,
        local_part: row.message.map(|_| row.part),
        version: shown.message_version,
        remote_edited_at: None,
        removed_at: None,
        created_at: now,
    }
}

/// Our own message came back as the platform's event: whatever was unknown about it is known now. Cards are left to
/// the answer or to a look, since an echo doesn't say which thread was opened.
pub(super) async fn record_echo(
    service: &Service,
    id: OutboxId,
    echo: &RemoteMessage,
) -> Result<Received, ServiceError> {
    let Some(row) = service.store.outbox(id).await? else { return Ok(Received::Done) };
    // A copy that strayed, or that stands in a thread which is gone, is not the one that people see.
    let link = service.store.link(row.link).await?;
    if link.is_none_or(|link| link.remote_thread != echo.thread) {
        return Ok(Received::Done);
    }
    let open = matches!(row.progress.state, OutboxState::Sending | OutboxState::Unknown | OutboxState::Pending);
    if open && matches!(row.kind, OutboxKind::Post | OutboxKind::Notice) {
        let applied = Applied { id: Some(echo.id.clone()), thread: None };
        record_applied(service, id, None, &applied, Shown::default(), &[]).await?;
    }
    Ok(Received::Done)
}

/// Writes down that a platform refused a piece of work, and says so where people will see it.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn record_undelivered(service: &Service, row: &Outbox, why: &str) -> Result<(), ServiceError> {
    tracing::warn!(outbox.id = %row.id, conversation.id = %row.conversation, why, "work {} of conversation {} was refused: {why}", row.id, row.conversation);
    service
        .decide(|| async {
            let mut draft = service.draft(row.conversation).await?;
            let mut progress = done(row);
            progress.state = OutboxState::Undelivered;
            progress.error = Some(why.to_owned());
            draft.guard(Guard::Outbox(row.id, row.progress.state, row.progress.attempts));
            draft.push(Change::SetOutbox(row.id, progress));
            if row.message.is_some() {
                draft.event(Audience::Operators, EventKind::MessageUndelivered, row.message);
            }
            // A refused notice is not announced by another notice.
            if row.kind != OutboxKind::Notice {
                let words = service.words(draft.conversation.domain);
                draft.notice_in(row.link, not_delivered(words, row, None, why));
                tell_where_it_was_written(service, &mut draft, row, why).await?;
            }
            Ok(Decision::write(draft, ()))
        })
        .await
}

/// Colleagues elsewhere don't see what an operator wrote, and nobody else can know it.
async fn tell_where_it_was_written(
    service: &Service,
    draft: &mut Draft,
    row: &Outbox,
    why: &str,
) -> Result<(), ServiceError> {
    let Some(message) = row.message else { return Ok(()) };
    let Some(message) = service.store.message(message).await? else { return Ok(()) };
    let Some(origin) = message.origin.filter(|origin| *origin != row.channel) else { return Ok(()) };
    let Some(there) = service.book.channel(row.channel) else { return Ok(()) };
    let live = draft.links.iter().find(|link| link.channel == origin && link.state != LinkState::Gone);
    if let Some(link) = live.map(|link| link.id) {
        let words = service.words(draft.conversation.domain);
        draft.notice_in(link, not_delivered(words, row, Some(&there.remote.to_string()), why));
    }
    Ok(())
}

/// The words for the thread that a piece of work was for, or for the one where its message was written: then `place` is
/// where it should have gone. Why it didn't is in the bridge's own words, often the platform's.
fn not_delivered(words: Words, row: &Outbox, place: Option<&str>, why: &str) -> Notice {
    let why = why.trim_end_matches('.');
    let (here, elsewhere) = match row.kind {
        OutboxKind::Edit => (Say::EditNotDelivered, Say::EditNotShown),
        OutboxKind::Delete => (Say::RemovalNotDelivered, Say::RemovalNotShown),
        _ => (Say::MessageNotDelivered, Say::MessageNotShown),
    };
    let text = match place {
        None => words.say(here, &[("why", why)]),
        Some(place) => words.say(elsewhere, &[("place", place), ("why", why)]),
    };
    let retry = AnswerButton { label: words.text(Say::Retry).into(), action: Action::Retry(row.id.to_string()) };
    Notice { text, mention: None, broadcast: false, buttons: vec![retry] }
}
