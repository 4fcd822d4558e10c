//! Checks the whole connection and names every fault with its fix.
//!
//! What lives here: the token, the intent, the gateway, the role, the commands and the channels. What must not: mending
//! anything, or beginning a session.

use bridge_core::{BridgeError, Finding, RemoteChannel, Severity};
use serde_json::Value;
use serenity::http::Route;

use crate::call::Effect;
use crate::errors::code;
use crate::identify::spent_sentence;
use crate::identity::{Home, Identity, application, get, guilds, roles};
use crate::listen::{INTENT_OFF, may_read, may_see_presences, start};
use crate::message::{list, text};
use crate::{DiscordBridge, commands, gateway, permissions, snowflake, threads};

/// Fewer sessions left than this are worth a word.
const FEW_SESSIONS: u64 = 200;
/// More refused calls in ten minutes than this are worth a word.
const MANY_REFUSED: usize = 1_000;

/// The whole diagnosis.
pub(crate) async fn diagnose(bridge: &DiscordBridge, channels: &[RemoteChannel]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(me) = token(bridge, &mut findings).await else { return findings };
    intents(bridge, &mut findings).await;
    ears(bridge, &mut findings).await;
    refused_calls(bridge, &mut findings);
    let Some(home) = server(bridge, &mut findings).await else { return findings };
    findings.push(slash_commands(bridge, me, &home).await);
    channels_of(bridge, me, &home, channels, &mut findings).await;
    findings
}

fn finding(severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { severity, subject: subject.into(), message: message.into() }
}

/// A question that was not answered. What only has to wait is no fault.
fn unanswered(subject: impl Into<String>, error: &BridgeError) -> Finding {
    let severity = if matches!(error, BridgeError::RateLimited { .. }) { Severity::Warning } else { Severity::Broken };
    finding(severity, subject, error.to_string())
}

async fn token<'a>(bridge: &'a DiscordBridge, findings: &mut Vec<Finding>) -> Option<&'a Identity> {
    let subject = bridge.id().to_string();
    // Asked anew, as what is remembered may be of a token that is no good any more.
    let asked = bridge.caller().call(get(Route::UserMe), Effect::Reads).await.map_err(BridgeError::from);
    match asked {
        Ok(answer) => {
            let name = text(&answer, "username").unwrap_or("?");
            findings.push(finding(Severity::Fine, &subject, format!("the bot token works: {name}")));
        }
        Err(error) => {
            findings.push(unanswered(subject, &error));
            return None;
        }
    }
    match bridge.me().await {
        Ok(me) => Some(me),
        Err(error) => {
            findings.push(unanswered(subject, &error));
            None
        }
    }
}

async fn intents(bridge: &DiscordBridge, findings: &mut Vec<Finding>) {
    let subject = "Message Content Intent";
    let application = match application(bridge.caller()).await {
        Ok(application) => application,
        Err(error) => return findings.push(unanswered(subject, &error)),
    };
    findings.push(match may_read(&application) {
        Some(true) => finding(Severity::Fine, subject, "the bot may read messages"),
        Some(false) => finding(Severity::Broken, subject, INTENT_OFF),
        None => {
            let why = "Discord did not say whether it is switched on; look in the Developer Portal under Bot";
            finding(Severity::Warning, subject, why)
        }
    });
    let message = if may_see_presences(&application) {
        "whoever of the operators is online counts as there"
    } else {
        "off, so an operator counts as there for ten minutes after they wrote or pressed something; switch it on in the \
         Developer Portal under Bot → Privileged Gateway Intents to have Discord tell who is online"
    };
    findings.push(finding(Severity::Fine, "Presence Intent", message));
}

/// Whether events can reach us, and how many sessions may still begin.
async fn ears(bridge: &DiscordBridge, findings: &mut Vec<Finding>) {
    let start = match start(bridge).await {
        Ok(start) => start,
        Err(error) => return findings.push(unanswered("gateway", &error)),
    };
    let settings = bridge.gateway_settings();
    let left = format!("{} of {} sessions are left today", start.remaining, start.total);
    findings.push(if start.is_spent(settings) {
        finding(Severity::Broken, "gateway sessions", spent_sentence(&start, bridge.now()))
    } else if start.remaining < FEW_SESSIONS.min(start.total / 2) {
        let why =
            format!("{left}; look for another process with this token, or for something that restarts again and again");
        finding(Severity::Warning, "gateway sessions", why)
    } else {
        finding(Severity::Fine, "gateway sessions", left)
    });
    let reached = match gateway::checked_url(&start.url, bridge.api_url()) {
        Ok(url) => gateway::reach(&url, settings).await,
        Err(error) => Err(error.to_string()),
    };
    findings.push(match reached {
        Ok(()) => finding(Severity::Fine, "gateway", "Discord's gateway can be reached"),
        Err(why) => {
            let why = format!(
                "Discord can't be heard: {why}; check that the network lets WebSockets to gateway.discord.gg through"
            );
            finding(Severity::Broken, "gateway", why)
        }
    });
}

