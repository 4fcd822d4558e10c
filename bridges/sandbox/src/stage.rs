//! Everything a demo needs from the team chats, so that the program that shows them names none.
//!
//! What lives here: one stand-in a platform with its demo world, where each is mounted, and the settings that lead a
//! bridge to it. What must not: the program's own settings, and rules of a platform.

use std::time::Duration;

use axum::Router;

use crate::{discord, slack};

/// The name of every connection.
const NAME: &str = "demo";
const SLACK: &str = "/sandbox/slack";
const DISCORD: &str = "/sandbox/discord";
/// The seeds' tokens and channels.
const SLACK_BOT: &str = "xoxb-TLINE";
const SLACK_APP: &str = "xapp-1-ATLINE";
const SLACK_CHANNEL: &str = "C0SHOP";
/// The platforms' limits hold here too, but loosely: one person who tries things out should never meet them.
const POSTS_PER_SECOND: u32 = 4;
const POST_BURST: u32 = 20;
const THREADS_A_MINUTE: u32 = 30;

/// The team chats of a demo. Cheap to clone; clones share them. Its methods must run inside a Tokio runtime.
#[derive(Clone, Debug)]
pub struct Stage {
    slack: slack::SlackSandbox,
    discord: discord::DiscordSandbox,
}

/// A team chat as a person is shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What it is called.
    pub title: &'static str,
    /// Its page's path below the stage's address.
    pub path: &'static str,
    /// What somebody can try there, a sentence.
    pub hint: &'static str,
}

impl Stage {
    /// Team chats with people and channels in them. `base_url` is where [`Stage::router`] will be, without a slash at the
    /// end.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        let rates = slack::Rates {
            posts_per_second: f64::from(POSTS_PER_SECOND),
            post_burst: f64::from(POST_BURST),
            ..slack::Rates::slack()
        };
        let slack = slack::SlackSandbox::new(slack::SlackOptions {
            base_url: format!("{base_url}{SLACK}"),
            rates,
            ..slack::SlackOptions::seeded(slack::Seed::demo())
        });
        let mut rates = discord::Rates::discord();
        (rates.posts.limit, rates.posts.per_s) = (POST_BURST, f64::from(POST_BURST / POSTS_PER_SECOND));
        (rates.thread_starts.limit, rates.thread_starts.per_s) = (THREADS_A_MINUTE, 60.0);
        (rates.channel_changes.limit, rates.channel_changes.per_s) = (POST_BURST, 15.0);
        let discord = discord::DiscordSandbox::new(discord::DiscordOptions {
            base_url: format!("{base_url}{DISCORD}"),
            rates,
            ..discord::DiscordOptions::seeded(discord::Seed::demo())
        });
        Self { slack, discord }
    }

    /// The pages and the wire protocols of every team chat.
    pub fn router(&self) -> Router {
        Router::new().nest_service(SLACK, self.slack.router()).nest_service(DISCORD, self.discord.router())
    }

    /// The connections to them, as sections of Threadline's settings (TOML).
    #[must_use]
    pub fn settings(&self) -> String {
        let pause = Duration::from_secs(1) / POSTS_PER_SECOND;
        let pace = format!("post_interval = \"{}ms\"\npost_burst = {}\n", pause.as_millis(), POST_BURST / 2);
        let (slack, discord) = (self.slack.api_url(), self.discord.api_url());
        format!(
            "[slack.{NAME}]\nbot_token = \"{SLACK_BOT}\"\napp_token = \"{SLACK_APP}\"\napi_url = \"{slack}\"\n{pace}\n\
             [discord.{NAME}]\nbot_token = \"{}\"\noperators = \"role:{}\"\napi_url = \"{discord}\"\n{pace}\n",
            discord::seed::TOKEN,
            discord::seed::SUPPORT,
        )
    }

    /// The channels of one website's conversations, one a team chat, as the settings name them.
    #[must_use]
    pub fn channels(&self) -> Vec<String> {
        vec![format!("slack.{NAME}/{SLACK_CHANNEL}"), format!("discord.{NAME}/{}", discord::seed::SHOP)]
    }

    /// Those who are in every team chat: their names, and who they are on each connection.
    #[must_use]
    pub fn people(&self) -> Vec<(&'static str, Vec<(String, &'static str)>)> {
        let person = |name, in_slack, in_discord| {
            (name, vec![(format!("slack.{NAME}"), in_slack), (format!("discord.{NAME}"), in_discord)])
        };
        vec![person("Mina", "U0MINA", discord::seed::MINA), person("Jonas", "U0JONAS", discord::seed::JONAS)]
    }

    /// The team chats in the order in which a page shows them.
    #[must_use]
    pub const fn rooms(&self) -> [Room; 2] {
        [
            Room {
                title: "Slack",
                path: "/sandbox/slack/#channel=C0SHOP",
                hint: "Open the thread under the card and reply; begin a note for the team with ;; or write !close.",
            },
            Room {
                title: "Discord",
                path: "/sandbox/discord/#channel=700000000000000101",
                hint: "The same conversation: reply in the thread, begin a note with //, or type /close, /assign, /reopen.",
            },
        ]
    }

    /// Ends sockets, live streams and hung calls, so that a server around it can shut down in peace.
    pub fn stop(&self) {
        self.slack.stop();
        self.discord.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_room_shows_the_channel_that_the_settings_name() {
        let stage = Stage::new("http://127.0.0.1:1");
        for (room, channel) in stage.rooms().iter().zip(stage.channels()) {
            let (connection, id) = channel.split_once('/').unwrap();
            assert!(room.path.ends_with(&format!("#channel={id}")), "{}", room.path);
            assert!(stage.settings().contains(&format!("[{connection}]\n")), "{connection}");
            assert!(stage.settings().contains(room.path.split("/#").next().unwrap()), "{}", room.path);
        }
    }
}
