//! Somebody wrote in a thread.
//!
//! What lives here: whose words they are and what becomes of them: a reply, a note, a word of command, a question, or
//! nothing. What must not: reading the words (that is [`crate::model::words`]).

use bridge_core::{Answer, Body, Inline, Micros, RemoteAuthor, RemoteMessage, Speaker};

use super::answer::ask_about_held;
use super::decide::Decision;
use super::draft::Draft;
use super::find_link::{Found, find_link};
use super::know_operator::{Known, refusal};
use super::read_conversation::answers_having_seen;
use super::receive::Received;
use super::say::Say;
use super::team_presence::operator_acted;
use super::{Service, ServiceError, receive_command, receive_edit, record_delivery};
use crate::clock::new_id;
use crate::model::words::{self, Doubt, Meaning};
use crate::model::{Audience, Disposition, EventKind, Link, MapId, Message, MessageId, Operator, place};
use crate::store::{Change, Channel, MessageMap};

/// Works on a message that was written in a channel.
pub(super) async fn receive_reply(
    service: &Service,
    remote: &RemoteMessage,
    attempt: i64,
) -> Result<Received, ServiceError> {
    let Some(channel) = service.book.channel_at(&remote.channel) else { return Ok(Received::Done) };
    if remote.author == RemoteAuthor::Ourselves {
        return match remote.key {
            Some(key) => record_delivery::record_echo(service, key.into(), remote).await,
            None => Ok(Received::Done),
        };
    }
    // What is outside our threads is none of our business, and so is what other programs write.
    let Some(thread) = &remote.thread else { return Ok(Received::Done) };
    let RemoteAuthor::Person(user) = &remote.author else { return Ok(Received::Done) };
    let link = match find_link(service, channel.id, thread).await? {
        Found::Ours(link) => link,
        Found::Opening => return Ok(Received::Waits),
        Found::Foreign => return Ok(Received::Done),
    };
    if let Some(known) = service.store.maps_by_remote(channel.id, &remote.id).await?.into_iter().next() {
        return receive_known(service, remote, &known, attempt).await;
    }
    match service.know(&remote.channel.connection, user).await? {
        Known::Operator(operator) => {
            operator_acted(service, &operator, &remote.channel.connection, remote.at).await?;
            receive_from_operator(service, remote, &channel, &link, &operator).await
        }
        Known::Other(standing) => {
            let fresh = ignore(service, &channel, &link, remote).await?;
            if fresh && let Some(why) = refusal(standing) {
                let words = service.words_in(link.conversation).await?.text(why);
                service.answer(&remote.channel.connection, &remote.reply, Answer::text(words)).await;
            }
            Ok(Received::Done)
        }
    }
}

/// A message that we have already: it may have been edited since, or its question may not have been heard.
async fn receive_known(
    service: &Service,
    remote: &RemoteMessage,
    known: &MessageMap,
    attempt: i64,
) -> Result<Received, ServiceError> {
    if remote.edited_at > known.remote_edited_at && known.removed_at.is_none() {
        return receive_edit::receive_edit(service, remote, attempt).await;
    }
    ask_again(service, remote, known, attempt).await
}

/// A repeated attempt says that the first may have ended before its question was put.
pub(super) async fn ask_again(
    service: &Service,
    remote: &RemoteMessage,
    known: &MessageMap,
    attempt: i64,
) -> Result<Received, ServiceError> {
    if attempt > 0
        && let Some(message) = known.message
        && let Some(message) = service.store.message(message).await?
        && message.disposition == Disposition::Held
    {
        let doubt = doubt_about(service, remote).unwrap_or(Doubt::EditedUnseen);
        let question = ask_about_held(message.id, doubt, service.words_in(message.conversation).await?);
        service.ask(&remote.channel.connection, &remote.reply, question, attempt).await?;
    }
    Ok(Received::Done)
}

/// Reads the words as the platform's operators would mean them.
pub(super) fn meaning_of(service: &Service, remote: &RemoteMessage) -> Meaning {
    let bridge = service.bridge(&remote.channel.connection);
    let (prefixes, commands) = bridge
        .map_or((&[][..], None), |bridge| (bridge.capabilities().note_prefixes, bridge.capabilities().command_prefix));
    words::read(&remote.body.to_plain(), !remote.mentions.is_empty(), prefixes, commands)
}

