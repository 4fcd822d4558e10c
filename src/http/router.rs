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
use super::{State, cors, health, hooks, layers, limits, openapi, pages, problem, widget};

/// The URLs of the widget API; each handler's description names its own from here.
pub(super) mod url {
    /// What CORS is for.
    pub(in crate::http) const WIDGET: &str = "/v1/widget/";
    pub(in crate::http) const SESSIONS: &str = "/v1/widget/sessions";
    pub(in crate::http) const MESSAGES: &str = "/v1/widget/messages";
    pub(in crate::http) const TYPING: &str = "/v1/widget/typing";
    pub(in crate::http) const READ: &str = "/v1/widget/read";
    pub(in crate::http) const CLOSE: &str = "/v1/widget/conversation/close";
    pub(in crate::http) const LIVE: &str = "/v1/widget/live";
    pub(in crate::http) const PICTURES: &str = "/pictures/";
}

/// The widget API with its description.
pub(super) fn widget_api() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(widget::sessions::start)) // SESSIONS
        .routes(routes!(widget::messages::list, widget::messages::post)) // MESSAGES
        .routes(routes!(widget::typing::report)) // TYPING
        .routes(routes!(widget::read::report)) // READ
        .routes(routes!(widget::close::close)) // CLOSE
        .routes(routes!(widget::live::open)) // LIVE
}

/// The whole server. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: limits need the peer's address.
pub fn router(state: State) -> Router {
    let (widget, description) = widget_api().split_for_parts();
    // Only what is the same for everybody is compressed: the length of an answer that holds a secret must not tell about it.
    let packed = || CompressionLayer::new().gzip(true);
    let mut router = widget
        .route_layer(from_fn_with_state(state.clone(), limits::per_request))
        .route("/hooks/{kind}/{connection}/{endpoint}", post(hooks::take))
        .route("/widget.js", get(pages::assets::loader).layer(packed()))
        .route("/widget/{*path}", get(pages::assets::part).layer(packed()))
        .route("/pictures/{id}", get(pages::pictures::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(openapi::serve(&description)));
    if state.demo {
        router = router
            .route("/demo", get(pages::assets::demo))
            .route("/demo/", get(pages::assets::demo))
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
    fn the_widgets_urls_begin_alike_so_that_cors_covers_them() {
        let paths = widget_api().into_openapi().paths.paths;
        assert_eq!(paths.len(), 6);
        assert!(paths.keys().all(|path| path.starts_with(url::WIDGET)), "{:?}", paths.keys());
    }
}
