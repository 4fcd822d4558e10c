//! A browser begins, or goes on with, a visitor's session.
//!
//! What lives here: keeping a valid token, and making a visitor where there is none. What must not: origins and limits
//! (they are checked before).

use secrecy::SecretString;

use super::authenticate::hash_token;
use super::decide::Decision;
use super::view::{ConversationView, MessageView};
use super::{DomainInfo, Service, ServiceError};
use crate::clock::{new_id, new_token};
use crate::model::{Audience, SessionId, Visitor, VisitorId};
use crate::store::{Change, Session, Write};

/// How many messages a starting browser is given.
const FIRST_MESSAGES: i64 = 100;

/// What a browser begins with.
pub struct Started {
    /// The token; the same one if it was valid.
    pub token: SecretString,
    /// The visitor.
    pub visitor: Visitor,
    /// Their newest conversation.
    pub conversation: Option<ConversationView>,
    /// Its latest messages, oldest first.
    pub messages: Vec<MessageView>,
    /// Where the stream of events goes on.
    pub after: i64,
}

/// Begins a session. A valid token of this domain is kept; any other is answered with a fresh visitor.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the database can't be used.
pub async fn start_session(
    service: &Service,
    domain: &DomainInfo,
    token: Option<&SecretString>,
) -> Result<Started, ServiceError> {
    let known = match token {
        Some(token) => {
            service.store.visitor_by_token(&hash_token(token)).await?.filter(|visitor| visitor.domain == domain.id)
        }
        None => None,
    };
    match (known, token) {
        (Some(visitor), Some(token)) => {
            let now = service.clock.now();
            service
                .decide(|| async {
                    let mut write = Write::new(visitor.id.0);
                    write.push(Change::VisitorSeen(visitor.id, now));
                    Ok(Decision::Quietly(write, ()))
                })
                .await?;
            go_on(service, visitor, token.clone()).await
        }
        _ => begin(service, domain).await,
    }
}

async fn go_on(service: &Service, visitor: Visitor, token: SecretString) -> Result<Started, ServiceError> {
    // The position first: what happens while the rest is read comes again in the stream, and is recognised there.
    let after = service.store.last_event(visitor.id).await?;
    let conversation = service.view_newest(visitor.id).await?;
    let messages = match &conversation {
        Some(view) => service.store.latest_messages(view.conversation.id, Audience::All, FIRST_MESSAGES).await?,
        None => Vec::new(),
    };
    let messages = service.view_messages(messages).await?;
    Ok(Started { token, visitor, conversation, messages, after })
}

async fn begin(service: &Service, domain: &DomainInfo) -> Result<Started, ServiceError> {
    let now = service.clock.now();
    let visitor = Visitor::stranger(new_id::<VisitorId>(), domain.id, now);
    let token = new_token();
    let session =
        Session { id: new_id::<SessionId>(), visitor: visitor.id, token_hash: hash_token(&token), created_at: now };
    service
        .decide(|| async {
            let mut write = Write::new(visitor.id.0);
            write.push(Change::NewVisitor(visitor.clone())).push(Change::NewSession(session.clone()));
            Ok(Decision::Quietly(write, ()))
        })
        .await?;
    Ok(Started { token, visitor, conversation: None, messages: Vec::new(), after: 0 })
}