fn refused_calls(bridge: &DiscordBridge, findings: &mut Vec<Finding>) {
    let refused = bridge.caller().invalid();
    if refused >= MANY_REFUSED {
        let why = format!(
            "Discord refused {refused} calls in ten minutes, and blocks the address at 10,000; the log says which permissions \
             are missing"
        );
        findings.push(finding(Severity::Warning, "refused calls", why));
    }
}

async fn server(bridge: &DiscordBridge, findings: &mut Vec<Finding>) -> Option<Home> {
    match guilds(bridge.caller()).await {
        Ok(guilds) if guilds.len() > 1 => {
            let names: Vec<&str> = guilds.iter().map(|(_, name)| name.as_str()).collect();
            let why = format!(
                "the bot is a member of {} servers ({}), and works in the one with the operators' role only; remove it from the \
                 others, and switch Public Bot off in the Developer Portal",
                guilds.len(),
                names.join(", ")
            );
            findings.push(finding(Severity::Warning, "server", why));
        }
        Ok(_) => {}
        Err(error) => findings.push(unanswered("server", &error)),
    }
    // What was remembered may have changed since.
    bridge.forget_home().await;
    match bridge.home().await {
        Ok(home) => {
            let message = format!("its members in {} are the operators", home.name);
            findings.push(finding(Severity::Fine, bridge.operators().to_string(), message));
            Some(home)
        }
        Err(error) => {
            findings.push(unanswered(bridge.operators().to_string(), &error));
            None
        }
    }
}

async fn slash_commands(bridge: &DiscordBridge, me: &Identity, home: &Home) -> Finding {
    let subject = "slash commands";
    match commands::in_place(bridge.caller(), bridge.words(), &me.application, &home.guild).await {
        Ok(true) => finding(Severity::Fine, subject, "/threadline, /assign, /close, /reopen and /link are in place"),
        Ok(false) => {
            let why = "they are not in place yet: Threadline puts them there when it starts. If they stay away, invite the bot \
                       again with the scope applications.commands";
            finding(Severity::Warning, subject, why)
        }
        Err(error) => finding(Severity::Warning, subject, error.to_string()),
    }
}

async fn channels_of(
    bridge: &DiscordBridge,
    me: &Identity,
    home: &Home,
    channels: &[RemoteChannel],
    findings: &mut Vec<Finding>,
) {
    let known = async {
        let roles = roles(bridge.caller(), &home.guild).await?;
        let route =
            Route::GuildMember { guild_id: snowflake::guild(&home.guild)?, user_id: snowflake::user(&me.user)? };
        let member = bridge.caller().call(get(route), Effect::Reads).await?;
        Ok::<_, BridgeError>((roles, member))
    };
    let (roles, member) = match known.await {
        Ok(known) => known,
        Err(error) => return findings.push(unanswered("permissions", &error)),
    };
    for channel in channels {
        findings.push(channel_finding(bridge, me, home, &roles, &member, channel).await);
    }
}

async fn channel_finding(
    bridge: &DiscordBridge,
    me: &Identity,
    home: &Home,
    roles: &[Value],
    member: &Value,
    channel: &RemoteChannel,
) -> Finding {
    let subject = channel.to_string();
    let asked = async {
        let channel_id = snowflake::channel(&channel.id)?;
        bridge.caller().call(get(Route::Channel { channel_id }), Effect::Reads).await
    };
    let info = match asked.await {
        Ok(info) => info,
        Err(failure) if failure.code() == Some(code::UNKNOWN_CHANNEL) => {
            let why = "there is no such channel, or the bot can't see it: check the id, and give the bot's role View Channel there";
            return finding(Severity::Broken, subject, why);
        }
        Err(failure) => return unanswered(subject, &failure.into()),
    };
    let name = text(&info, "name").unwrap_or(&channel.id);
    let forum = match info.get("type").and_then(Value::as_u64) {
        Some(0 | 5) => false,
        Some(15 | 16) => true,
        _ => {
            let thread = if threads::is_thread(&info) { " is a thread and" } else { "" };
            let why = format!("#{name}{thread} can't be used; map the domain to a text, announcement or forum channel");
            return finding(Severity::Broken, subject, why);
        }
    };
    if text(&info, "guild_id").is_some_and(|guild| guild != home.guild) {
        let why = format!("#{name} is on another server than the operators' role; one connection works in one server");
        return finding(Severity::Broken, subject, why);
    }
    let own: Vec<&str> = list(member, "roles").iter().filter_map(Value::as_str).collect();
    let has = permissions::of(&home.guild, &me.user, &own, roles, &info);
    let mut missing = permissions::missing(has, permissions::EVERYWHERE);
    if !forum {
        missing.extend(permissions::missing(has, permissions::WITH_CARDS));
    }
    if missing.is_empty() {
        return finding(Severity::Fine, subject, format!("#{name} can be used"));
    }
    let why = format!(
        "the bot misses {} in #{name}; give its role these under Edit Channel → Permissions",
        missing.join(", ")
    );
    finding(Severity::Broken, subject, why)
}
