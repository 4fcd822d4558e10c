//! What the bot may do in a channel.
//!
//! What lives here: Discord's permissions, as far as we need them, and their sum. What must not: asking for anything.

use serde_json::Value;

use crate::message::{list, text};

/// Whoever has this one has all.
const ADMINISTRATOR: u64 = 1 << 3;

/// A permission and the name that Discord's settings give it.
pub(crate) type Permission = (u64, &'static str);

/// Needed in every channel.
pub(crate) const EVERYWHERE: &[Permission] = &[
    (1 << 10, "View Channel"),
    (1 << 11, "Send Messages"),
    (1 << 14, "Embed Links"),
    (1 << 16, "Read Message History"),
    (1 << 34, "Manage Threads"),
    (1 << 38, "Send Messages in Threads"),
];

/// Needed besides where threads are started from messages.
pub(crate) const WITH_CARDS: &[Permission] = &[(1 << 35, "Create Public Threads")];

/// The sum of a number in Discord's form.
fn bits(value: &Value, name: &str) -> u64 {
    text(value, name).and_then(|bits| bits.parse().ok()).unwrap_or(0)
}

/// What a member with the roles `own` may do in `channel`, <https://docs.discord.com/developers/topics/permissions>.
pub(crate) fn of(guild: &str, user: &str, own: &[&str], roles: &[Value], channel: &Value) -> u64 {
    let has = |id: &str| id == guild || own.contains(&id);
    let base = roles
        .iter()
        .filter(|role| text(role, "id").is_some_and(has))
        .fold(0, |sum, role| sum | bits(role, "permissions"));
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let overwrites = list(channel, "permission_overwrites");
    let apply = |sum: u64, which: &dyn Fn(&str) -> bool| {
        let chosen = || overwrites.iter().filter(|one| text(one, "id").is_some_and(which));
        let deny = chosen().fold(0, |deny, one| deny | bits(one, "deny"));
        let allow = chosen().fold(0, |allow, one| allow | bits(one, "allow"));
        sum & !deny | allow
    };
    let sum = apply(base, &|id| id == guild);
    let sum = apply(sum, &|id| id != guild && own.contains(&id));
    apply(sum, &|id| id == user)
}

/// The names of those that are missing.
pub(crate) fn missing(has: u64, wanted: &[Permission]) -> Vec<&'static str> {
    wanted.iter().filter(|(bit, _)| has & bit == 0).map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn overwrites_count_in_discords_order() {
        let (view, send) = (1_u64 << 10, 1_u64 << 11);
        let roles = [
            json!({"id": "1", "permissions": (view | send).to_string()}),
            json!({"id": "2", "permissions": "0"}),
            json!({"id": "3", "permissions": ADMINISTRATOR.to_string()}),
        ];
        let channel = |overwrites: Value| json!({ "permission_overwrites": overwrites });
        let deny = |id: &str| json!({"id": id, "allow": "0", "deny": view.to_string()});
        let allow = |id: &str| json!({"id": id, "allow": view.to_string(), "deny": "0"});
        let may = |own: &[&str], overwrites: Value| of("1", "9", own, &roles, &channel(overwrites)) & view != 0;
        assert!(may(&["2"], json!([])));
        assert!(!may(&["2"], json!([deny("1")])));
        assert!(may(&["2"], json!([deny("1"), allow("2")])));
        assert!(!may(&["2"], json!([allow("2"), deny("9")])));
        assert!(may(&["2"], json!([deny("2"), allow("9")])));
        assert!(may(&["3"], json!([deny("1"), deny("9")])), "an administrator");
        assert!(!may(&[], json!([deny("1"), allow("2")])), "not its role");
    }

    #[test]
    fn missing_ones_are_named() {
        assert_eq!(missing(u64::MAX, EVERYWHERE), [""; 0]);
        let without = !(1 << 34 | 1 << 14);
        assert_eq!(missing(without, EVERYWHERE), ["Embed Links", "Manage Threads"]);
    }
}
