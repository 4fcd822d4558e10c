//! What a Slack connection is told at its making.
//!
//! What lives here: the settings with their defaults, and Slack's published speeds. What must not: reading files or the
//! environment; whoever makes the bridge brings the values.

use std::collections::BTreeMap;
use std::time::Duration;

use bridge_core::{ConnectionId, Pace, Words};
use secrecy::SecretString;

/// Slack's own address.
pub const DEFAULT_API_URL: &str = "https://slack.com/api";

/// Everything that a connection to one Slack workspace needs. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct SlackSettings {
    /// The connection's name, `slack.NAME`.
    pub connection: ConnectionId,
    /// The bot token, `xoxb-…`.
    pub bot_token: SecretString,
    /// How Slack tells us what happens.
    pub transport: Transport,
    /// The language of what isn't said in any one conversation.
    pub words: Words,
    /// Where the Web API lives, without a slash at its end. Tokens are sent to no other host.
    pub api_url: String,
    /// Who may speak for the team.
    pub operators: Operators,
    /// How fast messages may be posted in one channel. Told to the worker, which keeps to it.
    pub pace: Pace,
    /// The longest that one call may take before its outcome counts as unknown.
    pub call_timeout: Duration,
    /// How fast each Web API method may be called.
    pub method_paces: MethodPaces,
    /// How many sockets are held open at once in Socket Mode; Slack allows ten for all processes of one app.
    pub sockets: usize,
    /// How often each socket is pinged, in whole seconds and at least one. Three pings without an answer end it.
    pub ping_every: Duration,
    /// How long after a post its absence proves nothing yet: a request that was cut off may still be on its way.
    pub settle: Duration,
}

impl SlackSettings {
    /// Settings with the defaults: Slack's own address, full members as operators, one message a second and channel
    /// with bursts of three, ten seconds a call, two sockets with a ping every ten seconds.
    #[must_use]
    pub fn new(connection: ConnectionId, bot_token: SecretString, transport: Transport, words: Words) -> Self {
        Self {
            connection,
            bot_token,
            transport,
            words,
            api_url: DEFAULT_API_URL.to_owned(),
            operators: Operators::Members,
            pace: Pace { interval: Duration::from_secs(1), burst: 3 },
            call_timeout: Duration::from_secs(10),
            method_paces: MethodPaces::default(),
            sockets: 2,
            ping_every: Duration::from_secs(10),
            settle: Duration::from_secs(2),
        }
    }
}

/// How Slack tells us what happens.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Over sockets that we open (Socket Mode): needs no address of ours that Slack can reach.
    Socket {
        /// The app-level token with the scope `connections:write`, `xapp-…`.
        app_token: SecretString,
    },
    /// Over HTTP requests of Slack's to us.
    Hooks {
        /// The secret that signs them.
        signing_secret: SecretString,
    },
}

/// Who may speak for the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operators {
    /// Every full member of the workspace.
    Members,
    /// The full members in one user group, by its id (`S…`) or its handle.
    Group(String),
}

/// How fast each Web API method may be called. The defaults are Slack's published tiers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MethodPaces {
    exact: BTreeMap<String, Pace>,
    everything: Option<Pace>,
}

impl MethodPaces {
    /// No limits of our own: only what the other side answers counts. For a stand-in that is not Slack.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { exact: BTreeMap::new(), everything: Some(Pace { interval: Duration::ZERO, burst: 1 }) }
    }

    /// Sets one method's pace; an interval of zero means no limit.
    #[must_use]
    pub fn with(mut self, method: impl Into<String>, pace: Pace) -> Self {
        self.exact.insert(method.into(), pace);
        self
    }

    /// The pace of a method.
    #[must_use]
    pub fn of(&self, method: &str) -> Pace {
        self.exact.get(method).copied().or(self.everything).unwrap_or_else(|| published(method))
    }
}

/// Slack's published tiers, <https://docs.slack.dev/apis/web-api/rate-limits>, each with the room for a short burst.
fn published(method: &str) -> Pace {
    let per_minute = |calls: u64, burst: u32| Pace { interval: Duration::from_millis(60_000 / calls), burst };
    match method {
        // "Special": about one a second for each channel, which the worker keeps, under a workspace-wide limit that
        // isn't published.
        "chat.postMessage" => per_minute(600, 20),
        "apps.connections.open" => per_minute(10, 5),
        "users.list" | "usergroups.list" | "usergroups.users.list" => per_minute(20, 10),
        "users.info" | "chat.postEphemeral" | "auth.test" => per_minute(100, 40),
        _ => per_minute(50, 25),
    }
}

#[cfg(test)]
mod tests {
    use bridge_core::testing::words;

    use super::*;

    #[test]
    fn a_method_keeps_the_pace_that_was_set_for_it() {
        let pace = Pace { interval: Duration::from_secs(3), burst: 2 };
        let paces = MethodPaces::default().with("chat.update", pace);
        assert_eq!(paces.of("chat.update"), pace);
        assert_eq!(paces.of("conversations.history").interval, Duration::from_millis(1200));
        assert_eq!(MethodPaces::unlimited().with("chat.update", pace).of("chat.update"), pace);
        assert!(MethodPaces::unlimited().of("users.list").interval.is_zero());
    }

    #[test]
    fn no_secret_shows_in_the_debug_form() {
        let settings = SlackSettings::new(
            "slack.acme".parse().unwrap(),
            "xoxb-very-secret".into(),
            Transport::Socket { app_token: "xapp-very-secret".into() },
            words("en"),
        );
        assert!(!format!("{settings:?}").contains("very-secret"));
    }
}
