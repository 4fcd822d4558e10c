//! Somebody gave a command that concerns themselves: they are away or back, or want a link into the inbox.
//!
//! What lives here: who may, carrying it out, and the one private answer. What must not: how a platform reads a command.

use bridge_core::{Answer, ConnectionId, Standing, TeamCommand, Wish};
use secrecy::ExposeSecret as _;

use super::know_operator::Known;
use super::operator_profile::set_availability;
use super::receive::Received;
use super::record_audit::Actor;
use super::team_presence::operator_acted;
use super::{Service, ServiceError};
use crate::model::{Availability, Operator};

const NO_OPERATOR: &str = "Only operators can do that. Ask an admin to make you one.";
const DEACTIVATED: &str = "You may no longer answer visitors. Ask an admin if that is wrong.";
const NOT_PRIVATE: &str = "Others can read the answer here, so no link is given. Ask again with the command.";

/// Works on a command.
pub(super) async fn receive_team_command(
    service: &Service,
    connection: &ConnectionId,
    command: &TeamCommand,
) -> Result<Received, ServiceError> {
    let answer = match service.know(connection, &command.user).await? {
        Known::Operator(operator) => {
            operator_acted(service, &operator, connection, command.at).await?;
            carry_out(service, connection, command, &operator).await?
        }
        Known::Other(Standing::Deactivated) => Answer::text(DEACTIVATED),
        Known::Other(_) => Answer::text(NO_OPERATOR),
    };
    service.answer(connection, &command.reply, answer).await;
    Ok(Received::Done)
}

async fn carry_out(
    service: &Service,
    connection: &ConnectionId,
    command: &TeamCommand,
    operator: &Operator,
) -> Result<Answer, ServiceError> {
    let availability = match command.wish {
        Wish::Away => Availability::Away,
        Wish::Back => Availability::Back,
        Wish::Auto => Availability::Auto,
        Wish::Inbox => return inbox(service, connection, command, operator).await,
    };
    set_availability(service, operator.id, availability).await?;
    Ok(Answer::text(said(availability)))
}

const fn said(availability: Availability) -> &'static str {
    match availability {
        Availability::Away => "You count as away now, whatever you do, until you say back or auto.",
        Availability::Back => "You count as there now, whatever you do, until you say away or auto.",
        Availability::Auto => "Whether you count as there follows from what you do now.",
    }
}

/// A link that is bound to this person. It stands in the answer and nowhere else.
async fn inbox(
    service: &Service,
    connection: &ConnectionId,
    command: &TeamCommand,
    operator: &Operator,
) -> Result<Answer, ServiceError> {
    if !service.bridge(connection).is_some_and(|bridge| bridge.is_private(&command.reply)) {
        return Ok(Answer::text(NOT_PRIVATE));
    }
    let account = (connection.clone(), command.user.clone());
    let link = service.make_login_link(operator.id, Some(account), Actor::Operator(operator.id)).await?;
    Ok(Answer::text(format!(
        "Here is your link into the inbox. It works once, within 15 minutes, and for you alone: {}",
        link.url.expose_secret()
    )))
}
