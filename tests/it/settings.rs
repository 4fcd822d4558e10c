//! The settings as an admin meets them: the files that we ship, every kind of mistake with its fix, the environment over
//! the file, and no secret in sight.
//!
//! What lives here: reading a text, and telling what an admin is told. Each theme has a file of its own.
#![expect(clippy::unwrap_used, reason = "a shipped file without its examples fails the test")]

mod discord;
mod domains;
mod environment;
mod limits;
mod mistakes;
mod shipped;
mod slack;
mod values;
mod warnings;
mod whole;

use std::path::Path;

use threadline::settings::{Settings, SettingsErrors};

/// Reads a text with these environment variables.
fn read(text: &str, env: &[(&str, &str)]) -> Result<Settings, SettingsErrors> {
    Settings::parse(text, env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// What an admin is told about a text.
#[track_caller]
fn told(text: &str) -> String {
    told_with(text, &[])
}

#[track_caller]
fn told_with(text: &str, env: &[(&str, &str)]) -> String {
    match read(text, env) {
        Ok(_) => "it is fine".to_owned(),
        Err(errors) => errors.mistakes().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

/// A whole connection, to which a test adds its mistake.
const ACME: &str = "[slack.acme]\nbot_token = \"xoxb-1\"\napp_token = \"xapp-1\"\n";
const PLAY: &str = "[discord.play]\nbot_token = \"a.b.c\"\noperators = \"role:@Support\"\n";

fn shipped() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/threadline.toml");
    std::fs::read_to_string(file).unwrap_or_default()
}
