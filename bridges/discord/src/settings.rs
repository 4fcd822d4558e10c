//! What a Discord connection is told at its making.
//!
//! What lives here: the settings with their defaults. What must not: reading files or the environment; whoever makes the
//! bridge brings the values.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bridge_core::{ConnectionId, Pace, Words};
use secrecy::SecretString;

/// Discord's own address.
pub const DEFAULT_API_URL: &str = "https://discord.com/api";

/// Everything that a connection to one Discord server needs. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// The connection's name, `discord.NAME`.
    pub connection: ConnectionId,
    /// The bot's token, without the word `Bot`.
    pub bot_token: SecretString,
    /// Where the REST API lives, ending in `/api`. The token is sent to no other host, except to the gateway that this one
    /// names.
    pub api_url: String,
    /// Who may speak for the team.
    pub operators: Role,
    /// The language of what isn't said in any one conversation.
    pub words: Words,
    /// How fast messages may be posted in one channel. Told to the worker, which keeps to it.
    pub pace: Pace,
    /// The longest that one call may take before its outcome counts as unknown.
    pub call_timeout: Duration,
    /// For how long two posts with one nonce surely leave one message. Discord says "a few minutes".
    pub idempotent_for: Duration,
    /// How long after a post its absence proves nothing yet: a request that was cut off may still be on its way.
    pub settle: Duration,
    /// How the gateway is kept.
    pub gateway: GatewaySettings,
}

/// How the gateway is kept. All of these are for tests; the defaults fit Discord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewaySettings {
    /// The longest that a connection may take to be made, and to greet.
    pub connect_within: Duration,
    /// A session that was silent for this long when it ended counts as frozen. A little less than one heartbeat (41.25 s):
    /// one that goes unanswered ends in at least as much silence, whenever something was heard before.
    pub frozen_after: Duration,
    /// The first pause after a session that ended; each further one doubles it.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How far apart two IDENTIFYs stay; Discord lets one through in five seconds.
    pub identify_interval: Duration,
    /// How many IDENTIFYs of the day are never used. At none left, Discord resets the token.
    pub identify_reserve: u64,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(15),
            frozen_after: Duration::from_secs(40),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(120),
            identify_interval: Duration::from_millis(5_500),
            identify_reserve: 50,
        }
    }
}

impl DiscordSettings {
    /// Settings with the defaults: Discord's own address, ten seconds a call, ten messages a second and channel (a thread's
    /// own limit comes with Discord's answers), ninety seconds for a nonce.
    #[must_use]
    pub fn new(connection: ConnectionId, bot_token: SecretString, operators: Role, words: Words) -> Self {
        Self {
            connection,
            bot_token,
            api_url: DEFAULT_API_URL.to_owned(),
            operators,
            words,
            pace: Pace { interval: Duration::from_millis(100), burst: 10 },
            call_timeout: Duration::from_secs(10),
            idempotent_for: Duration::from_secs(90),
            settle: Duration::from_secs(2),
            gateway: GatewaySettings::default(),
        }
    }
}

/// The role whose members may speak for the team, written `role:ID` or `role:@NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// By its id.
    Id(String),
    /// By its name, without the `@`.
    Name(String),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "role:{id}"),
            Self::Name(name) => write!(f, "role:@{name}"),
        }
    }
}

/// Why a text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no role: write \"role:ID\" or \"role:@NAME\" of the role whose members may answer visitors (on Discord, \
     anybody in a channel could otherwise speak for the team)"
)]
pub struct ParseRoleError(String);

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseRoleError(text.to_owned());
        let named = text.trim().strip_prefix("role:").ok_or_else(error)?.trim();
        if let Some(name) = named.strip_prefix('@') {
            // Everybody on the server has this one.
            return if name.is_empty() || name == "everyone" { Err(error()) } else { Ok(Self::Name(name.to_owned())) };
        }
        let is_id = (15..=20).contains(&named.len()) && named.bytes().all(|byte| byte.is_ascii_digit());
        if is_id { Ok(Self::Id(named.to_owned())) } else { Err(error()) }
    }
}

#[cfg(test)]
mod tests {
    use bridge_core::testing::words;

    use super::*;

    #[test]
    fn a_role_is_named_by_id_or_by_name_and_is_never_everybody() {
        assert_eq!("role:700000000000000201".parse(), Ok(Role::Id("700000000000000201".into())));
        assert_eq!("role:@Support team".parse(), Ok(Role::Name("Support team".into())));
        for wrong in ["", "members", "role:", "role:@", "role:@everyone", "role:Support", "role:12", "Support"] {
            let refused = wrong.parse::<Role>().unwrap_err();
            assert!(refused.to_string().contains("role:@NAME"), "{wrong}: {refused}");
        }
    }

    #[test]
    fn no_secret_shows_in_the_debug_form() {
        let settings = DiscordSettings::new(
            "discord.play".parse().unwrap(),
            "very-secret".into(),
            Role::Name("Support".into()),
            words("en"),
        );
        assert!(!format!("{settings:?}").contains("very-secret"));
    }
}
