//! The settings as an admin meets them: the files that we ship, every kind of mistake with its fix, the environment over
//! the file, and no secret in sight.
#![expect(clippy::unwrap_used, reason = "a shipped file without its examples fails the test")]

mod discord;
mod domains;
mod limits;

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use insta::assert_snapshot;
use secrecy::ExposeSecret;
use threadline::settings::{DiscordRole, Settings, SettingsErrors};

/// The platforms whose sections the shipped file shows as an example.
const EXAMPLES: [&str; 2] = ["Slack", "Discord"];

/// What stands before a platform's example in the shipped file, the example, and what stands after it.
fn around(file: &str, platform: &str) -> (String, String, String) {
    let (before, rest) = file.split_once(&format!("# >>> the {platform} example begins\n")).unwrap();
    let (example, after) = rest.split_once(&format!("# <<< the {platform} example ends\n")).unwrap();
    (before.to_owned(), example.to_owned(), after.to_owned())
}

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
        ["nobody is mapped: visitors' messages on localhost are stored, but no channel shows them"]
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

#[test]
fn nothing_at_all_is_valid() {
    let settings = read("", &[]).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.url.expose_secret(), "sqlite:threadline.db");
    assert_eq!(settings.warnings(), ["no [[domain]] is configured: the widget works on no website"]);
}

#[test]
fn a_whole_file_is_read() {
    let text = r#"
        [server]
        listen = "[::1]:9000"
        public_url = "https://Chat.Shop.Example"
        trusted_proxies = ["10.1.2.3/8", "::1"]
        [database]
        url = "postgres://threadline:pass@db/threadline?sslmode=verify-full"
        [slack.acme]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        operators = "group:@support"
        post_interval = "1s500ms"
        [slack.other_1]
        bot_token = "xoxb-2"
        signing_secret = "0123abcd"
        api_url = "http://127.0.0.1:9/sandbox/slack/api"
        [discord.acme]
        bot_token = "NzAw.TLINE.stand-in_1"
        operators = "role:700000000000000201"
        api_url = "http://127.0.0.1:9/sandbox/discord/api"
        post_interval = "5ms"
        post_burst = 3
        [discord.play]
        bot_token = { env = "PLAY" }
        operators = "role:@Support team"
        [[domain]]
        name = "shop.example"
        origins = ["https://shop.example:443", "HTTPS://www.shop.example", "https://shop.example"]
        channels = ["slack.acme/C1", "slack.other_1/C2", "discord.acme/700000000000000101", "discord.play/8812"]
        quiet_after = "1h"
        [[domain]]
        name = "blog.example"
        channels = ["slack.acme/C1"]
        keep_page_query = true
        [limits]
        messages_per_visitor = { per_minute = 5 }
        sockets_per_visitor = 2
        [delivery]
        drain = "0s"
        [log]
        format = "json"
    "#;
    let settings = read(text, &[("PLAY", "x.y.z")]).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(settings.server.public_url.as_ref().unwrap().as_str(), "https://chat.shop.example/");
    assert_eq!(format!("{:?}", settings.server.trusted_proxies), "[10.0.0.0/8, ::1/128]");
    assert_eq!(settings.slack["acme"].post_interval, Duration::from_millis(1_500));
    assert_eq!(settings.slack["acme"].api_url.as_str(), "https://slack.com/api");
    assert_eq!(settings.slack["other_1"].api_url.as_str(), "http://127.0.0.1:9/sandbox/slack/api");
    let (acme, play) = (&settings.discord["acme"], &settings.discord["play"]);
    assert_eq!(acme.bot_token.expose_secret(), "NzAw.TLINE.stand-in_1");
    assert_eq!(acme.operators, DiscordRole::Id("700000000000000201".into()));
    assert_eq!(acme.api_url.as_str(), "http://127.0.0.1:9/sandbox/discord/api");
    assert_eq!((acme.post_interval, acme.post_burst), (Duration::from_millis(5), 3));
    assert_eq!(play.operators, DiscordRole::Name("Support team".into()));
    assert_eq!(play.api_url.as_str(), "https://discord.com/api");
    assert_eq!((play.post_interval, play.post_burst), (Duration::from_millis(20), 10));
    assert_eq!(settings.domains[0].channels[2].to_string(), "discord.acme/700000000000000101");
    assert_eq!(settings.domains[0].origins, ["https://shop.example", "https://www.shop.example"]);
    assert_eq!(settings.domains[0].quiet_after, Duration::from_secs(3_600));
    assert_eq!(settings.domains[1].origins, ["https://blog.example"]);
    assert!(settings.domains[1].keep_page_query);
    assert_eq!(settings.limits.messages_per_visitor.per_minute.get(), 5);
    assert_eq!(settings.limits.messages_per_visitor.burst.get(), 15);
    assert_eq!(settings.warnings(), Vec::<String>::new());
}

