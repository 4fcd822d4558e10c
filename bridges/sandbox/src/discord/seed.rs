//! What a sandbox starts with: guilds, people, roles, channels and apps, through a builder.
//!
//! What lives here: the builder and the demo's guild. What must not: anything after the start (see `people`).

use std::collections::{BTreeMap, BTreeSet};

use super::permissions::{ADMINISTRATOR, BRIDGE, EVERYONE, Overwrite, Permissions, VIEW_CHANNEL, Whom};
use super::world::{ANNOUNCEMENT, App, Channel, FORUM, Guild, Member, Role, Status, TEXT, Tag, User, World};

/// The demo's guild.
pub const GUILD: &str = "700000000000000001";
/// The demo's text channel "shop".
pub const SHOP: &str = "700000000000000101";
/// The demo's text channel "blog".
pub const BLOG: &str = "700000000000000102";
/// The demo's text channel "team".
pub const TEAM: &str = "700000000000000103";
/// The demo's forum "help".
pub const HELP: &str = "700000000000000104";
/// The demo's role of operators.
pub const SUPPORT: &str = "700000000000000201";
/// An operator.
pub const MINA: &str = "700000000000000301";
/// An operator.
pub const JONAS: &str = "700000000000000302";
/// The owner and administrator, no operator.
pub const PRIYA: &str = "700000000000000303";
/// A member without a role.
pub const TOM: &str = "700000000000000304";
/// A member without a role.
pub const LUCIA: &str = "700000000000000305";
/// A member without a role.
pub const SAM: &str = "700000000000000306";
/// The demo's application and its bot user.
pub const BOT: &str = "700000000000000401";
/// Another application's bot user.
pub const ROTA: &str = "700000000000000402";
/// The demo's bot token.
pub const TOKEN: &str = "NzAwMDAwMDAwMDAwMDAwNDAx.TLINE.stand-in-for-a-bot-token";

/// Builds the world. Ids are yours to choose, so that tests can name them; they must be snowflakes.
#[derive(Debug, Default)]
pub struct Seed {
    guilds: BTreeMap<String, Guild>,
    users: BTreeMap<String, User>,
    channels: BTreeMap<String, Channel>,
    apps: BTreeMap<String, App>,
}

/// When seeded things were made (Unix microseconds); any fixed moment before the tests' clocks.
const MADE: i64 = 1_650_000_000_000_000;

impl Seed {
    /// An empty world.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A guild whose members have the usual permissions. The first person added to it owns it.
    #[must_use]
    pub fn guild(mut self, id: &str, name: &str) -> Self {
        let everyone = Role {
            id: id.to_owned(),
            name: "@everyone".to_owned(),
            permissions: EVERYONE,
            position: 0,
            mentionable: false,
            managed: false,
        };
        let guild = Guild {
            id: id.to_owned(),
            name: name.to_owned(),
            owner: String::new(),
            roles: BTreeMap::from([(id.to_owned(), everyone)]),
            members: BTreeMap::new(),
            banned: BTreeSet::new(),
        };
        self.guilds.insert(id.to_owned(), guild);
        self
    }

    /// Who owns a guild: they may do everything.
    #[must_use]
    pub fn owner(mut self, guild: &str, user: &str) -> Self {
        if let Some(guild) = self.guilds.get_mut(guild) {
            user.clone_into(&mut guild.owner);
        }
        self
    }

    /// A role.
    #[must_use]
    pub fn role(self, guild: &str, id: &str, name: &str, permissions: Permissions) -> Self {
        self.any_role(guild, id, name, permissions, false)
    }

    fn any_role(mut self, guild: &str, id: &str, name: &str, permissions: Permissions, managed: bool) -> Self {
        if let Some(guild) = self.guilds.get_mut(guild) {
            let position = u32::try_from(guild.roles.len()).unwrap_or(u32::MAX);
            let (id, name) = (id.to_owned(), name.to_owned());
            guild.roles.insert(id.clone(), Role { id, name, permissions, position, mentionable: false, managed });
        }
        self
    }

    /// A person in a guild with these roles. The handle is the name in lower-case ASCII letters.
    #[must_use]
    pub fn person(mut self, guild: &str, id: &str, name: &str, roles: &[&str]) -> Self {
        let username: String =
            name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
        let user = User {
            id: id.to_owned(),
            username,
            global_name: Some(name.to_owned()),
            bot: false,
            avatar: Some(format!("{:0>32}", id.get(6..).unwrap_or(id))),
            status: Status::Online,
        };
        self.users.insert(id.to_owned(), user);
        self.join(guild, id, roles)
    }

    fn join(mut self, guild: &str, id: &str, roles: &[&str]) -> Self {
        if let Some(guild) = self.guilds.get_mut(guild) {
            let member = Member {
                user: id.to_owned(),
                nick: None,
                avatar: None,
                roles: roles.iter().map(|role| (*role).to_owned()).collect(),
                joined: MADE,
            };
            guild.members.insert(id.to_owned(), member);
        }
        self
    }

    /// A text channel.
    #[must_use]
    pub fn channel(self, guild: &str, id: &str, name: &str) -> Self {
        self.any_channel(guild, id, name, TEXT)
    }

    /// An announcement channel.
    #[must_use]
    pub fn announcements(self, guild: &str, id: &str, name: &str) -> Self {
        self.any_channel(guild, id, name, ANNOUNCEMENT)
    }

