//! Slack's rate limits: token buckets an app, a channel, a method.
//!
//! What lives here: figures and counting. What must not: HTTP; the caller turns a wait into 429 with `Retry-After`.
//!
//! Slack publishes tiers (about 1, 20, 50 and 100 calls a minute a method and workspace) and "about one message a second
//! a channel, short bursts allowed". How long a burst may be, and the limit of a whole workspace, are not published:
//! they are figures here.

use std::collections::HashMap;

/// The figures. Everything is counted for each app.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Off answers everything at once.
    pub enabled: bool,
    /// `chat.postMessage` in one channel: messages a second.
    pub posts_per_second: f64,
    /// `chat.postMessage` in one channel: how many may come at once.
    pub post_burst: f64,
    /// `chat.postMessage` in a whole workspace: messages a minute.
    pub team_posts_per_minute: f64,
    /// Calls a minute of one method in tiers 1 to 4.
    pub tiers: [f64; 4],
    /// `apps.connections.open`: calls a minute.
    pub connections_per_minute: f64,
}

impl Rates {
    /// No limits.
    #[must_use]
    pub fn off() -> Self {
        Self { enabled: false, ..Self::slack() }
    }

    /// Slack's figures.
    #[must_use]
    pub fn slack() -> Self {
        Self {
            enabled: true,
            posts_per_second: 1.0,
            post_burst: 4.0,
            team_posts_per_minute: 400.0,
            tiers: [1.0, 20.0, 50.0, 100.0],
            connections_per_minute: 30.0,
        }
    }
}

/// The tier of a method; 0 for those that Slack calls special and that are free here.
fn tier(method: &str) -> usize {
    match method {
        "conversations.list" | "users.list" | "usergroups.list" | "usergroups.users.list" | "reactions.remove" => 2,
        "chat.update"
        | "chat.delete"
        | "conversations.info"
        | "conversations.history"
        | "conversations.replies"
        | "conversations.join"
        | "users.lookupByEmail"
        | "users.getPresence"
        | "reactions.add"
        | "reactions.get"
        | "team.info"
        | "bots.info" => 3,
        "chat.postEphemeral"
        | "conversations.members"
        | "users.info"
        | "files.getUploadURLExternal"
        | "files.completeUploadExternal"
        | "files.info"
        | "api.test" => 4,
        _ => 0,
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: i64,
}

#[derive(Debug)]
pub(crate) struct Limiter {
    pub(crate) rates: Rates,
    buckets: HashMap<(String, String), Bucket>,
}

impl Limiter {
    pub(crate) fn new(rates: Rates) -> Self {
        Self { rates, buckets: HashMap::new() }
    }

    /// Takes one from a bucket, or says how many whole seconds to wait (at least one).
    fn take(&mut self, app: &str, what: &str, burst: f64, per_second: f64, now: i64) -> Option<u64> {
        let key = (app.to_owned(), what.to_owned());
        let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: burst, at: now });
        let passed = (now - bucket.at).max(0) as f64 / 1_000_000.0;
        bucket.tokens = passed.mul_add(per_second, bucket.tokens).min(burst);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return None;
        }
        let wait = ((1.0 - bucket.tokens) / per_second).ceil().clamp(1.0, 3600.0);
        Some(wait as u64)
    }

    /// Whether this call has to wait, in whole seconds.
    pub(crate) fn check(&mut self, app: &str, method: &str, channel: Option<&str>, now: i64) -> Option<u64> {
        if !self.rates.enabled {
            return None;
        }
        let rates = self.rates.clone();
        if method == "chat.postMessage" {
            let here = format!("post {}", channel.unwrap_or_default());
            return self.take(app, &here, rates.post_burst, rates.posts_per_second, now).or_else(|| {
                self.take(app, "posts", rates.team_posts_per_minute, rates.team_posts_per_minute / 60.0, now)
            });
        }
        if method == "apps.connections.open" {
            let most = rates.connections_per_minute;
            return self.take(app, method, most, most / 60.0, now);
        }
        let most = *rates.tiers.get(tier(method).checked_sub(1)?)?;
        self.take(app, method, most, most / 60.0, now)
    }
}
