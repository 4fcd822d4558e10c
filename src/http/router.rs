//! Every URL on one page, and the layers that every request goes through.
//!
//! What lives here: which handler answers where. What must not: a handler.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::extract::request_id;
use super::{State, admin, cors, health, hooks, inbox, layers, limits, openapi, pages, problem, widget};

/// The URLs of the widget API; each handler's description names its own from here.
pub(super) mod url {
    /// What CORS is for.
    pub(in crate::http) const WIDGET: &str = "/v1/widget/";
    pub(in crate::http) const SESSIONS: &str = "/v1/widget/sessions";
    pub(in crate::http) const DOMAIN: &str = "/v1/widget/domain";
    pub(in crate::http) const MESSAGES: &str = "/v1/widget/messages";
    pub(in crate::http) const TYPING: &str = "/v1/widget/typing";
    pub(in crate::http) const READ: &str = "/v1/widget/read";
    pub(in crate::http) const CLOSE: &str = "/v1/widget/conversation/close";
    pub(in crate::http) const LIVE: &str = "/v1/widget/live";
    pub(in crate::http) const VISITOR: &str = "/v1/widget/visitor";
    pub(in crate::http) const FORM: &str = "/v1/widget/form";
    pub(in crate::http) const RATING: &str = "/v1/widget/conversation/rating";
    pub(in crate::http) const PAGE: &str = "/v1/widget/page";
    pub(in crate::http) const PICTURES: &str = "/pictures/";
    pub(in crate::http) const DOMAINS: &str = "/v1/inbox/domains";
    pub(in crate::http) const INBOX_LIVE: &str = "/v1/inbox/live";
    pub(in crate::http) const CONVERSATIONS: &str = "/v1/inbox/conversations";
    pub(in crate::http) const CONVERSATION: &str = "/v1/inbox/conversations/{id}";
    pub(in crate::http) const CONVERSATION_EVENTS: &str = "/v1/inbox/conversations/{id}/events";
    pub(in crate::http) const CONVERSATION_CLOSE: &str = "/v1/inbox/conversations/{id}/close";
    pub(in crate::http) const CONVERSATION_REOPEN: &str = "/v1/inbox/conversations/{id}/reopen";
    pub(in crate::http) const CONVERSATION_ASSIGN: &str = "/v1/inbox/conversations/{id}/assign";
    pub(in crate::http) const CONVERSATION_READ: &str = "/v1/inbox/conversations/{id}/read";
    pub(in crate::http) const CONVERSATION_TAGS: &str = "/v1/inbox/conversations/{id}/tags";
    pub(in crate::http) const TRANSCRIPT_TEXT: &str = "/v1/inbox/conversations/{id}/transcript.txt";
    pub(in crate::http) const TRANSCRIPT_JSON: &str = "/v1/inbox/conversations/{id}/transcript.json";
    pub(in crate::http) const CONVERSATION_MESSAGES: &str = "/v1/inbox/conversations/{id}/messages";
    pub(in crate::http) const CONVERSATION_MESSAGE: &str = "/v1/inbox/conversations/{id}/messages/{message}";
    pub(in crate::http) const MESSAGE_RETRY: &str = "/v1/inbox/conversations/{id}/messages/{message}/retry";
    pub(in crate::http) const MESSAGE_RELEASE: &str = "/v1/inbox/conversations/{id}/messages/{message}/release";
    pub(in crate::http) const MESSAGE_KEEP: &str = "/v1/inbox/conversations/{id}/messages/{message}/keep";
    pub(in crate::http) const TAGS: &str = "/v1/inbox/tags";
    pub(in crate::http) const OPERATORS: &str = "/v1/inbox/operators";
    pub(in crate::http) const CANNED_REPLIES: &str = "/v1/inbox/canned-replies";
    pub(in crate::http) const CANNED_REPLY: &str = "/v1/inbox/canned-replies/{id}";
    pub(in crate::http) const SESSION: &str = "/v1/inbox/session";
    pub(in crate::http) const AVAILABILITY: &str = "/v1/inbox/availability";
    pub(in crate::http) const PROFILE: &str = "/v1/inbox/profile";
    pub(in crate::http) const PROFILE_PICTURE: &str = "/v1/inbox/profile/picture";
    pub(in crate::http) const LINK_CODE: &str = "/v1/inbox/profile/link-code";
    pub(in crate::http) const HISTORY: &str = "/v1/inbox/history";
    pub(in crate::http) const MONITOR: &str = "/v1/inbox/monitor";
    /// What admins' pages and scripts ask.
    pub(in crate::http) const ADMIN: &str = "/v1/admin/";
    pub(in crate::http) const AUDIT: &str = "/v1/admin/audit";
    pub(in crate::http) const ADMIN_DOMAINS: &str = "/v1/admin/domains";
    pub(in crate::http) const ADMIN_OPERATORS: &str = "/v1/admin/operators";
    pub(in crate::http) const ADMIN_OPERATOR: &str = "/v1/admin/operators/{id}";
    pub(in crate::http) const ADMIN_OPERATOR_LINK: &str = "/v1/admin/operators/{id}/link";
    pub(in crate::http) const ADMIN_SESSIONS: &str = "/v1/admin/operators/{id}/sessions";
    pub(in crate::http) const ADMIN_SESSION: &str = "/v1/admin/operators/{id}/sessions/{session}";
    pub(in crate::http) const ADMIN_API_KEYS: &str = "/v1/admin/api-keys";
    pub(in crate::http) const ADMIN_API_KEY: &str = "/v1/admin/api-keys/{id}";
}

