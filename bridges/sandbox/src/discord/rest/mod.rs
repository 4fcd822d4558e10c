//! The HTTP API: `/api/v10/…`.
//!
//! What lives here: finding the operation, the token, limits, faults, the log, and the answer's form. What must not: what
//! an operation does (a file a family beside this one; `interactions` and `commands` bring their own).
//!
//! Operations have the names of Discord's published OpenAPI (`create_message`); faults and the log use them.

mod answer;
mod args;
mod channels;
mod components;
mod draft;
mod embeds;
mod guilds;
mod me;
mod messages;
mod reading;
mod thread_members;
mod threads;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(crate) use self::answer::{Answer, ApiError, Form, Reply, created, err, invalid, nothing, ok, plain};
pub(crate) use self::args::Args;
pub(crate) use self::channels::Change;
pub(crate) use self::draft::{Draft, MOST_CHARACTERS};
pub(crate) use self::messages::is_fixed;
use super::DiscordSandbox;
use super::rates::{Call, Told, Verdict};
use super::records::ApiCall;
use super::world::{App, World, remember};
use crate::faults::{Act, Hit, When};

/// Who calls, with what.
pub(crate) struct Ctx {
    pub(crate) sandbox: DiscordSandbox,
    /// The app whose token it is; an empty one for operations without a token.
    pub(crate) app: App,
    pub(crate) args: Args,
}

impl Ctx {
    /// An id of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.args.param(name)
    }
}

/// One operation.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Below the version, such as `channels/{channel}/messages`.
    pub(crate) path: &'static str,
    /// Its name in Discord's published API.
    pub(crate) name: &'static str,
    /// Whether it wants a bot token; the others carry a token of their own in their path.
    pub(crate) bot: bool,
    pub(crate) run: fn(&Ctx, &mut World) -> Answer,
}

impl Route {
    /// An operation that wants a bot token.
    pub(crate) const fn bot(
        method: Method,
        path: &'static str,
        name: &'static str,
        run: fn(&Ctx, &mut World) -> Answer,
    ) -> Self {
        Self { method, path, name, bot: true, run }
    }

    /// The ids in a path of this form.
    fn params(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        let (wanted, given) = (self.path.split('/'), path.split('/'));
        if wanted.clone().count() != given.clone().count() {
            return None;
        }
        let mut params = Vec::new();
        for (wanted, given) in wanted.zip(given) {
            match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !given.is_empty() => params.push((name, given.to_owned())),
                None if wanted == given => {}
                _ => return None,
            }
        }
        Some(params)
    }
}

/// Every operation. More exact paths come before those with an id in the same place.
const TABLES: &[&[Route]] = &[
    me::ROUTES,
    guilds::ROUTES,
    messages::ROUTES,
    reading::ROUTES,
    threads::ROUTES,
    thread_members::ROUTES,
    channels::ROUTES,
    super::commands_rest::ROUTES,
    super::interactions_rest::ROUTES,
];

/// An operation and the ids of its path.
type Found = (&'static Route, Vec<(&'static str, String)>);

/// The operation of this method and path.
fn find(method: &Method, path: &str) -> Result<Found, ApiError> {
    let mut known = false;
    for route in TABLES.iter().flat_map(|table| table.iter()) {
        let Some(params) = route.params(path) else { continue };
        if route.method == method {
            return Ok((route, params));
        }
        known = true;
    }
    Err(if known { plain(405, "Method Not Allowed") } else { plain(404, "Not Found") })
}

/// The app behind an `Authorization` header.
fn authenticate(world: &World, headers: &HeaderMap) -> Result<App, ApiError> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = given.strip_prefix("Bot ").filter(|token| !token.is_empty());
    let app = world.apps.values().find(|app| token == Some(app.token.as_str()) && !app.token_revoked);
    app.cloned().ok_or_else(|| plain(401, "Unauthorized"))
}

/// In the log, for a call that met a limit which everybody in a channel shares.
const SHARED: &str = "rate limited (shared)";

/// One request on its way through.
struct Request {
    route: Option<&'static Route>,
    args: Args,
    /// What was wrong before the operation was asked.
    broken: Option<ApiError>,
    path: String,
    headers: HeaderMap,
}

