//! The websites of the settings: their names, origins and channels, and what shapes the chat.
//!
//! What lives here: `[[domain]]`. What must not: connections.

use insta::assert_snapshot;
use secrecy::ExposeSecret;
use threadline::model::{Asked, Corner, Icon, Language, Mode};

use super::{ACME, read, shipped, told, told_with};

/// Keys that the shipped file shows with an example, as they have no default.
pub(super) const EXAMPLES: [&str; 6] = ["greeting", "privacy_text", "privacy_url", "color", "texts", "identity_secret"];

#[test]
fn wrong_origins_are_named() {
    let text = r#"
        [[domain]]
        name = "shop.example"
        origins = ["*", "https://*.shop.example", "shop.example", "https://shop.example/", "https://shop.example/help?x",
          "https://me:pass@shop.example", "ftp://shop.example", "null", 5]
    "#;
    assert_snapshot!(told(text), @r#"
    domain[0].origins[0] (line 4): `*` is a wildcard: then any website could speak to this domain as its visitors
        fix: list each origin; one domain may have many
    domain[0].origins[1] (line 4): `https://*.shop.example` is a wildcard: then any website could speak to this domain as its visitors
        fix: list each origin; one domain may have many
    domain[0].origins[2] (line 4): `shop.example` is not an origin
        fix: write scheme://host or scheme://host:port, for example https://shop.example
    domain[0].origins[3] (line 4): `https://shop.example/` has more than an origin
        fix: write https://shop.example
    domain[0].origins[4] (line 4): `https://shop.example/help?x` has more than an origin
        fix: write https://shop.example
    domain[0].origins[5] (line 5): has a user's name or password, which no origin has
        fix: write https://shop.example
    domain[0].origins[6] (line 5): `ftp://shop.example` is not an origin of web pages
        fix: write scheme://host or scheme://host:port, for example https://shop.example
    domain[0].origins[7] (line 5): `null` is not an origin
        fix: write scheme://host or scheme://host:port, for example https://shop.example
    domain[0].origins[8] (line 5): must be a text, and is a number
        fix: put the value in double quotes
    "#);
}

#[test]
fn wrong_names_of_domains_are_named() {
    let text = r#"
        [[domain]]
        name = "Shop.Example"
        [[domain]]
        name = "https://blog.example/x"
        [[domain]]
        name = "käse.example"
        [[domain]]
        name = ""
        [[domain]]
        name = "twice.example"
        [[domain]]
        name = "twice.example"
        [[domain]]
        origins = []
    "#;
    assert_snapshot!(told(text), @r#"
    domain[0].name (line 3): `Shop.Example` is not a domain's name in its plain form
        fix: write shop.example
    domain[1].name (line 5): `https://blog.example/x` is not a domain's name in its plain form
        fix: write blog.example
    domain[2].name (line 7): `käse.example` is not a domain's name in its plain form
        fix: write xn--kse-qla.example
    domain[3].name (line 9): `` is not a domain's name in its plain form
        fix: write the website's host name in lower case, for example shop.example
    domain[5].name (line 13): `twice.example` is the name of another [[domain]] above
        fix: keep one [[domain]] with it; it may have several channels and origins
    domain[6].name (line 14): is missing
        fix: write name = "shop.example"
    "#);
}

#[test]
fn wrong_channels_are_named() {
    let text = format!(
        r##"
        {ACME}
        [[domain]]
        name = "first.example"
        channels = ["slack.acme/C1"]
        [[domain]]
        name = "second.example"
        channels = ["slack.acme/#general", "#general", "C1", "slack.acme/general", "slack.acne/C1", "slack.other/C1",
          "discord.play/8812", "slack.acme/C1", "slack.acme/C1"]
        "##
    );
    assert_snapshot!(told(&text), @r#"
    domain[1].channels[0] (line 11): `slack.acme/#general` has a channel's name, which people change, not its id
        fix: write "slack.NAME/ID"; in Slack, the id (C…) stands at the end of the channel's details
    domain[1].channels[1] (line 11): `#general` has a channel's name, which people change, not its id
        fix: write "slack.NAME/ID" (the id, C…, stands at the end of the channel's details) or "discord.NAME/ID" (Copy Channel ID in the channel's menu, with Developer Mode on)
    domain[1].channels[2] (line 11): `C1` is not a channel
        fix: write "slack.NAME/ID" (the id, C…, stands at the end of the channel's details) or "discord.NAME/ID" (Copy Channel ID in the channel's menu, with Developer Mode on)
    domain[1].channels[3] (line 11): `general` is not the id of a Slack channel
        fix: write "slack.NAME/ID"; in Slack, the id (C…) stands at the end of the channel's details
    domain[1].channels[4] (line 11): names the connection `slack.acne`, which is not configured
        fix: did you mean `slack.acme`?
    domain[1].channels[5] (line 11): names the connection `slack.other`, which is not configured
        fix: use a connection that is configured (`slack.acme`), or add [slack.other]
    domain[1].channels[6] (line 12): names the connection `discord.play`, which is not configured
        fix: use a connection that is configured (`slack.acme`), or add [discord.play]
    domain[1].channels[8] (line 12): `slack.acme/C1` stands twice in this domain
        fix: remove one of them
    "#);
}

#[test]
fn a_channel_without_any_connection_says_what_to_add() {
    let text = "[[domain]]\nname = \"shop.example\"\nchannels = [\"slack.acme/C1\"]";
    assert_snapshot!(told(text), @r#"
    domain[0].channels[0] (line 3): names the connection `slack.acme`, which is not configured
        fix: add [slack.acme] with its tokens; no connection is configured
    "#);
}

#[test]
fn what_the_shipped_file_shows_for_a_chat_works() {
    let mut shown = 0;
    let file = shipped();
    let uncommented = file.lines().map(|line| match line.strip_prefix("# ") {
        Some(key) if EXAMPLES.iter().any(|name| key.starts_with(&format!("{name} = "))) => {
            shown += 1;
            key.to_owned()
        }
        _ => line.to_owned(),
    });
    let text: Vec<String> = uncommented.collect();
    let secret = "0123456789abcdef0123456789abcdef";
    let settings =
        read(&text.join("\n"), &[("SHOP_IDENTITY_SECRET", secret)]).unwrap_or_else(|errors| panic!("{errors}"));
    let domain = &settings.domains[0];
    assert_eq!(shown, EXAMPLES.len());
    assert_eq!(domain.greeting.as_deref(), Some("Hello! How can we help?"));
    assert_eq!(domain.privacy.as_ref().unwrap().url.as_deref(), Some("https://shop.example/privacy"));
    assert_eq!(domain.look.color.as_deref(), Some("#0b6e4f"));
    assert_eq!(domain.texts["launcher.open"], "Talk to us");
    assert_eq!(domain.identity_secret.as_ref().unwrap().expose_secret(), secret);
}

#[test]
fn everything_about_a_chat_is_read() {
    let text = r##"
        [[domain]]
        name = "shop.example"
        mode = "form"
        language = "ar"
        ask_name = "optional"
        ask_email = "required"
        color = "#AABBCC"
        corner = "left"
        icon = "wave"
        greeting = "  Good\n day  "
    "##;
    let settings = read(text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let domain = &settings.domains[0];
    assert_eq!((domain.mode, domain.language), (Mode::Form, Some(Language::Ar)));
    assert_eq!((domain.ask.name, domain.ask.email), (Asked::Optional, Asked::Required));
    assert_eq!(domain.look.color.as_deref(), Some("#aabbcc"));
    assert_eq!((domain.look.corner, domain.look.icon), (Corner::Left, Icon::Wave));
    assert_eq!(domain.greeting.as_deref(), Some("Good day"));
    assert!(domain.privacy.is_none() && domain.texts.is_empty() && domain.identity_secret.is_none());
}

#[test]
fn wrong_choices_for_a_chat_are_named() {
    let long = "x".repeat(301);
    let text = format!(
        r##"
        [[domain]]
        name = "shop.example"
        mode = "livechat"
        language = "italian"
        ask_name = true
        ask_email = "require"
        greeting = "{long}"
        privacy_text = " "
        privacy_url = "http://shop.example/privacy"
        color = "green"
        corner = "top"
        icon = "chats"
        identity_secret = "short-HUSH"
        mod = "form"
        [[domain]]
        name = "blog.example"
        color = "#12345"
        identity_secret = {{ env = "MISSING" }}
        privacy_url = "privacy"
        [domain.texts]
        launcher.open = "Talk to us"
        "launcher.opens" = "Talk to us"
        "nothing" = 7
        "##
    );
    assert_snapshot!(told_with(&text, &[]), @r##"
    domain[0].mode (line 4): `livechat` is not known here
        fix: did you mean "live_chat"?
    domain[0].language (line 5): `italian` is not known here
        fix: write one of `auto`, `en`, `de`, `fr`, `es`, `pt`, `tr` and `ar`
    domain[0].ask_name (line 6): must be a text, and is true or false
        fix: put the value in double quotes
    domain[0].ask_email (line 7): `require` is not known here
        fix: did you mean "required"?
    domain[0].greeting (line 8): has 301 characters
        fix: say it in at most 300
    domain[0].privacy_text (line 9): is empty
        fix: write a sentence for visitors, or remove the key
    domain[0].privacy_url (line 10): `http://shop.example/privacy` is not an address with https
        fix: write the page's whole address, for example https://shop.example/privacy
    domain[0].color (line 11): `green` is not a colour
        fix: write a number sign and six hexadecimal digits, for example "#0b6e4f"
    domain[0].corner (line 12): `top` is not known here
        fix: write one of `right` and `left`
    domain[0].icon (line 13): `chats` is not known here
        fix: did you mean "chat"?
    domain[0].identity_secret (line 14): has 10 bytes, and must have 32 or more
        fix: make one with `openssl rand -hex 32`, and give the website's server the same
    domain[0].mod (line 15): is not a key that exists
        fix: did you mean `mode`?
    domain[1].color (line 18): `#12345` is not a colour
        fix: write a number sign and six hexadecimal digits, for example "#0b6e4f"
    domain[1].identity_secret (line 19): the environment variable MISSING is not set
        fix: set MISSING for the process that runs threadline
    domain[1].privacy_url (line 20): `privacy` is not an address
        fix: write the page's whole address, for example https://shop.example/privacy
    domain[1].texts.launcher (line 22): is a table, because a key with a dot stands without quotes
        fix: put the whole key in quotes, for example "launcher.open" = "…"
    domain[1].texts.launcher.opens (line 23): is not a text that the widget has
        fix: did you mean "launcher.open"?
    domain[1].texts.nothing (line 24): is not a text that the widget has
        fix: use a key of web/texts/en/widget.json, for example "launcher.open" = "…"
    "##);
    let text = "[[domain]]\nname = \"a\"\ntexts = { \"launcher.open\" = \"\" }";
    assert_snapshot!(told(text), @r#"
    domain[0].texts.launcher.open (line 3): is empty
        fix: write a sentence for visitors, or remove the key
    "#);
}
