//! The Web API: `/api/{method}`.
//!
//! What lives here: reading the request as Slack does, tokens, scopes, limits, faults, the log, and the table of methods.
//! What must not: what a method does (a file a family beside this one).
//!
//! Argument names, error codes and which methods take JSON follow Slack's published Web API description; methods that
//! it doesn't know (`apps.connections.open`, `files.getUploadURLExternal`, `files.completeUploadExternal`) follow
//! Slack's reference pages.

mod args;
mod chat;
mod content;
mod conversations;
mod files;
mod misc;
mod people;
mod reactions;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

pub(crate) use self::args::Args;
pub(crate) use self::content::Content;
use super::SlackSandbox;
use super::records::ApiCall;
use super::world::{App, Channel, World};
use crate::faults::{Act, Hit, When};
use crate::ids;

/// Slack's `"ok": false` answer.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) code: String,
    pub(crate) extra: Map<String, Value>,
}

/// What a method gives.
pub(crate) type Answer = Result<Value, ApiError>;

/// An error with nothing but its code.
pub(crate) fn err(code: &str) -> ApiError {
    ApiError { code: code.to_owned(), extra: Map::new() }
}

impl ApiError {
    /// The same with Slack's sentences.
    pub(crate) fn saying(mut self, sentences: &[String]) -> Self {
        let lines: Vec<String> = sentences.iter().map(|sentence| format!("[ERROR] {sentence}")).collect();
        self.extra.insert("errors".into(), json!(sentences));
        self.extra.insert("response_metadata".into(), json!({"messages": lines}));
        self
    }

    fn scope(needed: &str, app: &App, of_app_token: bool) -> Self {
        let scopes = if of_app_token { &app.app_scopes } else { &app.scopes };
        let provided: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let mut error = err("missing_scope");
        error.extra.insert("needed".into(), json!(needed));
        error.extra.insert("provided".into(), json!(provided.join(",")));
        error
    }
}

/// Who calls, with what.
pub(crate) struct Ctx {
    pub(crate) sandbox: SlackSandbox,
    pub(crate) app: App,
    pub(crate) args: Args,
}

impl Ctx {
    /// Refuses unless the token has this scope.
    pub(crate) fn need(&self, scope: &str) -> Result<(), ApiError> {
        if self.app.scopes.contains(scope) { Ok(()) } else { Err(ApiError::scope(scope, &self.app, false)) }
    }

    /// A channel that this app may know of, with the scope for its kind: `verb` is `read` or `history`, or empty.
    pub(crate) fn channel<'w>(&self, world: &'w World, id: &str, verb: &str) -> Result<&'w Channel, ApiError> {
        let channel = world
            .channels
            .get(id)
            .filter(|channel| channel.team == self.app.team)
            .filter(|channel| !channel.is_private || channel.members.contains(&self.app.bot_user))
            .ok_or_else(|| err("channel_not_found"))?;
        if !verb.is_empty() {
            self.need(&format!("{}:{verb}", if channel.is_private { "groups" } else { "channels" }))?;
        }
        Ok(channel)
    }

    /// A channel that this app's bot is in.
    pub(crate) fn joined<'w>(&self, world: &'w World, id: &str, verb: &str) -> Result<&'w Channel, ApiError> {
        let channel = self.channel(world, id, verb)?;
        if channel.members.contains(&self.app.bot_user) { Ok(channel) } else { Err(err("not_in_channel")) }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    None,
    Any,
    Bot,
    App,
}

/// One method: which token, which scopes (one of them is enough here), whether it reads JSON, what it does.
struct Spec {
    token: Token,
    scopes: &'static [&'static str],
    json: bool,
    run: fn(&Ctx, &mut World) -> Answer,
}

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];

