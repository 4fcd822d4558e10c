//! Who a message mentions, and who is really notified.
//!
//! What lives here: reading mentions out of a text and Discord's rules for `allowed_mentions`. What must not: checking
//! the form of `allowed_mentions` (see `rest`).

use std::collections::BTreeSet;

use super::permissions::MENTION_EVERYONE;
use super::world::World;

/// What a message may notify.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    /// Every mentioned user.
    pub(crate) users: bool,
    /// Every mentioned role.
    pub(crate) roles: bool,
    /// `@everyone` and `@here`.
    pub(crate) everyone: bool,
    /// Only these users.
    pub(crate) only_users: BTreeSet<String>,
    /// Only these roles.
    pub(crate) only_roles: BTreeSet<String>,
    /// The author of the message that is replied to.
    pub(crate) replied_user: bool,
}

impl Default for Allowed {
    /// Without `allowed_mentions` everything in the text notifies.
    fn default() -> Self {
        Self {
            users: true,
            roles: true,
            everyone: true,
            only_users: BTreeSet::new(),
            only_roles: BTreeSet::new(),
            replied_user: true,
        }
    }
}

/// Ids in `<{sign}123>` tokens, each once, in order.
fn tokens(text: &str, signs: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices('<') {
        let rest = text.get(at + 1..).unwrap_or_default();
        for sign in signs {
            let Some((id, _)) = rest.strip_prefix(sign).and_then(|rest| rest.split_once('>')) else { continue };
            if super::snowflake::is_id(id) && !found.iter().any(|known| known == id) {
                found.push(id.to_owned());
            }
        }
    }
    found
}

/// The parts of a text that are outside these marks; a mark that nothing closes is an ordinary character.
fn outside<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
    let parts: Vec<&str> = text.split(mark).collect();
    let open_end = parts.len().is_multiple_of(2);
    let last = parts.len().saturating_sub(1);
    let kept = parts.into_iter().enumerate().filter(|(at, _)| at.is_multiple_of(2) || (open_end && *at == last));
    kept.map(|(_, part)| part).collect()
}

/// The text without code, in which nothing is a mention.
fn without_code(text: &str) -> String {
    outside(text, "```").into_iter().flat_map(|part| outside(part, "`")).collect::<Vec<_>>().join(" ")
}

/// What a text mentions and whom it notifies.
#[derive(Debug, Default)]
pub(crate) struct Mentioned {
    /// Users in the text.
    pub(crate) users: Vec<String>,
    /// Who is notified: users, roles, `everyone`, `here`.
    pub(crate) pinged: Vec<String>,
}

impl World {
    /// Reads a text that `author` writes in a channel; `replied` is the author of the message that it answers.
    pub(crate) fn mentioned(
        &self,
        author: &str,
        channel: &str,
        text: &str,
        allowed: &Allowed,
        replied: Option<&str>,
    ) -> Mentioned {
        let text = without_code(text);
        let users: Vec<String> =
            tokens(&text, &["@", "@!"]).into_iter().filter(|id| self.users.contains_key(id)).collect();
        let guild = self.channels.get(channel).and_then(|known| self.guilds.get(&known.guild));
        let may_all = self.may(author, channel, MENTION_EVERYONE);
        let mut mentioned = Mentioned::default();
        mentioned.pinged.extend(users.iter().filter(|id| allowed.users || allowed.only_users.contains(*id)).cloned());
        for id in tokens(&text, &["@&"]) {
            let role = guild.and_then(|guild| guild.roles.get(&id));
            let may = role.is_some_and(|role| role.mentionable || may_all);
            if may && (allowed.roles || allowed.only_roles.contains(&id)) {
                mentioned.pinged.push(id);
            }
        }
        for whom in ["everyone", "here"] {
            if text.contains(&format!("@{whom}")) && allowed.everyone && may_all {
                mentioned.pinged.push(whom.to_owned());
            }
        }
        mentioned.users = users;
        if let Some(replied) = replied.filter(|replied| allowed.replied_user && *replied != author) {
            if !mentioned.users.iter().any(|id| id == replied) {
                mentioned.users.push(replied.to_owned());
            }
            if !mentioned.pinged.iter().any(|id| id == replied) {
                mentioned.pinged.push(replied.to_owned());
            }
        }
        mentioned
    }
}
