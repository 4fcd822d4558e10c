//! What a sandbox starts with: workspaces, people, channels, groups and apps, through a builder.
//!
//! What lives here: the builder and the demo's workspace. What must not: anything after the start (see `people`).

use std::collections::{BTreeMap, BTreeSet};

use super::world::{App, Channel, Group, Standing, Team, User, World};

/// Bot scopes that the bridge asks for (see the app's manifest).
pub const BOT_SCOPES: [&str; 14] = [
    "chat:write",
    "chat:write.customize",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "users:read",
    "users:read.email",
    "usergroups:read",
    "files:read",
    "files:write",
    "reactions:read",
    "reactions:write",
    "commands",
];

/// Events that an app can subscribe to here.
pub const EVENTS: [&str; 17] = [
    "message.channels",
    "message.groups",
    "reaction_added",
    "reaction_removed",
    "channel_archive",
    "channel_unarchive",
    "channel_rename",
    "group_archive",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "app_uninstalled",
    "tokens_revoked",
    "user_change",
    "team_join",
    "subteam_updated",
    "file_shared",
];

/// Builds the world. Ids are yours to choose, so that tests can name them.
#[derive(Debug, Default)]
pub struct Seed {
    teams: BTreeMap<String, Team>,
    users: BTreeMap<String, User>,
    channels: BTreeMap<String, Channel>,
    groups: BTreeMap<String, Group>,
    apps: BTreeMap<String, App>,
}

/// When seeded things were made; any fixed moment before the tests' clocks.
const MADE: i64 = 1_700_000_000;

impl Seed {
    /// An empty world.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A workspace; what is added next without a workspace of its own belongs to the first one.
    #[must_use]
    pub fn team(mut self, id: &str, name: &str, domain: &str) -> Self {
        let team = Team { id: id.to_owned(), name: name.to_owned(), domain: domain.to_owned() };
        self.teams.insert(id.to_owned(), team);
        self
    }

    /// A person in a workspace. The handle is the first name in lower case, the e-mail `handle@domain.example`.
    #[must_use]
    pub fn person(mut self, team: &str, id: &str, real_name: &str, standing: Standing) -> Self {
        let handle: String =
            real_name.split_whitespace().next().unwrap_or(id).to_lowercase().chars().filter(|c| *c != '@').collect();
        let domain = self.teams.get(team).map_or("elsewhere", |team| team.domain.as_str());
        let user = User {
            id: id.to_owned(),
            team: team.to_owned(),
            email: Some(format!("{handle}@{domain}.example")),
            display_name: real_name.split_whitespace().next().unwrap_or(id).to_owned(),
            name: handle,
            real_name: real_name.to_owned(),
            standing,
            deleted: false,
            active: true,
            picture_version: 1,
            updated: MADE,
        };
        self.users.insert(id.to_owned(), user);
        self
    }

    /// Marks a person as deactivated.
    #[must_use]
    pub fn deactivated(mut self, id: &str) -> Self {
        if let Some(user) = self.users.get_mut(id) {
            user.deleted = true;
        }
        self
    }

    /// A public channel with these members.
    #[must_use]
    pub fn channel(self, team: &str, id: &str, name: &str, members: &[&str]) -> Self {
        self.any_channel(team, id, name, false, members)
    }

    /// A private channel with these members.
    #[must_use]
    pub fn private_channel(self, team: &str, id: &str, name: &str, members: &[&str]) -> Self {
        self.any_channel(team, id, name, true, members)
    }

    fn any_channel(mut self, team: &str, id: &str, name: &str, is_private: bool, members: &[&str]) -> Self {
        let channel = Channel {
            id: id.to_owned(),
            team: team.to_owned(),
            name: name.to_owned(),
            is_private,
            archived: false,
            ext_shared: false,
            creator: members.first().map_or("USLACKBOT", |first| first).to_owned(),
            created: MADE,
            members: members.iter().map(|member| (*member).to_owned()).collect(),
            messages: BTreeMap::new(),
        };
        self.channels.insert(id.to_owned(), channel);
        self
    }

    /// Marks a channel as archived.
    #[must_use]
    pub fn archived(mut self, channel: &str) -> Self {
        if let Some(channel) = self.channels.get_mut(channel) {
            channel.archived = true;
        }
        self
    }

    /// A user group.
    #[must_use]
    pub fn group(mut self, team: &str, id: &str, handle: &str, users: &[&str]) -> Self {
        let group = Group {
            id: id.to_owned(),
            team: team.to_owned(),
            name: handle.to_owned(),
            handle: handle.to_owned(),
            users: users.iter().map(|user| (*user).to_owned()).collect(),
            disabled: false,
            updated: MADE,
        };
        self.groups.insert(id.to_owned(), group);
        self
    }