    /// A forum with these tags (ids made from the forum's id); `required` demands one for each post.
    #[must_use]
    pub fn forum(self, guild: &str, id: &str, name: &str, tags: &[(&str, &str)], required: bool) -> Self {
        let mut seed = self.any_channel(guild, id, name, FORUM);
        if let Some(forum) = seed.channels.get_mut(id) {
            let tag = |(id, name): &(&str, &str)| Tag { id: (*id).into(), name: (*name).into(), moderated: false };
            forum.tags = tags.iter().map(tag).collect();
            forum.tag_required = required;
        }
        seed
    }

    fn any_channel(mut self, guild: &str, id: &str, name: &str, kind: u8) -> Self {
        let channel = Channel {
            id: id.to_owned(),
            guild: guild.to_owned(),
            kind,
            name: name.to_owned(),
            topic: None,
            position: u32::try_from(self.channels.len()).unwrap_or(u32::MAX),
            parent: None,
            overwrites: Vec::new(),
            tags: Vec::new(),
            tag_required: false,
            thread: None,
            last_message: None,
            messages: BTreeMap::new(),
        };
        self.channels.insert(id.to_owned(), channel);
        self
    }

    /// Hides a channel from everybody but these roles and members.
    #[must_use]
    pub fn private(mut self, channel: &str, roles: &[&str], members: &[&str]) -> Self {
        if let Some(channel) = self.channels.get_mut(channel) {
            let hide = Overwrite { id: channel.guild.clone(), whom: Whom::Role, allow: 0, deny: VIEW_CHANNEL };
            let show =
                |whom: Whom| move |id: &&str| Overwrite { id: (*id).to_owned(), whom, allow: VIEW_CHANNEL, deny: 0 };
            channel.overwrites = vec![hide];
            channel.overwrites.extend(roles.iter().map(show(Whom::Role)));
            channel.overwrites.extend(members.iter().map(show(Whom::Member)));
        }
        self
    }

    /// An installed app: application and bot user have this id. Every intent is switched on, and its managed role
    /// (id one hundred million above the app's) gives these permissions in the guild.
    #[must_use]
    pub fn app(mut self, guild: &str, id: &str, name: &str, token: &str, permissions: Permissions) -> Self {
        let user = User {
            id: id.to_owned(),
            username: name.to_owned(),
            global_name: None,
            bot: true,
            avatar: None,
            status: Status::Online,
        };
        self.users.insert(id.to_owned(), user);
        let app = App {
            id: id.to_owned(),
            name: name.to_owned(),
            bot_user: id.to_owned(),
            token: token.to_owned(),
            message_content: true,
            guild_members: true,
            guild_presences: true,
            identify_total: 1_000,
            identify_left: 1_000,
            ..App::default()
        };
        self.apps.insert(id.to_owned(), app);
        let role = (super::snowflake::number(id) + 100_000_000).to_string();
        self.any_role(guild, &role, name, permissions, true).join(guild, id, &[&role])
    }

    /// Changes the demo's app: intents, token, budget, …
    #[must_use]
    pub fn with_app(mut self, change: impl FnOnce(&mut App)) -> Self {
        if let Some(app) = self.apps.get_mut(BOT) {
            change(app);
        }
        self
    }

    /// Changes a channel that was added: topic, tags, overwrites, …
    #[must_use]
    pub fn with_channel(mut self, id: &str, change: impl FnOnce(&mut Channel)) -> Self {
        if let Some(channel) = self.channels.get_mut(id) {
            change(channel);
        }
        self
    }

    /// Changes a guild that was added: roles, members, …
    #[must_use]
    pub fn with_guild(mut self, id: &str, change: impl FnOnce(&mut Guild)) -> Self {
        if let Some(guild) = self.guilds.get_mut(id) {
            change(guild);
        }
        self
    }

    /// A shop's guild "Tidewater": the constants of this module. Mina and Jonas have the role "Support"; Priya is the
    /// owner and an administrator without it; Tom, Lucia and Sam have no role. The bridge's app is "Threadline" with
    /// what its invite link asks for; "Rota" is somebody else's.
    #[must_use]
    pub fn demo() -> Self {
        const ADMINS: &str = "700000000000000202";
        Self::new()
            .guild(GUILD, "Tidewater")
            .role(GUILD, SUPPORT, "Support", 0)
            .role(GUILD, ADMINS, "Admins", ADMINISTRATOR)
            .owner(GUILD, PRIYA)
            .person(GUILD, MINA, "Mina", &[SUPPORT])
            .person(GUILD, JONAS, "Jonas", &[SUPPORT])
            .person(GUILD, PRIYA, "Priya", &[ADMINS])
            .person(GUILD, TOM, "Tom", &[])
            .person(GUILD, LUCIA, "Lucia", &[])
            .person(GUILD, SAM, "Sam", &[])
            .channel(GUILD, SHOP, "shop")
            .channel(GUILD, BLOG, "blog")
            .channel(GUILD, TEAM, "team")
            .forum(GUILD, HELP, "help", &[], false)
            .app(GUILD, BOT, "Threadline", TOKEN, BRIDGE)
            .app(GUILD, ROTA, "Rota", "NzAwMDAwMDAwMDAwMDAwNDAy.ROTA.stand-in-for-a-bot-token", 0)
    }

    pub(crate) fn build(self) -> World {
        World { guilds: self.guilds, users: self.users, channels: self.channels, apps: self.apps, ..World::default() }
    }
}
