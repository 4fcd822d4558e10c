//! Somebody gave a command that concerns themselves: they are away or back, or want a link into the inbox.
//!
//! What lives here: who may, carrying it out, and the one private answer. What must not: how a platform reads a command.

use bridge_core::{Answer, ConnectionId, Standing, TeamCommand, Wish, Words};
use secrecy::ExposeSecret as _;

use super::know_operator::Known;
use super::operator_profile::set_availability;
use super::receive::Received;
use super::record_audit::Actor;
use super::say::Say;
use super::team_presence::operator_acted;
use super::{Service, ServiceError};
use crate::model::{Availability, Operator};

/// Works on a command.
pub(super) async fn receive_team_command(
    service: &Service,
    connection: &ConnectionId,
    command: &TeamCommand,
) -> Result<Received, ServiceError> {
    let words = service.words_over(connection);
    let answer = match service.know(connection, &command.user).await? {
        Known::Operator(operator) => {
            operator_acted(service, &operator, connection, command.at).await?;
            carry_out(service, words, connection, command, &operator).await?
        }
        Known::Other(Standing::Deactivated) => Answer::text(words.text(Say::Deactivated)),
        Known::Other(_) => Answer::text(words.text(Say::NoOperator)),
    };
    service.answer(connection, &command.reply, answer).await;
    Ok(Received::Done)
}

async fn carry_out(
    service: &Service,
    words: Words,
    connection: &ConnectionId,
    command: &TeamCommand,
    operator: &Operator,
) -> Result<Answer, ServiceError> {
    let availability = match command.wish {
        Wish::Away => Availability::Away,
        Wish::Back => Availability::Back,
        Wish::Auto => Availability::Auto,
        Wish::Inbox => return inbox(service, words, connection, command, operator).await,
    };
    set_availability(service, operator.id, availability).await?;
    Ok(Answer::text(words.text(said(availability))))
}

const fn said(availability: Availability) -> Say {
    match availability {
        Availability::Away => Say::Away,
        Availability::Back => Say::Back,
        Availability::Auto => Say::Auto,
    }
}

/// A link that is bound to this person. It stands in the answer and nowhere else.
async fn inbox(
    service: &Service,
    words: Words,
    connection: &ConnectionId,
    command: &TeamCommand,
    operator: &Operator,
) -> Result<Answer, ServiceError> {
    if !service.bridge(connection).is_some_and(|bridge| bridge.is_private(&command.reply)) {
        return Ok(Answer::text(words.text(Say::InboxNotPrivate)));
    }
    let account = (connection.clone(), command.user.clone());
    let link = service.make_login_link(operator.id, Some(account), Actor::Operator(operator.id)).await?;
    Ok(Answer::text(words.say_bare(Say::InboxLink, &[("link", link.url.expose_secret())])))
}
