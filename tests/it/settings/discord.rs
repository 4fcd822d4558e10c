//! The connections to Discord servers in the settings, and every kind of mistake in them.

use insta::assert_snapshot;

use super::{ACME, PLAY, told};

#[test]
fn wrong_tokens_of_discord_are_named_and_never_shown() {
    let tokens = [
        "Bot HUSH.HUSH.HUSH",
        "xoxb-HUSH",
        "700000000000000401",
        "0HUSH0",
        "HUSH.HUSH",
        "HUSH..HUSH",
        "HUSH.HU SH.HUSH",
        "HUSH.HUSH.HUSH ",
    ];
    let sections = tokens.iter().enumerate();
    let text: String = sections
        .map(|(n, token)| format!("[discord.c{n}]\nbot_token = \"{token}\"\noperators = \"role:@Support\"\n"))
        .collect();
    let told = told(&format!("{text}[discord.none]\noperators = \"role:@Support\"\n"));
    assert!(!told.contains("HUSH"), "{told}");
    assert_snapshot!(told, @r#"
    discord.c0.bot_token (line 2): begins with a word that belongs to a request, not to the token
        fix: write the token alone
    discord.c1.bot_token (line 5): is a token of Slack's
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    discord.c2.bot_token (line 8): is an application's id, not the bot's token
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    discord.c3.bot_token (line 11): is not a bot's token (an application's public key or client secret looks like that)
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    discord.c4.bot_token (line 14): is not a bot's token, which has three parts with dots between
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    discord.c5.bot_token (line 17): is not a bot's token, which has three parts with dots between
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    discord.c6.bot_token (line 20): is not a bot's token, which has three parts with dots between
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    discord.c7.bot_token (line 23): has white space around it
        fix: remove the white space
    discord.none.bot_token (line 25): is missing
        fix: copy the bot's token from discord.com/developers/applications: the application, Bot, Reset Token
    "#);
}

