//! The channels of `[[domain]]`.
//!
//! What lives here: what a channel's address is on each platform. What must not: looking at a channel.

use bridge_core::RemoteChannel;

use super::super::discord;
use super::super::mistake::{Wrong, listed, near_miss};

const CHANNEL: &str = "write \"slack.NAME/ID\" (the id, C…, stands at the end of the channel's details) or \
                       \"discord.NAME/ID\" (Copy Channel ID in the channel's menu, with Developer Mode on)";

/// A platform, as far as the ids of its channels go.
struct Platform {
    kind: &'static str,
    name: &'static str,
    is_id: fn(&str) -> bool,
    /// Where the id is found.
    fix: &'static str,
}

const PLATFORMS: [Platform; 2] = [
    Platform {
        kind: "slack",
        name: "Slack",
        is_id: |id| id.starts_with(['C', 'G']) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
        fix: "write \"slack.NAME/ID\"; in Slack, the id (C…) stands at the end of the channel's details",
    },
    Platform {
        kind: "discord",
        name: "Discord",
        is_id: discord::is_id,
        fix: "write \"discord.NAME/ID\", with the channel's id in digits: in Discord, switch Developer Mode on (User \
              Settings, Advanced), then Copy Channel ID in the channel's menu",
    },
];

/// A channel of one of these connections.
pub(super) fn channel(given: &str, connections: &[String]) -> Result<RemoteChannel, Wrong> {
    let id = given.split_once('/').map_or(given, |(_, id)| id);
    if id.starts_with('#') {
        let platform = PLATFORMS.iter().find(|platform| given.starts_with(&format!("{}.", platform.kind)));
        let fix = platform.map_or(CHANNEL, |platform| platform.fix);
        return Err(Wrong::new(format!("`{given}` has a channel's name, which people change, not its id"), fix));
    }
    let channel: RemoteChannel =
        given.parse().map_err(|_| Wrong::new(format!("`{given}` is not a channel"), CHANNEL))?;
    let kind = channel.connection.kind.as_str();
    let Some(platform) = PLATFORMS.iter().find(|platform| platform.kind == kind) else {
        return Err(Wrong::new(format!("`{kind}` is not a platform that is known here"), CHANNEL));
    };
    let connection = channel.connection.to_string();
    if !connections.contains(&connection) {
        let meant = near_miss(&connection, connections.iter().map(String::as_str));
        let fix = match (meant, connections.is_empty()) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, true) => format!("add [{connection}] with its tokens; no connection is configured"),
            (None, false) => format!(
                "use a connection that is configured ({}), or add [{connection}]",
                listed(connections.iter().map(String::as_str))
            ),
        };
        return Err(Wrong::new(format!("names the connection `{connection}`, which is not configured"), fix));
    }
    if !(platform.is_id)(&channel.id) {
        let wrong = format!("`{}` is not the id of a {} channel", channel.id, platform.name);
        return Err(Wrong::new(wrong, platform.fix));
    }
    Ok(channel)
}
