//! `[discord.NAME]`: the connections to Discord servers.
//!
//! What lives here: that section. What must not: talking to Discord.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::connection;
use super::mistake::Wrong;
use super::read::{Section, span, text, whole};
use super::secret::secret;
use super::tree::Node;

const API_URL: &str = "https://discord.com/api";
const TOKEN: &str = "copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token";
const OPERATORS: &str = "it is the role of those who may answer visitors: anybody else who writes in a thread is not the \
                         team. Write \"role:@Support\" (its name) or \"role:1234567890\" (its id: Server Settings, \
                         Roles, Copy Role ID in the role's menu), and give the role to them";

/// One bot on one Discord server.
#[derive(Debug, Clone)]
pub struct DiscordConnection {
    /// The bot's token, as the developers' page shows it: three parts with dots between.
    pub bot_token: SecretString,
    /// Where the API is, without the version and without a slash at the end.
    pub api_url: Url,
    /// Who may answer visitors.
    pub operators: DiscordRole,
    /// The steady distance between two messages in one channel.
    pub post_interval: Duration,
    /// How many messages may go to one channel at once after a quiet while.
    pub post_burst: u32,
}

/// The role of those who may answer visitors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscordRole {
    /// By its id, digits only.
    Id(String),
    /// By its name, without the `@`.
    Name(String),
}

/// All connections. One that is wrong is noted and left out.
pub(super) fn read(sections: Vec<(String, Section<'_>)>) -> BTreeMap<String, DiscordConnection> {
    sections.into_iter().filter_map(|(name, section)| Some((name.clone(), connection(&name, section)?))).collect()
}

fn connection(name: &str, section: Section<'_>) -> Option<DiscordConnection> {
    connection::proper_name(name, &section, "[discord.play]");
    let variables = &section.reading.variables;
    let bot_token = section.required("bot_token", TOKEN, |node| token(secret(node, variables)?));
    let operators = section.required("operators", OPERATORS, role);
    let api_url = section.optional("api_url", api_url).or_else(|| Url::parse(API_URL).ok());
    let post_interval = section.value("post_interval", Duration::from_millis(20), |node| {
        span(node, Duration::from_millis(1), Duration::from_secs(60))
    });
    let post_burst = section.value("post_burst", 10, |node| whole(node, 1, 100));
    section.finish();
    Some(DiscordConnection {
        bot_token: bot_token?,
        api_url: api_url?,
        operators: operators?,
        post_interval,
        post_burst,
    })
}

fn token(token: SecretString) -> Result<SecretString, Wrong> {
    let given = connection::trimmed(&token)?;
    if given.starts_with("Bot ") || given.starts_with("Bearer ") {
        return Err(Wrong::new(
            "begins with a word that belongs to a request, not to the token",
            "write the token alone",
        ));
    }
    if given.starts_with("xox") || given.starts_with("xapp-") {
        return Err(Wrong::new("is a token of Slack's", TOKEN));
    }
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
    };
    if given.split('.').count() == 3 && given.split('.').all(part) {
        return Ok(token);
    }
    let digits = !given.is_empty() && given.bytes().all(|b| b.is_ascii_digit());
    let wrong = if digits {
        "is an application's id, not the bot's token"
    } else if !given.contains('.') {
        "is not a bot's token (an application's public key or client secret looks like that)"
    } else {
        "is not a bot's token, which has three parts with dots between"
    };
    Err(Wrong::new(wrong, TOKEN))
}

fn api_url(node: &Node) -> Result<Url, Wrong> {
    let url = connection::api_url(node, "Discord", API_URL)?;
    if url.path().ends_with("/api") {
        return Ok(url);
    }
    let versioned = url.path().rsplit_once("/v").filter(|(before, version)| {
        before.ends_with("/api") && !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit())
    });
    let Some((before, _)) = versioned else {
        return Err(Wrong::new("does not end with /api", format!("write an address such as {API_URL}")));
    };
    let mut meant = url.clone();
    meant.set_path(before);
    Err(Wrong::new("names a version, and ours is always the one that this bridge speaks", format!("write {meant}")))
}

fn role(node: &Node) -> Result<DiscordRole, Wrong> {
    let given = text(node)?;
    let role = given.strip_prefix("role:").unwrap_or_default();
    match role.strip_prefix('@') {
        // What everybody has keeps nobody out.
        Some("everyone" | "here") => Err(Wrong::new(format!("`{given}` is everybody on the server"), OPERATORS)),
        Some(name) if !name.trim().is_empty() && name.trim() == name && name.chars().count() <= 100 => {
            Ok(DiscordRole::Name(name.to_owned()))
        }
        None if is_id(role) => Ok(DiscordRole::Id(role.to_owned())),
        _ => Err(Wrong::new(format!("`{given}` names no role"), OPERATORS)),
    }
}

/// Whether that is one of Discord's ids: a number of 64 bits.
pub(super) fn is_id(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u64>().is_ok_and(|id| id > 0)
}