#[test]
fn the_environment_wins_over_the_file() {
    let text = format!("[server]\nlisten = \"127.0.0.1:1\"\n{ACME}");
    let env = [
        ("THREADLINE__SERVER__LISTEN", "127.0.0.1:2"),
        ("THREADLINE__SLACK__ACME__BOT_TOKEN", "xoxb-other"),
        ("THREADLINE__SLACK__ACME__POST_BURST", "7"),
        ("THREADLINE__LIMITS__MESSAGES_PER_VISITOR__BURST", "99"),
        ("THREADLINE__DELIVERY__LEASE", "1m"),
        ("THREADLINE_CONFIG", "not ours"),
    ];
    let settings = read(&text, &env).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(settings.server.listen.port(), 2);
    assert_eq!(settings.slack["acme"].bot_token.expose_secret(), "xoxb-other");
    assert_eq!(settings.slack["acme"].post_burst, 7);
    assert_eq!(settings.limits.messages_per_visitor.burst.get(), 99);
    assert_eq!(settings.delivery.lease, Duration::from_secs(60));
}

#[test]
fn a_connection_can_come_from_the_environment_alone() {
    let env = [("THREADLINE__SLACK__ACME__BOT_TOKEN", "xoxb-1"), ("THREADLINE__SLACK__ACME__APP_TOKEN", "xapp-1")];
    let text = "[[domain]]\nname = \"shop.example\"\nchannels = [\"slack.acme/C1\"]";
    assert_eq!(told_with(text, &env), "it is fine");
}

#[test]
fn mistakes_in_the_environment_are_named() {
    let text = "[[domain]]\nname = \"shop.example\"\n[log]\nfilter = \"info\"";
    let env = [
        ("THREADLINE__SERVER__LISTN", "127.0.0.1:2"),
        ("THREADLINE__DELIVERY__CATCH_UP_LOOKBACK", "many"),
        ("THREADLINE__DOMAIN__NAME", "blog.example"),
        ("THREADLINE__LOG__FILTER__X", "y"),
        ("THREADLINE____X", "y"),
    ];
    assert_snapshot!(told_with(text, &env), @r#"
    delivery.catch_up_lookback (environment variable THREADLINE__DELIVERY__CATCH_UP_LOOKBACK): must be a whole number
        fix: write a whole number from 1 to 1000
    server.listn (environment variable THREADLINE__SERVER__LISTN): is not a key that exists
        fix: did you mean `listen`?
    domain.name (environment variable THREADLINE__DOMAIN__NAME): can't be set: `domain` is a list, and the environment has a form for tables' keys only
        fix: unset THREADLINE__DOMAIN__NAME, and write the value into the file
    log.filter.x (environment variable THREADLINE__LOG__FILTER__X): can't be set: `filter` is a text, and the environment has a form for tables' keys only
        fix: unset THREADLINE__LOG__FILTER__X, and write the value into the file
    .x (environment variable THREADLINE____X): names no key: a name is THREADLINE__SECTION__KEY
        fix: unset THREADLINE____X, and write the value into the file
    "#);
}

#[test]
fn a_secret_comes_from_the_environment_or_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "xapp-from-file\r\n\n").unwrap();
    let text =
        format!("[slack.acme]\nbot_token = {{ env = \"BOT\" }}\napp_token = {{ file = '{}' }}", file.to_str().unwrap());
    let settings = read(&text, &[("BOT", "xoxb-from-env")]).unwrap_or_else(|errors| panic!("{errors}"));
    let acme = &settings.slack["acme"];
    assert_eq!(acme.bot_token.expose_secret(), "xoxb-from-env");
    assert_eq!(acme.app_token.as_ref().unwrap().expose_secret(), "xapp-from-file");
}