fn spec(method: &str) -> Option<Spec> {
    let bot = |scopes, json, run| Some(Spec { token: Token::Bot, scopes, json, run });
    match method {
        "api.test" => Some(Spec { token: Token::None, scopes: &[], json: true, run: misc::api_test }),
        "auth.test" => Some(Spec { token: Token::Any, scopes: &[], json: true, run: misc::auth_test }),
        "apps.connections.open" => {
            Some(Spec { token: Token::App, scopes: &["connections:write"], json: true, run: misc::connections_open })
        }
        "team.info" => bot(&["team:read"], false, misc::team_info),
        "bots.info" => bot(&["users:read"], false, misc::bots_info),
        "chat.postMessage" => bot(&["chat:write"], true, chat::post_message),
        "chat.postEphemeral" => bot(&["chat:write"], true, chat::post_ephemeral),
        "chat.update" => bot(&["chat:write"], true, chat::update),
        "chat.delete" => bot(&["chat:write"], true, chat::delete),
        "chat.getPermalink" => bot(&[], false, chat::get_permalink),
        "conversations.info" => bot(READ, false, conversations::info),
        "conversations.list" => bot(READ, false, conversations::list),
        "conversations.members" => bot(READ, false, conversations::members),
        "conversations.join" => bot(&["channels:join"], true, conversations::join),
        "conversations.history" => bot(HISTORY, false, conversations::history),
        "conversations.replies" => bot(HISTORY, false, conversations::replies),
        "users.info" => bot(&["users:read"], false, people::info),
        "users.list" => bot(&["users:read"], false, people::list),
        "users.lookupByEmail" => bot(&["users:read.email"], false, people::lookup_by_email),
        "users.getPresence" => bot(&["users:read"], false, people::get_presence),
        "usergroups.list" => bot(&["usergroups:read"], false, people::groups),
        "usergroups.users.list" => bot(&["usergroups:read"], false, people::group_users),
        "reactions.add" => bot(&["reactions:write"], true, reactions::add),
        "reactions.remove" => bot(&["reactions:write"], true, reactions::remove),
        "reactions.get" => bot(&["reactions:read"], false, reactions::get),
        "files.getUploadURLExternal" => bot(&["files:write"], false, files::get_upload_url),
        "files.completeUploadExternal" => bot(&["files:write"], true, files::complete_upload),
        "files.info" => bot(&["files:read"], false, files::info),
        _ => None,
    }
}

/// The app behind a token, or Slack's reason why not.
fn authenticate(world: &World, token: Option<&str>, kind: Token) -> Result<App, ApiError> {
    let token = token.filter(|token| !token.is_empty()).ok_or_else(|| err("not_authed"))?;
    let app = world.apps.values().find(|app| app.bot_token == token || app.app_token == token);
    let app = app.ok_or_else(|| err("invalid_auth"))?;
    let is_app_token = app.app_token == token;
    if app.uninstalled {
        return Err(err("account_inactive"));
    }
    if (is_app_token && app.app_token_revoked) || (!is_app_token && app.bot_token_revoked) {
        return Err(err("token_revoked"));
    }
    if (kind == Token::App) != is_app_token && kind != Token::Any {
        return Err(err("not_allowed_token_type"));
    }
    Ok(app.clone())
}

/// What went wrong before or instead of the method, with the app if it is known.
enum Outcome {
    Done(Answer),
    Limited(u64),
}