fn doubt_about(service: &Service, remote: &RemoteMessage) -> Option<Doubt> {
    match meaning_of(service, remote) {
        Meaning::Ask(doubt) => Some(doubt),
        _ => None,
    }
}

async fn receive_from_operator(
    service: &Service,
    remote: &RemoteMessage,
    channel: &Channel,
    link: &Link,
    operator: &Operator,
) -> Result<Received, ServiceError> {
    // An edit that we did not see may have turned a note into a reply: such a message is asked about, never sent.
    let meaning = match meaning_of(service, remote) {
        Meaning::Reply if remote.edited_at.is_some() => Meaning::Ask(Doubt::EditedUnseen),
        Meaning::Command(_) if remote.edited_at.is_some() => Meaning::Ask(Doubt::EditedUnseen),
        meaning => meaning,
    };
    if let Meaning::Command(command) = meaning {
        let barrier = Change::NewMap(map(remote, channel, link, None, service));
        return receive_command::receive_command(service, remote, (channel, link), operator, command, barrier).await;
    }
    let body = named(service, channel, remote).await?;
    if body.is_blank() {
        ignore(service, channel, link, remote).await?;
        if !remote.files.is_empty() {
            let words = service.words_in(link.conversation).await?.text(Say::InsideFile);
            service.answer(&remote.channel.connection, &remote.reply, Answer::text(words)).await;
        }
        return Ok(Received::Done);
    }
    let kept = keep(service, remote, channel, link, operator, &meaning, &body).await?;
    if let Some((message, was_open)) = kept {
        tell_author(service, remote, &message, &meaning, was_open).await?;
    }
    Ok(Received::Done)
}

/// Keeps an operator's message. `None` where it was kept already; otherwise the message, and whether the conversation was open.
async fn keep(
    service: &Service,
    remote: &RemoteMessage,
    channel: &Channel,
    link: &Link,
    operator: &Operator,
    meaning: &Meaning,
    body: &Body,
) -> Result<Option<(Message, bool)>, ServiceError> {
    service
        .decide(|| async {
            if !service.store.maps_by_remote(channel.id, &remote.id).await?.is_empty() {
                return Ok(Decision::Nothing(None));
            }
            let mut draft = service.draft(link.conversation).await?;
            let was_open = draft.conversation.is_open() && !was_closed(service, link, remote.at).await?;
            let disposition = match meaning {
                _ if !was_open => Disposition::Note,
                Meaning::Reply => Disposition::Sent,
                Meaning::Note | Meaning::Command(_) => Disposition::Note,
                Meaning::Ask(_) => Disposition::Held,
            };
            if disposition == Disposition::Sent {
                answers_having_seen(service, &mut draft, operator.id, remote.at).await?;
            }
            let seq = place(service, &mut draft, channel, remote.at).await?;
            let message = write_reply(service, &mut draft, remote, channel, operator, disposition, seq, body);
            draft.push(Change::NewMap(map(remote, channel, link, Some(&message), service)));
            Ok(Decision::write(draft, Some((message, was_open))))
        })
        .await
}

/// Whether the conversation was closed when something was written: a remark that comes late, after somebody has reopened
/// the conversation, was meant for colleagues all the same.
async fn was_closed(service: &Service, link: &Link, at: Micros) -> Result<bool, ServiceError> {
    let last = service.store.last_turn(link.conversation, at).await?;
    Ok(last.is_some_and(|event| event.kind == EventKind::ConversationClosed))
}

/// The place of a reply: after everything, unless the platform has told of later ones already.
async fn place(service: &Service, draft: &mut Draft, channel: &Channel, at: Micros) -> Result<i64, ServiceError> {
    let conversation = &mut draft.conversation;
    let Some(later) = service.store.written_later(conversation.id, channel.id, at).await? else {
        return Ok(conversation.take_seq_with_room());
    };
    let before = service.store.message_before(conversation.id, later.seq).await?.map_or(0, |message| message.seq);
    // The platform's own times say how far between two replies it lies; a visitor's message has its time from our clock.
    let earlier = service.store.written_earlier(conversation.id, channel.id, at).await?;
    let before = (before, earlier.map_or(conversation.opened_at, |message| message.created_at));
    Ok(place::between(before, (later.seq, later.created_at), at).unwrap_or_else(|| {
        tracing::warn!(conversation.id = %conversation.id, "a reply in conversation {} came late and found no room before the later ones", conversation.id);
        conversation.take_seq_with_room()
    }))
}

