//! Mistakes in a file as such: keys that there aren't, tables in the wrong shape, lines that are no TOML, and the report.

use std::path::Path;

use insta::assert_snapshot;
use threadline::settings::Settings;

use super::{ACME, told};

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
