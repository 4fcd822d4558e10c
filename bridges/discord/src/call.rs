//! The one place that executes a call of Discord's REST API.
//!
//! What lives here: the client, the time-out of every call, what its answer's headers say, and the sorting of everything
//! that can go wrong on the way. What must not: what a call is for.
//!
//! serenity's own `http.*` methods are not used: with its rate limiter on they ignore a configured address, and with the
//! limiter off their errors have lost every header. Its builders make the bodies, its `Request` the request.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bridge_core::{BridgeError, Micros, Scope};
use reqwest_of_serenity as reqwest;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use serenity::http::Request;

use crate::Clock;
use crate::buckets::{Buckets, Route, Told};
use crate::errors::{Failure, TOKEN_REVOKED, words};

/// The longest that a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a call that only reads waits for its turn before its caller is told to come back later.
const READ_PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;
/// How long nothing is called after Discord said that it doesn't know the token.
const HOLD_AFTER_401: Duration = Duration::from_secs(30);
/// No wait is taken for longer than this, whatever an answer says.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
/// How long to wait where Discord says "too fast" without saying for how long.
const UNSAID_WAIT: Duration = Duration::from_secs(5);

/// Whether a call changes something: if so, a lost answer leaves its outcome unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing is changed; trying again is safe, and a short wait for its turn is fine.
    Reads,
    /// Something may be changed.
    Writes,
    /// Something may be changed, and doing it twice is the same as doing it once.
    Repeatable,
}

/// What a call's path says about its limits, and how it is named in a message.
struct Path {
    /// `POST /channels/*/messages`: ids and tokens are taken out.
    name: String,
    /// What it is counted under; `None` for interactions, which have no limit of the bot's.
    route: Option<Route>,
    /// What its bucket is about.
    scope: Scope,
}