#[test]
fn a_discord_connection_without_its_operators_says_what_they_are() {
    let text = "[discord.play]\nbot_token = \"a.b.c\"\n";
    assert_snapshot!(told(text), @r#"
    discord.play.operators (line 1): is missing
        fix: it is the role of those who may answer visitors: anybody else who writes in a thread is not the team. Write "role:@Support" (its name) or "role:1234567890" (its id: Server Settings, Roles, Copy Role ID in the role's menu), and give the role to them
    "#);
}

#[test]
fn wrong_discord_connections_are_named() {
    let text = r#"
        [discord."The Server"]
        bot_token = "a.b.c"
        operators = "members"
        [discord.role]
        bot_token = "a.b.c"
        operators = "role:Support"
        api_url = "https://discord.com/api/v10"
        post_interval = "0s"
        post_burst = 0
        [discord.everybody]
        bot_token = "a.b.c"
        operators = "role:@everyone"
        api_url = "https://discord.com"
        [discord.blank]
        bot_token = "a.b.c"
        operators = "role:@ "
        api_url = "https://discord.com/api/"
        [discord.zero]
        bot_token = "a.b.c"
        operators = "role:0"
        api_url = "https://me:HUSH@discord.com/api"
    "#;
    let told = told(text);
    assert!(!told.contains("HUSH"), "{told}");
    assert_snapshot!(told, @r#"
    discord.The Server (line 2): `The Server` is not a connection's name
        fix: use lower-case letters, digits and underscores only, for example [discord.play]
    discord.The Server.operators (line 4): `members` names no role
        fix: it is the role of those who may answer visitors: anybody else who writes in a thread is not the team. Write "role:@Support" (its name) or "role:1234567890" (its id: Server Settings, Roles, Copy Role ID in the role's menu), and give the role to them
    discord.role.operators (line 7): `role:Support` names no role
        fix: it is the role of those who may answer visitors: anybody else who writes in a thread is not the team. Write "role:@Support" (its name) or "role:1234567890" (its id: Server Settings, Roles, Copy Role ID in the role's menu), and give the role to them
    discord.role.api_url (line 8): names a version, and ours is always the one that this bridge speaks
        fix: write https://discord.com/api
    discord.role.post_interval (line 9): `0s` is out of bounds
        fix: write a time span from "1ms" to "1m"
    discord.role.post_burst (line 10): must be from 1 to 100, and is 0
        fix: write a whole number from 1 to 100
    discord.everybody.operators (line 13): `role:@everyone` is everybody on the server
        fix: it is the role of those who may answer visitors: anybody else who writes in a thread is not the team. Write "role:@Support" (its name) or "role:1234567890" (its id: Server Settings, Roles, Copy Role ID in the role's menu), and give the role to them
    discord.everybody.api_url (line 14): does not end with /api
        fix: write an address such as https://discord.com/api
    discord.blank.operators (line 17): `role:@ ` names no role
        fix: it is the role of those who may answer visitors: anybody else who writes in a thread is not the team. Write "role:@Support" (its name) or "role:1234567890" (its id: Server Settings, Roles, Copy Role ID in the role's menu), and give the role to them
    discord.blank.api_url (line 18): ends with a slash
        fix: write https://discord.com/api
    discord.zero.operators (line 21): `role:0` names no role
        fix: it is the role of those who may answer visitors: anybody else who writes in a thread is not the team. Write "role:@Support" (its name) or "role:1234567890" (its id: Server Settings, Roles, Copy Role ID in the role's menu), and give the role to them
    discord.zero.api_url (line 22): has more than scheme, host, port and path
        fix: leave it out for Discord itself, or write an address such as https://discord.com/api
    "#);
}

#[test]
fn wrong_channels_of_discord_are_named() {
    let text = format!(
        r##"
        {PLAY}
        {ACME}
        [[domain]]
        name = "shop.example"
        channels = ["discord.play/#help", "discord.play/help", "discord.play/0", "discord.pla/8812", "discord.acme/8812",
          "discord.play/C1", "slack.acme/8812", "telegram.play/1", "discord.play/99999999999999999999", "discord.play/8812"]
        "##
    );
    assert_snapshot!(told(&text), @r#"
    domain[0].channels[0] (line 12): `discord.play/#help` has a channel's name, which people change, not its id
        fix: write "discord.NAME/ID", with the channel's id in digits: in Discord, switch Developer Mode on (User Settings, Advanced), then Copy Channel ID in the channel's menu
    domain[0].channels[1] (line 12): `help` is not the id of a Discord channel
        fix: write "discord.NAME/ID", with the channel's id in digits: in Discord, switch Developer Mode on (User Settings, Advanced), then Copy Channel ID in the channel's menu
    domain[0].channels[2] (line 12): `0` is not the id of a Discord channel
        fix: write "discord.NAME/ID", with the channel's id in digits: in Discord, switch Developer Mode on (User Settings, Advanced), then Copy Channel ID in the channel's menu
    domain[0].channels[3] (line 12): names the connection `discord.pla`, which is not configured
        fix: did you mean `discord.play`?
    domain[0].channels[4] (line 12): names the connection `discord.acme`, which is not configured
        fix: use a connection that is configured (`slack.acme` and `discord.play`), or add [discord.acme]
    domain[0].channels[5] (line 13): `C1` is not the id of a Discord channel
        fix: write "discord.NAME/ID", with the channel's id in digits: in Discord, switch Developer Mode on (User Settings, Advanced), then Copy Channel ID in the channel's menu
    domain[0].channels[6] (line 13): `8812` is not the id of a Slack channel
        fix: write "slack.NAME/ID"; in Slack, the id (C…) stands at the end of the channel's details
    domain[0].channels[7] (line 13): `telegram` is not a platform that is known here
        fix: write "slack.NAME/ID" (the id, C…, stands at the end of the channel's details) or "discord.NAME/ID" (Copy Channel ID in the channel's menu, with Developer Mode on)
    domain[0].channels[8] (line 13): `99999999999999999999` is not the id of a Discord channel
        fix: write "discord.NAME/ID", with the channel's id in digits: in Discord, switch Developer Mode on (User Settings, Advanced), then Copy Channel ID in the channel's menu
    "#);
}