#[expect(clippy::too_many_arguments, reason = "a message has this many sides, and each caller has them at hand")]
fn write_reply(
    service: &Service,
    draft: &mut Draft,
    remote: &RemoteMessage,
    channel: &Channel,
    operator: &Operator,
    disposition: Disposition,
    seq: i64,
    body: &Body,
) -> Message {
    let mut message = Message {
        id: new_id::<MessageId>(),
        conversation: draft.conversation.id,
        seq,
        speaker: Speaker::Operator,
        visitor: None,
        operator: Some(operator.id),
        disposition,
        body: String::new(),
        rich: None,
        client_key: None,
        origin: Some(channel.id),
        created_at: remote.at,
        edited_at: None,
        removed_at: None,
        version: 0,
    };
    message.set_body(body);
    let now = draft.now();
    draft.conversation.last_activity_at = now;
    draft.event(message.audience(), EventKind::MessagePosted, Some(message.id));
    if message.audience() == Audience::All {
        draft.conversation.operator_answered(message.operator, now);
        draft.relay(service, &message, false);
    }
    draft.push(Change::NewMessage(message.clone()));
    message
}

async fn tell_author(
    service: &Service,
    remote: &RemoteMessage,
    message: &Message,
    meaning: &Meaning,
    was_open: bool,
) -> Result<(), ServiceError> {
    let connection = &remote.channel.connection;
    let words = || service.words_in(message.conversation);
    let answer = match (message.disposition, meaning) {
        (Disposition::Held, Meaning::Ask(doubt)) => {
            return service.ask(connection, &remote.reply, ask_about_held(message.id, *doubt, words().await?), 0).await;
        }
        (Disposition::Note, Meaning::Note) => None,
        (Disposition::Note, _) if !was_open => Some(Say::InsideClosed),
        (Disposition::Sent, _) if !remote.files.is_empty() => Some(Say::InsideFileOfReply),
        _ => None,
    };
    if let Some(answer) = answer {
        service.answer(connection, &remote.reply, Answer::text(words().await?.text(answer))).await;
    }
    Ok(())
}

/// Notes that a remote message counts, though nobody shall see it. Answers whether it was new.
pub(super) async fn ignore(
    service: &Service,
    channel: &Channel,
    link: &Link,
    remote: &RemoteMessage,
) -> Result<bool, ServiceError> {
    service
        .decide(|| async {
            if !service.store.maps_by_remote(channel.id, &remote.id).await?.is_empty() {
                return Ok(Decision::Nothing(false));
            }
            let mut write = crate::store::Write::new(link.conversation.0);
            write.push(Change::NewMap(map(remote, channel, link, None, service)));
            Ok(Decision::Quietly(write, true))
        })
        .await
}

fn map(
    remote: &RemoteMessage,
    channel: &Channel,
    link: &Link,
    message: Option<&Message>,
    service: &Service,
) -> MessageMap {
    MessageMap {
        id: new_id::<MapId>(),
        link: link.id,
        channel: channel.id,
        remote_id: remote.id.clone(),
        remote_part: 0,
        message: message.map(|message| message.id),
        local_part: message.map(|_| 0),
        version: message.map_or(0, |message| message.version),
        remote_edited_at: remote.edited_at,
        removed_at: None,
        created_at: service.clock.now(),
    }
}

/// The words, with the teammates' names in the place of their ids.
pub(super) async fn named(service: &Service, channel: &Channel, remote: &RemoteMessage) -> Result<Body, ServiceError> {
    let mut names = std::collections::HashMap::new();
    for user in &remote.mentions {
        let query = bridge_core::DirectoryQuery::Person(user.clone());
        if let Some(person) = service.person(&remote.channel.connection, query).await? {
            names.insert(user.clone(), person.name);
        }
    }
    let teammate = service.words_at(channel.id).text(Say::Teammate);
    let mut body = remote.body.clone();
    body.for_each_inline_mut(&mut |inline| {
        if let Inline::Mention { user, name } = inline
            && name.is_none()
        {
            *name = Some(names.get(user).cloned().unwrap_or_else(|| teammate.to_owned()));
        }
    });
    Ok(body)
}
