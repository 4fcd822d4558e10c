//! The description of the widget API.
//!
//! What lives here: its head, and the problem answers that several routes share. What must not: a route; each handler
//! describes itself.

use std::collections::BTreeMap;
use std::future::Ready;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, OpenApi as _};

use super::problem::{CONTENT_TYPE, Problem};
use super::router::api;
use super::widget::live::{ClientFrame, ServerFrame};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Threadline",
        description = "What the chat widget speaks. Times are RFC 3339 in UTC. Every refusal is a problem document (RFC 9457) whose `type` never changes.",
    ),
    tags(
        (name = "widget", description = "For a visitor's browser. CORS follows the domain's `origins`."),
        (name = "inbox", description = "For operators' pages and scripts: the cookie of a session, or a key."),
        (name = "admin", description = "For admins' pages and scripts."),
    ),
    components(schemas(
        Problem,
        ServerFrame,
        ClientFrame,
        super::inbox::live::InboxServerFrame,
        super::inbox::live::InboxClientFrame,
        super::inbox::view::detail::Detail,
        super::inbox::view::domain::InboxDomains,
        super::inbox::view::message::InboxBatch,
        super::inbox::view::message::ChangedMessage,
        super::inbox::view::message::MessagePage,
        super::inbox::view::summary::SummaryPage,
        super::inbox::view::summary::ChangedConversation,
    )),
)]
struct Head;

/// The description without its routes.
pub(super) fn head() -> OpenApi {
    let mut head = Head::openapi();
    let scheme = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-threadline")));
    let components = head.components.get_or_insert_with(Components::new);
    components.add_security_scheme("visitor_token", scheme());
    components.add_security_scheme("api_key", scheme());
    components.add_security_scheme("session", cookie);
    head
}

/// The whole description. Needs no server, no settings and no database.
#[must_use]
pub fn openapi() -> OpenApi {
    api().into_openapi()
}

/// A handler that gives the description, written down once.
pub(super) fn serve(description: &OpenApi) -> impl Fn() -> Ready<axum::response::Response> + Clone + use<> {
    let json: bytes::Bytes = serde_json::to_vec(description).unwrap_or_default().into();
    move || std::future::ready(([(header::CONTENT_TYPE, "application/json")], json.clone()).into_response())
}

/// Refusals that every route may give.
pub(super) struct Always;

impl IntoResponses for Always {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            (403, "`origin-not-allowed`: the page is not one of the domain's"),
            (429, "`too-many-requests`: wait as long as Retry-After says"),
            (500, "`internal`: our fault"),
            (503, "`unavailable`: try again after a moment"),
        ])
    }
}

/// Refusals of routes that need a visitor's token.
pub(super) struct NeedsToken;

impl IntoResponses for NeedsToken {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(401, "`unauthorized`: the token is missing or not valid")])
    }
}

/// Refusals of routes for operators and scripts.
pub(super) struct NeedsOperator;

impl IntoResponses for NeedsOperator {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            (401, "`signed-out`: nobody is signed in, or the key is no longer good"),
            (
                403,
                "`not-allowed`: the right to it is lacking; `operator-needed`: a key can't do that; `origin-not-allowed`: not one of our pages",
            ),
        ])
    }
}

/// Refusals of routes with parameters in the query.
pub(super) struct TakesQuery;

impl IntoResponses for TakesQuery {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            (400, "`malformed-request`: a parameter can't be read"),
            (422, "`validation-failed`: a parameter can't be taken, see `field`"),
        ])
    }
}

/// Refusals of routes for one thing.
pub(super) struct NamesOne;

impl IntoResponses for NamesOne {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(404, "`not-found`: there is no such thing, or it is not yours to see")])
    }
}

/// Refusals of routes that name a domain.
pub(super) struct TakesDomain;

impl IntoResponses for TakesDomain {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([(404, "`unknown-domain`: the domain is not configured")])
    }
}

/// Refusals of routes that take a JSON body.
pub(super) struct TakesBody;

impl IntoResponses for TakesBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems([
            (400, "`malformed-request`: not JSON, or not UTF-8"),
            (413, "`payload-too-large`: over 64 KiB"),
            (415, "`unsupported-media-type`: not sent as JSON"),
            (422, "`validation-failed`: a value can't be taken, see `field`"),
        ])
    }
}

fn problems<const N: usize>(list: [(u16, &str); N]) -> BTreeMap<String, RefOr<Response>> {
    let problem = |description: &str| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        RefOr::T(ResponseBuilder::new().description(description).content(CONTENT_TYPE, content).build())
    };
    list.into_iter().map(|(status, description)| (status.to_string(), problem(description))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_tells_its_refusals_and_every_reference_leads_somewhere() {
        let description = serde_json::to_value(openapi()).unwrap();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                for status in ["403", "429", "500", "503"] {
                    assert!(operation["responses"][status].is_object(), "{method} {path} says nothing of {status}");
                }
            }
        }
        let text = description.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(description["components"]["schemas"][name].is_object(), "{name} is missing");
        }
    }
}