/// Calls Discord with one bot's token.
pub(crate) struct Caller {
    client: reqwest::Client,
    /// With the word `Bot` before it.
    token: SecretString,
    /// The configured address without `/api` at its end, which serenity puts behind it again.
    root: String,
    within: Duration,
    buckets: Buckets,
    time: Time,
    /// Since when Discord doesn't know the token.
    revoked: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Caller {
    /// `root` is the configured address without `/api` at its end.
    pub(crate) fn new(root: &str, token: &SecretString, within: Duration, clock: Clock) -> Result<Self, BridgeError> {
        // serenity's sockets ask for the process's provider too; the first bridge to be made sets it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(within)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| BridgeError::Transient { why: format!("TLS could not be set up: {error}") })?;
        let token = SecretString::from(format!("Bot {}", token.expose_secret()));
        Ok(Self {
            client,
            token,
            root: root.to_owned(),
            within,
            buckets: Buckets::default(),
            time: Time::new(clock),
            revoked: Mutex::default(),
        })
    }

    /// Makes a call. `Null` is the answer without a body.
    ///
    /// Values of `params` are put into the address as they are: encode what people typed.
    pub(crate) async fn call(&self, request: Request<'_>, effect: Effect) -> Result<Value, Failure> {
        let path = read_path(&request);
        self.wait_turn(&path, effect).await?;
        let request = self.build(request)?;
        let answer = match self.client.execute(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(broken(&path.name, effect, &error)),
        };
        let status = answer.status().as_u16();
        let headers = read_headers(answer.headers());
        let body = self.read_body(answer, &path.name, effect, status).await?;
        self.take_note(&path, status, &headers, &body);
        settle(&path, effect, status, &headers, body)
    }

    /// Fetches public bytes (a picture) without any token, at most `limit` of them.
    pub(crate) async fn fetch(&self, url: &url::Url, limit: usize) -> Result<Option<bytes::Bytes>, BridgeError> {
        let what = "a picture";
        let transient = |error: &reqwest::Error| BridgeError::from(broken(what, Effect::Reads, error));
        let request = self.client.get(url.as_str()).build().map_err(|error| transient(&error))?;
        let mut answer = self.client.execute(request).await.map_err(|error| transient(&error))?;
        if answer.status() == 404 {
            return Ok(None);
        }
        if !answer.status().is_success() {
            let why = format!("{what} was answered with HTTP {}", answer.status().as_u16());
            return Err(BridgeError::Transient { why });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| transient(&error))? {
            if bytes.len() + chunk.len() > limit {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes.into()))
    }

    /// How many refused calls of the last ten minutes count towards Discord's block of the address.
    pub(crate) fn invalid(&self) -> usize {
        self.buckets.invalid(self.time.now())
    }

    fn build(&self, request: Request<'_>) -> Result<reqwest::Request, Failure> {
        let built = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            // serenity writes the whole request, words and interaction tokens included, into a span of its own: nobody
            // may hear that one.
            request.build(&self.client, self.token.expose_secret(), Some(&self.root)).ok()
        });
        let wrong =
            || BridgeError::Rejected { why: "the request can't be made; check api_url and the token".to_owned() };
        let mut request = built.ok_or_else(wrong)?.build().map_err(|_| wrong())?;
        if let Some(token) = request.headers_mut().get_mut(reqwest::header::AUTHORIZATION) {
            token.set_sensitive(true);
        }
        Ok(request)
    }

    /// Takes the call out of its bucket. What only reads waits a little where the bucket is empty.
    async fn wait_turn(&self, path: &Path, effect: Effect) -> Result<(), Failure> {
        if self.is_revoked() {
            return Err(BridgeError::Unauthorized { why: TOKEN_REVOKED.to_owned() }.into());
        }
        let begun = Instant::now();
        loop {
            let (wait, scope) = match self.buckets.take(path.route.as_ref(), path.scope, self.time.now()) {
                Ok(()) => return Ok(()),
                Err(refused) => refused,
            };
            if effect != Effect::Reads || begun.elapsed() + wait > READ_PATIENCE {
                return Err(BridgeError::RateLimited { after: wait, scope }.into());
            }
            tokio::time::sleep(wait.max(Duration::from_millis(10))).await;
        }
    }

    fn is_revoked(&self) -> bool {
        let mut revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        if revoked.is_some_and(|since| since.elapsed() >= HOLD_AFTER_401) {
            *revoked = None;
        }
        revoked.is_some()
    }

    async fn read_body(
        &self,
        mut answer: reqwest::Response,
        name: &str,
        effect: Effect,
        status: u16,
    ) -> Result<Option<Value>, Failure> {
        let mut bytes = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() <= LONGEST_ANSWER => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                // A refusal without its words is a refusal all the same.
                _ if (400..500).contains(&status) => return Ok(None),
                Ok(Some(_)) => return Err(unknown(effect, format!("the answer to {name} is too long"))),
                Err(_) => {
                    let within = self.within.as_secs();
                    return Err(unknown(effect, format!("the answer to {name} broke off, or took over {within} s")));
                }
            }
        }
        if bytes.is_empty() {
            return Ok(Some(Value::Null));
        }
        Ok(serde_json::from_slice(&bytes).ok())
    }

    fn take_note(&self, path: &Path, status: u16, headers: &Headers, body: &Option<Value>) {
        let now = self.time.now();
        let wait = headers.wait(body.as_ref());
        // Limits that are shared with others don't count towards the block of the address.
        let invalid = matches!(status, 401 | 403) || status == 429 && !headers.shared;
        let told = Told {
            bucket: headers.bucket.clone(),
            remaining: if status == 429 { Some(0) } else { headers.remaining },
            reset_after: if status == 429 { wait.or(Some(UNSAID_WAIT)) } else { headers.reset_after },
            invalid,
        };
        let global = status == 429 && headers.is_global(body.as_ref());
        self.buckets.told(if global { None } else { path.route.as_ref() }, &told, now);
        if global {
            self.buckets.hold(wait.unwrap_or(UNSAID_WAIT), now);
        }
        if status == 401 && path.route.is_some() {
            *self.revoked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }
}

/// The time by which limits are over. It passes with the machine's and with the given clock's, whichever is faster: a test
/// that moves its clock need not wait, and one whose clock stands still does not hold up every call.
struct Time {
    clock: Clock,
    /// The machine's time and the clock's when last asked, and the sum.
    last: Mutex<(Instant, Micros, Instant)>,
}

impl Time {
    fn new(clock: Clock) -> Self {
        let (machine, ours) = (Instant::now(), clock());
        Self { clock, last: Mutex::new((machine, ours, machine)) }
    }

    fn now(&self) -> Instant {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (machine, ours) = (Instant::now(), (self.clock)());
        let passed = machine.saturating_duration_since(last.0).max(ours.since(last.1));
        let sum = last.2.checked_add(passed).unwrap_or(last.2);
        *last = (machine, ours, sum);
        sum
    }
}

/// The headers that matter.
#[derive(Debug, Default)]
struct Headers {
    retry_after: Option<Duration>,
    bucket: Option<String>,
    remaining: Option<u32>,
    reset_after: Option<Duration>,
    global: bool,
    shared: bool,
}

