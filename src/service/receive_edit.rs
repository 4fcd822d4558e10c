//! Somebody edited a message in a thread.
//!
//! What lives here: what an edit may do: change a reply's words, withdraw a reply that became a note, and never send what
//! was inside. What must not: link previews and reply counts (bridges leave them out).

use bridge_core::{Answer, RemoteAuthor, RemoteMessage, RemoteUser, Standing, Words};

use super::answer::ask_about_held;
use super::decide::Decision;
use super::draft::Draft;
use super::find_link::{Found, find_link};
use super::know_operator::Known;
use super::receive::Received;
use super::receive_reply::{ask_again, meaning_of, named, receive_reply};
use super::say::Say;
use super::waiting::waits_after_all;
use super::{Service, ServiceError};
use crate::model::words::{Doubt, Meaning};
use crate::model::{Audience, Disposition, EventKind, Message, MessageId};
use crate::store::{Change, MessageMap, OutboxKind};

/// How often an edit waits for the message that it is about, before it is taken for the message itself.
const WAITS: i64 = 3;

/// What an edit did, as its author is told.
enum Told {
    Nothing,
    Withdrawn,
    HeldBack(Doubt),
    ClosedMeanwhile,
    NoLongerOperator(Standing),
}

/// Works on an edit. One that arrives before its message waits for it a little; if it never comes, the message is taken
/// as it is now, and held.
pub(super) async fn receive_edit(
    service: &Service,
    remote: &RemoteMessage,
    attempt: i64,
) -> Result<Received, ServiceError> {
    let Some(channel) = service.book.channel_at(&remote.channel) else { return Ok(Received::Done) };
    let (Some(thread), RemoteAuthor::Person(user)) = (&remote.thread, &remote.author) else {
        return Ok(Received::Done);
    };
    match find_link(service, channel.id, thread).await? {
        Found::Ours(_) => {}
        Found::Opening => return Ok(Received::Waits),
        Found::Foreign => return Ok(Received::Done),
    }
    let Some(known) = service.store.maps_by_remote(channel.id, &remote.id).await?.into_iter().next() else {
        if attempt < WAITS {
            return Ok(Received::Early);
        }
        return Box::pin(receive_reply(service, remote, attempt)).await;
    };
    if remote.edited_at <= known.remote_edited_at || known.removed_at.is_some() {
        return ask_again(service, remote, &known, attempt).await;
    }
    let Some(message) = known.message else { return Ok(Received::Done) };
    let Some(message) = service.store.message(message).await? else { return Ok(Received::Done) };
    let body = named(service, &channel, remote).await?;
    let meaning = meaning_of(service, remote);
    let refused = refused(service, remote, user, &meaning).await?;
    let told = service
        .decide(|| async {
            let mut draft = service.draft(message.conversation).await?;
            // Another edit of it may have been worked on meanwhile: the newest counts.
            let known = service.store.maps_by_remote(channel.id, &remote.id).await?.into_iter().next();
            let Some(known) =
                known.filter(|known| remote.edited_at > known.remote_edited_at && known.removed_at.is_none())
            else {
                return Ok(Decision::Nothing(Told::Nothing));
            };
            let Some(mut message) = service.store.message(message.id).await? else {
                return Ok(Decision::Nothing(Told::Nothing));
            };
            if message.removed_at.is_some() {
                return Ok(Decision::Nothing(Told::Nothing));
            }
            let was_a_reply = message.disposition == Disposition::Sent;
            let told = match refused {
                Some(standing) if message.disposition == Disposition::Sent => Told::NoLongerOperator(standing),
                _ => apply(service, &mut draft, &mut message, &meaning, &body, refused),
            };
            if was_a_reply && message.disposition != Disposition::Sent {
                waits_after_all(service, &mut draft, message.id).await?;
            }
            draft.push(edited(&known, &message, remote));
            draft.push(Change::SetMessage(message));
            Ok(Decision::write(draft, told))
        })
        .await?;
    let connection = &remote.channel.connection;
    let is_question = matches!(told, Told::HeldBack(_));
    match answer_to(told, message.id, service.words_in(message.conversation).await?) {
        Some(question) if is_question => service.ask(connection, &remote.reply, question, attempt).await?,
        Some(answer) => service.answer(connection, &remote.reply, answer).await,
        None => {}
    }
    Ok(Received::Done)
}

/// What keeps an editor from changing what the visitor sees: to change it is to speak for the team. To take it back is
/// open to everybody who wrote it.
async fn refused(
    service: &Service,
    remote: &RemoteMessage,
    user: &RemoteUser,
    meaning: &Meaning,
) -> Result<Option<Standing>, ServiceError> {
    if *meaning == Meaning::Note {
        return Ok(None);
    }
    match service.know(&remote.channel.connection, user).await? {
        Known::Operator(_) => Ok(None),
        Known::Other(standing) => Ok(Some(standing)),
    }
}

fn answer_to(told: Told, message: MessageId, words: Words) -> Option<Answer> {
    let answer = |said: Say| Some(Answer::text(words.text(said)));
    match told {
        Told::Nothing | Told::NoLongerOperator(Standing::Bot) => None,
        Told::Withdrawn => answer(Say::EditWithdrew),
        Told::HeldBack(doubt) => Some(ask_about_held(message, doubt, words)),
        Told::ClosedMeanwhile => answer(Say::EditTooLate),
        Told::NoLongerOperator(_) => answer(Say::EditByNoOperator),
    }
}

fn edited(known: &MessageMap, message: &Message, remote: &RemoteMessage) -> Change {
    Change::SetMap { id: known.id, version: message.version, remote_edited_at: remote.edited_at, removed_at: None }
}

fn apply(
    service: &Service,
    draft: &mut Draft,
    message: &mut Message,
    meaning: &Meaning,
    body: &bridge_core::Body,
    refused: Option<Standing>,
) -> Told {
    let now = draft.now();
    let becomes = match (message.disposition, meaning) {
        // What is inside stays inside, whatever it says now.
        (Disposition::Note, _) | (_, Meaning::Note) => Disposition::Note,
        (Disposition::Held, _) => Disposition::Held,
        (Disposition::Sent, Meaning::Reply) => Disposition::Sent,
        (Disposition::Sent, Meaning::Ask(_) | Meaning::Command(_)) => Disposition::Held,
    };
    if message.disposition == Disposition::Sent
        && let Some(standing) = refused
    {
        return Told::NoLongerOperator(standing);
    }
    if message.disposition == Disposition::Sent && becomes == Disposition::Sent {
        if !draft.conversation.is_open() {
            return Told::ClosedMeanwhile;
        }
        let before = message.to_body();
        message.set_body(body);
        message.edited_at = Some(now);
        draft.event(Audience::All, EventKind::MessageEdited, Some(message.id));
        draft.follow_edit(service, &before, message);
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
