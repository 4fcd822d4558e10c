//! The connections to Slack workspaces in the settings, and every kind of mistake in them.

use insta::assert_snapshot;

use super::told;

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