impl Headers {
    fn is_global(&self, body: Option<&Value>) -> bool {
        // A 429 without JSON is no answer of the API's: the address itself is held back on the way.
        let Some(body) = body.filter(|body| body.is_object()) else { return true };
        self.global || body.get("global").and_then(Value::as_bool).unwrap_or(false)
    }

    fn wait(&self, body: Option<&Value>) -> Option<Duration> {
        let said = body.and_then(|body| body.get("retry_after")).and_then(Value::as_f64);
        said.and_then(seconds).or(self.retry_after).or(self.reset_after)
    }
}

/// A wait that was said in seconds.
fn seconds(said: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(said).ok().map(|wait| wait.min(LONGEST_WAIT))
}

fn read_headers(headers: &reqwest::header::HeaderMap) -> Headers {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let wait = |name: &str| text(name).and_then(|text| text.parse().ok()).and_then(seconds);
    Headers {
        retry_after: wait("retry-after"),
        bucket: text("x-ratelimit-bucket").map(str::to_owned),
        remaining: text("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
        reset_after: wait("x-ratelimit-reset-after"),
        global: text("x-ratelimit-global") == Some("true") || text("x-ratelimit-scope") == Some("global"),
        shared: text("x-ratelimit-scope") == Some("shared"),
    }
}

/// Reads a path such as `/channels/123/messages/456`.
fn read_path(request: &Request<'_>) -> Path {
    let path = request.route_ref().path();
    let path = path.split_once("/api/v10/").map_or(&*path, |(_, path)| path);
    let parts: Vec<&str> = path.split('/').collect();
    let method = request.method_ref().reqwest_method();
    let is_id = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // What stands behind the first two parts of these is a secret.
    let secret = matches!(parts.first(), Some(&"interactions" | &"webhooks"));
    let mut name = format!("{method} ");
    for (index, part) in parts.iter().enumerate() {
        let hidden = is_id(part) || secret && index == 2;
        name.push('/');
        name.push_str(if hidden { "*" } else { part });
    }
    let major = matches!(parts.first(), Some(&"channels" | &"guilds")).then(|| parts.get(1)).flatten();
    let scope = match (parts.first(), parts.last()) {
        (Some(&"channels"), Some(&"threads")) if method == "POST" => Scope::Opening,
        (Some(&"channels"), _) => Scope::Thread,
        _ => Scope::Connection,
    };
    let route = Route { template: name.clone(), major: major.copied().unwrap_or_default().to_owned() };
    Path { name, route: (!secret).then_some(route), scope }
}

fn settle(path: &Path, effect: Effect, status: u16, headers: &Headers, body: Option<Value>) -> Result<Value, Failure> {
    let name = &path.name;
    match status {
        200..=299 => body.ok_or_else(|| unknown(effect, format!("{name} was answered with no usable JSON"))),
        429 => {
            let after = headers.wait(body.as_ref()).unwrap_or(UNSAID_WAIT);
            let scope = if headers.is_global(body.as_ref()) { Scope::Connection } else { path.scope };
            Err(BridgeError::RateLimited { after, scope }.into())
        }
        408 | 500..=599 => Err(unknown(effect, format!("{name} was answered with HTTP {status}"))),
        401 if path.route.is_some() => Err(BridgeError::Unauthorized { why: TOKEN_REVOKED.to_owned() }.into()),
        413 => Err(BridgeError::Rejected { why: "the message is too big (HTTP 413)".to_owned() }.into()),
        400..=499 => {
            let code = body.as_ref().and_then(|body| body.get("code")).and_then(Value::as_i64).unwrap_or(0);
            let message = body.as_ref().map(words).unwrap_or_default();
            if code == 0 && status != 400 {
                let why = format!("{name} was answered with HTTP {status}; check api_url");
                return Err(BridgeError::Transient { why }.into());
            }
            Err(Failure::Refused { status, code, message })
        }
        _ => {
            Err(BridgeError::Transient { why: format!("{name} was answered with HTTP {status}; check api_url") }.into())
        }
    }
}

/// A failure that leaves open what came of the call.
fn unknown(effect: Effect, why: String) -> Failure {
    Failure::Other(match effect {
        Effect::Writes => BridgeError::Ambiguous { why },
        Effect::Reads | Effect::Repeatable => BridgeError::Transient { why },
    })
}

fn broken(name: &str, effect: Effect, error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        let why = "no connection to Discord could be made; check the network and api_url".to_owned();
        return BridgeError::Transient { why }.into();
    }
    let why = if error.is_timeout() { "took too long" } else { "broke off" };
    unknown(effect, format!("{name} {why}"))
}
