//! The environment over the file, and the secrets that come from it or from files of their own.

use std::io::Write as _;
use std::time::Duration;

use insta::assert_snapshot;
use secrecy::ExposeSecret;

use super::{ACME, read, told_with};

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
fn no_secret_shows() {
    let text = "[database]\nurl = \"postgres://me:HUSH@db/x\"\n[slack.acme]\nbot_token = \"xoxb-HUSH\"\n\
                app_token = \"xapp-HUSH\"\n[discord.play]\nbot_token = \"HUSH.HUSH.HUSH\"\n\
                operators = \"role:1\"\n[slack.other]\nbot_token = \"xoxb-HUSH\"\nsigning_secret = \"HUSH\"\n";
    let settings = read(text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let shown = format!("{settings:?} {settings:#?}");
    assert!(!shown.contains("HUSH"), "{shown}");
}
