//! `[slack.NAME]`: the connections to Slack workspaces.
//!
//! What lives here: that section. What must not: talking to Slack.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::connection;
use super::mistake::Wrong;
use super::read::{Section, span, text, whole};
use super::secret::secret;
use super::tree::Node;

const API_URL: &str = "https://slack.com/api";

/// One bot in one Slack workspace.
#[derive(Debug, Clone)]
pub struct SlackConnection {
    /// The bot user's token, `xoxb-…`.
    pub bot_token: SecretString,
    /// The app-level token, `xapp-…`: events come over Socket Mode. Exactly one of this and `signing_secret` is set.
    pub app_token: Option<SecretString>,
    /// The secret of Slack's signatures: events come over HTTP.
    pub signing_secret: Option<SecretString>,
    /// Where the Web API is, without a slash at the end.
    pub api_url: Url,
    /// Who may answer visitors: `members`, `group:S0123` (a user group's id) or `group:@handle`.
    pub operators: String,
    /// The steady distance between two messages in one channel.
    pub post_interval: Duration,
    /// How many messages may go to one channel at once after a quiet while.
    pub post_burst: u32,
}

/// All connections. One that is wrong is noted and left out.
pub(super) fn read(sections: Vec<(String, Section<'_>)>) -> BTreeMap<String, SlackConnection> {
    sections.into_iter().filter_map(|(name, section)| Some((name.clone(), connection(&name, section)?))).collect()
}

fn connection(name: &str, section: Section<'_>) -> Option<SlackConnection> {
    connection::proper_name(name, &section, "[slack.acme]");
    let variables = &section.reading.variables;
    let bot_token = section.required(
        "bot_token",
        "copy the Bot User OAuth Token (xoxb-…) from the app's page, OAuth & Permissions",
        |node| token(secret(node, variables)?, "xoxb-", "Bot User OAuth Token", "OAuth & Permissions"),
    );
    let app_token = section.optional("app_token", |node| {
        token(secret(node, variables)?, "xapp-", "app-level token", "Basic Information, App-Level Tokens")
    });
    let signing_secret = section.optional("signing_secret", |node| {
        let secret = secret(node, variables)?;
        if secret.expose_secret().starts_with("xox") || secret.expose_secret().starts_with("xapp-") {
            let fix = "copy the Signing Secret from the app's page, Basic Information, App Credentials";
            return Err(Wrong::new("is a token, not a signing secret", fix));
        }
        Ok(secret)
    });
    one_way_in(name, &section);
    let api_url = section.optional("api_url", api_url).or_else(|| Url::parse(API_URL).ok());
    let operators = section.value("operators", "members".to_owned(), operators);
    let post_interval = section.value("post_interval", Duration::from_secs(1), |node| {
        span(node, Duration::from_millis(1), Duration::from_secs(60))
    });
    let post_burst = section.value("post_burst", 3, |node| whole(node, 1, 100));
    section.finish();
    Some(SlackConnection {
        bot_token: bot_token?,
        app_token,
        signing_secret,
        api_url: api_url?,
        operators,
        post_interval,
        post_burst,
    })
}

/// Events must come in one way, and in one way only.
fn one_way_in(name: &str, section: &Section<'_>) {
    if !section.is_table() {
        return;
    }
    let wrong = match (section.has("app_token"), section.has("signing_secret")) {
        (true, false) | (false, true) => return,
        (true, true) => "has both app_token and signing_secret, so Slack would have two ways in",
        (false, false) => "has neither app_token nor signing_secret, so nothing could arrive from Slack",
    };
    let fix = format!(
        "set app_token (xapp-…) alone for Socket Mode, which needs no public address; set signing_secret alone when \
         Slack is to call server.public_url + /hooks/slack/{name}/events"
    );
    section.reading.note(&section.path, section.place, Wrong::new(wrong, fix));
}

fn token(token: SecretString, prefix: &str, what: &str, page: &str) -> Result<SecretString, Wrong> {
    let given = connection::trimmed(&token)?;
    if given.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()) {
        return Ok(token);
    }
    let kinds = [
        ("xoxb-", "a bot token"),
        ("xapp-", "an app-level token"),
        ("xoxp-", "a person's token"),
        ("xoxe", "a token for configuring apps"),
    ];
    let wrong = match kinds.iter().find(|(start, _)| *start != prefix && given.starts_with(start)) {
        Some((_, kind)) => format!("is {kind}, not the {what}"),
        None => format!("does not begin with {prefix}"),
    };
    Err(Wrong::new(wrong, format!("copy the {what} ({prefix}…) from the app's page, {page}")))
}

fn api_url(node: &Node) -> Result<Url, Wrong> {
    connection::api_url(node, "Slack", API_URL)
}

fn operators(node: &Node) -> Result<String, Wrong> {
    let given = text(node)?;
    let group = given.strip_prefix("group:").unwrap_or_default();
    let handle = group.strip_prefix('@');
    let is_id = group.starts_with('S') && group.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if given == "members" || is_id || handle.is_some_and(|handle| !handle.is_empty() && !handle.contains(' ')) {
        return Ok(given.to_owned());
    }
    Err(Wrong::new(
        format!("`{given}` names no operators"),
        "write \"members\" (every full member), \"group:@support\" or \"group:S0123ABC\" (a user group)",
    ))
}
