//! A browser begins, or goes on with, a visitor's session.
//!
//! What lives here: keeping a good token, making a visitor where there is none, and what a browser begins with. What must
//! not: origins and limits (they are checked before), and whether a website's word about its visitor is good
//! ([`super::identity`]).

use secrecy::SecretString;

use super::authenticate::hash_token;
use super::decide::Decision;
use super::draft::Told;
use super::identity::Identity;
use super::recognize_visitor::{Recognized, recognize};
use super::view::{Author, ConversationView, MessageView, operator_author};
use super::{DomainInfo, Service, ServiceError};
use crate::clock::{new_id, new_token};
use crate::live::Nudge;
use crate::model::{Audience, Client, SessionId, Visitor, VisitorId};
use crate::store::{Change, Guard, Session, Write};

/// How many messages a starting browser is given.
const FIRST_MESSAGES: i64 = 100;
/// How many operators a starting browser is shown.
const TEAM: i64 = 3;

/// Who comes.
#[derive(Debug, Default)]
pub struct Arrival {
    /// The token from an earlier visit.
    pub token: Option<SecretString>,
    /// Who the website says that they are.
    pub identity: Option<Identity>,
    /// Their browser.
    pub client: Client,
}

/// What a browser begins with.
pub struct Started {
    /// The token; the same one if it was good.
    pub token: SecretString,
    /// The visitor.
    pub visitor: Visitor,
    /// Their newest conversation.
    pub conversation: Option<ConversationView>,
    /// Its latest messages, oldest first.
    pub messages: Vec<MessageView>,
    /// Where the stream of events goes on.
    pub after: i64,
    /// The operators who were active here lately.
    pub team: Vec<Author>,
}

/// What is known of who comes, before anything is decided.
pub(super) struct Known {
    /// The session of the token, and whose it is.
    pub(super) session: Option<(Session, Visitor)>,
}

/// Begins a session. A good token of this domain is kept, unless the website says that somebody else has come.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn start_session(service: &Service, domain: &DomainInfo, arrival: &Arrival) -> Result<Started, ServiceError> {
    let fresh = new_token();
    let recognized = service
        .decide(|| async {
            let known = look_up(service, domain, arrival.token.as_ref()).await?;
            let (write, recognized) = match &arrival.identity {
                Some(identity) => recognize(service, domain, known, identity, arrival, &fresh).await?,
                None => anybody(service, domain, known, arrival, &fresh),
            };
            Ok(Decision::Quietly(write, recognized))
        })
        .await?;
    let Recognized { visitor, is_fresh, told, ended } = recognized;
    told.into_iter().for_each(|told: Told| told.tell(service));
    // Whoever still follows by the old token is told to come again.
    ended.into_iter().for_each(|visitor: VisitorId| service.hub.nudge(visitor, Nudge::Ended));
    let token = match &arrival.token {
        Some(token) if !is_fresh => token.clone(),
        _ => fresh,
    };
    go_on(service, domain, visitor, token).await
}

async fn look_up(service: &Service, domain: &DomainInfo, token: Option<&SecretString>) -> Result<Known, ServiceError> {
    let Some(token) = token else { return Ok(Known { session: None }) };
    let Some(session) = service.store.session_by_token(&hash_token(token)).await? else {
        return Ok(Known { session: None });
    };
    let visitor = service.store.visitor(session.visitor).await?.filter(|visitor| visitor.domain == domain.id);
    Ok(Known { session: visitor.map(|visitor| (session, visitor)) })
}

/// Nobody says who comes: whoever the token says, or a stranger.
fn anybody(
    service: &Service,
    domain: &DomainInfo,
    known: Known,
    arrival: &Arrival,
    fresh: &SecretString,
) -> (Write, Recognized) {
    let now = service.clock.now();
    if let Some((session, before)) = known.session {
        let visitor = with_client(before.clone(), &arrival.client);
        let mut write = Write::new(visitor.id.0);
        // A token that ends meanwhile is not given back: it would be good for nothing.
        write.guard(Guard::Session(session.id)).push(Change::VisitorSeen(visitor.id, now));
        if visitor != before {
            write.push(Change::SetVisitor(visitor.clone()));
        }
        return (write, Recognized::still(visitor));
    }
    let visitor = with_client(Visitor::stranger(new_id::<VisitorId>(), domain.id, now), &arrival.client);
    let mut write = Write::new(visitor.id.0);
    write.push(Change::NewVisitor(visitor.clone())).push(Change::NewSession(session_of(&visitor, fresh, service)));
    (write, Recognized::newly(visitor))
}

/// A session under a fresh token.
pub(super) fn session_of(visitor: &Visitor, token: &SecretString, service: &Service) -> Session {
    let created_at = service.clock.now();
    Session { id: new_id::<SessionId>(), visitor: visitor.id, token_hash: hash_token(token), created_at }
}

/// The visitor with the browser that they came with.
pub(super) fn with_client(mut visitor: Visitor, client: &Client) -> Visitor {
    if *client != Client::default() {
        visitor.language.clone_from(&client.language);
        visitor.client = Some(client.clone());
    }
    visitor
}

async fn go_on(
    service: &Service,
    domain: &DomainInfo,
    visitor: Visitor,
    token: SecretString,
) -> Result<Started, ServiceError> {
    // The position first: what happens while the rest is read comes again in the stream, and is recognised there.
    let after = service.store.last_event(visitor.id).await?;
    let conversation = service.view_newest(visitor.id).await?;
    let messages = match &conversation {
        Some(view) => service.store.latest_messages(view.conversation.id, Audience::All, FIRST_MESSAGES).await?,
        None => Vec::new(),
    };
    let messages = service.view_messages(messages).await?;
    let team = service.store.lately_active(domain.id, TEAM).await?;
    let team = team.iter().map(operator_author).collect();
    Ok(Started { token, visitor, conversation, messages, after, team })
}
