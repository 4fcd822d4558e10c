//! `POST /v1/widget/sessions`: a visitor comes to a page.
//!
//! What lives here: the request and its answer. What must not: how tokens are made and kept.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::State;
use super::super::error::ApiError;
use super::super::extract::client_address::ClientAddress;
use super::super::extract::json::Json;
use super::super::extract::origin::Origin;
use super::super::openapi::{Always, TakesBody, TakesDomain};
use super::super::problem::Problem;
use super::super::router::url;
use super::messages::PageRequest;
use super::view::{Author, Conversation, Message, Presence, WidgetVisitor};
use crate::model::limits::shorten;
use crate::model::{self, Client, browser, contact};
use crate::service::authenticate::authenticate;
use crate::service::follow_page::follow_page;
use crate::service::identity;
use crate::service::start_session::{Arrival, start_session};
use crate::service::{DomainInfo, Service, ServiceError};

/// Most characters of an unknown domain's name that are repeated to who asked for it.
pub(super) const SHOWN: usize = 100;

/// A visitor comes.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SessionRequest {
    /// The domain's name, as in `data-domain`.
    #[schema(examples("shop.example"))]
    domain: String,
    /// The token from an earlier visit.
    visitor_token: Option<String>,
    /// Who the visitor is by the website's word: a JSON Web Token, signed with the domain's `identity_secret` by HS256. Needs
    /// `sub`, `aud` (the domain's name) and `exp`; may have `name`, `email` and `email_verified`.
    identity_jwt: Option<String>,
    /// The page that the visitor looks at.
    page: Option<PageRequest>,
    /// The browser's first language (BCP 47).
    #[schema(examples("de-AT"))]
    language: Option<String>,
    /// The browser's time zone, by its IANA name.
    #[schema(examples("Europe/Vienna"))]
    time_zone: Option<String>,
}

/// Where things stand for this visitor.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Session {
    /// Whoever has it is this visitor. The same as was sent, if that is good and nobody else has come.
    visitor_token: String,
    domain: SessionDomain,
    presence: Presence,
    visitor: WidgetVisitor,
    /// The visitor's newest conversation.
    #[schema(required = true)]
    conversation: Option<Conversation>,
    /// That conversation's latest 100, oldest first.
    messages: Vec<Message>,
    /// Follow from here.
    after: i64,
    seen: Seen,
}

/// How far the conversation has been read.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Seen {
    /// The `seq` up to which an operator has seen it.
    operators: i64,
}

/// The domain that the page belongs to.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SessionDomain {
    name: String,
    mode: DomainMode,
    /// The language for everybody; null for each visitor's own.
    #[schema(required = true)]
    language: Option<String>,
    /// What visitors are greeted with.
    #[schema(required = true)]
    greeting: Option<String>,
    ask: DomainAsk,
    #[schema(required = true)]
    privacy: Option<DomainPrivacy>,
    look: DomainLook,
    /// Texts of the widget in the admin's own words, by their keys.
    texts: BTreeMap<String, String>,
    /// Up to three operators who were active lately.
    team: Vec<TeamMember>,
}

/// How visitors reach the team.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum DomainMode {
    /// In a live chat; while nobody can answer it says so, and what is written waits.
    LiveChat,
    /// By a form alone.
    Form,
}

impl From<model::Mode> for DomainMode {
    fn from(mode: model::Mode) -> Self {
        match mode {
            model::Mode::LiveChat => Self::LiveChat,
            model::Mode::Form => Self::Form,
        }
    }
}

/// What is asked before a chat.
#[derive(Serialize, ToSchema)]
struct DomainAsk {
    name: Asked,
    email: Asked,
}

/// Whether something is asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Asked {
    /// It is not.
    No,
    /// It may be left empty.
    Optional,
    /// The chat begins with it.
    Required,
}

impl From<model::Asked> for Asked {
    fn from(asked: model::Asked) -> Self {
        match asked {
            model::Asked::No => Self::No,
            model::Asked::Optional => Self::Optional,
            model::Asked::Required => Self::Required,
        }
    }
}

/// What is said about privacy.
#[derive(Serialize, ToSchema)]
struct DomainPrivacy {
    #[schema(required = true)]
    text: Option<String>,
    /// https.
    #[schema(required = true)]
    url: Option<String>,
}

/// How the chat looks.
#[derive(Serialize, ToSchema)]
struct DomainLook {
    /// `#rrggbb`; null for the widget's own.
    #[schema(required = true)]
    color: Option<String>,
    corner: Corner,
    icon: Icon,
}

/// The corner of the page.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Corner {
    /// Bottom right.
    Right,
    /// Bottom left.
    Left,
}

