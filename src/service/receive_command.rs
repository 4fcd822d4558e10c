//! An operator typed a word of command in a thread.
//!
//! What lives here: carrying it out, once, and saying privately what could not be done. What must not: reading the word.

use bridge_core::{Answer, RemoteAuthor, RemoteMessage};

use super::link_operator::link_operator;
use super::receive::Received;
use super::receive_reply::ignore;
use super::say::Say;
use super::{Service, ServiceError, assign_conversation, close_conversation, reopen_conversation};
use crate::model::words::Command;
use crate::model::{ClosedBy, Link, Operator};
use crate::store::{Change, Channel};

/// Carries out a command. `barrier` is committed with it, so that the same remote message never counts twice.
pub(super) async fn receive_command(
    service: &Service,
    remote: &RemoteMessage,
    (channel, link): (&Channel, &Link),
    operator: &Operator,
    command: Command,
    barrier: Change,
) -> Result<Received, ServiceError> {
    let also = [barrier];
    let connection = &remote.channel.connection;
    let words = service.words_in(link.conversation).await?;
    let done = match command {
        Command::Close => {
            close_conversation::close(service, link.conversation, ClosedBy::Operator(operator.id), &also).await
        }
        Command::Reopen => reopen_conversation::reopen(service, link.conversation, &operator.name, &also).await,
        Command::Assign(None) => assign_conversation::assign(service, link.conversation, operator, &also).await,
        Command::Assign(Some(name)) => match service.know_teammate(connection, &name).await? {
            Some(teammate) => assign_conversation::assign(service, link.conversation, &teammate, &also).await,
            None => {
                ignore(service, channel, link, remote).await?;
                let words = words.say(Say::UnknownTeammate, &[("name", &name)]);
                service.answer(connection, &remote.reply, Answer::text(words)).await;
                return Ok(Received::Done);
            }
        },
        Command::Link(code) => {
            // A code is good once, so the word is noted first.
            let is_new = ignore(service, channel, link, remote).await?;
            if let (true, RemoteAuthor::Person(user)) = (is_new, &remote.author) {
                let code = code.unwrap_or_default();
                let answer = link_operator(service, words, connection, user, operator, &code, &remote.reply).await?;
                service.answer(connection, &remote.reply, answer).await;
            }
            return Ok(Received::Done);
        }
    };
    let answer = match done {
        Ok(true) => return Ok(Received::Done),
        Ok(false) => Say::AlreadySo,
        Err(ServiceError::NewerIsOpen) => {
            // What was refused once must not be carried out when it is read again later.
            ignore(service, channel, link, remote).await?;
            Say::NewerIsOpen
        }
        Err(error) => return Err(error),
    };
    service.answer(connection, &remote.reply, Answer::text(words.text(answer))).await;
    Ok(Received::Done)
}
