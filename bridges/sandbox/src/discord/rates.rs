//! Discord's rate limits: buckets a route and its major parameter, one for everything, and their headers.
//!
//! What lives here: figures and counting. What must not: HTTP; the caller turns a verdict into headers or a 429.
//!
//! Discord publishes only the global limit (50 requests a second) and that buckets are told by headers. The figures of
//! routes are those that its clients have seen; starting threads is limited harshly and for everybody together
//! (`shared`). All of them are figures here.

use std::collections::HashMap;

/// How many calls in how many seconds.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Calls.
    pub limit: u32,
    /// Seconds until the bucket is full again.
    pub per_s: f64,
}

const fn figure(limit: u32, per_s: f64) -> Figure {
    Figure { limit, per_s }
}

/// The figures. Everything is counted for each app, but `thread_starts`, which everybody in a channel shares.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Off answers everything at once and sends no headers.
    pub enabled: bool,
    /// Every call of a bot together.
    pub global: Figure,
    /// Messages in one channel or thread.
    pub posts: Figure,
    /// Edits in one channel or thread.
    pub edits: Figure,
    /// Deletions in one channel or thread.
    pub deletes: Figure,
    /// Reading messages of one channel or thread.
    pub reads: Figure,
    /// Starting threads in one channel.
    pub thread_starts: Figure,
    /// Changing a channel's name or topic.
    pub renames: Figure,
    /// Changing anything else of a channel or thread, such as archiving it.
    pub channel_changes: Figure,
    /// Anything else, a route and major parameter.
    pub others: Figure,
}

impl Rates {
    /// No limits.
    #[must_use]
    pub fn off() -> Self {
        Self { enabled: false, ..Self::discord() }
    }

    /// Discord's figures.
    #[must_use]
    pub fn discord() -> Self {
        Self {
            enabled: true,
            global: figure(50, 1.0),
            posts: figure(5, 5.0),
            edits: figure(5, 5.0),
            deletes: figure(5, 1.0),
            reads: figure(5, 5.0),
            thread_starts: figure(10, 120.0),
            renames: figure(2, 600.0),
            channel_changes: figure(5, 15.0),
            others: figure(10, 5.0),
        }
    }

    fn of(&self, operation: &str, renames: bool) -> Figure {
        match operation {
            "create_message" => self.posts,
            "update_message" => self.edits,
            "delete_message" => self.deletes,
            "list_messages" | "get_message" => self.reads,
            "create_thread" | "create_thread_from_message" => self.thread_starts,
            "update_channel" if renames => self.renames,
            "update_channel" => self.channel_changes,
            _ => self.others,
        }
    }
}

/// What is being called.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a str,
    pub(crate) operation: &'a str,
    /// Channel, guild or webhook in the path.
    pub(crate) major: &'a str,
    /// The call changes a channel's name or topic.
    pub(crate) renames: bool,
    /// Unix microseconds.
    pub(crate) now: i64,
}

/// What the headers of an answer say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Unix seconds.
    pub(crate) reset: f64,
    pub(crate) reset_after: f64,
    pub(crate) bucket: String,
}

/// Whether a call may go on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Limits are off.
    Free,
    /// It may; these are its headers.
    Go(Told),
    /// It must wait: `scope` is `user`, `shared` or `global`.
    Wait { after_s: f64, scope: &'static str, told: Option<Told> },
}

#[derive(Debug, Clone, Copy)]
struct Window {
    used: u32,
    ends: i64,
}

#[derive(Debug)]
pub(crate) struct Limiter {
    pub(crate) rates: Rates,
    windows: HashMap<String, Window>,
}

fn seconds(micros: i64) -> f64 {
    // Rounded up to the millisecond, so that who waits exactly so long has waited long enough.
    (micros.max(0) as f64 / 1_000.0).ceil() / 1_000.0
}

impl Limiter {
    pub(crate) fn new(rates: Rates) -> Self {
        Self { rates, windows: HashMap::new() }
    }

    /// Takes one from a window, or says how many microseconds are left of it. Gives what remains, too.
    fn take(&mut self, key: String, figure: Figure, now: i64) -> (bool, u32, i64) {
        let length = (figure.per_s * 1_000_000.0) as i64;
        let window = self.windows.entry(key).or_insert(Window { used: 0, ends: now + length });
        if window.ends <= now {
            *window = Window { used: 0, ends: now + length };
        }
        let left = window.ends - now;
        if window.used >= figure.limit {
            return (false, 0, left);
        }
        window.used += 1;
        (true, figure.limit - window.used, left)
    }

    /// Whether this call may go on.
    pub(crate) fn check(&mut self, call: &Call<'_>) -> Verdict {
        if !self.rates.enabled {
            return Verdict::Free;
        }
        let (free, _, left) = self.take(format!("global {}", call.app), self.rates.global, call.now);
        if !free {
            return Verdict::Wait { after_s: seconds(left), scope: "global", told: None };
        }
        let figure = self.rates.of(call.operation, call.renames);
        let starts = matches!(call.operation, "create_thread" | "create_thread_from_message");
        let (kind, who) = if starts { ("thread_starts", "everybody") } else { (call.operation, call.app) };
        let kind = if call.renames { "renames" } else { kind };
        let (free, remaining, left) = self.take(format!("{kind} {who} {}", call.major), figure, call.now);
        let told = Told {
            limit: figure.limit,
            remaining,
            reset: (call.now + left) as f64 / 1_000_000.0,
            reset_after: seconds(left),
            bucket: bucket(kind),
        };
        if free {
            return Verdict::Go(told);
        }
        let scope = if starts { "shared" } else { "user" };
        Verdict::Wait { after_s: seconds(left), scope, told: Some(told) }
    }
}

/// The bucket's name: a hash of the route that says nothing about the major parameter, as Discord's.
fn bucket(kind: &str) -> String {
    use sha2::Digest as _;
    let hash = hex::encode(sha2::Sha256::digest(kind.as_bytes()));
    hash.get(..32).unwrap_or_default().to_owned()
}
