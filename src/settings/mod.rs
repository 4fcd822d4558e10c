//! The settings: one TOML file, the environment over it, read into plain, valid values.
//!
//! What lives here: one file a section, and the reading of each. What must not: opening, binding or calling anything that
//! a setting names (files that hold secrets apart). Every mistake is told, not only the first.
//!
//! A scalar has an environment form (`THREADLINE__SERVER__LISTEN` is `server.listen`), which wins over the file.

mod address;
mod connection;
mod database;
mod delivery;
mod discord;
mod domain;
mod duration;
mod limits;
mod log;
mod mistake;
mod read;
mod secret;
mod server;
mod slack;
mod tree;
mod warnings;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

pub use self::database::Database;
pub use self::delivery::Delivery;
pub use self::discord::{DiscordConnection, DiscordRole};
pub use self::domain::Domain;
pub use self::limits::{Limits, Rate};
pub(crate) use self::log::read_filter;
pub use self::log::{Format, Log, SILENT_CRATES, WIRE_CRATES};
pub use self::mistake::{Mistake, SettingsErrors};
pub use self::server::Server;
pub use self::slack::SlackConnection;

use self::read::{Reading, Section};

/// Everything that an admin can choose.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where the program listens.
    pub server: Server,
    /// Where everything is kept.
    pub database: Database,
    /// The Slack connections by name.
    pub slack: BTreeMap<String, SlackConnection>,
    /// The Discord connections by name.
    pub discord: BTreeMap<String, DiscordConnection>,
    /// The websites.
    pub domains: Vec<Domain>,
    /// How much visitors may ask for.
    pub limits: Limits,
    /// The patience of delivery.
    pub delivery: Delivery,
    /// What is logged.
    pub log: Log,
}

impl Settings {
    /// Reads the file (with none: the defaults) and the environment `env` over it.
    ///
    /// # Errors
    /// Every mistake there is: a file that can't be read, TOML that is none, unknown keys, values that can't be.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, SettingsErrors> {
        let fail = |mistakes| SettingsErrors::new(path.map(Path::to_path_buf), mistakes);
        let text = match path {
            Some(path) => std::fs::read_to_string(path).map_err(|error| fail(vec![unreadable(path, &error)]))?,
            None => String::new(),
        };
        Self::parse(&text, env).map_err(|errors| fail(errors.mistakes().to_vec()))
    }

    /// The same from a text.
    ///
    /// # Errors
    /// As [`Settings::load`] has them.
    pub fn parse(text: &str, env: impl Iterator<Item = (String, String)>) -> Result<Self, SettingsErrors> {
        let mut root = tree::parse(text).map_err(|mistakes| SettingsErrors::new(None, mistakes))?;
        let variables: BTreeMap<String, String> = env.collect();
        let unfit = tree::overlay(&mut root, &variables);
        let reading = Reading::new(variables);
        let settings = Self::read(Section::root(&reading, &root));
        let mut mistakes = reading.into_mistakes();
        mistakes.extend(unfit);
        if mistakes.is_empty() { Ok(settings) } else { Err(SettingsErrors::new(None, mistakes)) }
    }

    /// Whether any team chat is connected.
    #[must_use]
    pub fn has_connections(&self) -> bool {
        !self.slack.is_empty() || !self.discord.is_empty()
    }

    fn read(root: Section<'_>) -> Self {
        let server = Server::read(root.section("server"));
        let database = Database::read(root.section("database"));
        let (on_slack, on_discord) = (root.named("slack"), root.named("discord"));
        let names = |kind: &'static str, sections: &[(String, Section<'_>)]| -> Vec<String> {
            sections.iter().map(|(name, _)| format!("{kind}.{name}")).collect()
        };
        // One that has a mistake counts too: its channels have none.
        let connections = [names("slack", &on_slack), names("discord", &on_discord)].concat();
        let slack = slack::read(on_slack);
        let discord = discord::read(on_discord);
        let domains = domain::read(root.repeated("domain"), &connections);
        let limits = Limits::read(root.section("limits"));
        let delivery = Delivery::read(root.section("delivery"));
        let log = Log::read(root.section("log"));
        root.finish();
        Self { server, database, slack, discord, domains, limits, delivery, log }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Mistake {
    let (wrong, fix) = match error.kind() {
        ErrorKind::NotFound => (
            format!("there is no file {}", path.display()),
            "name the settings with --config FILE or THREADLINE_CONFIG; config/threadline.toml is one to begin with"
                .to_owned(),
        ),
        ErrorKind::PermissionDenied => {
            (format!("{} may not be read", path.display()), "let the user that runs threadline read it".to_owned())
        }
        ErrorKind::InvalidData => (format!("{} is not UTF-8 text", path.display()), "save it as UTF-8".to_owned()),
        _ => (format!("{} can't be read: {error}", path.display()), "mend the path or the file".to_owned()),
    };
    Mistake { path: String::new(), place: None, wrong, fix }
}
