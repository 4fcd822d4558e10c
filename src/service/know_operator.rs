//! Who is this person on a platform, and may they speak for the team?
//!
//! What lives here: asking the platform's directory, and keeping the operator's public name and picture. What must not:
//! each platform's idea of a member (its bridge turns that into a [`Standing`]).

use std::time::Duration;

use bridge_core::{ConnectionId, DirectoryAnswer, DirectoryQuery, Person, RemoteUser, Standing};

use super::decide::Decision;
use super::record_audit::{Actor, record};
use super::say::Say;
use super::sign_out::end_those_of;
use super::{Service, ServiceError};
use crate::clock::new_id;
use crate::failpoint::reached;
use crate::model::{Operator, OperatorId, PictureId};
use crate::store::{Account, Change, Identity, StoredPicture, Write};

/// How long a reply may wait for its author's picture; the picture comes with a later one otherwise.
const PICTURE_WAIT: Duration = Duration::from_secs(3);

/// Who somebody turned out to be.
pub(crate) enum Known {
    /// An operator.
    Operator(Operator),
    /// Somebody who may not speak for the team.
    Other(Standing),
}

impl Service {
    /// Looks a person up, and makes them an operator of ours when they are one there. Whom an admin deactivated is none.
    pub(crate) async fn know(&self, connection: &ConnectionId, user: &RemoteUser) -> Result<Known, ServiceError> {
        let account = Account { connection: connection.clone(), user: user.clone() };
        let person = self.person(connection, DirectoryQuery::Person(user.clone())).await?;
        let stands = person.as_ref().is_some_and(|person| person.standing == Standing::Operator);
        self.note_standing(account.clone(), stands, self.clock.now());
        match person {
            Some(person) if stands => {
                let operator = self.keep_operator(connection, &person).await?;
                // Whoever an admin has switched off here speaks for the team no more, whatever the platform says.
                let is_off = operator.deactivated_at.is_some();
                Ok(if is_off { Known::Other(Standing::Deactivated) } else { Known::Operator(operator) })
            }
            other => {
                end_those_of(self, &account).await?;
                Ok(Known::Other(other.map_or(Standing::Stranger, |person| person.standing)))
            }
        }
    }

    /// The operator whom a typed name means; `None` where it means nobody, or somebody who is no operator.
    pub(crate) async fn know_teammate(
        &self,
        connection: &ConnectionId,
        name: &str,
    ) -> Result<Option<Operator>, ServiceError> {
        match self.person(connection, DirectoryQuery::Teammate(name.to_owned())).await? {
            Some(person) if person.standing == Standing::Operator => {
                let operator = self.keep_operator(connection, &person).await?;
                Ok(Some(operator).filter(|operator| operator.deactivated_at.is_none()))
            }
            _ => Ok(None),
        }
    }

    pub(crate) async fn person(
        &self,
        connection: &ConnectionId,
        query: DirectoryQuery,
    ) -> Result<Option<Person>, ServiceError> {
        let bridge = self.bridge(connection).ok_or(ServiceError::NotFound { what: "connection" })?;
        reached("directory_before_call");
        let answer = bridge.directory(query).await;
        reached("directory_after_call");
        match answer {
            Ok(DirectoryAnswer::Person(person)) => Ok(person),
            Ok(_) => Ok(None),
            Err(error) => Err(ServiceError::from_bridge(error)),
        }
    }

    /// Keeps who a person is to visitors: the first self of theirs gives name and picture, so that both stay the same
    /// wherever an operator writes. A new self whose e-mail address is an operator's is that operator.
    pub(super) async fn keep_operator(
        &self,
        connection: &ConnectionId,
        person: &Person,
    ) -> Result<Operator, ServiceError> {
        let known = self.store.operator_by_identity(connection, &person.user).await?;
        if let Some(operator) = &known {
            let same_address = person.email.is_none() || operator.email == person.email;
            let same_looks = operator.name == person.name && operator.picture_source == person.picture;
            let as_before = same_address && (operator.own_profile || same_looks);
            if as_before || !self.gives_the_name(operator, connection, &person.user).await? {
                return Ok(operator.clone());
            }
        } else if let Some(operator) = self.tie_by_email(connection, person).await? {
            return Ok(operator);
        }
        let was_known = known.is_some();
        let own_profile = known.as_ref().is_some_and(|operator| operator.own_profile);
        let wants_picture = person.picture.is_some()
            && !own_profile
            && known.as_ref().and_then(|operator| operator.picture_source.as_ref()) != person.picture.as_ref();
        let picture = if wants_picture { self.copy_picture(connection, &person.user).await } else { None };
        self.decide(|| async {
            let now = self.clock.now();
            let known = self.store.operator_by_identity(connection, &person.user).await?;
            let is_new = known.is_none();
            let mut operator = known.unwrap_or_else(|| Operator::named(new_id::<OperatorId>(), "", now));
            operator.email = person.email.clone().or(operator.email);
            let mut write = Write::new(operator.id.0);
            if operator.own_profile {
                // Name and picture are their own choice.
            } else if person.picture.is_none() {
                // Whoever has become known meanwhile may have come with a picture.
                if was_known {
                    operator.picture = None;
                    operator.picture_source = None;
                }
            } else if let Some((content_type, bytes)) = &picture {
                let id = new_id::<PictureId>();
                operator.picture = Some(id);
                operator.picture_source.clone_from(&person.picture);
                write.push(Change::NewPicture(StoredPicture {
                    id,
                    content_type: content_type.clone(),
                    bytes: bytes.clone(),
                    created_at: now,
                }));
            }
            if !operator.own_profile {
                operator.name.clone_from(&person.name);
            }
            if is_new {
                write.push(Change::NewOperator(operator.clone()));
                write.push(Change::NewIdentity(Identity {
                    operator: operator.id,
                    connection: connection.clone(),
                    user: person.user.clone(),
                    created_at: now,
                }));
            } else {
                write.push(Change::SetOperator(operator.clone()));
            }
            Ok(Decision::Quietly(write, operator))
        })
        .await
    }

