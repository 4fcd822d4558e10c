//! What is read of files without a mistake: nothing at all, everything at once, and any text without a panic.

use std::time::Duration;

use secrecy::ExposeSecret;
use threadline::settings::DiscordRole;

use super::read;

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
