//! Checks the whole connection and names every fault with its fix.
//!
//! What lives here: tokens, scopes, the user group and the channels. What must not: mending anything.

use bridge_core::{BridgeError, Finding, RemoteChannel, Severity};
use hyper::Method;
use serde_json::{Value, json};

use crate::SlackBridge;
use crate::call::{Caller, Effect};
use crate::directory::group_id;
use crate::message::text;
use crate::roots;
use crate::settings::Operators;

/// The bot scopes that something does not work at all without, and what that is.
const NEEDED: &[(&str, &str)] = &[
    ("chat:write", "to post"),
    ("chat:write.customize", "to post under a visitor's name"),
    ("channels:read", "to look at public channels"),
    ("channels:history", "to read replies in public channels"),
    ("users:read", "to tell operators from guests, and to see who is active"),
];

/// The bot scopes that only some teams need.
const WANTED: &[(&str, &str)] = &[
    ("groups:read", "to look at private channels"),
    ("groups:history", "to read replies in private channels"),
    ("users:read.email", "to match operators by their e-mail address"),
    ("usergroups:read", "to take a user group as the operators"),
    ("files:read", "to take files from operators"),
    ("files:write", "to show a visitor's files"),
    ("reactions:read", "to see reactions"),
    ("reactions:write", "to show reactions"),
    ("commands", "for slash commands and shortcuts"),
];

/// The whole diagnosis.
pub(crate) async fn diagnose(bridge: &SlackBridge, channels: &[RemoteChannel]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(scopes) = bot_token(bridge, &mut findings).await else { return findings };
    check_scopes(bridge, scopes.as_deref(), &mut findings);
    ears(bridge, &mut findings).await;
    if let Operators::Group(group) = bridge.operators() {
        findings.push(user_group(bridge, group).await);
    }
    for channel in channels {
        findings.push(check_channel(bridge.caller(), channel).await);
    }
    findings
}

fn finding(severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { severity, subject: subject.into(), message: message.into() }
}

/// Checks the bot token. Gives its scopes as far as Slack tells them, or `None` when nothing else needs to be checked.
async fn bot_token(bridge: &SlackBridge, findings: &mut Vec<Finding>) -> Option<Option<String>> {
    let subject = bridge.id().to_string();
    let answer = match bridge.caller().post("auth.test", &json!({}), Effect::Reads).await {
        Ok(answer) => answer,
        Err(failure) => {
            findings.push(finding(Severity::Broken, subject, BridgeError::from(failure).to_string()));
            return None;
        }
    };
    let name = |field: &str| text(&answer, field).unwrap_or("?").to_owned();
    let message = format!("the bot token works: {} in the workspace {}", name("user"), name("team"));
    findings.push(finding(Severity::Fine, subject, message));
    // slack-morphism gives no headers, and the scopes are told in one.
    let url = format!("{}/auth.test", bridge.fetcher().api_url().as_str().trim_end_matches('/')).parse().ok()?;
    let head = bridge.fetcher().fetch(Method::POST, &url, bridge.bot_token(), 64 * 1024).await.ok();
    Some(head.and_then(|(head, _)| head.headers.get("x-oauth-scopes")?.to_str().ok().map(str::to_owned)))
}

fn check_scopes(bridge: &SlackBridge, scopes: Option<&str>, findings: &mut Vec<Finding>) {
    let Some(scopes) = scopes else {
        let message = "Slack did not tell the token's scopes, so they could not be checked";
        findings.push(finding(Severity::Warning, "scopes", message));
        return;
    };
    let has = |scope: &str| scopes.split(',').any(|given| given.trim() == scope);
    let by_group = matches!(bridge.operators(), Operators::Group(_));
    let mut missing = 0;
    let all = NEEDED.iter().map(|scope| (scope, true)).chain(WANTED.iter().map(|scope| (scope, false)));
    for ((scope, purpose), needed) in all.filter(|((scope, _), _)| !has(scope)) {
        missing += 1;
        let needed = needed || by_group && *scope == "usergroups:read";
        let severity = if needed { Severity::Broken } else { Severity::Warning };
        let message = format!(
            "missing; it is needed {purpose}: add it under OAuth & Permissions in the app's settings and install the app again"
        );
        findings.push(finding(severity, format!("scope {scope}"), message));
    }
    if missing == 0 {
        findings.push(finding(Severity::Fine, "scopes", "all are there"));
    }
}

/// Checks that events can reach us.
async fn ears(bridge: &SlackBridge, findings: &mut Vec<Finding>) {
    let Some(caller) = &bridge.ears_caller else {
        let message = format!(
            "events come over HTTP to /hooks/slack/{}/events, interactions and commands: these three must stand in the app's settings",
            bridge.id().name
        );
        findings.push(finding(Severity::Fine, "signing_secret", message));
        return;
    };
    // The call only gives an address; nothing is opened until somebody connects there.
    let opened = caller.post("apps.connections.open", &json!({}), Effect::Reads).await.map_err(BridgeError::from);
    let hindrance = match &opened {
        Ok(answer) => roots::hinders(text(answer, "url").unwrap_or_default()).await,
        Err(_) => None,
    };
    findings.push(match (opened, hindrance) {
        (Ok(_), None) => finding(Severity::Fine, "app_token", "Socket Mode can be opened"),
        (Ok(_), Some(why)) => finding(Severity::Broken, "CA certificates", why),
        (Err(error @ BridgeError::RateLimited { .. }), _) => finding(Severity::Warning, "app_token", error.to_string()),
        (Err(error), _) => finding(Severity::Broken, "app_token", error.to_string()),
    });
}

async fn user_group(bridge: &SlackBridge, group: &str) -> Finding {
    let subject = format!("user group {group}");
    match group_id(bridge.caller(), group).await {
        Ok(Some(_)) => finding(Severity::Fine, subject, "its members are the operators"),
        Ok(None) => finding(
            Severity::Broken,
            subject,
            "the workspace has no such user group, so nobody may answer: write its handle or its id (S…) in operators",
        ),
        Err(error) => finding(Severity::Broken, subject, error.to_string()),
    }
}

async fn check_channel(caller: &Caller, channel: &RemoteChannel) -> Finding {
    let subject = channel.to_string();
    let answer = match caller.get("conversations.info", &[("channel", &channel.id)]).await {
        Ok(answer) => answer,
        Err(failure) => return finding(Severity::Broken, subject, BridgeError::from(failure).to_string()),
    };
    let info = answer.get("channel");
    let flag = |name: &str| info.and_then(|info| info.get(name)).and_then(Value::as_bool) == Some(true);
    let name = info.and_then(|info| text(info, "name")).unwrap_or(&channel.id);
    if flag("is_archived") {
        let message = format!("#{name} is archived; unarchive it, or map the domain to another channel");
        finding(Severity::Broken, subject, message)
    } else if !flag("is_member") {
        finding(Severity::Broken, subject, format!("the bot isn't in #{name}; invite it there with /invite"))
    } else {
        finding(Severity::Fine, subject, format!("#{name} can be used"))
    }
}