    /// Whether an operator's name and picture are that self's: the first of those on connections that there are.
    async fn gives_the_name(
        &self,
        operator: &Operator,
        connection: &ConnectionId,
        user: &RemoteUser,
    ) -> Result<bool, ServiceError> {
        let selves = self.store.identities(operator.id).await?;
        let first = selves.iter().find(|it| self.bridge(&it.connection).is_some());
        Ok(first.is_none_or(|first| first.connection == *connection && first.user == *user))
    }

    /// Ties a self that is new to the operator whose e-mail address it has. Nobody has two selves on one connection: there
    /// the one address says nothing.
    async fn tie_by_email(&self, connection: &ConnectionId, person: &Person) -> Result<Option<Operator>, ServiceError> {
        let Some(email) = person.email.as_deref().filter(|email| !email.trim().is_empty()) else { return Ok(None) };
        // Some foreign letters have Latin ones as their small forms: an address with those is another one.
        let same = |known: &Operator| known.email.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(email.trim()));
        // Who was invited has rights in the inbox that the platform knows nothing of: whoever runs a second workspace could
        // take them with an address alone, so such a self is tied by a code. Somebody who was deactivated gains nothing by it,
        // and must not come back as somebody new.
        let may_tie = |known: &Operator| known.role.is_none() || known.deactivated_at.is_some();
        let known = self.store.operator_by_email(email.trim()).await?.filter(same).filter(may_tie);
        let Some(operator) = known else { return Ok(None) };
        self.decide(|| async {
            // Somebody else may have been faster: then the self is known, whoever it belongs to.
            if let Some(known) = self.store.operator_by_identity(connection, &person.user).await? {
                return Ok(Decision::Nothing(Some(known)));
            }
            if self.store.identity_of(operator.id, connection).await?.is_some() {
                return Ok(Decision::Nothing(None));
            }
            let now = self.clock.now();
            let mut write = Write::new(operator.id.0);
            write.push(Change::NewIdentity(Identity {
                operator: operator.id,
                connection: connection.clone(),
                user: person.user.clone(),
                created_at: now,
            }));
            let detail = format!("{} on {connection}, by an e-mail address that both platforms vouch for", person.user.0);
            record(&mut write, now, Actor::System, "self.tied", operator.id, detail);
            tracing::info!(operator.id = %operator.id, connection = %connection, user = person.user.0, "audit: {} on {connection} is operator {}, by an e-mail address that both platforms vouch for", person.user.0, operator.id);
            Ok(Decision::Quietly(write, Some(operator.clone())))
        })
        .await
    }

    /// Copies a person's picture. `None` when it can't be had in time; a read may be cut short without harm.
    async fn copy_picture(&self, connection: &ConnectionId, user: &RemoteUser) -> Option<(String, Vec<u8>)> {
        let bridge = self.bridge(connection)?;
        let query = DirectoryQuery::Picture(user.clone());
        match tokio::time::timeout(PICTURE_WAIT, bridge.directory(query)).await {
            Ok(Ok(DirectoryAnswer::Picture(picture))) => {
                picture.map(|picture| (picture.content_type, picture.bytes.to_vec()))
            }
            Ok(Ok(_)) => None,
            Ok(Err(error)) => {
                tracing::warn!(connection = %connection, error = %error, "an operator's picture could not be copied");
                None
            }
            Err(_) => {
                tracing::warn!(connection = %connection, "an operator's picture did not come in time");
                None
            }
        }
    }
}

/// Why somebody's words stay inside, as they are told privately. `None` where nobody is there to read it.
pub(crate) fn refusal(standing: Standing) -> Option<Say> {
    match standing {
        Standing::Operator | Standing::Bot => None,
        Standing::Guest => Some(Say::InsideGuest),
        Standing::Stranger => Some(Say::InsideStranger),
        Standing::NotInGroup => Some(Say::InsideNotInGroup),
        Standing::Deactivated => Some(Say::InsideDeactivated),
    }
}