/// What the launcher shows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Icon {
    /// A speech bubble.
    Chat,
    /// A question mark.
    Question,
    /// A waving hand.
    Wave,
}

/// An operator as a visitor sees them before anybody has spoken.
#[derive(Serialize, ToSchema)]
struct TeamMember {
    name: String,
    /// The picture's path on this server.
    #[schema(required = true)]
    picture: Option<String>,
}

impl SessionDomain {
    pub(super) fn new(domain: &DomainInfo, team: Vec<model::Author>) -> Self {
        let member = |author: model::Author| {
            let Author { name, picture, .. } = author.into();
            Some(TeamMember { name: name?, picture })
        };
        Self {
            name: domain.name.clone(),
            mode: domain.mode.into(),
            language: domain.language.map(|language| language.tag().to_owned()),
            greeting: domain.greeting.clone(),
            ask: DomainAsk { name: domain.ask.name.into(), email: domain.ask.email.into() },
            privacy: domain.privacy.clone().map(|model::Privacy { text, url }| DomainPrivacy { text, url }),
            look: DomainLook {
                color: domain.look.color.clone(),
                corner: match domain.look.corner {
                    model::Corner::Right => Corner::Right,
                    model::Corner::Left => Corner::Left,
                },
                icon: match domain.look.icon {
                    model::Icon::Chat => Icon::Chat,
                    model::Icon::Question => Icon::Question,
                    model::Icon::Wave => Icon::Wave,
                },
            },
            texts: domain.texts.clone(),
            team: team.into_iter().filter_map(member).collect(),
        }
    }
}

/// Starts a session, or goes on with one. A website's word about who its visitor is counts more than the token: for somebody
/// else than the token's, a fresh session begins, and what a stranger said so far is theirs from then on.
#[utoipa::path(
    post, path = url::SESSIONS, tag = "widget", operation_id = "start_session", request_body = SessionRequest,
    responses(
        (status = 201, description = "Where things stand", body = Session),
        (status = 401, description = "`identity-not-valid`: the website's word can't be taken, and why", body = Problem, content_type = "application/problem+json"),
        Always, TakesDomain, TakesBody,
    ),
)]
pub(in crate::http) async fn start(
    Shared(state): Shared<State>,
    ClientAddress(address): ClientAddress,
    origin: Origin,
    headers: HeaderMap,
    Json(request): Json<SessionRequest>,
) -> Result<(StatusCode, axum::Json<Session>), ApiError> {
    let domain = state
        .service
        .domain_by_name(&request.domain)
        .ok_or_else(|| ApiError::UnknownDomain { name: shorten(&request.domain, SHOWN) })?;
    origin.check(&domain)?;
    let client = client(&headers, &request);
    let token = request.visitor_token.map(SecretString::from);
    // Who is known already makes nothing new, and comes again with every page: many such may share one address.
    if !is_known(&state.service, &domain, token.as_ref()).await? {
        state.limits.session(address)?;
    }
    let jwt = request.identity_jwt.map(SecretString::from);
    let identity = jwt.map(|jwt| identity::verify(&domain, &jwt, state.clock.now())).transpose()?;
    let started = start_session(&state.service, &domain, &Arrival { token, identity, client }).await?;
    let page = request.page.and_then(|page| page.clean(&state, &domain));
    if let Some(page) = page
        && state.limits.page(started.visitor.id).is_ok()
    {
        follow_page(&state.service, &started.visitor, &page).await?;
    }
    let operators = started.conversation.as_ref().map_or(0, |view| view.conversation.operators_seen);
    let session = Session {
        visitor_token: started.token.expose_secret().to_owned(),
        domain: SessionDomain::new(&domain, started.team),
        presence: (*state.service.presence(domain.id).borrow()).into(),
        visitor: started.visitor.into(),
        conversation: started.conversation.map(Into::into),
        messages: started.messages.into_iter().map(Into::into).collect(),
        after: started.after,
        seen: Seen { operators },
    };
    Ok((StatusCode::CREATED, axum::Json(session)))
}

/// What the browser tells of itself. What has not the right form is left out: nothing rests on it.
fn client(headers: &HeaderMap, request: &SessionRequest) -> Client {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Client {
        browser: user_agent.and_then(browser::browser),
        language: request.language.as_deref().and_then(contact::language_tag),
        time_zone: request.time_zone.as_deref().and_then(contact::time_zone),
    }
}

async fn is_known(service: &Service, domain: &DomainInfo, token: Option<&SecretString>) -> Result<bool, ApiError> {
    let Some(token) = token else { return Ok(false) };
    match authenticate(service, token).await {
        Ok(visitor) => Ok(visitor.domain == domain.id),
        Err(ServiceError::Unauthorized) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