/// Handles one call of the Web API.
pub(crate) async fn call(
    State(sandbox): State<SlackSandbox>,
    Path(method): Path<String>,
    http: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let spec = spec(&method);
    let reads_json = spec.as_ref().is_none_or(|spec| spec.json);
    let (args, broken) = match Args::read(&http, &headers, query.as_deref(), &body, reads_json) {
        Ok(args) => (args, None),
        Err(error) => (Args::default(), Some(error)),
    };
    let channel = args.channel();
    let hit = sandbox.0.faults.take(&method, channel.as_deref());
    if let Some(before) = hit.as_ref().filter(|hit| hit.when == When::Before)
        && let Some(answer) = instead(&before.act)
    {
        sandbox.log(&method, &args, None, &format!("fault: {:?}", before.act));
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
    let (app, outcome) = match broken {
        Some(error) => (None, Outcome::Done(Err(error))),
        None => sandbox.perform(spec.as_ref(), &method, &args),
    };
    let answer = respond(app.as_ref(), spec.as_ref(), outcome);
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

impl SlackSandbox {
    fn log(&self, method: &str, args: &Args, app: Option<&App>, outcome: &str) {
        let call = ApiCall {
            at: self.0.clock.now_micros(),
            app: app.map(|app| app.id.clone()),
            method: method.to_owned(),
            channel: args.channel(),
            outcome: outcome.to_owned(),
            args: args.to_value(),
        };
        self.lock().log_call(call);
        self.0.changes.bump();
    }

    pub(crate) async fn pause(&self, hit: Hit) {
        match hit.act {
            Act::Delay { ms } => self.0.clock.sleep(std::time::Duration::from_millis(ms)).await,
            Act::Hang => tokio::select! {
                () = hit.released() => {}
                () = self.0.stop.cancelled() => {}
            },
            _ => {}
        }
    }

    fn perform(&self, spec: Option<&Spec>, method: &str, args: &Args) -> (Option<App>, Outcome) {
        let Some(spec) = spec else {
            self.log(method, args, None, "unknown_method");
            let mut error = err("unknown_method");
            error.extra.insert("req_method".into(), json!(method));
            return (None, Outcome::Done(Err(error)));
        };
        if spec.token == Token::None {
            let ctx = Ctx { sandbox: self.clone(), app: App::default(), args: args.clone() };
            let answer = self.change(|world| (spec.run)(&ctx, world));
            self.log(method, args, None, answer.as_ref().map_or_else(|error| error.code.as_str(), |_| "ok"));
            return (None, Outcome::Done(answer));
        }
        let known = authenticate(&self.lock(), args.token.as_deref(), spec.token);
        let app = match known {
            Ok(app) => app,
            Err(error) => {
                self.log(method, args, None, &error.code);
                return (None, Outcome::Done(Err(error)));
            }
        };
        let has = if spec.token == Token::App { &app.app_scopes } else { &app.scopes };
        if !spec.scopes.is_empty() && !spec.scopes.iter().any(|scope| has.contains(*scope)) {
            let error = ApiError::scope(spec.scopes.first().unwrap_or(&""), &app, spec.token == Token::App);
            self.log(method, args, Some(&app), &error.code);
            return (Some(app), Outcome::Done(Err(error)));
        }
        let now = self.0.clock.now_micros();
        let wait = self.0.rates.lock().unwrap_or_else(std::sync::PoisonError::into_inner).check(
            &app.id,
            method,
            args.channel().as_deref(),
            now,
        );
        if let Some(wait) = wait {
            self.log(method, args, Some(&app), "ratelimited");
            return (Some(app), Outcome::Limited(wait));
        }
        let ctx = Ctx { sandbox: self.clone(), app: app.clone(), args: args.clone() };
        let answer = self.change(|world| {
            let answer = (spec.run)(&ctx, world);
            let outcome = answer.as_ref().map_or_else(|error| error.code.clone(), |_| "ok".to_owned());
            world.log_call(ApiCall {
                at: now,
                app: Some(ctx.app.id.clone()),
                method: method.to_owned(),
                channel: args.channel(),
                outcome,
                args: args.to_value(),
            });
            answer
        });
        (Some(app), Outcome::Done(answer))
    }
}

/// The answer that a fault gives in place of Slack's own, if it gives one.
pub(crate) fn instead(act: &Act) -> Option<Response> {
    match act {
        // A body that fails at once makes the server close the connection before a byte is written.
        Act::Close => {
            let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut by a fault")) });
            Some(Response::new(Body::from_stream(broken)))
        }
        Act::Delay { .. } | Act::Hang => None,
        Act::Status { code } => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some((status, "upstream connect error").into_response())
        }
        Act::RateLimited { retry_after_s } => Some(limited(*retry_after_s)),
        Act::Garbage => {
            Some(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], "{\"ok\":tru").into_response())
        }
        Act::Error { code } => Some(json_answer(&json!({"ok": false, "error": code}))),
    }
}

fn limited(retry_after_s: u64) -> Response {
    let mut answer = json_answer(&json!({"ok": false, "error": "ratelimited"}));
    *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    answer
}

fn json_answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], value.to_string()).into_response()
}

fn respond(app: Option<&App>, spec: Option<&Spec>, outcome: Outcome) -> Response {
    let mut answer = match outcome {
        Outcome::Limited(wait) => limited(wait),
        Outcome::Done(Ok(mut value)) => {
            value["ok"] = json!(true);
            json_answer(&value)
        }
        Outcome::Done(Err(error)) => {
            let mut value = Value::Object(error.extra);
            value["ok"] = json!(false);
            value["error"] = json!(error.code);
            json_answer(&value)
        }
    };
    let mut put = |name: &'static str, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers_mut().insert(name, value);
        }
    };
    put("x-slack-req-id", ids::token(32).to_lowercase());
    if let Some(app) = app {
        let of_app = spec.is_some_and(|spec| spec.token == Token::App);
        let scopes = if of_app { &app.app_scopes } else { &app.scopes };
        put("x-oauth-scopes", scopes.iter().map(String::as_str).collect::<Vec<_>>().join(","));
        put("x-accepted-oauth-scopes", spec.map(|spec| spec.scopes.join(",")).unwrap_or_default());
    }
    answer
}