#[test]
fn a_missing_secret_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::File::create(folder.path().join("empty")).unwrap().write_all(b"\n").unwrap();
    let text = format!(
        r#"
        [slack.a]
        bot_token = {{ env = "NOT_SET" }}
        app_token = {{ file = "no/such/file" }}
        [slack.b]
        bot_token = ""
        app_token = {{ env = "EMPTY" }}
        [slack.c]
        app_token = {{ file = '{}/empty' }}
        [slack.d]
        bot_token = {{ path = "x" }}
        app_token = {{ env = "X", file = "y" }}
        [slack.e]
        bot_token = 5
        app_token = {{ env = 5 }}
        "#,
        folder.path().to_str().unwrap()
    );
    let told = told_with(&text, &[("EMPTY", "")]).replace(folder.path().to_str().unwrap(), "/FOLDER");
    assert_snapshot!(told, @r#"
    slack.a.bot_token (line 3): the environment variable NOT_SET is not set
        fix: set NOT_SET for the process that runs threadline
    slack.a.app_token (line 4): the file no/such/file does not exist
        fix: make the file, or mend the path; a relative path starts at the folder that threadline is started in
    slack.b.bot_token (line 6): is empty
        fix: fill it in: write a text in quotes, { env = "NAME" } or { file = "PATH" }
    slack.b.app_token (line 7): the environment variable EMPTY is empty
        fix: set EMPTY for the process that runs threadline
    slack.c.bot_token (line 8): is missing
        fix: copy the Bot User OAuth Token (xoxb-…) from the app's page, OAuth & Permissions
    slack.c.app_token (line 9): the file /FOLDER/empty is empty
        fix: write the secret into it
    slack.d.bot_token (line 11): has `path`, which is no place to take a secret from
        fix: write a text in quotes, { env = "NAME" } or { file = "PATH" }
    slack.d.app_token (line 12): must name one place to take the secret from
        fix: write a text in quotes, { env = "NAME" } or { file = "PATH" }
    slack.e.bot_token (line 14): must be a secret, and is a number
        fix: write a text in quotes, { env = "NAME" } or { file = "PATH" }
    slack.e.app_token (line 15): has an `env` that is a number
        fix: write a text in quotes, { env = "NAME" } or { file = "PATH" }
    "#);
}