    /// An installed app with its bot user. Ids and tokens are made from `key` (upper case letters and digits):
    /// app `A{key}`, bot user `U{key}BOT`, bot `B{key}`, tokens `xoxb-{key}` and `xapp-1-A{key}`, signing secret
    /// `secret-{key}`. Socket Mode is on; it has every scope and event that the bridge asks for.
    #[must_use]
    pub fn app(self, team: &str, key: &str, name: &str) -> Self {
        let app = App {
            id: format!("A{key}"),
            team: team.to_owned(),
            name: name.to_owned(),
            bot_user: format!("U{key}BOT"),
            bot_id: format!("B{key}"),
            bot_token: format!("xoxb-{key}"),
            app_token: format!("xapp-1-A{key}"),
            verification_token: format!("verify-{key}"),
            signing_secret: format!("secret-{key}"),
            scopes: BOT_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            app_scopes: BTreeSet::from(["connections:write".to_owned()]),
            events: EVENTS.iter().map(|event| (*event).to_owned()).collect(),
            socket_mode: true,
            event_url: None,
            interaction_url: None,
            command_url: None,
            commands: Vec::new(),
            shortcuts: Vec::new(),
            bot_token_revoked: false,
            app_token_revoked: false,
            uninstalled: false,
        };
        let bot_user = app.bot_user.clone();
        let mut seed = self.person(team, &bot_user, name, Standing::Bot);
        if let Some(user) = seed.users.get_mut(&bot_user) {
            user.email = None;
            user.picture_version = 0;
        }
        seed.apps.insert(app.id.clone(), app);
        seed
    }

    /// Changes an app that was added with this key: scopes, request URLs, Socket Mode, …
    #[must_use]
    pub fn with_app(mut self, key: &str, change: impl FnOnce(&mut App)) -> Self {
        if let Some(app) = self.apps.get_mut(&format!("A{key}")) {
            change(app);
        }
        self
    }

    /// Changes a person that was added: handle, e-mail, display name, …
    #[must_use]
    pub fn with_person(mut self, id: &str, change: impl FnOnce(&mut User)) -> Self {
        if let Some(user) = self.users.get_mut(id) {
            change(user);
        }
        self
    }

    /// A shop's workspace: people of every standing, two channels, a user group and one app (key `TLINE`).
    ///
    /// Team `T0SHOP`; Mina Okafor `U0MINA`, Jonas Lindqvist `U0JONAS`, Priya Nair `U0PRIYA` (admin), Tom Becker
    /// `U0TOM` (guest), Lucía Ferrer `U0LUCIA` (stranger), Sam Ito `U0SAM` (deactivated); channels `C0SHOP`
    /// (#shop-visitors), `C0BLOG` (#blog-visitors), `C0TEAM` (#team); group `S0SUPPORT`.
    #[must_use]
    pub fn demo() -> Self {
        let team = "T0SHOP";
        let everyone = ["U0MINA", "U0JONAS", "U0PRIYA", "U0TOM", "U0LUCIA", "UTLINEBOT", "UROTABOT"];
        Self::new()
            .team(team, "Kettle & Thread", "kettle-thread")
            .person(team, "U0MINA", "Mina Okafor", Standing::Member)
            .person(team, "U0JONAS", "Jonas Lindqvist", Standing::Member)
            .person(team, "U0PRIYA", "Priya Nair", Standing::Admin)
            .person(team, "U0TOM", "Tom Becker", Standing::Guest)
            .person("T0AGENCY", "U0LUCIA", "Lucía Ferrer", Standing::Stranger)
            .person(team, "U0SAM", "Sam Ito", Standing::Member)
            .deactivated("U0SAM")
            .app(team, "TLINE", "Threadline")
            .app(team, "ROTA", "Rota")
            .with_app("ROTA", |app| app.events.clear())
            .with_app("TLINE", |app| app.commands.push("/threadline".to_owned()))
            .channel(team, "C0SHOP", "shop-visitors", &everyone)
            .channel(team, "C0BLOG", "blog-visitors", &["U0MINA", "U0JONAS", "UTLINEBOT"])
            .channel(team, "C0TEAM", "team", &["U0MINA", "U0JONAS", "U0PRIYA"])
            .group(team, "S0SUPPORT", "support", &["U0MINA", "U0JONAS"])
    }

    pub(crate) fn build(self) -> World {
        let mut world = World {
            teams: self.teams,
            users: self.users,
            channels: self.channels,
            groups: self.groups,
            apps: self.apps,
            ..World::default()
        };
        let strangers: BTreeSet<String> = world
            .users
            .values()
            .filter(|user| user.standing == Standing::Stranger)
            .map(|user| user.id.clone())
            .collect();
        for channel in world.channels.values_mut() {
            channel.ext_shared = channel.members.iter().any(|member| strangers.contains(member));
        }
        world
    }
}