impl Request {
    fn read(path: &str, http: &Method, headers: HeaderMap, query: &str, body: &[u8]) -> Self {
        let (version, rest) = path.split_once('/').unwrap_or((path, ""));
        let found = if version == "v10" { find(http, rest) } else { Err(err(50_041)) };
        let args = Args::read(http, &headers, query, body);
        let (route, params, broken) = match found {
            Ok((route, params)) => (Some(route), params, None),
            Err(error) => (None, Vec::new(), Some(error)),
        };
        let (mut args, broken) = match args {
            Ok(args) => (args, broken),
            Err(error) => (Args::default(), broken.or(Some(error))),
        };
        args.params = params;
        Self { route, args, broken, path: rest.to_owned(), headers }
    }

    fn name(&self) -> &'static str {
        self.route.map_or("unknown_route", |route| route.name)
    }

    /// The channel or thread that it is about, and that thread's channel.
    fn channels(&self, world: &World) -> Vec<String> {
        let mut about = self.args.param("channel");
        if about.is_empty() {
            // An answer to an interaction is about the place of the click.
            let (id, token) = (self.args.param("interaction"), self.args.param("token"));
            let of = |it: &&super::world::Interaction| it.id == id || (!token.is_empty() && it.token == token);
            about = world.interactions.values().find(of).map_or("", |it| it.channel.as_str());
        }
        let mut channels = vec![about.to_owned()];
        let place = world.place(about);
        if place != about {
            channels.push(place.to_owned());
        }
        channels
    }
}

/// Handles one call of the API.
pub(crate) async fn call(
    State(sandbox): State<DiscordSandbox>,
    Path(path): Path<String>,
    http: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let request = Request::read(&path, &http, headers, query.as_deref().unwrap_or_default(), &body);
    let channels = request.channels(&sandbox.lock());
    let about: Vec<&str> = channels.iter().map(String::as_str).filter(|channel| !channel.is_empty()).collect();
    let hit = sandbox.0.faults.take_any(request.name(), &about);
    if let Some(before) = hit.as_ref().filter(|hit| hit.when == When::Before)
        && let Some(answer) = instead(&before.act)
    {
        let status = if before.act == Act::Close { 0 } else { answer.status().as_u16() };
        sandbox.log(&request, None, status, &format!("fault: {:?}", before.act));
        return answer;
    }
    let late = match hit {
        Some(hit) if hit.when == When::After => Some(hit),
        Some(hit) => {
            sandbox.pause(hit).await;
            None
        }
        None => None,
    };
    let answer = sandbox.perform(request);
    match late {
        Some(hit) => match instead(&hit.act) {
            Some(answer) => answer,
            None => {
                sandbox.pause(hit).await;
                answer
            }
        },
        None => answer,
    }
}

impl DiscordSandbox {
    fn log(&self, request: &Request, app: Option<&App>, status: u16, outcome: &str) {
        let mut world = self.lock();
        world.now = self.0.clock.now_micros();
        world.note(request, app, status, outcome);
        drop(world);
        self.0.changes.bump();
    }

    async fn pause(&self, hit: Hit) {
        match hit.act {
            Act::Delay { ms } => self.0.clock.sleep(std::time::Duration::from_millis(ms)).await,
            Act::Hang => tokio::select! {
                () = hit.released() => {}
                () = self.0.stop.cancelled() => {}
            },
            _ => {}
        }
    }

    /// Token, limits, the operation itself.
    fn perform(&self, request: Request) -> Response {
        let Some(route) = request.route else {
            let error = request.broken.clone().unwrap_or_else(|| plain(404, "Not Found"));
            self.log(&request, None, error.status, &error.message);
            return refused(&error, None);
        };
        let app = if route.bot { authenticate(&self.lock(), &request.headers) } else { Ok(App::default()) };
        let app = match app {
            Ok(app) => app,
            Err(error) => {
                self.log(&request, None, error.status, &error.message);
                return refused(&error, None);
            }
        };
        let told = match self.check_rate(route, &request, &app) {
            Verdict::Free => None,
            Verdict::Go(told) => Some(told),
            Verdict::Wait { after_s, scope, told } => {
                let outcome = if scope == "shared" { SHARED.to_owned() } else { format!("rate limited ({scope})") };
                self.log(&request, Some(&app), 429, &outcome);
                return limited(after_s, scope, told.as_ref());
            }
        };
        if let Some(error) = &request.broken {
            self.log(&request, Some(&app), error.status, &error.message);
            return refused(error, told.as_ref());
        }
        let ctx = Ctx { sandbox: self.clone(), app, args: request.args.clone() };
        let answer = self.change(|world| {
            let answer = (route.run)(&ctx, world);
            let (status, outcome) = match &answer {
                Ok(reply) => (reply.status, "ok".to_owned()),
                Err(error) => (error.status, format!("{} {}", error.code, error.message)),
            };
            world.note(&request, Some(&ctx.app).filter(|app| !app.id.is_empty()), status, &outcome);
            answer
        });
        match answer {
            Ok(reply) => with_limits(given(&reply), told.as_ref(), "user"),
            Err(error) => refused(&error, told.as_ref()),
        }
    }

