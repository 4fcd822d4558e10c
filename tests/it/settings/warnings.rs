//! What works, but is probably not meant.

use insta::assert_snapshot;

use super::read;

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
    nobody is mapped: visitors' messages on shop.example show in the web inbox alone, and in no channel
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
