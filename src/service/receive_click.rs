//! Somebody pressed one of our buttons, or gave a command of ours that the platform knows.
//!
//! What lives here: who may, which use case follows, and the one answer that each gets (a platform may show its person
//! that it waits until there is one). What must not: how buttons look.

use bridge_core::{Action, Answer, Click, RemoteUser, Words};

use super::find_link::{Found, find_link};
use super::know_operator::Known;
use super::link_operator::link_operator;
use super::receive::Received;
use super::say::Say;
use super::team_presence::operator_acted;
use super::{
    Service, ServiceError, assign_conversation, close_conversation, release_held, reopen_conversation,
    retry_undelivered,
};
use crate::model::{ClosedBy, Link, MessageId, Operator};

/// Works on a pressed button or a command.
pub(super) async fn receive_click(service: &Service, click: &Click) -> Result<Received, ServiceError> {
    // Who somebody is has nothing to do with any conversation, so that needs no place.
    let place = if matches!(click.action, Action::Link(_)) { Place::Nowhere } else { place_of(service, click).await? };
    let link = match place {
        Place::Link(link) => Some(link),
        Place::Opening => return Ok(Received::Waits),
        Place::Nowhere => None,
    };
    let connection = &click.channel.connection;
    let words = words_for(service, click, link.as_ref()).await?;
    let answer = match service.know(connection, &click.user).await? {
        Known::Operator(operator) => {
            operator_acted(service, &operator, connection, click.at).await?;
            answer(service, words, click, link.as_ref(), &operator).await?
        }
        Known::Other(_) => Answer::text(words.text(Say::NoOperator)),
    };
    service.answer(connection, &click.reply, answer).await;
    Ok(Received::Done)
}

/// How whoever clicked is spoken to.
async fn words_for(service: &Service, click: &Click, link: Option<&Link>) -> Result<Words, ServiceError> {
    match (link, service.book.channel_at(&click.channel)) {
        (Some(link), _) => service.words_in(link.conversation).await,
        (None, Some(channel)) => Ok(service.words_at(channel.id)),
        (None, None) => Ok(service.words_over(&click.channel.connection)),
    }
}

async fn answer(
    service: &Service,
    words: Words,
    click: &Click,
    link: Option<&Link>,
    operator: &Operator,
) -> Result<Answer, ServiceError> {
    let connection = &click.channel.connection;
    if let Action::Link(code) = &click.action {
        return link_operator(service, words, connection, &click.user, operator, code, &click.reply).await;
    }
    let Some(link) = link else {
        let why = if click.thread.is_some() { Say::OtherThread } else { Say::NoThread };
        return Ok(Answer::text(words.text(why)));
    };
    match carry_out(service, words, click, link, operator).await {
        Ok(answer) => Ok(answer),
        Err(ServiceError::NewerIsOpen) => Ok(Answer::text(words.text(Say::NewerIsOpen))),
        Err(ServiceError::NotFound { what: "message" }) => Ok(Answer::text(words.text(Say::NoMessage))),
        Err(ServiceError::NotFound { .. }) => Ok(Answer::text(words.text(Say::NoConversation))),
        Err(error) => Err(error),
    }
}

/// Where a click belongs.
enum Place {
    Link(Link),
    /// Its thread may be one that is being opened.
    Opening,
    Nowhere,
}

/// The link that a button belongs to: its thread's, or, where the platform doesn't say which thread a private question stood
/// in, the link that the held message came through.
async fn place_of(service: &Service, click: &Click) -> Result<Place, ServiceError> {
    let Some(channel) = service.book.channel_at(&click.channel) else { return Ok(Place::Nowhere) };
    if let Some(thread) = &click.thread {
        return Ok(match find_link(service, channel.id, thread).await? {
            Found::Ours(link) => Place::Link(link),
            Found::Opening => Place::Opening,
            Found::Foreign => Place::Nowhere,
        });
    }
    let (Action::SendHeld(id) | Action::KeepInside(id)) = &click.action else { return Ok(Place::Nowhere) };
    let Ok(id) = id.parse::<MessageId>() else { return Ok(Place::Nowhere) };
    let Some(message) = service.store.message(id).await? else { return Ok(Place::Nowhere) };
    let links = service.store.links(message.conversation).await?;
    Ok(links.into_iter().find(|link| link.channel == channel.id).map_or(Place::Nowhere, Place::Link))
}

/// What a click asks for. The answer has no words where everybody sees what came of it.
async fn carry_out(
    service: &Service,
    words: Words,
    click: &Click,
    link: &Link,
    operator: &Operator,
) -> Result<Answer, ServiceError> {
    let conversation = link.conversation;
    let changed = match &click.action {
        Action::Assign => assign_conversation::assign(service, conversation, operator, &[]).await?,
        Action::AssignTo(user) => {
            let user = RemoteUser(user.clone());
            match service.know(&click.channel.connection, &user).await? {
                Known::Operator(teammate) => assign_conversation::assign(service, conversation, &teammate, &[]).await?,
                Known::Other(_) => {
                    return Ok(Answer::text(words.text(Say::TeammateIsNoOperator)));
                }
            }
        }
        Action::Close => close_conversation::close(service, conversation, ClosedBy::Operator(operator.id), &[]).await?,
        Action::Reopen => reopen_conversation::reopen(service, conversation, &operator.name, &[]).await?,
        Action::SendHeld(message) => return release_held::send(service, words, conversation, message).await,
        Action::KeepInside(message) => return release_held::keep_inside(service, words, conversation, message).await,
        Action::Retry(outbox) => return retry_undelivered::retry(service, words, conversation, outbox).await,
        // Answered before: it needs no conversation.
        Action::Link(_) => return Ok(Answer::done()),
    };
    Ok(if changed { Answer::done() } else { Answer::text(words.text(Say::AlreadySo)) })
}
