//! Somebody pressed one of our buttons.
//!
//! What lives here: who may press, and which use case follows. What must not: how buttons look.

use bridge_core::{Action, Answer, Click};

use super::find_link::{Found, find_link};
use super::know_operator::Known;
use super::receive::Received;
use super::{
    Service, ServiceError, assign_conversation, close_conversation, release_held, reopen_conversation,
    retry_undelivered,
};
use crate::model::{ClosedBy, Link, MessageId, Operator};
use crate::store::Channel;

/// Works on a pressed button.
pub(super) async fn receive_click(service: &Service, click: &Click) -> Result<Received, ServiceError> {
    let connection = &click.channel.connection;
    let Some(channel) = service.book.channel_at(&click.channel) else { return Ok(Received::Done) };
    let mut link = link_of(service, &channel, click).await?;
    if link.is_none()
        && let Some(thread) = &click.thread
    {
        link = match find_link(service, channel.id, thread).await? {
            Found::Ours(link) => Some(link),
            Found::Opening => return Ok(Received::Waits),
            Found::Foreign => None,
        };
    }
    let Known::Operator(operator) = service.know(connection, &click.user).await? else {
        service
            .answer(connection, &click.reply, Answer::text("Only operators can do that. Ask an admin to make you one."))
            .await;
        return Ok(Received::Done);
    };
    let Some(link) = link else {
        service
            .answer(connection, &click.reply, Answer::text("This thread no longer belongs to a conversation."))
            .await;
        return Ok(Received::Done);
    };
    let answer = match carry_out(service, click, &link, &operator).await {
        Ok(answer) => answer,
        Err(ServiceError::Conflict { why }) => Some(Answer::text(why)),
        Err(ServiceError::NotFound { what }) => Some(Answer::text(format!("There is no such {what} any more."))),
        Err(error) => return Err(error),
    };
    if let Some(answer) = answer {
        service.answer(connection, &click.reply, answer).await;
    }
    Ok(Received::Done)
}

/// The link that a button belongs to: its thread's, or, where the platform doesn't say which thread a private question stood
/// in, the link that the held message came through.
async fn link_of(service: &Service, channel: &Channel, click: &Click) -> Result<Option<Link>, ServiceError> {
    if let Some(thread) = &click.thread {
        return Ok(service.store.link_by_thread(channel.id, thread).await?);
    }
    let (Action::SendHeld(id) | Action::KeepInside(id)) = &click.action else { return Ok(None) };
    let Ok(id) = id.parse::<MessageId>() else { return Ok(None) };
    let Some(message) = service.store.message(id).await? else { return Ok(None) };
    let links = service.store.links(message.conversation).await?;
    Ok(links.into_iter().find(|link| link.channel == channel.id))
}

async fn carry_out(
    service: &Service,
    click: &Click,
    link: &Link,
    operator: &Operator,
) -> Result<Option<Answer>, ServiceError> {
    let conversation = link.conversation;
    let changed = match &click.action {
        Action::Assign => assign_conversation::assign(service, conversation, operator, &[]).await?,
        Action::Close => close_conversation::close(service, conversation, ClosedBy::Operator(operator.id), &[]).await?,
        Action::Reopen => reopen_conversation::reopen(service, conversation, operator, &[]).await?,
        Action::SendHeld(message) => return release_held::send(service, conversation, message).await.map(Some),
        Action::KeepInside(message) => {
            return release_held::keep_inside(service, conversation, message).await.map(Some);
        }
        Action::AssignTo(user) => {
            let connection = &click.channel.connection;
            match service.know(connection, &bridge_core::RemoteUser(user.clone())).await? {
                Known::Operator(teammate) => assign_conversation::assign(service, conversation, &teammate, &[]).await?,
                Known::Other(_) => return Ok(Some(Answer::text("They are no operator, so they can't take it."))),
            }
        }
        Action::Link(_) => false,
        Action::Retry(outbox) => return retry_undelivered::retry(service, conversation, outbox).await.map(Some),
    };
    Ok(if changed { None } else { Some(Answer::text("It was like that already.")) })
}
