//! The files that we ship: they load, their examples work, and every default that they show is the default.

use std::path::Path;

use secrecy::ExposeSecret;
use threadline::settings::Settings;

use super::{ACME, PLAY, domains, read, shipped};

/// The platforms whose sections the shipped file shows as an example.
const EXAMPLES: [&str; 2] = ["Slack", "Discord"];

/// What stands before a platform's example in the shipped file, the example, and what stands after it.
fn around(file: &str, platform: &str) -> (String, String, String) {
    let (before, rest) = file.split_once(&format!("# >>> the {platform} example begins\n")).unwrap();
    let (example, after) = rest.split_once(&format!("# <<< the {platform} example ends\n")).unwrap();
    (before.to_owned(), example.to_owned(), after.to_owned())
}

#[test]
fn every_file_in_config_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let mut loaded = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "toml") {
            Settings::load(Some(&path), std::iter::empty()).unwrap_or_else(|errors| panic!("{errors}"));
            loaded += 1;
        }
    }
    assert!(loaded > 0);
}

#[test]
fn the_shipped_file_needs_no_connection_and_says_so() {
    let settings = read(&shipped(), &[]).unwrap();
    assert!(settings.slack.is_empty() && settings.discord.is_empty() && !settings.has_connections());
    assert_eq!(
        settings.warnings(),
        ["nobody is mapped: visitors' messages on localhost show in the web inbox alone, and in no channel"]
    );
}

#[test]
fn the_examples_work_when_their_comment_signs_are_removed() {
    let mut text = shipped();
    for platform in EXAMPLES {
        let (before, example, after) = around(&text, platform);
        let example: Vec<&str> =
            example.lines().map(|line| line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap()).collect();
        text = format!("{before}{}\n{after}", example.join("\n"));
    }
    let env = [("SLACK_BOT_TOKEN", "xoxb-1"), ("SLACK_APP_TOKEN", "xapp-1"), ("DISCORD_BOT_TOKEN", "a.b.c")];
    let settings = read(&text, &env).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(settings.slack["acme"].bot_token.expose_secret(), "xoxb-1");
    assert_eq!(settings.domains[0].channels[0].to_string(), "slack.acme/C012ABCDE");
    assert_eq!(settings.discord["play"].bot_token.expose_secret(), "a.b.c");
    assert_eq!(settings.domains[1].channels[0].to_string(), "discord.play/112233445566778899");
    // What the examples show besides is the default.
    let bare = read(&format!("{ACME}{PLAY}"), &[]).unwrap();
    let (shown, default) = (&settings.discord["play"], &bare.discord["play"]);
    assert_eq!((shown.post_interval, shown.post_burst), (default.post_interval, default.post_burst));
    assert_eq!(shown.api_url, default.api_url);
    let (shown, default) = (&settings.slack["acme"], &bare.slack["acme"]);
    assert_eq!((shown.post_interval, shown.post_burst), (default.post_interval, default.post_burst));
    assert_eq!((&shown.api_url, &shown.operators), (&default.api_url, &default.operators));
}

#[test]
fn every_default_that_the_shipped_file_shows_is_the_default() {
    let mut plain = shipped();
    for platform in EXAMPLES {
        let (before, _, after) = around(&plain, platform);
        plain = before + &after;
    }
    let shows_a_default = |line: &str| {
        let key = line.split_once(" = ").map_or("", |(key, _)| key);
        let proper = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let examples = ["public_url", "trusted_proxies", "channels", "bot_token"];
        proper && !examples.contains(&key) && !domains::EXAMPLES.contains(&key)
    };
    let mut shown = 0;
    let uncommented = plain.lines().map(|line| match line.strip_prefix("# ") {
        Some(key) if shows_a_default(key) => {
            shown += 1;
            key
        }
        _ => line,
    });
    let uncommented: Vec<&str> = uncommented.collect();
    let spoken = read(&uncommented.join("\n"), &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let silent = read(&plain, &[]).unwrap();
    assert_eq!(format!("{spoken:#?}"), format!("{silent:#?}"));
    assert_eq!(shown, 25);
}
