//! Who may do what where: Discord's permission bits and how roles and overwrites add up.
//!
//! What lives here: the bits that a chat bridge can meet, and the sum. What must not: which call needs which bit (see
//! `rest` and `people`). The order of the sum follows Discord's page on permissions.

use super::world::{Channel, Guild, Member, World};

/// A set of permission bits.
pub type Permissions = u64;

/// Everything, everywhere, whatever an overwrite says.
pub const ADMINISTRATOR: Permissions = 1 << 3;
/// Change and delete channels.
pub const MANAGE_CHANNELS: Permissions = 1 << 4;
/// Change the guild.
pub const MANAGE_GUILD: Permissions = 1 << 5;
/// Add reactions.
pub const ADD_REACTIONS: Permissions = 1 << 6;
/// See a channel; without it nothing else works there.
pub const VIEW_CHANNEL: Permissions = 1 << 10;
/// Write in a channel, outside threads.
pub const SEND_MESSAGES: Permissions = 1 << 11;
/// Delete and pin other people's messages.
pub const MANAGE_MESSAGES: Permissions = 1 << 13;
/// Put embeds into messages.
pub const EMBED_LINKS: Permissions = 1 << 14;
/// Attach files.
pub const ATTACH_FILES: Permissions = 1 << 15;
/// Read what was written before.
pub const READ_MESSAGE_HISTORY: Permissions = 1 << 16;
/// `@everyone`, `@here` and roles that nobody may mention.
pub const MENTION_EVERYONE: Permissions = 1 << 17;
/// Change roles.
pub const MANAGE_ROLES: Permissions = 1 << 28;
/// Make webhooks.
pub const MANAGE_WEBHOOKS: Permissions = 1 << 29;
/// Use slash commands and context menus.
pub const USE_APPLICATION_COMMANDS: Permissions = 1 << 31;
/// Archive, lock, delete and rename threads.
pub const MANAGE_THREADS: Permissions = 1 << 34;
/// Start public threads.
pub const CREATE_PUBLIC_THREADS: Permissions = 1 << 35;
/// Start private threads.
pub const CREATE_PRIVATE_THREADS: Permissions = 1 << 36;
/// Write in threads.
pub const SEND_MESSAGES_IN_THREADS: Permissions = 1 << 38;

/// What members of the demo's guild have.
pub const EVERYONE: Permissions = VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | EMBED_LINKS
    | ATTACH_FILES
    | USE_APPLICATION_COMMANDS;

/// What the bridge asks for in its invite link.
pub const BRIDGE: Permissions = VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS
    | MANAGE_THREADS
    | EMBED_LINKS
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS;

/// Every bit.
const ALL: Permissions = u64::MAX >> 11;

/// Whether an overwrite is for a role or for one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A role; `@everyone` has the guild's id.
    Role,
    /// One member.
    Member,
}

/// What a channel changes for a role or a member.
#[derive(Clone, Debug)]
pub struct Overwrite {
    /// The role's or the member's id.
    pub id: String,
    /// Which of the two.
    pub whom: Whom,
    /// Bits given.
    pub allow: Permissions,
    /// Bits taken.
    pub deny: Permissions,
}

impl Guild {
    /// A member's permissions in the guild itself, before any channel.
    #[must_use]
    pub fn base_permissions(&self, member: &Member) -> Permissions {
        if member.user == self.owner {
            return ALL;
        }
        let roles = std::iter::once(&self.id).chain(&member.roles);
        let sum = roles.filter_map(|role| self.roles.get(role)).fold(0, |sum, role| sum | role.permissions);
        if sum & ADMINISTRATOR == 0 { sum } else { ALL }
    }

    fn permissions_in(&self, member: &Member, channel: &Channel) -> Permissions {
        let base = self.base_permissions(member);
        if base & ADMINISTRATOR != 0 {
            return base;
        }
        let with = |sum: Permissions, deny: Permissions, allow: Permissions| sum & !deny | allow;
        let find = |id: &str, whom: Whom| channel.overwrites.iter().find(|it| it.whom == whom && it.id == id);
        let mut sum = base;
        if let Some(everyone) = find(&self.id, Whom::Role) {
            sum = with(sum, everyone.deny, everyone.allow);
        }
        let (mut deny, mut allow) = (0, 0);
        for role in member.roles.iter().filter_map(|role| find(role, Whom::Role)) {
            deny |= role.deny;
            allow |= role.allow;
        }
        sum = with(sum, deny, allow);
        if let Some(own) = find(&member.user, Whom::Member) {
            sum = with(sum, own.deny, own.allow);
        }
        // Who can't see a channel can do nothing in it.
        if sum & VIEW_CHANNEL == 0 { 0 } else { sum }
    }
}

impl World {
    /// What this user may do in a channel or thread; a thread has its parent's rules. Nothing outside their guilds.
    #[must_use]
    pub fn permissions(&self, user: &str, channel: &str) -> Permissions {
        let Some(known) = self.channels.get(channel) else { return 0 };
        let place =
            if known.is_thread() { known.parent.as_deref().and_then(|id| self.channels.get(id)) } else { Some(known) };
        let Some(place) = place else { return 0 };
        let Some(guild) = self.guilds.get(&place.guild) else { return 0 };
        let Some(member) = guild.members.get(user) else { return 0 };
        let sum = guild.permissions_in(member, place);
        let private = known.kind == super::world::PRIVATE_THREAD;
        let inside = known.thread.as_ref().is_some_and(|thread| thread.members.contains_key(user));
        if private && !inside && sum & MANAGE_THREADS == 0 { 0 } else { sum }
    }

    /// Whether the user has all of these bits in the channel or thread.
    #[must_use]
    pub fn may(&self, user: &str, channel: &str, needed: Permissions) -> bool {
        self.permissions(user, channel) & needed == needed
    }
}