/// The widget API with its description.
pub(super) fn widget_api() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(widget::domain::show)) // DOMAIN
        .routes(routes!(widget::sessions::start)) // SESSIONS
        .routes(routes!(widget::messages::list, widget::messages::post)) // MESSAGES
        .routes(routes!(widget::typing::report)) // TYPING
        .routes(routes!(widget::read::report)) // READ
        .routes(routes!(widget::close::close)) // CLOSE
        .routes(routes!(widget::live::open)) // LIVE
        .routes(routes!(widget::visitor::set)) // VISITOR
        .routes(routes!(widget::form::post)) // FORM
        .routes(routes!(widget::rating::rate)) // RATING
        .routes(routes!(widget::page::report)) // PAGE
}

/// The API of the pages for operators with its description. Every handler takes `CurrentOperator`.
pub(super) fn inbox_api() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(inbox::domains::list)) // DOMAINS
        .routes(routes!(inbox::live::open)) // INBOX_LIVE
        .routes(routes!(inbox::conversations::list)) // CONVERSATIONS
        .routes(routes!(inbox::conversation::show)) // CONVERSATION
        .routes(routes!(inbox::conversation::follow)) // CONVERSATION_EVENTS
        .routes(routes!(inbox::conversation::close)) // CONVERSATION_CLOSE
        .routes(routes!(inbox::conversation::reopen)) // CONVERSATION_REOPEN
        .routes(routes!(inbox::conversation::assign_to)) // CONVERSATION_ASSIGN
        .routes(routes!(inbox::conversation::read)) // CONVERSATION_READ
        .routes(routes!(inbox::tags::set)) // CONVERSATION_TAGS
        .routes(routes!(inbox::transcript::text)) // TRANSCRIPT_TEXT
        .routes(routes!(inbox::transcript::json)) // TRANSCRIPT_JSON
        .routes(routes!(inbox::messages::list, inbox::messages::post)) // CONVERSATION_MESSAGES
        .routes(routes!(inbox::messages::edit, inbox::messages::remove)) // CONVERSATION_MESSAGE
        .routes(routes!(inbox::messages::retry)) // MESSAGE_RETRY
        .routes(routes!(inbox::messages::release)) // MESSAGE_RELEASE
        .routes(routes!(inbox::messages::keep)) // MESSAGE_KEEP
        .routes(routes!(inbox::tags::list)) // TAGS
        .routes(routes!(inbox::operators::list)) // OPERATORS
        .routes(routes!(inbox::canned_replies::list, inbox::canned_replies::add)) // CANNED_REPLIES
        .routes(routes!(inbox::canned_replies::change, inbox::canned_replies::remove)) // CANNED_REPLY
        .routes(routes!(inbox::me::show, inbox::me::start, inbox::me::end)) // SESSION
        .routes(routes!(inbox::me::say)) // AVAILABILITY
        .routes(routes!(inbox::me::change)) // PROFILE
        .routes(routes!(inbox::me::set_picture, inbox::me::remove_picture)) // PROFILE_PICTURE
        .routes(routes!(inbox::me::link_code)) // LINK_CODE
        .routes(routes!(inbox::history::list)) // HISTORY
        .routes(routes!(inbox::monitor::show)) // MONITOR
}