#[test]
fn unknown_keys_are_named_with_what_was_meant() {
    let text = format!(
        r#"
        [servers]
        [server]
        listn = "127.0.0.1:1"
        colour = "red"
        {ACME}
        bot-token = "xoxb-1"
        signing_scret = "x"
        [[domain]]
        name = "shop.example"
        origin = ["https://shop.example"]
        chanels = []
        [limits.messages_per_visitor]
        per_second = 5
        [discord.play]
        bot_token = "a.b.c"
        operators = "role:@Support"
        guild = "1"
        [telegram.play]
        "#
    );
    assert_snapshot!(told(&text), @r#"
    servers (line 2): is not a key that exists
        fix: did you mean `server`?
    server.listn (line 4): is not a key that exists
        fix: did you mean `listen`?
    server.colour (line 5): is not a key that exists
        fix: remove it; the keys here are `listen`, `public_url` and `trusted_proxies`
    slack.acme.bot-token (line 10): is not a key that exists
        fix: did you mean `bot_token`?
    slack.acme.signing_scret (line 11): is not a key that exists
        fix: did you mean `signing_secret`?
    domain[0].origin (line 14): is not a key that exists
        fix: did you mean `origins`?
    domain[0].chanels (line 15): is not a key that exists
        fix: did you mean `channels`?
    limits.messages_per_visitor.per_second (line 17): is not a key that exists
        fix: remove it; the keys here are `per_minute` and `burst`
    discord.play.guild (line 21): is not a key that exists
        fix: remove it; the keys here are `bot_token`, `operators`, `api_url`, `post_interval` and `post_burst`
    telegram (line 22): is not a key that exists
        fix: remove it; the keys here are `server`, `database`, `slack`, `discord`, `domain`, `limits`, `delivery` and `log`
    "#);
}

#[test]
fn the_two_ways_in_exclude_each_other() {
    let text = "[slack.both]\nbot_token = \"xoxb-1\"\napp_token = \"xapp-1\"\nsigning_secret = \"s\"\n\
                [slack.neither]\nbot_token = \"xoxb-1\"\n";
    assert_snapshot!(told(text), @r#"
    slack.both (line 1): has both app_token and signing_secret, so Slack would have two ways in
        fix: set app_token (xapp-…) alone for Socket Mode, which needs no public address; set signing_secret alone when Slack is to call server.public_url + /hooks/slack/both/events
    slack.neither (line 5): has neither app_token nor signing_secret, so nothing could arrive from Slack
        fix: set app_token (xapp-…) alone for Socket Mode, which needs no public address; set signing_secret alone when Slack is to call server.public_url + /hooks/slack/neither/events
    "#);
}

#[test]
fn wrong_tokens_are_named_and_never_shown() {
    let text = r#"
        [slack.swapped]
        bot_token = "xapp-HUSH"
        app_token = "xoxb-HUSH"
        [slack.strange]
        bot_token = "HUSH"
        app_token = "xapp-"
        [slack.person]
        bot_token = "xoxp-HUSH"
        signing_secret = "xoxb-HUSH"
        [slack.space]
        bot_token = " xoxb-HUSH"
        app_token = "xapp-HUSH"
    "#;
    let told = told(text);
    assert!(!told.contains("HUSH"), "{told}");
    assert_snapshot!(told, @r#"
    slack.swapped.bot_token (line 3): is an app-level token, not the Bot User OAuth Token
        fix: copy the Bot User OAuth Token (xoxb-…) from the app's page, OAuth & Permissions
    slack.swapped.app_token (line 4): is a bot token, not the app-level token
        fix: copy the app-level token (xapp-…) from the app's page, Basic Information, App-Level Tokens
    slack.strange.bot_token (line 6): does not begin with xoxb-
        fix: copy the Bot User OAuth Token (xoxb-…) from the app's page, OAuth & Permissions
    slack.strange.app_token (line 7): does not begin with xapp-
        fix: copy the app-level token (xapp-…) from the app's page, Basic Information, App-Level Tokens
    slack.person.bot_token (line 9): is a person's token, not the Bot User OAuth Token
        fix: copy the Bot User OAuth Token (xoxb-…) from the app's page, OAuth & Permissions
    slack.person.signing_secret (line 10): is a token, not a signing secret
        fix: copy the Signing Secret from the app's page, Basic Information, App Credentials
    slack.space.bot_token (line 12): has white space around it
        fix: remove the white space
    "#);
}

#[test]
fn wrong_connections_are_named() {
    let text = r#"
        [slack."Acme Inc"]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        [slack.slash]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        api_url = "https://slack.com/api/"
        operators = "everybody"
        post_interval = "0s"
        post_burst = 0
        [slack.scheme]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        api_url = "ftp://slack.com/api"
        operators = "group:support"
        post_interval = "soon"
        post_burst = 2.5
        [slack.query]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        api_url = "https://me:HUSH@slack.com/api?x=y"
        post_interval = 5
    "#;
    let told = told(text);
    assert!(!told.contains("HUSH"), "{told}");
    assert_snapshot!(told, @r#"
    slack.Acme Inc (line 2): `Acme Inc` is not a connection's name
        fix: use lower-case letters, digits and underscores only, for example [slack.acme]
    slack.slash.api_url (line 8): ends with a slash
        fix: write https://slack.com/api
    slack.slash.operators (line 9): `everybody` names no operators
        fix: write "members" (every full member), "group:@support" or "group:S0123ABC" (a user group)
    slack.slash.post_interval (line 10): `0s` is out of bounds
        fix: write a time span from "1ms" to "1m"
    slack.slash.post_burst (line 11): must be from 1 to 100, and is 0
        fix: write a whole number from 1 to 100
    slack.scheme.api_url (line 15): is not an http or https address
        fix: leave it out for Slack itself, or write an address such as https://slack.com/api
    slack.scheme.operators (line 16): `group:support` names no operators
        fix: write "members" (every full member), "group:@support" or "group:S0123ABC" (a user group)
    slack.scheme.post_interval (line 17): `soon` is not a time span
        fix: write a number and a unit: "500ms", "30s", "10m", "2h" or "7d"
    slack.scheme.post_burst (line 18): must be a whole number, and is a number with a decimal point
        fix: write a whole number from 1 to 100
    slack.query.api_url (line 22): has more than scheme, host, port and path
        fix: leave it out for Slack itself, or write an address such as https://slack.com/api
    slack.query.post_interval (line 23): must be a time span in quotes, and is a number
        fix: write a number and a unit: "500ms", "30s", "10m", "2h" or "7d"
    "#);
}

#[test]
fn tables_in_the_wrong_shape_are_named() {
    let text = "server = 5\n[slack]\nbot_token = \"xoxb-1\"\n[domain]\nname = \"shop.example\"\n";
    assert_snapshot!(told(text), @r#"
    server (line 1): must be a table, and is a number
        fix: write [server]
    slack.bot_token (line 3): must be a table, and is a text
        fix: write [slack.NAME], for example [slack.acme], and its keys under that
    domain (line 4): must be a list of tables, and is a table
        fix: write [[domain]], with double brackets: there can be several
    "#);
}

#[test]
fn wrong_values_of_the_server_and_the_database_are_named() {
    let text = r#"
        [server]
        listen = "8080"
        public_url = "https://chat.example/path"
        trusted_proxies = ["proxy", "0.0.0.0/0"]
        [database]
        url = "mysql://me:HUSH@db/x"
    "#;
    let told = told(text);
    assert!(!told.contains("HUSH"), "{told}");
    assert_snapshot!(told, @r#"
    server.listen (line 3): `8080` is not an address with a port
        fix: write ADDRESS:PORT, for example 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080
    server.public_url (line 4): `https://chat.example/path` has more than an origin
        fix: write https://chat.example
    server.trusted_proxies[0] (line 5): `proxy` is not an address
        fix: write an address (10.0.0.7) or a network (10.0.0.0/8)
    server.trusted_proxies[1] (line 5): `0.0.0.0/0` trusts the whole world: anybody could then choose the address that limits see
        fix: write the proxy's own address or network
    database.url (line 7): is the address of no database that is known here
        fix: write "sqlite:threadline.db" or "postgres://user:password@host/database"
    "#);
}

#[test]
fn wrong_addresses_of_a_database_are_named() {
    for (url, why) in [
        ("sqlite:", "names no file"),
        ("sqlite://", "names no file"),
        ("sqlite:a.db?mode=ro", "has a `?`, and nothing may stand behind the file's path"),
        ("sqlite::memory:", "is a database in memory: a restart would lose every conversation"),
        ("postgres://", "is not a whole PostgreSQL address"),
        ("postgres://me:p/w@db/x", "is not a whole PostgreSQL address"),
        ("threadline.db", "is the address of no database that is known here"),
    ] {
        let told = told(&format!("[database]\nurl = \"{url}\""));
        assert!(told.starts_with(&format!("database.url (line 2): {why}\n    fix: write ")), "{url}: {told}");
    }
}

#[test]
fn wrong_figures_are_named() {
    let text = r#"
        [limits]
        messages_per_visitor = { per_minute = 0, burst = -1 }
        sessions_per_address = 5
        bytes_per_visitor = { burst = 100 }
        sockets_per_visitor = "5"
        sockets_per_address = 99999999999999999999
        [delivery]
        lease = "1s"
        catch_up_lookback = 100000
        keep_intake_keys = "1 week"
        [log]
        filter = "info,=,"
        format = "jsn"
        [[domain]]
        name = "shop.example"
        keep_page_query = "yes"
        quiet_after = "0s"
    "#;
    assert_snapshot!(told(text), @r#"
    limits.messages_per_visitor.per_minute (line 3): must be from 1 to 1000000000, and is 0
        fix: write a whole number from 1 to 1000000000
    limits.messages_per_visitor.burst (line 3): must be from 1 to 1000000000, and is -1
        fix: write a whole number from 1 to 1000000000
    limits.sessions_per_address (line 4): must be a table, and is a number
        fix: write sessions_per_address = { per_minute = 30, burst = 60 }
    limits.bytes_per_visitor.burst (line 5): is 100, and the longest allowed message has 40000 bytes: it could never be sent
        fix: write 40000 or more
    limits.sockets_per_visitor (line 6): must be a whole number, and is a text
        fix: write a whole number from 1 to 10000
    limits.sockets_per_address (line 7): must be from 1 to 1000000, and is 99999999999999999999
        fix: write a whole number from 1 to 1000000
    delivery.lease (line 9): `1s` is out of bounds
        fix: write a time span from "5s" to "10m"
    delivery.catch_up_lookback (line 10): must be from 1 to 1000, and is 100000
        fix: write a whole number from 1 to 1000
    delivery.keep_intake_keys (line 11): `1 week` is not a time span
        fix: write a number and a unit: "500ms", "30s", "10m", "2h" or "7d"
    log.filter (line 13): `info,=,` is not a filter
        fix: write a level (error, warn, info, debug, trace), or "info,threadline::worker=debug"
    log.format (line 14): `jsn` is not known here
        fix: did you mean "json"?
    domain[0].keep_page_query (line 17): must be true or false, and is a text
        fix: write true or false, without quotes
    domain[0].quiet_after (line 18): `0s` is out of bounds
        fix: write a time span from "1s" to "30d"
    "#);
}

#[test]
fn every_line_that_is_not_toml_is_named() {
    let text = "[server]\nlisten = 127.0.0.1:8080\n[database\nurl = \"sqlite:a\"\nurl = \"sqlite:b\"\n";
    assert_snapshot!(told(text), @r#"
    line 2, column 15: this is not TOML: invalid float
        fix: mend this line; texts stand in double quotes, lists in [brackets], and each key once
    line 3, column 10: this is not TOML: unclosed table, expected `]`
        fix: mend this line; texts stand in double quotes, lists in [brackets], and each key once
    "#);
}

#[test]
fn the_whole_report_names_the_file_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threadline.toml");
    std::fs::write(&file, "[server]\nlistn = \"x\"\n[databse]\n").unwrap();
    let errors = Settings::load(Some(&file), std::iter::empty()).unwrap_err();
    assert_eq!(errors.file(), Some(file.as_path()));
    assert_snapshot!(errors.to_string().replace(folder.path().to_str().unwrap(), "/FOLDER"), @r#"
    /FOLDER/threadline.toml: 2 mistakes

      server.listn (line 2): is not a key that exists
        fix: did you mean `listen`?

      databse (line 3): is not a key that exists
        fix: did you mean `database`?
    "#);
}

#[test]
fn a_file_that_is_not_there_is_one_clear_sentence() {
    let errors = Settings::load(Some(Path::new("no/such.toml")), std::iter::empty()).unwrap_err();
    assert_snapshot!(errors, @r#"
    no/such.toml: 1 mistake

      there is no file no/such.toml
        fix: name the settings with --config FILE or THREADLINE_CONFIG; config/threadline.toml is one to begin with
    "#);
}

#[test]
fn no_secret_shows() {
    let text = "[database]\nurl = \"postgres://me:HUSH@db/x\"\n[slack.acme]\nbot_token = \"xoxb-HUSH\"\n\
                app_token = \"xapp-HUSH\"\n[discord.play]\nbot_token = \"HUSH.HUSH.HUSH\"\n\
                operators = \"role:1\"\n[slack.other]\nbot_token = \"xoxb-HUSH\"\nsigning_secret = \"HUSH\"\n";
    let settings = read(text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let shown = format!("{settings:?} {settings:#?}");
    assert!(!shown.contains("HUSH"), "{shown}");
}

#[test]
fn warnings_tell_what_works_but_is_probably_not_meant() {
    let text = r#"
        [server]
        public_url = "https://chat.example"
        [slack.unused]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        [slack.open]
        bot_token = "xoxb-1"
        app_token = "xapp-1"
        api_url = "http://slack.test/api"
        [discord.open]
        bot_token = "a.b.c"
        operators = "role:1"
        api_url = "http://discord.test/api"
        [[domain]]
        name = "shop.example"
        [[domain]]
        name = "blog.example"
        channels = ["slack.open/C1"]
    "#;
    let settings = read(text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    assert_snapshot!(settings.warnings().join("\n"), @r#"
    nobody is mapped: visitors' messages on shop.example are stored, but no channel shows them
    slack.open.api_url is plain http to another machine: tokens and messages can be read on the way
    slack.unused is connected, but no [[domain]] has a channel of it
    discord.open is connected, but no [[domain]] has a channel of it
    discord.open.api_url is plain http to another machine: tokens and messages can be read on the way
    server.public_url is https, so a proxy stands before this server, but server.trusted_proxies is empty: all visitors seem to come from the proxy's address and share its limits
    "#);
    let text = "[slack.h]\nbot_token = \"xoxb-1\"\nsigning_secret = \"s\"\n[[domain]]\nname = \"a\"\nchannels = [\"slack.h/C1\"]";
    assert_snapshot!(read(text, &[]).unwrap().warnings().join("\n"), @r#"
    slack.h has a signing_secret, and server.public_url is not set: Slack must be able to call /hooks/slack/h/events here
    "#);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = read(&text, &[]);
    }

    #[test]
    fn no_value_makes_it_panic(value: String) {
        let quoted = toml::Value::String(value.clone()).to_string();
        let text = format!(
            "[server]\nlisten = {quoted}\npublic_url = {quoted}\ntrusted_proxies = [{quoted}]\n[database]\nurl = {quoted}\n\
             [slack.a]\nbot_token = {quoted}\napi_url = {quoted}\noperators = {quoted}\npost_interval = {quoted}\n\
             [discord.a]\nbot_token = {quoted}\napi_url = {quoted}\noperators = {quoted}\n\
             [[domain]]\nname = {quoted}\norigins = [{quoted}]\nchannels = [{quoted}]\n[log]\nfilter = {quoted}\n"
        );
        let _ = read(&text, &[("THREADLINE__LIMITS__SOCKETS_PER_VISITOR", &value)]);
    }
}

#[test]
fn a_database_elsewhere_is_reached_in_the_open_only_with_a_warning() {
    let warned = |url: &str| {
        let settings = read(&format!("[database]\nurl = \"{url}\"\n"), &[]).unwrap_or_else(|errors| panic!("{errors}"));
        settings.warnings().iter().any(|warning| warning.contains("sslmode"))
    };
    assert!(warned("postgres://threadline:pass@db.example/threadline"));
    assert!(warned("postgres://threadline:pass@db.example/threadline?sslmode=prefer"));
    for fine in [
        "sqlite:threadline.db",
        "postgres://threadline:pass@localhost/threadline",
        "postgres://threadline:pass@127.0.0.1/threadline",
        "postgres://threadline:pass@db.example/threadline?sslmode=require",
        "postgres://threadline:pass@db.example/threadline?sslmode=verify-full",
    ] {
        assert!(!warned(fine), "{fine}");
    }
}