    fn check_rate(&self, route: &Route, request: &Request, app: &App) -> Verdict {
        // Answers to interactions are outside the limits of bots.
        if !route.bot {
            return Verdict::Free;
        }
        let major = ["channel", "guild"].iter().map(|name| request.args.param(name)).find(|id| !id.is_empty());
        let body = &request.args.body;
        let call = Call {
            app: &app.id,
            operation: route.name,
            major: major.unwrap_or_default(),
            renames: route.name == "update_channel" && (body.get("name").is_some() || body.get("topic").is_some()),
            now: self.0.clock.now_micros(),
        };
        self.0.rates.lock().unwrap_or_else(std::sync::PoisonError::into_inner).check(&call)
    }
}

impl World {
    fn note(&mut self, request: &Request, app: Option<&App>, status: u16, outcome: &str) {
        // A limit that everybody shares is nobody's fault.
        if matches!(status, 401 | 403 | 429) && outcome != SHARED {
            remember(&mut self.invalid, self.now);
        }
        let channel = request.channels(self).into_iter().next().filter(|channel| !channel.is_empty());
        self.log_call(ApiCall {
            at: self.now,
            app: app.map(|app| app.id.clone()),
            operation: request.name().to_owned(),
            channel,
            status,
            outcome: outcome.to_owned(),
            path: request.path.clone(),
            args: request.args.to_value(),
        });
    }
}

/// The answer that a fault gives in place of Discord's own, if it gives one.
fn instead(act: &Act) -> Option<Response> {
    match act {
        // A body that fails at once makes the server close the connection before a byte is written.
        Act::Close => {
            let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut by a fault")) });
            Some(Response::new(Body::from_stream(broken)))
        }
        Act::Delay { .. } | Act::Hang => None,
        Act::Status { code } => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some((status, "error code: the network in front of Discord").into_response())
        }
        Act::RateLimited { retry_after_s } => Some(limited(*retry_after_s as f64, "user", None)),
        Act::Garbage => Some(([(header::CONTENT_TYPE, "application/json")], "{\"id\": \"1").into_response()),
        Act::Error { code } => Some(refused(&err(code.parse().unwrap_or(0)), None)),
    }
}

fn json_answer(status: u16, value: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn given(reply: &Reply) -> Response {
    match &reply.body {
        Some(body) => json_answer(reply.status, body),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

fn refused(error: &ApiError, told: Option<&Told>) -> Response {
    with_limits(json_answer(error.status, &error.body()), told, "user")
}

fn limited(after_s: f64, scope: &'static str, told: Option<&Told>) -> Response {
    let global = scope == "global";
    let body = json!({"message": "You are being rate limited.", "retry_after": after_s, "global": global});
    let mut answer = with_limits(json_answer(429, &body), told, scope);
    let headers = answer.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(after_s.ceil().max(0.0) as u64));
    if let Ok(value) = HeaderValue::from_str(scope) {
        headers.insert(HeaderName::from_static("x-ratelimit-scope"), value);
    }
    if global {
        headers.insert(HeaderName::from_static("x-ratelimit-global"), HeaderValue::from_static("true"));
    }
    answer
}

fn with_limits(mut answer: Response, told: Option<&Told>, scope: &str) -> Response {
    let Some(told) = told else { return answer };
    let pairs = [
        ("x-ratelimit-limit", told.limit.to_string()),
        ("x-ratelimit-remaining", told.remaining.to_string()),
        ("x-ratelimit-reset", format!("{:.3}", told.reset)),
        ("x-ratelimit-reset-after", format!("{:.3}", told.reset_after)),
        ("x-ratelimit-bucket", told.bucket.clone()),
        ("x-ratelimit-scope", scope.to_owned()),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    answer
}
