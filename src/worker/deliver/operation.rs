//! Turns an outbox row into what a bridge is asked to do, from how things stand now.
//!
//! What lives here: reading the rows that an operation needs. What must not: calling a bridge.

use bridge_core::split::split;
use bridge_core::{Op, Post, PostAuthor, Speaker, Word, Words};

use crate::model::{Audience, Link, Message};
use crate::service::draft::{Payload, longest_part};
use crate::service::record_delivery::{Shown, Touched};
use crate::service::{Service, ServiceError, build_card};
use crate::store::{MessageMap, Outbox, OutboxKind};

/// One call to make.
pub(super) struct Call {
    /// What to ask for.
    pub(super) op: Op,
    /// What it will show.
    pub(super) shown: Shown,
    /// The remote message of ours that it changes, and whether it takes it away.
    pub(super) touched: Option<Touched>,
}

/// What a row comes to.
pub(super) enum Work {
    /// Make these calls, one after the other.
    Calls(Vec<Call>),
    /// Nothing is left to do: the message was removed before it was posted, say.
    Nothing,
}

/// Reads what a row comes to now.
pub(super) async fn work(service: &Service, words: Words, row: &Outbox, link: &Link) -> Result<Work, ServiceError> {
    match row.kind {
        OutboxKind::OpenThread => open_thread(service, row, link).await,
        OutboxKind::Post => post(service, words, row).await,
        OutboxKind::Edit => edit(service, words, row).await,
        OutboxKind::Delete => delete(service, row).await,
        OutboxKind::Notice => Ok(notice(row)),
        OutboxKind::Archive => archive(service, row).await,
    }
}

/// A conversation that goes on again keeps its thread where people see it.
async fn archive(service: &Service, row: &Outbox) -> Result<Work, ServiceError> {
    let conversation = service.store.conversation(row.conversation).await?;
    let is_over = conversation.is_some_and(|conversation| !conversation.is_open());
    Ok(if is_over { one(Op::Archive, Shown::default()) } else { Work::Nothing })
}

fn one(op: Op, shown: Shown) -> Work {
    Work::Calls(vec![Call { op, shown, touched: None }])
}

async fn open_thread(service: &Service, row: &Outbox, link: &Link) -> Result<Work, ServiceError> {
    let Some(conversation) = service.store.conversation(row.conversation).await? else { return Ok(Work::Nothing) };
    let card = build_card::build_card(service, &conversation, link).await?;
    Ok(one(Op::OpenThread(card), Shown { card_wanted: link.card_wanted, ..Shown::default() }))
}

async fn message(service: &Service, row: &Outbox) -> Result<Option<Message>, ServiceError> {
    match row.message {
        Some(id) => Ok(service.store.message(id).await?),
        None => Ok(None),
    }
}

/// Whether a message is there for everybody; it may have been removed or withdrawn since its work was written down.
fn is_for_all(message: &Message) -> bool {
    message.removed_at.is_none() && message.audience() == Audience::All
}

async fn post(service: &Service, words: Words, row: &Outbox) -> Result<Work, ServiceError> {
    let Some(message) = message(service, row).await?.filter(is_for_all) else { return Ok(Work::Nothing) };
    let parts = posts(service, words, row, &message).await?;
    // An edit may have made the message shorter since its parts were counted.
    let Some(post) = usize::try_from(row.part).ok().and_then(|part| parts.into_iter().nth(part)) else {
        return Ok(Work::Nothing);
    };
    Ok(one(Op::Post(post), Shown { message_version: message.version, ..Shown::default() }))
}

/// The message in the parts that the row's channel takes.
async fn posts(service: &Service, words: Words, row: &Outbox, message: &Message) -> Result<Vec<Post>, ServiceError> {
    let author = author(service, words, message).await?;
    let parts = split(&message.to_body(), longest_part(service, row.channel));
    let posts = parts.into_iter().enumerate().map(|(part, body)| Post {
        author: author.clone(),
        body,
        part: u16::try_from(part).unwrap_or(u16::MAX),
        broadcast: row.broadcast && part == 0,
        delayed_from: row.delayed.then_some(message.created_at),
    });
    Ok(posts.collect())
}

async fn author(service: &Service, words: Words, message: &Message) -> Result<PostAuthor, ServiceError> {
    let (name, picture) = match (message.speaker, message.visitor, message.operator) {
        (Speaker::Visitor, Some(visitor), _) => (
            match service.store.visitor(visitor).await? {
                Some(visitor) => build_card::visitor_name(words, &visitor),
                None => words.text(Word::Visitor).to_owned(),
            },
            None,
        ),
        (Speaker::Operator, _, Some(operator)) => match service.store.operator(operator).await? {
            Some(operator) => (operator.name, operator.picture.and_then(|picture| service.book.picture_url(picture))),
            None => (words.text(Word::Operator).to_owned(), None),
        },
        _ => ("Threadline".into(), None),
    };
    Ok(PostAuthor { speaker: message.speaker, name, picture })
}

/// Brings every posted part up to date: an edit of each that stays, a deletion of each that is too many. Parts that the
/// message grew by are rows of their own, further on in the lane.
async fn edit(service: &Service, words: Words, row: &Outbox) -> Result<Work, ServiceError> {
    let Some(message) = message(service, row).await?.filter(is_for_all) else { return Ok(Work::Nothing) };
    let shown = Shown { message_version: message.version, ..Shown::default() };
    let maps = service.store.maps_of_message(row.link, message.id).await?;
    let posts = posts(service, words, row, &message).await?;
    let mut calls = Vec::new();
    for map in maps {
        let part = map.local_part.and_then(|part| usize::try_from(part).ok());
        match part.and_then(|part| posts.get(part).cloned()) {
            Some(_) if map.version >= message.version => {}
            Some(post) => {
                let op = Op::Edit { id: map.remote_id.clone(), post };
                calls.push(Call { op, shown, touched: Some(Touched { map, removed: false }) });
            }
            None => calls.push(deletion(map)),
        }
    }
    Ok(if calls.is_empty() { Work::Nothing } else { Work::Calls(calls) })
}

async fn delete(service: &Service, row: &Outbox) -> Result<Work, ServiceError> {
    let Some(message) = row.message else { return Ok(Work::Nothing) };
    let maps = service.store.maps_of_message(row.link, message).await?;
    let calls: Vec<Call> = maps.into_iter().map(deletion).collect();
    Ok(if calls.is_empty() { Work::Nothing } else { Work::Calls(calls) })
}

fn deletion(map: MessageMap) -> Call {
    let op = Op::Delete { id: map.remote_id.clone() };
    Call { op, shown: Shown::default(), touched: Some(Touched { map, removed: true }) }
}

fn notice(row: &Outbox) -> Work {
    match serde_json::from_str(&row.payload) {
        Ok(Payload::V1 { notice: Some(notice) }) => one(Op::Notice(notice), Shown::default()),
        Ok(Payload::V1 { notice: None }) => Work::Nothing,
        Err(error) => {
            tracing::error!(outbox.id = %row.id, error = %error, "the notice of work {} can't be read, so it is left out", row.id);
            Work::Nothing
        }
    }
}