/// The API of the pages for admins with its description. `CurrentOperator` keeps everybody else out.
pub(super) fn admin_api() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(admin::audit::list)) // AUDIT
        .routes(routes!(admin::domains::list)) // ADMIN_DOMAINS
        .routes(routes!(admin::operators::list, admin::operators::invite)) // ADMIN_OPERATORS
        .routes(routes!(admin::operators::change)) // ADMIN_OPERATOR
        .routes(routes!(admin::operators::link)) // ADMIN_OPERATOR_LINK
        .routes(routes!(admin::sessions::list)) // ADMIN_SESSIONS
        .routes(routes!(admin::sessions::revoke)) // ADMIN_SESSION
        .routes(routes!(admin::api_keys::list, admin::api_keys::make)) // ADMIN_API_KEYS
        .routes(routes!(admin::api_keys::revoke)) // ADMIN_API_KEY
}

/// Every API with its description.
pub(super) fn api() -> OpenApiRouter<State> {
    widget_api().merge(inbox_api()).merge(admin_api())
}

/// The whole server. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: limits need the peer's address.
pub fn router(state: State) -> Router {
    let (api, description) = api().split_for_parts();
    // Only what is the same for everybody is compressed: the length of an answer that holds a secret must not tell about it.
    let packed = || CompressionLayer::new().gzip(true);
    let mut router = api
        .route_layer(from_fn_with_state(state.clone(), limits::per_request))
        .route("/hooks/{kind}/{connection}/{endpoint}", post(hooks::take))
        .route("/widget.js", get(pages::assets::loader).layer(packed()))
        .route("/widget/{*path}", get(pages::assets::part).layer(packed()))
        .route("/pictures/{id}", get(pages::pictures::show))
        .route("/", get(pages::operators::front))
        .route("/inbox", get(pages::operators::inbox))
        .route("/history", get(pages::operators::history))
        .route("/monitor", get(pages::operators::monitor))
        .route("/admin", get(pages::operators::admin))
        .route("/sign-in", get(pages::operators::sign_in))
        .route("/inbox/", get(pages::operators::without_slash))
        .route("/history/", get(pages::operators::without_slash))
        .route("/monitor/", get(pages::operators::without_slash))
        .route("/admin/", get(pages::operators::without_slash))
        .route("/pages/assets/{*path}", get(pages::operators::part).layer(packed()))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(openapi::serve(&description)));
    if state.demo {
        router = router
            .route("/demo", get(pages::assets::demo))
            .route("/demo/", get(pages::assets::demo))
            .route("/demo/inbox", get(pages::demo_inbox::enter))
            .route("/demo/assets/{*path}", get(pages::assets::demo_part).layer(packed()));
    }
    router
        .fallback(async || ApiError::NotFound { what: "page" })
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        // Bodies are read by our own extractors, each with its own limit.
        .layer(DefaultBodyLimit::disable())
        .layer(
            // The first sees a request first and its answer last.
            ServiceBuilder::new()
                .layer(from_fn(request_id::assign))
                .layer(layers::trace())
                .layer(from_fn(layers::common_headers))
                .layer(from_fn(problem::render))
                .layer(from_fn(cors::share))
                .layer(CatchPanicLayer::custom(layers::after_panic))
                .layer(from_fn(layers::time_limit)),
        )
        .with_state(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_url_begins_with_says_who_may_ask() {
        let paths = |api: OpenApiRouter<State>| api.into_openapi().paths.paths.into_keys().collect::<Vec<_>>();
        assert!(paths(inbox_api()).iter().all(|path| path.starts_with("/v1/inbox/")));
        assert!(paths(admin_api()).iter().all(|path| path.starts_with(url::ADMIN)));
    }

    #[test]
    fn the_widgets_urls_begin_alike_so_that_cors_covers_them() {
        let paths = widget_api().into_openapi().paths.paths;
        assert_eq!(paths.len(), 11);
        assert!(paths.keys().all(|path| path.starts_with(url::WIDGET)), "{:?}", paths.keys());
    }
}
