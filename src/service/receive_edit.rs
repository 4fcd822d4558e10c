//! Somebody edited a message in a thread.
//!
//! What lives here: what an edit may do: change a reply's words, withdraw a reply that became a note, and never send what
//! was inside. What must not: link previews and reply counts (bridges leave them out).

use bridge_core::{Answer, RemoteAuthor, RemoteMessage};

use super::answer::ask_about_held;
use super::decide::Decision;
use super::draft::Draft;
use super::receive::Received;
use super::receive_reply::{meaning_of, named, receive_reply};
use super::{Service, ServiceError};
use crate::model::words::{Doubt, Meaning};
use crate::model::{Audience, Disposition, EventKind, Message};
use crate::store::{Change, MessageMap, OutboxKind};

/// How often an edit waits for the message that it is about, before it is taken for the message itself.
const WAITS: i64 = 3;

/// What an edit did, as its author is told.
enum Told {
    Nothing,
    Withdrawn,
    HeldBack(Doubt),
    ClosedMeanwhile,
}

/// Works on an edit. One that arrives before its message waits for it a little; if it never comes, the message is taken
/// as it is now, and held.
pub(super) async fn receive_edit(
    service: &Service,
    remote: &RemoteMessage,
    attempt: i64,
) -> Result<Received, ServiceError> {
    let Some(channel) = service.book.channel_at(&remote.channel) else { return Ok(Received::Done) };
    let (Some(thread), RemoteAuthor::Person(_)) = (&remote.thread, &remote.author) else { return Ok(Received::Done) };
    if service.store.link_by_thread(channel.id, thread).await?.is_none() {
        return Ok(Received::Done);
    }
    let Some(known) = service.store.maps_by_remote(channel.id, &remote.id).await?.into_iter().next() else {
        if attempt < WAITS {
            return Ok(Received::Early);
        }
        return Box::pin(receive_reply(service, remote, attempt)).await;
    };
    if remote.edited_at <= known.remote_edited_at || known.removed_at.is_some() {
        return Ok(Received::Done);
    }
    let Some(message) = known.message else { return Ok(Received::Done) };
    let Some(message) = service.store.message(message).await? else { return Ok(Received::Done) };
    let body = named(service, remote).await?;
    let meaning = meaning_of(service, remote);
    let told = service
        .decide(|| async {
            let mut draft = service.draft(message.conversation).await?;
            let Some(mut message) = service.store.message(message.id).await? else {
                return Ok(Decision::Nothing(Told::Nothing));
            };
            if message.removed_at.is_some() {
                return Ok(Decision::Nothing(Told::Nothing));
            }
            let told = apply(&mut draft, &mut message, &meaning, &body);
            draft.push(edited(&known, &message, remote));
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, told))
        })
        .await?;
    let answer = match told {
        Told::Nothing => return Ok(Received::Done),
        Told::Withdrawn => Answer::text("Your reply became a note: the visitor no longer sees it."),
        Told::HeldBack(doubt) => ask_about_held(message.id, doubt),
        Told::ClosedMeanwhile => Answer::text(
            "This conversation is closed, so the visitor still sees your earlier words. Reopen it and edit again to change them.",
        ),
    };
    service.answer(&remote.channel.connection, &remote.reply, answer).await;
    Ok(Received::Done)
}

fn edited(known: &MessageMap, message: &Message, remote: &RemoteMessage) -> Change {
    Change::SetMap { id: known.id, version: message.version, remote_edited_at: remote.edited_at, removed_at: None }
}

fn apply(draft: &mut Draft, message: &mut Message, meaning: &Meaning, body: &bridge_core::Body) -> Told {
    let now = draft.now();
    let becomes = match (message.disposition, meaning) {
        // What is inside stays inside, whatever it says now.
        (Disposition::Note, _) | (_, Meaning::Note) => Disposition::Note,
        (Disposition::Held, _) => Disposition::Held,
        (Disposition::Sent, Meaning::Reply) => Disposition::Sent,
        (Disposition::Sent, Meaning::Ask(_) | Meaning::Command(_)) => Disposition::Held,
    };
    if message.disposition == Disposition::Sent && becomes == Disposition::Sent {
        if !draft.conversation.is_open() {
            return Told::ClosedMeanwhile;
        }
        message.set_body(body);
        message.edited_at = Some(now);
        draft.event(Audience::All, EventKind::MessageEdited, Some(message.id));
        draft.follow(message, OutboxKind::Edit);
        return Told::Nothing;
    }
    message.set_body(body);
    message.edited_at = Some(now);
    if message.disposition == Disposition::Sent {
        message.disposition = becomes;
        draft.event(Audience::All, EventKind::MessageRemoved, Some(message.id));
        draft.follow(message, OutboxKind::Delete);
        return match meaning {
            Meaning::Note => Told::Withdrawn,
            Meaning::Ask(doubt) => Told::HeldBack(*doubt),
            Meaning::Reply | Meaning::Command(_) => Told::HeldBack(Doubt::UnknownWord),
        };
    }
    message.disposition = becomes;
    draft.event(Audience::Operators, EventKind::MessageEdited, Some(message.id));
    Told::Nothing
}
